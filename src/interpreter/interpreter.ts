/**
 * Folds a machine over events without running it. `createActor` would call the gateway again each
 * time an order is loaded and would lose its timers, so nothing here is ever started. A fold is a
 * look-up in the machine's table, guards and assignments; calls and timers are only noted.
 */

import type { AnyStateMachine, EventObject } from 'xstate';
import { PaymentOrderError } from '../errors.ts';
import { assertInterpretable } from './interpretable.ts';
import type { Run } from './operations.ts';
import type { Cause, Pending } from './pending.ts';
import { nothingPending } from './pending.ts';
import type { Candidate, Leaf } from './table.ts';
import { tableOf } from './table.ts';

/** Where a machine stands after some events. It is a value: the next event gives a new one. */
export type Fold = {
  /** Dotted path of the state, such as `cancelling.inDoubt`. */
  readonly state: string;
  /** Of the state and of those around it. */
  readonly tags: ReadonlySet<string>;
  /** The machine's context. */
  readonly context: unknown;
  readonly pending: Pending;
};

/** A pure fold of a machine over events: it never calls, waits, writes, or reads a clock. */
export type Interpreter = {
  /** The state that the machine's input gives. */
  start(input: unknown, cause: Cause): Fold;
  /** Whether the machine takes the event in this state; XState itself would ignore it silently. */
  takes(fold: Fold, event: EventObject): boolean;
  /** The state after an event, or null where the machine does not take it. */
  next(fold: Fold, event: EventObject, cause: Cause): Fold | null;
  /** The domain event that a pending timer raises when it is due. */
  raisedBy(fold: Fold, timerId: string): EventObject;
};

/** More steps than any event of a machine needs: with more, it loops. */
const stepsMax = 1_000;

/**
 * @throws {PaymentOrderError} `unsupported-machine` for a machine with actions that cannot be made
 * durable, or that could lose or swallow events
 */
export function createInterpreter(machine: AnyStateMachine): Interpreter {
  assertInterpretable(machine);
  const { leaves, initial, initialContext } = tableOf(machine);

  const leafOf = ({ state }: Fold): Leaf => {
    const leaf = leaves.get(state);
    if (leaf !== undefined) return leaf;
    throw new TypeError(`this machine has no state '${state}'`);
  };

  /** The state that an event leads to; null where it is not taken. */
  const take = (fold: Fold, run: Run): Leaf | null => {
    const leaf = leafOf(fold);
    const candidate = chosen(leaf.on.get(run.event.type), run.context, run.event, leaf);
    if (candidate === undefined) return null;
    perform(candidate, run);
    return settled(run, candidate.to);
  };

  return {
    start: (input, cause) => {
      const event = { type: 'xstate.init', input };
      const run = runOf(initialContext(input), event, nothingPending, cause);
      perform(initial, run);
      return foldOf(settled(run, initial.to), run);
    },
    takes: (fold, event) => {
      if (!isDomainEvent(event)) return false;
      const leaf = leafOf(fold);
      return chosen(leaf.on.get(event.type), fold.context, event, leaf) !== undefined;
    },
    next: (fold, event, cause) => {
      if (!isDomainEvent(event)) return null;
      const run = runOf(fold.context, event, fold.pending, cause);
      const leaf = take(fold, run);
      return leaf === null ? null : foldOf(leaf, run);
    },
    raisedBy: (fold, timerId) => {
      const run = runOf(fold.context, { type: timerId }, fold.pending, nobody);
      take(fold, run);
      if (run.raised !== null) return run.raised;
      throw new PaymentOrderError(
        'unsupported-machine',
        `timer '${timerId}' raises no event; give its 'after' a raise of the event to be stored`,
      );
    },
  };
}

/** Nothing that is made pending while a timer is looked at is kept. */
const nobody: Cause = { recordedAtMs: 0, eventId: '', correlationId: '' };

/** XState's own events are technical: a caller must not claim that a call or a timer has ended. */
function isDomainEvent(event: EventObject): boolean {
  return !event.type.startsWith('xstate.');
}

function runOf(context: unknown, event: EventObject, pending: Pending, cause: Cause): Run {
  return { context, event, cause, pending, queue: [], raised: null, changes: 0 };
}

function foldOf({ path, tags }: Leaf, { context, pending }: Run): Fold {
  return { state: path, tags, context, pending };
}

/** The first that its guard lets pass. */
function chosen(
  candidates: readonly Candidate[] | undefined,
  context: unknown,
  event: EventObject,
  leaf: Leaf,
): Candidate | undefined {
  if (candidates === undefined) return undefined;
  for (const candidate of candidates) {
    const { passes } = candidate;
    if (passes === null || passes(context, event, leaf)) return candidate;
  }
  return undefined;
}

function perform({ operations }: Pick<Candidate, 'operations'>, run: Run): void {
  for (const operation of operations) operation(run);
}

/**
 * Where the machine comes to rest: transient states are passed through, then events that were raised
 * are taken, as XState does it.
 */
function settled(run: Run, entered: Leaf): Leaf {
  let leaf = entered;
  let looksForTransient = true;
  for (let steps = 0; steps < stepsMax; steps += 1) {
    const transient: Candidate | undefined = looksForTransient
      ? chosen(leaf.always, run.context, run.event, leaf)
      : undefined;
    if (transient === undefined) {
      const raised = run.queue.length === 0 ? undefined : run.queue.shift();
      if (raised === undefined) return leaf;
      run.event = raised;
      looksForTransient = true;
      const candidate = chosen(leaf.on.get(raised.type), run.context, raised, leaf);
      if (candidate === undefined) continue;
      perform(candidate, run);
      leaf = candidate.to;
    } else {
      const before = run.changes;
      perform(transient, run);
      // One that changes nothing would be taken for ever.
      looksForTransient = run.changes !== before || transient.to !== leaf;
      leaf = transient.to;
    }
  }
  throw new Error(
    `Infinite loop detected: the machine has taken ${stepsMax} steps without coming to rest`,
  );
}
