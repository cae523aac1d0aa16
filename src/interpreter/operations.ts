/** What the actions of a machine do to a fold: each is compiled once, from what XState keeps of it. */

import type { AnyStateMachine, EventObject } from 'xstate';
import { PaymentOrderError } from '../errors.ts';
import type { Cause, Pending } from './pending.ts';
import { withCall, withTimer, withoutCall, withoutTimer } from './pending.ts';

/** One event on its way through a machine. */
export type Run = {
  context: unknown;
  /** The event that is taken now: the one that came, or one that it raised. */
  event: EventObject;
  readonly cause: Cause;
  pending: Pending;
  /** Raised, and not taken yet. */
  readonly queue: EventObject[];
  /** The first event that was raised. */
  raised: EventObject | null;
  /** How often XState would have made another snapshot. */
  changes: number;
};

export type Operation = (run: Run) => void;

type Fields = Readonly<Record<string, unknown>>;
type Computed = (args: Fields, params: unknown) => unknown;

/** Compiles the actions of one machine. */
export class Operations {
  readonly #machine: AnyStateMachine;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** The context that the machine's input gives. */
  initialContext(input: unknown): unknown {
    const { context = {} } = this.#machine.config as { readonly context?: unknown };
    if (!isComputed(context)) return context;
    return { ...(context({ self, spawn, input }, undefined) as object | undefined) };
  }

  /**
   * @param action - An action as XState resolved it: a function, a name, or a name with parameters.
   * Others than these three are refused before a table is made.
   */
  ofAction(action: unknown): Operation {
    const builtIn = builtInOf(action, this.#machine);
    const params = paramsOf(action);
    switch (builtIn.kind) {
      case 'xstate.raise':
        return this.#raise(builtIn, params);
      case 'xstate.cancel':
        return this.#cancel(builtIn['sendId'], params);
      default:
        return this.#assign(builtIn['assignment'], params);
    }
  }

  /** A call begins; it is pending until its state is left. */
  invoking({ id, input }: { readonly id: string; readonly input?: unknown }): Operation {
    const inputOf = this.#value(input, none);
    return (run) => {
      run.pending = withCall(run.pending, { id, input: inputOf(run), cause: run.cause });
      run.changes += 1;
    };
  }

  stopping(id: string): Operation {
    return (run) => {
      run.pending = withoutCall(run.pending, id);
      run.changes += 1;
    };
  }

  #assign(assignment: unknown, params: Params): Operation {
    const compute = isComputed(assignment) ? assignment : fieldByField(assignment as Fields);
    return (run) => {
      run.context = updated(run.context, compute(argsOf(run), params(run)));
      run.changes += 1;
    };
  }

  #raise({ event: raised, id: given, delay }: Fields, params: Params): Operation {
    const delays: Fields = this.#machine.implementations.delays;
    const eventOf = this.#value(raised, params);
    const waitOf = this.#value(typeof delay === 'string' ? delays[delay] : delay, params);
    const id = String(given);
    return (run) => {
      const event = eventOf(run);
      const wait = waitOf(run);
      if (typeof wait === 'number') {
        const { cause } = run;
        const timer = { id, dueAtMs: cause.recordedAtMs + wait, cause };
        run.pending = withTimer(run.pending, timer);
      } else if (isEvent(event)) {
        run.raised ??= event;
        run.queue.push(event);
      } else {
        const what = 'a raise gives something that is not an event: an object with a type';
        throw new PaymentOrderError('unsupported-machine', what);
      }
    };
  }

  #cancel(sendId: unknown, params: Params): Operation {
    const idOf = this.#value(sendId, params);
    return (run) => {
      run.pending = withoutTimer(run.pending, idOf(run));
    };
  }

  /** Given as it is, or computed of the context and the event. */
  #value(given: unknown, params: Params): (run: Run) => unknown {
    return isComputed(given) ? (run) => given(argsOf(run), params(run)) : () => given;
  }
}

/** What XState's `assign`, `raise` and `cancel` carry. */
const carried = ['assignment', 'event', 'id', 'delay', 'sendId'] as const;

/**
 * What an action of a machine is: one that is built in, with what it was made of, or an `effect` of the
 * author's own.
 */
export function builtInOf(
  action: unknown,
  { implementations }: AnyStateMachine,
): Fields & { readonly kind: string; readonly name: string } {
  const named: Fields = implementations.actions;
  const found = typeof action === 'function' ? action : named[nameOf(action)];
  if (typeof found !== 'function') return { kind: 'effect', name: nameOf(action) };
  // A built-in action is a function that carries what it was made of.
  if (!('resolve' in found)) return { kind: 'effect', name: found.name || '(anonymous)' };
  const kind = nameOf(found);
  const parts: Fields = Object.fromEntries(
    carried.map((part) => [part, Reflect.get(found, part) as unknown]),
  );
  return { ...parts, kind, name: kind };
}

type Params = (run: Pick<Run, 'context' | 'event'>) => unknown;

/** The parameters of a named action or guard. */
export function paramsOf(named: unknown): Params {
  const params =
    typeof named === 'object' && named !== null && 'params' in named ? named.params : undefined;
  if (params === undefined) return none;
  return isComputed(params)
    ? ({ context, event }) => params({ context, event }, undefined)
    : () => params;
}

const none: Params = () => undefined;

export function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  const isNamed = typeof named === 'object' || typeof named === 'function';
  return isNamed && named !== null && 'type' in named ? String(named.type) : '(unknown)';
}

function isComputed(given: unknown): given is Computed {
  return typeof given === 'function';
}

function fieldByField(assignment: Fields): Computed {
  const fields = Object.entries(assignment);
  return (args, params) =>
    Object.fromEntries(
      fields.map(([key, value]) => [key, isComputed(value) ? value(args, params) : value]),
    );
}

/** As XState does it. An update that has every field already is not copied once more. */
function updated(context: unknown, update: unknown): unknown {
  return isFields(context) && isPlain(update) && isWhole(context, update)
    ? update
    : Object.assign({}, context, update);
}

function isWhole(context: Fields, update: Fields): boolean {
  for (const field in context) {
    const value = update[field];
    // A look at the value is faster than `in`, and most fields have one. What is inherited is a method.
    const isDoubtful = value === undefined || typeof value === 'function';
    if (isDoubtful && !Object.hasOwn(update, field)) return false;
  }
  return true;
}

/** A copy of anything else would be something else. */
function isPlain(value: unknown): value is Fields {
  return isFields(value) && Object.getPrototypeOf(value) === Object.prototype;
}

function isEvent(value: unknown): value is EventObject {
  return isFields(value) && typeof value['type'] === 'string';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function argsOf({ context, event }: Pick<Run, 'context' | 'event'>): Fields {
  return { context, event, self, system, spawn };
}

/** No actor runs while events are folded: what reads one would find something else than a live one. */
function absent(name: string): unknown {
  const refuse = () => {
    throw new PaymentOrderError(
      'unsupported-machine',
      `an action uses '${name}', but no actor runs while events are folded; model it as an invoke`,
    );
  };
  return new Proxy(refuse, { apply: refuse, get: refuse, has: refuse });
}

const [self, system, spawn] = [absent('self'), absent('system'), absent('spawn')];
