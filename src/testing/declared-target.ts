import type {
  EventData,
  EventType,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { declaredKnown, isInDoubt, remembered } from './declared-known.ts';

// The second table of the design, written down a second time: where an event leads. As the first
// one, in declared-known.ts, it shares no code with the machine. The laws of the kit and the
// simulation both check against the two.

/** An order as the tables describe it. */
export type DeclaredOrder = { readonly state: string; readonly known: OrderFacts };

/**
 * The state that an event leads to in the shipped machine, or null where the state does not list
 * it. A variant of the machine asks this function about everything that it leaves unchanged.
 */
export function declaredTarget(
  state: string,
  known: OrderFacts,
  event: PaymentOrderEvent,
): string | null {
  return declaredNext({ state, known }, event)?.state ?? null;
}

export function declaredStart(created: EventData<'PaymentOrderCreated'>): DeclaredOrder {
  return { state: 'created', known: declaredKnown(created) };
}

/** The order after an event, or null where the tables do not list the event. */
export function declaredNext(order: DeclaredOrder, event: PaymentOrderEvent): DeclaredOrder | null {
  const known = remembered(order.known, event);
  const state = known === null ? null : targetOf(order, known, event);
  if (known === null || state === null) return null;
  return { state, known };
}

/** A fixed state, or one that depends on what is known after the event. */
type Target = string | ((known: OrderFacts, state: string, before: OrderFacts) => string | null);
type Targets = Readonly<Partial<Record<EventType, Target>>>;

const requesting = 'cancelling.requesting';

const settled = ({ paid, closed, failed, started }: OrderFacts): string => {
  if (paid) return 'paid';
  if (closed) return 'cancelled';
  if (failed) return 'failed';
  return started ? 'paying' : 'created';
};

const weighed = (known: OrderFacts): string => {
  const ofThisCancel = known.answers.slice((known.cancel?.firstAttempt ?? 1) - 1);
  const isRefused = ofThisCancel.includes('refused') && !isInDoubt(known);
  if (known.paid || known.closed || isRefused) return settled(known);
  if (known.retryInMs === null) return 'cancelling.needsReview';
  return isInDoubt(known) ? 'cancelling.inDoubt' : 'cancelling.backingOff';
};

const weighedWithoutDoubt: Target = (known, state) => (isInDoubt(known) ? state : weighed(known));
const settledWithoutDoubt: Target = (known, _, before) =>
  isInDoubt(before) ? null : settled(known);

/** Where an order goes without a fact; a cancel that nothing has ended is up to a person. */
const settledWithout: Target = (known) => {
  const { paid, closed, cancel } = known;
  const isRefused = known.answers.slice((cancel?.firstAttempt ?? 1) - 1).includes('refused');
  const isUnended = cancel !== null && cancel.endedBy === null && !isRefused;
  const needsPerson = !paid && !closed && (isInDoubt(known) || isUnended);
  return needsPerson ? 'cancelling.needsReview' : settled(known);
};
/** Where a cancel waits, it goes on waiting unless there is money or a closing again. */
const settledAgain: Target = (known, state) =>
  known.paid || known.closed ? settled(known) : state;

const open: Targets = {
  PaymentSucceeded: 'paid',
  PaymentFailed: 'failed',
  ClosedAtGateway: 'cancelled',
  CancelConfirmed: 'cancelled',
  CancelRequested: requesting,
  FactRetracted: settledWithout,
};
const waiting: Targets = {
  PaymentSucceeded: settled,
  ClosedAtGateway: settled,
  CancelConfirmed: settled,
  CancelRetryRequested: requesting,
  FactRetracted: settledAgain,
};
const closed: Targets = { PaymentSucceeded: 'paid', FactRetracted: settledWithout };

/** What each state lists. `cancelling.requesting` listens to its own outcome: see `targetOf`. */
const targets: Readonly<Record<string, Targets>> = {
  created: { ...open, PaymentStarted: 'paying' },
  paying: open,
  'cancelling.backingOff': {
    ...waiting,
    CancelRetryDue: requesting,
    CancelAbandoned: settledWithoutDoubt,
  },
  'cancelling.inDoubt': {
    ...waiting,
    CancelRetryDue: requesting,
    CancelResolved: settled,
    CancelRefused: weighedWithoutDoubt,
    CancelNotExecuted: weighedWithoutDoubt,
    CancelBlocked: weighedWithoutDoubt,
  },
  'cancelling.needsReview': {
    ...waiting,
    CancelAbandoned: settledWithoutDoubt,
    CancelResolved: settled,
  },
  cancelled: closed,
  failed: {
    ...closed,
    CancelRequested: (_known, _state, before) => (before.closed ? null : requesting),
  },
  paid: { FactRetracted: settledWithout },
};

/** What the root lists: these events are recorded in every state, and the order stays there. */
const recordedEverywhere: ReadonlySet<EventType> = new Set([
  'PaymentSucceeded',
  'PaymentFailed',
  'PaymentDeclined',
  'PaymentRefunded',
  'ClosedAtGateway',
  'FactRetracted',
  'CancelConfirmed',
  'CancelRefused',
  'CancelNotExecuted',
  'CancelBlocked',
  'CancelOutcomeUnknown',
  'AnomalyAcknowledged',
  'CommandRejected',
]);

function targetOf(
  { state, known: before }: DeclaredOrder,
  known: OrderFacts,
  event: PaymentOrderEvent,
): string | null {
  const isOwnOutcome = 'attempt' in event && event.attempt === before.answers.length;
  if (state === requesting && isOwnOutcome) return weighed(known);
  const target = targets[state]?.[event.type];
  if (target === undefined) return recordedEverywhere.has(event.type) ? state : null;
  return typeof target === 'string' ? target : target(known, state, before);
}
