import type {
  EventData,
  EventType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { AttemptResult, OrderFacts, Remembered } from '../../machines/payment-order.facts.ts';
import { afterRetraction, flagged } from './declared-anomalies.ts';
import { withFailure, withPayment, withRefund } from './declared-money.ts';

// The first table of the design, written down a second time: what the order knows after an event.
// This file and the two that it imports share types with the machine but no code, so that neither
// can hide a mistake of the other.

/** What is known of a new order. */
export function declaredKnown(created: EventData<'PaymentOrderCreated'> | OrderFacts): OrderFacts {
  const { orderNo, processBillNo, amountMinor, currency } = created;
  return {
    orderNo,
    processBillNo,
    ...(amountMinor === undefined || currency === undefined ? {} : { amountMinor, currency }),
    ...{ revision: 0, history: [], started: false, paid: false, failed: false, closed: false },
    ...{ closedAtGateway: false, payments: [], refunds: [], cancel: null, answers: [] },
    ...{ resolutions: [], retryInMs: null, attemptDeadlineMs: null, anomalies: [] },
  };
}

/** What is known after the event in any state; null where the event refers to nothing known. */
export function remembered(before: OrderFacts, event: PaymentOrderEvent): OrderFacts | null {
  const known = { ...before, revision: before.revision + 1 };
  const { type } = event;
  if (type === 'PaymentOrderCreated') return null;
  if (type === 'CommandRejected') return known;
  if (type === 'AnomalyAcknowledged') return acknowledged(known, event.number);
  if (type === 'FactRetracted') return retracted(known, event.revision);
  if ('attempt' in event && event.attempt > known.answers.length) return null;
  const wait = 'attempt' in event ? waitOf(known, event) : undefined;
  const entry = entryOf(event, known.revision, wait);
  return told({ ...known, history: [...known.history, entry] }, entry);
}

function acknowledged(known: OrderFacts, wanted: number): OrderFacts | null {
  const index = known.anomalies.findIndex(({ number }) => number === wanted);
  const anomaly = known.anomalies[index];
  if (anomaly === undefined || anomaly.acknowledged || anomaly.retracted) return null;
  const anomalies = known.anomalies.with(index, { ...anomaly, acknowledged: true });
  return { ...known, anomalies };
}

function retracted(known: OrderFacts, retracts: number): OrderFacts | null {
  if (!isRetractable(known, retracts)) return null;
  const { revision, history: past } = known;
  const history = [...past, { revision, type: 'FactRetracted' as const, retracts }];
  const counting = history.filter((entry) => counts(history, entry));
  const again = counting.reduce<OrderFacts>(told, declaredKnown(known));
  const anomalies = afterRetraction(known.anomalies, again.anomalies);
  return { ...again, revision, history, anomalies };
}

/** What each type of event decides by. Payments and refunds keep it in a field of its own. */
const fields: Readonly<Partial<Record<EventType, readonly string[]>>> = {
  PaymentFailed: ['occurredAt'],
  CancelRequested: ['reason', 'attemptDeadlineMs'],
  CancelRetryDue: ['attemptDeadlineMs'],
  CancelRetryRequested: ['attemptDeadlineMs'],
  CancelConfirmed: ['attempt', 'isOfVersion1'],
  CancelRefused: ['attempt', 'isOfVersion1'],
  CancelNotExecuted: ['attempt', 'isOfVersion1'],
  CancelBlocked: ['attempt', 'isOfVersion1'],
  CancelOutcomeUnknown: ['attempt'],
  CancelResolved: ['resolution'],
};

function entryOf(
  event: PaymentOrderEvent,
  revision: number,
  retryInMs: number | null | undefined,
): Remembered {
  const { type } = event;
  const pick = (names: readonly string[]) =>
    Object.fromEntries(
      Object.entries(event).filter(([name, value]) => names.includes(name) && value !== undefined),
    );
  const money = ['transactionNo', 'amountMinor', 'currency'];
  const payment = pick([...money, 'occurredAt']);
  // Each type gets the fields that its entry has.
  return {
    ...{ revision, type },
    ...(type === 'PaymentSucceeded' ? { payment, ...pick(['isOfVersion1']) } : {}),
    ...(type === 'PaymentRefunded' ? { refund: pick([...money, 'refundNo']) } : {}),
    ...pick(fields[type] ?? []),
    ...(retryInMs === undefined ? {} : { retryInMs }),
  } as Remembered;
}

const retractableTypes: ReadonlySet<string> = new Set([
  ...['PaymentSucceeded', 'PaymentFailed', 'PaymentDeclined', 'PaymentRefunded'],
  ...['ClosedAtGateway', 'CancelResolved', 'FactRetracted'],
]);

function isRetractable({ history }: OrderFacts, revision: number): boolean {
  const entry = history.find((each) => each.revision === revision);
  return entry !== undefined && retractableTypes.has(entry.type) && counts(history, entry);
}

/** What was retracted does not count, unless that retraction does not count either. */
function counts(history: readonly Remembered[], { revision }: Remembered): boolean {
  return !history.some(
    (later) =>
      later.type === 'FactRetracted' && later.retracts === revision && counts(history, later),
  );
}

/** What is known after one thing that decides. */
function told(known: OrderFacts, entry: Remembered): OrderFacts {
  const next = toldAlone(known, entry);
  const isOpen = ({ paid, answers }: OrderFacts) =>
    paid && answers.includes('unknown') && !answers.includes('in-flight');
  return flagged(next, entry, isOpen(next) && !isOpen(known) && 'cancel-unresolved');
}

function toldAlone(known: OrderFacts, entry: Remembered): OrderFacts {
  switch (entry.type) {
    case 'PaymentDeclined':
    case 'FactRetracted':
      return known;
    case 'PaymentStarted':
      return { ...known, started: true };
    case 'PaymentSucceeded':
      return withPayment(known, entry);
    case 'PaymentFailed':
      return withFailure(known, entry);
    case 'PaymentRefunded':
      return withRefund(known, entry);
    case 'ClosedAtGateway': {
      const closed = { ...known, closed: true, closedAtGateway: true };
      return flagged(closed, entry, known.paid && 'contradicted');
    }
    case 'CancelRequested':
    case 'CancelRetryRequested':
    case 'CancelRetryDue': {
      const { type, reason, attemptDeadlineMs = null } = entry;
      const budgetFrom = known.answers.length + 1;
      const asked = reason === undefined ? {} : { reason };
      const cancels = {
        CancelRequested: { ...asked, firstAttempt: budgetFrom, budgetFrom, endedBy: null },
        CancelRetryRequested: known.cancel && { ...known.cancel, budgetFrom, endedBy: null },
        CancelRetryDue: known.cancel,
      };
      const answers = [...known.answers, 'in-flight' as const];
      return { ...known, cancel: cancels[type], answers, retryInMs: null, attemptDeadlineMs };
    }
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
      return withOutcome(known, entry);
    case 'CancelAbandoned':
      return ended(known, entry.type);
    case 'CancelResolved':
      return resolved(known, entry);
  }
}

function ended(known: OrderFacts, endedBy: 'CancelAbandoned' | 'CancelResolved'): OrderFacts {
  return { ...known, cancel: known.cancel && { ...known.cancel, endedBy } };
}

const results: Readonly<Record<OutcomeEvent['type'], AttemptResult>> = {
  CancelConfirmed: 'confirmed',
  CancelRefused: 'refused',
  CancelNotExecuted: 'not-executed',
  CancelBlocked: 'blocked',
  CancelOutcomeUnknown: 'unknown',
};

function withOutcome(
  known: OrderFacts,
  outcome: Extract<Remembered, { type: OutcomeEvent['type'] }>,
): OrderFacts {
  const { type, attempt, retryInMs = known.retryInMs, isOfVersion1 = false } = outcome;
  const index = attempt - 1;
  // An unknown outcome replaces nothing that is known.
  const addsNothing = type === 'CancelOutcomeUnknown' && known.answers[index] !== 'in-flight';
  const answers = addsNothing ? known.answers : known.answers.with(index, results[type]);
  const isConfirmed = type === 'CancelConfirmed';
  const next = { ...known, answers, retryInMs, closed: known.closed || isConfirmed };
  const isNews = answers[index] !== known.answers[index];
  return flagged(
    next,
    outcome,
    isConfirmed && known.paid && 'cancelled-and-paid',
    isNews && !isOfVersion1 && isAgainst(known, next, attempt) && 'resolution-contradicted',
  );
}

const didNotRun: readonly (AttemptResult | undefined)[] = ['refused', 'not-executed', 'blocked'];

/** Whether an answer that came after an operator's resolution is against it. */
function isAgainst(before: OrderFacts, after: OrderFacts, attempt: number): boolean {
  const found = after.resolutions.find(({ attempts }) => attempts.includes(attempt));
  if (found === undefined || found.resolution === 'paid') return false;
  if (found.resolution !== 'cancelled') return after.answers[attempt - 1] === 'confirmed';
  const unanswered = ({ answers }: OrderFacts) =>
    found.attempts.filter((each) => !didNotRun.includes(answers[each - 1])).length;
  const isClosedOtherwise = after.closedAtGateway || after.answers.includes('confirmed');
  return unanswered(after) === 0 && unanswered(before) > 0 && !isClosedOtherwise;
}

/**
 * The recorded wait. A plain actor records none and waits by the default policy: 31 times after
 * attempts that did not run, 12 times otherwise. Here it only matters whether it waits at all.
 */
function waitOf({ answers, cancel }: OrderFacts, event: OutcomeEvent): number | null | undefined {
  if (event.type === 'CancelConfirmed') return undefined;
  if (event.type === 'CancelBlocked') return event.retryInMsOfVersion1 ?? null;
  const { type, attempt, retryInMs } = event;
  if (retryInMs !== undefined) return retryInMs;
  const didNotRun = type === 'CancelNotExecuted';
  const alike: readonly AttemptResult[] = didNotRun ? ['not-executed'] : ['unknown', 'refused'];
  const spent = answers.filter((answer, index) => {
    const isInBudget = index + 1 >= (cancel?.budgetFrom ?? 1) && index + 1 !== attempt;
    return isInBudget && alike.includes(answer);
  }).length;
  return spent < (didNotRun ? 31 : 12) ? 1 : null;
}

function resolved(
  known: OrderFacts,
  entry: Extract<Remembered, { type: 'CancelResolved' }>,
): OrderFacts {
  const { type, resolution } = entry;
  const attempts = known.answers.flatMap((answer, at) => (answer === 'unknown' ? at + 1 : []));
  const answers = known.answers.map((answer) => (answer === 'unknown' ? 'resolved' : answer));
  const resolutions = [...known.resolutions, { resolution, attempts }];
  const next = { ...ended(known, type), answers, resolutions };
  if (resolution === 'open') return { ...next, failed: false };
  const fact = { cancelled: 'closed', paid: 'paid', failed: 'failed' }[resolution];
  const isLate = resolution === 'paid' && known.failed;
  return flagged({ ...next, [fact]: true }, entry, isLate && 'paid-after-failure');
}

export function isInDoubt({ answers }: OrderFacts): boolean {
  return answers.includes('unknown');
}
