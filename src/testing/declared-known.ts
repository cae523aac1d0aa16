import type {
  AttemptBegun,
  EventData,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type {
  AnomalyCode,
  AttemptResult,
  OrderFacts,
  Payment,
} from '../../machines/payment-order.facts.ts';

// The first table of the design, written down a second time: what the order knows after an event.
// This file shares types with the machine but no code, so that neither can hide a mistake of the
// other.

/** What is known of a new order. */
export function declaredKnown(created: EventData<'PaymentOrderCreated'>): OrderFacts {
  const { orderNo, processBillNo } = created;
  return {
    orderNo,
    processBillNo,
    ...moneyOf(created),
    started: false,
    paid: false,
    failed: false,
    closed: false,
    payments: [],
    cancel: null,
    answers: [],
    retryInMs: null,
    attemptDeadlineMs: null,
    anomalies: [],
  };
}

/** What is known after the event in any state; null where the event refers to nothing known. */
export function remembered(known: OrderFacts, event: PaymentOrderEvent): OrderFacts | null {
  const attempts = known.answers.length;
  switch (event.type) {
    case 'PaymentOrderCreated':
    case 'FactRetracted':
      return null;
    case 'CommandRejected':
    case 'CancelAbandoned':
    case 'PaymentDeclined':
    case 'PaymentRefunded':
      return known;
    case 'PaymentStarted':
      return { ...known, started: true };
    case 'PaymentSucceeded':
      return withPayment(known, event);
    case 'PaymentFailed':
      return flagged({ ...known, failed: true }, known.paid && 'contradicted');
    case 'ClosedAtGateway':
      return flagged({ ...known, closed: true }, known.paid && 'contradicted');
    case 'CancelRequested': {
      const reason = event.reason === undefined ? {} : { reason: event.reason };
      const cancel = { ...reason, firstAttempt: attempts + 1, budgetFrom: attempts + 1 };
      return withAttempt(event, { ...known, cancel });
    }
    case 'CancelRetryRequested': {
      const cancel = known.cancel && { ...known.cancel, budgetFrom: attempts + 1 };
      return withAttempt(event, { ...known, cancel });
    }
    case 'CancelRetryDue':
      return withAttempt(event, known);
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
      return event.attempt > attempts ? null : withOutcome(known, event);
    case 'CancelResolved':
      return resolved(known, event.resolution);
    case 'AnomalyAcknowledged': {
      const index = known.anomalies.findIndex(({ number }) => number === event.number);
      const anomaly = known.anomalies[index];
      if (anomaly === undefined || anomaly.acknowledged) return null;
      const anomalies = known.anomalies.with(index, { ...anomaly, acknowledged: true });
      return { ...known, anomalies };
    }
  }
}

function withPayment(known: OrderFacts, event: EventData<'PaymentSucceeded'>): OrderFacts {
  const { transactionNo } = event;
  const payment: Payment = {
    ...(transactionNo === undefined ? {} : { transactionNo }),
    ...moneyOf(event),
  };
  const same = known.payments.filter((other) => other.transactionNo === transactionNo);
  const isNew = same.length === 0;
  const agrees = same.some((other) => agree(other, payment));
  // A second notice of a payment adds nothing but the amount that the first one lacked.
  const payments = agrees
    ? known.payments.map((other) =>
        same.includes(other) && other.amountMinor === undefined ? payment : other,
      )
    : [...known.payments, payment];
  return flagged(
    { ...known, paid: true, payments },
    !agree(known, payment) && 'amount-mismatch',
    isNew && known.payments.length > 0 && 'double-payment',
    isNew && known.closed && 'paid-after-cancel',
    isNew && known.failed && 'paid-after-failure',
    !isNew && !agrees && 'contradicted',
  );
}

function withAttempt(event: AttemptBegun, known: OrderFacts): OrderFacts {
  const attemptDeadlineMs = event.attemptDeadlineMs ?? null;
  return { ...known, answers: [...known.answers, 'in-flight'], retryInMs: null, attemptDeadlineMs };
}

const results: Readonly<Record<OutcomeEvent['type'], AttemptResult>> = {
  CancelConfirmed: 'confirmed',
  CancelRefused: 'refused',
  CancelNotExecuted: 'not-executed',
  CancelBlocked: 'blocked',
  CancelOutcomeUnknown: 'unknown',
};

function withOutcome(known: OrderFacts, event: OutcomeEvent): OrderFacts {
  const index = event.attempt - 1;
  // An unknown outcome replaces nothing that is known.
  const addsNothing = event.type === 'CancelOutcomeUnknown' && known.answers[index] !== 'in-flight';
  const answers = addsNothing ? known.answers : known.answers.with(index, results[event.type]);
  if (event.type === 'CancelConfirmed') {
    return flagged({ ...known, answers, closed: true }, known.paid && 'cancelled-and-paid');
  }
  return { ...known, answers, retryInMs: waitOf(known, event) };
}

/**
 * The recorded wait. A plain actor records none and waits by the default policy: 31 times after
 * attempts that did not run, 12 times otherwise. Here it only matters whether it waits at all.
 */
function waitOf(
  { answers, cancel }: OrderFacts,
  event: Exclude<OutcomeEvent, { type: 'CancelConfirmed' }>,
): number | null {
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
  resolution: EventData<'CancelResolved'>['resolution'],
): OrderFacts {
  const answers = known.answers.map((answer) => (answer === 'unknown' ? 'resolved' : answer));
  if (resolution === 'open') return { ...known, answers, failed: false };
  const fact = { cancelled: 'closed', paid: 'paid', failed: 'failed' }[resolution];
  const isLate = resolution === 'paid' && known.failed;
  return flagged({ ...known, answers, [fact]: true }, isLate && 'paid-after-failure');
}

export function flagged(known: OrderFacts, ...codes: readonly (AnomalyCode | false)[]): OrderFacts {
  const found = codes.filter((code) => code !== false);
  const next = known.anomalies.length + 1;
  const added = found.map((code, index) => ({ number: next + index, code, acknowledged: false }));
  return { ...known, anomalies: [...known.anomalies, ...added] };
}

export function isInDoubt({ answers }: OrderFacts): boolean {
  return answers.includes('unknown');
}

type Money = { readonly amountMinor?: number | undefined; readonly currency?: string | undefined };

function moneyOf({ amountMinor, currency }: Money): { amountMinor?: number; currency?: string } {
  return amountMinor === undefined || currency === undefined ? {} : { amountMinor, currency };
}

function agree(one: Money, other: Money): boolean {
  if (one.amountMinor === undefined || other.amountMinor === undefined) return true;
  return one.amountMinor === other.amountMinor && one.currency === other.currency;
}
