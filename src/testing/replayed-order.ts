import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import type { CompiledMachine } from '../history/machine.ts';
import { knownOf, compileMachine } from '../history/machine.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { Cause, Pending } from '../interpreter/pending.ts';
import { testedMachine } from './tested-machine.ts';
import type { TestedMachine } from './tested-machine.ts';

/** The events of one order, oldest first; the first is `PaymentOrderCreated`. */
export type History = readonly PaymentOrderEvent[];

/** An order after some events. A value: `next` gives a new one. */
export type ReplayedOrder = {
  /** Dotted path, such as `cancelling.inDoubt`. */
  readonly state: string;
  readonly known: OrderFacts;
  /** The calls and timers that the order waits for. */
  readonly pending: Pending;
  /** Whether the state has the tag `closed`. */
  readonly closed: boolean;
  /** Whether the state has the tag `attention`. */
  readonly attention: boolean;
  readonly takes: (event: PaymentOrderEvent) => boolean;
  /** The order after the event; null where the machine does not take it. */
  readonly next: (event: PaymentOrderEvent) => ReplayedOrder | null;
};

/** One event of a history, with the order before and after it. */
export type Step = {
  readonly before: ReplayedOrder;
  readonly event: PaymentOrderEvent;
  readonly after: ReplayedOrder;
};

/**
 * An order that was just created. Default machine: the shipped one.
 *
 * @internal
 */
export function createdOrder(
  created: PaymentOrderEvent | undefined,
  machine?: TestedMachine,
): ReplayedOrder {
  const compiled = compiledMachine(machine);
  return replayedOrder(compiled, compiled.interpreter.start(asCreation(created), causeOf(0)), 0);
}

/** @internal */
export function asCreation(
  event: PaymentOrderEvent | undefined,
): PaymentOrderEvent<'PaymentOrderCreated'> {
  if (event?.type === 'PaymentOrderCreated') return event;
  throw illegal(0, `begins with ${event?.type ?? 'nothing'}, not with PaymentOrderCreated`);
}

/**
 * The steps of a history, one for each event after the first.
 *
 * @throws PaymentOrderError `illegal-history`, at the revision of the event that is not taken.
 */
export function stepsOf(history: History, machine?: TestedMachine): readonly Step[] {
  let before = createdOrder(history[0], machine);
  return history.slice(1).map((event, index) => {
    const after = before.next(event);
    if (after === null) throw illegal(index + 1, `${event.type} is not taken in ${before.state}`);
    const step = { before, event, after };
    before = after;
    return step;
  });
}

/**
 * The order after a whole history.
 *
 * @throws PaymentOrderError `illegal-history`, at the revision of the event that is not taken.
 * @example orderAfter([{ type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' }]).state // 'created'
 */
export function orderAfter(history: History, machine?: TestedMachine): ReplayedOrder {
  return stepsOf(history, machine).at(-1)?.after ?? createdOrder(history[0], machine);
}

/** @internal */
export function compiledMachine(machine?: TestedMachine): CompiledMachine {
  return compileMachine(testedMachine(machine));
}

function replayedOrder(compiled: CompiledMachine, fold: Fold, revision: number): ReplayedOrder {
  const { interpreter } = compiled;
  return {
    state: fold.state,
    known: knownOf(fold),
    pending: fold.pending,
    closed: fold.tags.has('closed'),
    attention: fold.tags.has('attention'),
    takes: (event) => interpreter.takes(fold, event),
    next: (event) => {
      const next = interpreter.next(fold, event, causeOf(revision + 1));
      return next === null ? null : replayedOrder(compiled, next, revision + 1);
    },
  };
}

function causeOf(revision: number): Cause {
  const eventId = `event-${revision}`;
  return { recordedAtMs: revision * 1_000, eventId, correlationId: 'tested' };
}

function illegal(revision: number, what: string): PaymentOrderError {
  return new PaymentOrderError('illegal-history', `revision ${revision}: ${what}`, { revision });
}
