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
  /** What every action is given besides context and event. Nothing is ever started through it. */
  readonly #inert: { readonly self: unknown; readonly system: unknown; readonly spawn: unknown };

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    const self = createActor(machine);
    this.#inert = { self, system: self.system, spawn: spawning };
  }

  /** The context that the machine's input gives. */
  initialContext(input: unknown, event: EventObject): unknown {
    const { context } = this.#machine.config as { readonly context?: unknown };
    const given = isComputed(context)
      ? context({ ...this.#inert, input, event }, undefined)
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
    return (run) => {
      const given = isKnown ? this.#value(input, run) : undefined;
      run.pending = withCall(run.pending, { id, input: given, cause: run.cause });
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
    return (run) => {
      const args = this.#argsOf(run);
      const given = params(run);
      const update = isComputed(assignment)
        ? assignment(args, given)
        : mapped(assignment as Fields, (value) => (isComputed(value) ? value(args, given) : value));
      run.context = updated(run.context, update);
      run.changes += 1;
    };
  }

  #raise({ event: raised, id, delay }: Fields, params: Params): Operation {
    return (run) => {
      const given = params(run);
      const event = this.#value(raised, run, given) as EventObject;
      const delays: Fields = this.#machine.implementations.delays;
      const wait = this.#value(typeof delay === 'string' ? delays[delay] : delay, run, given);
      if (typeof wait === 'number') {
        const timer = { id: String(id), dueAtMs: run.cause.recordedAtMs + wait, cause: run.cause };
        run.pending = withTimer(run.pending, timer);
      } else {
        run.raised ??= event;
        run.queue.push(event);
      }
    };
  }

  #cancel(sendId: unknown, params: Params): Operation {
    return (run) => {
      const id = this.#value(sendId, run, params(run));
      run.pending = withoutTimer(run.pending, id);
    };
  }

  /** Given as it is, or computed of the context and the event. */
  #value(given: unknown, run: Run, params?: unknown): unknown {
    return isComputed(given) ? given(this.#argsOf(run), params) : given;
  }

  #argsOf({ context, event }: Run): Fields {
    const { self, system, spawn } = this.#inert;
    return { context, event, self, system, spawn };
  }
}

/** What XState's `assign`, `raise` and `cancel` carry. */
const carried = ['type', 'assignment', 'event', 'id', 'delay', 'sendId'] as const;

type Params = (run: Pick<Run, 'context' | 'event'>) => unknown;

/** The parameters of a named action or guard. */
export function paramsOf(named: unknown): Params {
  const params =
    typeof named === 'object' && named !== null && 'params' in named ? named.params : undefined;
  return isComputed(params)
    ? ({ context, event }) => params({ context, event }, undefined)
    : () => params;
}

export function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  const isNamed = typeof named === 'object' && named !== null && 'type' in named;
  return isNamed ? String(named.type) : '(unknown)';
}

function isComputed(given: unknown): given is Computed {
  return typeof given === 'function';
}

function mapped(fields: Fields, map: (value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, map(value)]));
}

/** As XState does it. An update that has every field already is not copied once more. */
function updated(context: unknown, update: unknown): unknown {
  if (typeof context !== 'object' || typeof update !== 'object' || update === null) {
    return Object.assign({}, context, update);
  }
  for (const field in context) if (!(field in update)) return Object.assign({}, context, update);
  return update;
}

function spawning(): never {
  throw new PaymentOrderError(
    'unsupported-machine',
    'an assignment that spawns an actor cannot be made durable; model it as an invoke',
  );
}
