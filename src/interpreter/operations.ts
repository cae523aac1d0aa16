/** What the actions of a machine do to a fold: each is compiled once, from what XState keeps of it. */

import { createActor } from 'xstate';
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
  /** What every action is given. Nothing is ever started through the actor. */
  readonly #argsOf: (run: Pick<Run, 'context' | 'event'>) => Fields;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    const self = createActor(machine);
    const { system } = self;
    this.#argsOf = ({ context, event }) => ({ context, event, self, system, spawn: spawning });
  }

  /** The context that the machine's input gives. */
  initialContext(input: unknown, event: EventObject): unknown {
    const { context } = this.#machine.config as { readonly context?: unknown };
    const given = isComputed(context)
      ? context({ ...this.#argsOf({ context: undefined, event }), input }, undefined)
      : context;
    return { ...(given as object | undefined) };
  }

  /** @param action - An action as XState resolved it: a function, a name, or a name with parameters. */
  ofAction(action: unknown): Operation {
    const { type, ...how } = this.#builtIn(action);
    const params = paramsOf(action);
    switch (type) {
      case 'xstate.assign':
        return this.#assign(how['assignment'], params);
      case 'xstate.raise':
        return this.#raise(how, params);
      case 'xstate.cancel':
        return this.#cancel(how['sendId'], params);
      default:
        throw new PaymentOrderError(
          'unsupported-machine',
          `action '${String(type)}' cannot be made durable; model it as an invoke`,
        );
    }
  }

  /** A call begins; it is pending until its state is left. */
  invoking({
    id,
    src,
    input,
  }: {
    readonly id: string;
    readonly src: unknown;
    readonly input?: unknown;
  }): Operation {
    const logics: Fields = this.#machine.implementations.actors;
    const isKnown = typeof src !== 'string' || logics[src] !== undefined;
    const inputOf = this.#value(isKnown ? input : undefined, none);
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

  #builtIn(action: unknown): Fields {
    const implementations: Fields = this.#machine.implementations.actions;
    const found = typeof action === 'function' ? action : implementations[nameOf(action)];
    // A built-in action is a function that carries what it was made of.
    if (typeof found !== 'function') return { type: nameOf(action) };
    return Object.fromEntries(carried.map((part) => [part, Reflect.get(found, part) as unknown]));
  }

  #assign(assignment: unknown, params: Params): Operation {
    const compute = isComputed(assignment) ? assignment : fieldByField(assignment as Fields);
    const argsOf = this.#argsOf;
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
      const event = eventOf(run) as EventObject;
      const wait = waitOf(run);
      if (typeof wait === 'number') {
        const { cause } = run;
        const timer = { id, dueAtMs: cause.recordedAtMs + wait, cause };
        run.pending = withTimer(run.pending, timer);
      } else {
        run.raised ??= event;
        run.queue.push(event);
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
    const argsOf = this.#argsOf;
    return isComputed(given) ? (run) => given(argsOf(run), params(run)) : () => given;
  }
}

/** What XState's `assign`, `raise` and `cancel` carry. */
const carried = ['type', 'assignment', 'event', 'id', 'delay', 'sendId'] as const;

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
  const isNamed = typeof named === 'object' && named !== null && 'type' in named;
  return isNamed ? String(named.type) : '(unknown)';
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
  return isFields(context) && isFields(update) && isWhole(context, update)
    ? update
    : Object.assign({}, context, update);
}

function isWhole(context: Fields, update: Fields): boolean {
  for (const field in context) {
    // A look at the value is faster than `in`, and most fields have one.
    if (update[field] === undefined && !Object.hasOwn(update, field)) return false;
  }
  return true;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function spawning(): never {
  throw new PaymentOrderError(
    'unsupported-machine',
    'an assignment that spawns an actor cannot be made durable; model it as an invoke',
  );
}
