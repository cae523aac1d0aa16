import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import type { CompiledMachine } from '../history/machine.ts';
import { knownOf, compileMachine } from '../history/machine.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { Cause, Pending } from '../interpreter/pending.ts';
import { boundedMachine } from './tested-machine.ts';
import type { TestedMachine } from './tested-machine.ts';

/** The events of one order, oldest first; the first is `PaymentOrderCreated`. */
export type History = readonly PaymentOrderEvent[];

/** Where an order stands after some events. A value: going on gives a new one. */
export type Standing = {
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
  /** Where the order stands after the event; null where the machine does not take it. */
  readonly next: (event: PaymentOrderEvent) => Standing | null;
};

/** One event of a history, with where the order stood before and after it. */
export type Step = {
  readonly before: Standing;
  readonly event: PaymentOrderEvent;
  readonly after: Standing;
};

/** An order that was just created. Default machine: the shipped one. */
export function firstStanding(
  created: PaymentOrderEvent | undefined,
  machine?: TestedMachine,
): Standing {
  if (created?.type !== 'PaymentOrderCreated') {
    throw illegal(0, `begins with ${created?.type ?? 'nothing'}, not with PaymentOrderCreated`);
  }
  const compiled = testedLaw(machine);
  return standing(compiled, compiled.interpreter.start(created, causeOf(0)), 0);
}

/**
 * The steps of a history, one for each event after the first.
 *
 * @throws PaymentOrderError `illegal-history`, at the revision of the event that is not taken.
 */
export function stepsOf(history: History, machine?: TestedMachine): readonly Step[] {
  let before = firstStanding(history[0], machine);
  return history.slice(1).map((event, index) => {
    const after = before.next(event);
    if (after === null) throw illegal(index + 1, `${event.type} is not taken in ${before.state}`);
    const step = { before, event, after };
    before = after;
    return step;
  });
}

/** Where the order stands after a whole history; throws as `stepsOf` does. */
export function standingAfter(history: History, machine?: TestedMachine): Standing {
  return stepsOf(history, machine).at(-1)?.after ?? firstStanding(history[0], machine);
}

const laws = new WeakMap<TestedMachine, CompiledMachine>();

/**
 * The same for the same machine: to build one takes as long as a hundred events.
 *
 * @internal
 */
export function testedLaw(machine?: TestedMachine): CompiledMachine {
  const bounded = boundedMachine(machine);
  const built = laws.get(bounded) ?? compileMachine(bounded);
  laws.set(bounded, built);
  return built;
}

function standing(compiled: CompiledMachine, fold: Fold, revision: number): Standing {
  const { interpreter } = compiled;
  return {
    state: fold.state,
    known: knownOf(fold),
    pending: fold.pending,
    closed: fold.snapshot.hasTag('closed'),
    attention: fold.snapshot.hasTag('attention'),
    takes: (event) => interpreter.takes(fold, event),
    next: (event) => {
      const next = interpreter.next(fold, event, causeOf(revision + 1));
      return next === null ? null : standing(compiled, next, revision + 1);
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
