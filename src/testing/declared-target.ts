import type {
  EventData,
  EventType,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { declaredFrom } from './declared-comparison.ts';
import { remembered } from './declared-facts.ts';
import { isInDoubt, knownAtFirst } from './declared-known.ts';
import type { DeclaredFacts } from './declared-known.ts';

// The tables of the design, written down a second time: where an event leads, and, in
// declared-facts.ts and what it imports, what the order then knows. These files share types with
// the machine but no code, so that neither can hide a mistake of the other. The laws of the kit and
// the simulation both check against them.

/** An order as the tables describe it. */
export type DeclaredOrder = { readonly state: string; readonly known: DeclaredFacts };

/**
 * The state that an event leads to in the shipped machine, or null where the state does not list
 * it. A variant of the machine asks this function about everything that it leaves unchanged.
 */
export function declaredTarget(
  state: string,
  known: OrderFacts,
  event: PaymentOrderEvent,
): string | null {
  return declaredNext({ state, known: declaredFrom(known) }, event)?.state ?? null;
}

export function declaredStart(created: EventData<'PaymentOrderCreated'>): DeclaredOrder {
  return { state: 'created', known: knownAtFirst(created) };
}

/** The order after an event, or null where the tables do not list the event. */
export function declaredNext(order: DeclaredOrder, event: PaymentOrderEvent): DeclaredOrder | null {
  const known = remembered(order.known, event);
  const state = known === null ? null : targetOf(order, known, event);
  return known === null || state === null ? null : { state, known };
}

/** A fixed state, or one that depends on what is known after the event. */
type Target =
  | string
  | ((
      known: DeclaredFacts,
      state: string,
      before: DeclaredFacts,
      event: PaymentOrderEvent,
    ) => string | null);
type Targets = Readonly<Partial<Record<EventType, Target>>>;

const requesting = 'cancelling.requesting';

const settled = ({ paid, closed, failed, started }: DeclaredFacts): string => {
  if (paid) return 'paid';
  if (closed) return 'cancelled';
  if (failed) return 'failed';
  return started ? 'paying' : 'created';
};

const isRefused = ({ answers, cancel }: DeclaredFacts): boolean =>
  answers.slice((cancel?.firstAttempt ?? Infinity) - 1).includes('refused');

const weighed = (known: DeclaredFacts): string => {
  const isOver = isRefused(known) && !isInDoubt(known);
  if (known.paid || known.closed || isOver) return settled(known);
  if (known.retryInMs === null) return 'cancelling.needsReview';
  return isInDoubt(known) ? 'cancelling.inDoubt' : 'cancelling.backingOff';
};

const weighedWithoutDoubt: Target = (known, state) => (isInDoubt(known) ? state : weighed(known));
const settledWithoutDoubt: Target = (known, _, before) =>
  isInDoubt(before) ? null : settled(known);

/** Of an order that rested: a doubt or a cancel that came back is for a person to decide. */
const settledOrReviewed: Target = (known) => {
  const { paid, closed, cancel } = known;
  const isOpen = cancel !== null && !cancel.isOver;
  const needsReview = !paid && !closed && (isInDoubt(known) || isOpen);
  return needsReview ? 'cancelling.needsReview' : settled(known);
};

/** A cancel that waits is not moved, but where money or a closing is given back. */
const settledIfOver: Target = (known, state) =>
  known.paid || known.closed ? settled(known) : state;

const statusOf = (event: PaymentOrderEvent) =>
  event.type === 'StatusReported' ? event.status : 'unknown';

/** Of an order that rests: an end that is reported is an end. */
const reportedEnds: ReadonlyMap<string, string> = new Map([
  ['succeeded', 'paid'],
  ['failed', 'failed'],
  ['canceled', 'cancelled'],
]);
const asReported: Target = (_known, state, _before, event) =>
  reportedEnds.get(statusOf(event)) ?? state;
const paidIfReported: Target = (_known, state, _before, event) =>
  statusOf(event) === 'succeeded' ? 'paid' : state;

/** Of a cancel that waits: an end ends it, where no newer attempt is in doubt. */
const settledByReport = (known: DeclaredFacts, state: string, event: PaymentOrderEvent): string => {
  const isEnd = reportedEnds.has(statusOf(event));
  return isEnd && (known.paid || known.closed || !isInDoubt(known)) ? settled(known) : state;
};
const answered: Target = (known, state, _before, event) =>
  ['pending', 'unknown'].includes(statusOf(event))
    ? weighed(known)
    : settledByReport(known, state, event);
const doubtedAgain: Target = (known, state, before) =>
  isInDoubt(known) && !isInDoubt(before) ? weighed(known) : state;

const open: Targets = {
  StatusReported: asReported,
  PaymentSucceeded: 'paid',
  PaymentFailed: 'failed',
  ClosedAtGateway: 'cancelled',
  CancelConfirmed: 'cancelled',
  CancelRequested: requesting,
  FactRetracted: settledOrReviewed,
};
const waiting: Targets = {
  StatusReported: (known, state, _before, event) => settledByReport(known, state, event),
  PaymentSucceeded: settled,
  ClosedAtGateway: settled,
  CancelConfirmed: settled,
  CancelRetryRequested: requesting,
  FactRetracted: settledIfOver,
};
const closed: Targets = {
  PaymentSucceeded: 'paid',
  StatusReported: paidIfReported,
  FactRetracted: settledOrReviewed,
};

/** What each state lists. `cancelling.requesting` listens to its own outcome: see `targetOf`. */
const targets: Readonly<Record<string, Targets>> = {
  created: { ...open, PaymentStarted: 'paying' },
  paying: open,
  'cancelling.backingOff': {
    ...waiting,
    CancelRefused: doubtedAgain,
    CancelRetryDue: requesting,
    CancelAbandoned: settledWithoutDoubt,
  },
  'cancelling.inDoubt': {
    ...waiting,
    StatusReported: answered,
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
  paid: { FactRetracted: settledOrReviewed },
  cancelled: closed,
  failed: {
    ...closed,
    CancelRequested: (_known, _state, before) => (before.closed ? null : requesting),
  },
};

/** What the root lists: these events are recorded in every state, and the order stays there. */
const recordedEverywhere: ReadonlySet<EventType> = new Set([
  'PaymentSucceeded',
  'PaymentFailed',
  'ClosedAtGateway',
  'StatusReported',
  'PaymentDeclined',
  'PaymentRefunded',
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
  known: DeclaredFacts,
  event: PaymentOrderEvent,
): string | null {
  const isOwnOutcome = 'attempt' in event && event.attempt === before.answers.length;
  if (state === requesting && isOwnOutcome) return weighed(known);
  const target = targets[state]?.[event.type];
  if (target === undefined) return recordedEverywhere.has(event.type) ? state : null;
  return typeof target === 'string' ? target : target(known, state, before, event);
}
