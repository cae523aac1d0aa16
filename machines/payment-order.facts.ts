/**
 * What an order knows, folded from its events by pure functions. Facts are remembered alike in
 * every state, so that none is ever lost; a contradiction between two becomes an anomaly.
 */

import type {
  AttemptBegun,
  EventData,
  OutcomeEvent,
  OutcomeType,
  PaymentOrderEvent,
} from './payment-order.events.ts';
import { defaultRetryPolicy } from './payment-order.retry-policy.ts';
import type { RetryPolicy } from './payment-order.retry-policy.ts';

/** The result of an attempt. `resolved`: it was never answered, and an operator found the truth. */
export type AttemptResult =
  'in-flight' | 'confirmed' | 'refused' | 'not-executed' | 'blocked' | 'unknown' | 'resolved';

export type AnomalyCode =
  | 'amount-mismatch'
  | 'double-payment'
  | 'paid-after-cancel'
  | 'paid-after-failure'
  | 'cancelled-and-paid'
  | 'cancel-unresolved'
  | 'refund-mismatch'
  | 'resolution-contradicted'
  | 'contradicted';

/** A contradiction between facts. It stays open until an operator acknowledges it. */
export type Anomaly = {
  /** Counted from 1 in the order it arose. */
  readonly number: number;
  readonly code: AnomalyCode;
  readonly acknowledged: boolean;
};

export type Payment = {
  /** Absent where the source gave none. */
  readonly transactionNo?: string;
  readonly amountMinor?: number;
  readonly currency?: string;
};

/** The machine's context: JSON, nothing else. */
export type OrderFacts = {
  readonly orderNo: string;
  readonly processBillNo: string;
  readonly amountMinor?: number;
  readonly currency?: string;
  readonly started: boolean;
  readonly paid: boolean;
  readonly failed: boolean;
  readonly closed: boolean;
  readonly payments: readonly Payment[];
  /** The newest cancel; its attempts are those from `firstAttempt` on, its budget from `budgetFrom` on. */
  readonly cancel: {
    readonly reason?: string;
    readonly firstAttempt: number;
    readonly budgetFrom: number;
  } | null;
  /** The answer to each attempt; attempt n stands at index n - 1. */
  readonly answers: readonly AttemptResult[];
  readonly retryInMs: number | null;
  /** The deadline of the newest attempt, as recorded; null where none was recorded. */
  readonly attemptDeadlineMs: number | null;
  readonly anomalies: readonly Anomaly[];
};

/**
 * The wait before the next attempt, without jitter; null when the attempts are spent or a call
 * cannot work. Counts from what the order knows: there is no second counter.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  known: OrderFacts,
  outcome: Pick<OutcomeEvent, 'type' | 'attempt'>,
): number | null {
  if (outcome.type === 'CancelBlocked' || outcome.type === 'CancelConfirmed') return null;
  const notExecuted = outcome.type === 'CancelNotExecuted';
  const budgetFrom = known.cancel?.budgetFrom ?? 1;
  const endedAlike = known.answers.filter(
    (answer, index) =>
      index + 1 >= budgetFrom &&
      index + 1 !== outcome.attempt &&
      (notExecuted ? answer === 'not-executed' : answer === 'unknown' || answer === 'refused'),
  ).length;
  return (notExecuted ? policy.notExecutedMs : policy.unknownMs)[endedAlike] ?? null;
}

/** What is known of an order that was just created. */
export function knownFrom(created: EventData<'PaymentOrderCreated'> | undefined): OrderFacts {
  return {
    // XState builds an initial snapshot without input at times, and throws it away.
    orderNo: created?.orderNo ?? '',
    processBillNo: created?.processBillNo ?? '',
    ...amountOf(created ?? {}),
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

/** True while some attempt may or may not have run. */
export function inDoubt(known: OrderFacts): boolean {
  return known.answers.includes('unknown');
}

/** True when an attempt of the newest cancel was refused. */
export function refused(known: OrderFacts): boolean {
  const firstAttempt = known.cancel?.firstAttempt ?? Infinity;
  return known.answers.some((answer, index) => answer === 'refused' && index + 1 >= firstAttempt);
}

/**
 * The one fold of the machine's action `record`, the same in every state. The outcome of an attempt
 * that was never made changes nothing.
 */
export function record(known: OrderFacts, event: PaymentOrderEvent): OrderFacts {
  switch (event.type) {
    case 'PaymentOrderCreated':
    case 'CommandRejected':
    case 'CancelAbandoned':
    case 'PaymentDeclined':
    case 'PaymentRefunded':
    case 'FactRetracted':
      return known;
    case 'PaymentStarted':
      return { ...known, started: true };
    case 'PaymentSucceeded':
      return recordPayment(known, event);
    case 'PaymentFailed':
      return withAnomalies({ ...known, failed: true }, known.paid && 'contradicted');
    case 'ClosedAtGateway':
      return withAnomalies({ ...known, closed: true }, known.paid && 'contradicted');
    case 'CancelRequested':
      return nextAttempt(event, {
        ...known,
        cancel: {
          ...(event.reason === undefined ? {} : { reason: event.reason }),
          firstAttempt: known.answers.length + 1,
          budgetFrom: known.answers.length + 1,
        },
      });
    case 'CancelRetryDue':
      return nextAttempt(event, known);
    case 'CancelRetryRequested':
      return nextAttempt(event, {
        ...known,
        // The reason stays: every attempt of a cancel carries the same parameters.
        cancel: known.cancel && { ...known.cancel, budgetFrom: known.answers.length + 1 },
      });
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
      return recordOutcome(known, event);
    case 'CancelResolved':
      return recordResolution(known, event.resolution);
    case 'AnomalyAcknowledged':
      return {
        ...known,
        anomalies: known.anomalies.map((anomaly) =>
          anomaly.number === event.number ? { ...anomaly, acknowledged: true } : anomaly,
        ),
      };
  }
}

/** What entering `paid` adds: money came while a cancel may have run. */
export function enterPaid(known: OrderFacts): OrderFacts {
  return withAnomalies(known, inDoubt(known) && 'cancel-unresolved');
}

function recordPayment(
  known: OrderFacts,
  event: PaymentOrderEvent<'PaymentSucceeded'>,
): OrderFacts {
  const { transactionNo } = event;
  const payment: Payment = {
    ...(transactionNo === undefined ? {} : { transactionNo }),
    ...amountOf(event),
  };
  const seen = known.payments.filter((other) => other.transactionNo === payment.transactionNo);
  const isNew = seen.length === 0;
  const agrees = seen.some((other) => amountsAgree(other, payment));
  return withAnomalies(
    { ...known, paid: true, payments: withPayment(known.payments, payment, agrees) },
    !amountsAgree(known, payment) && 'amount-mismatch',
    isNew && known.payments.length > 0 && 'double-payment',
    isNew && known.closed && 'paid-after-cancel',
    isNew && known.failed && 'paid-after-failure',
    !isNew && !agrees && 'contradicted',
  );
}

/** A notice without an amount is not another payment: the one that gives the amount stays. */
function withPayment(
  payments: readonly Payment[],
  payment: Payment,
  agrees: boolean,
): readonly Payment[] {
  if (!agrees) return [...payments, payment];
  return payments.map((other) =>
    other.transactionNo === payment.transactionNo && other.amountMinor === undefined
      ? payment
      : other,
  );
}

const answerOf: Record<OutcomeType, AttemptResult> = {
  CancelConfirmed: 'confirmed',
  CancelRefused: 'refused',
  CancelNotExecuted: 'not-executed',
  CancelBlocked: 'blocked',
  CancelOutcomeUnknown: 'unknown',
};

function recordOutcome(known: OrderFacts, event: OutcomeEvent): OrderFacts {
  const index = event.attempt - 1;
  const before = known.answers[index];
  if (before === undefined) return known;
  const after = answerOf[event.type];
  // 'unknown' adds nothing, so it never replaces a definite answer.
  const keeps = after === 'unknown' && before !== 'in-flight';
  const answers = keeps ? known.answers : known.answers.with(index, after);
  if (event.type === 'CancelConfirmed') {
    return withAnomalies({ ...known, answers, closed: true }, known.paid && 'cancelled-and-paid');
  }
  if (event.type === 'CancelBlocked') {
    return { ...known, answers, retryInMs: event.retryInMsOfVersion1 ?? null };
  }
  const retryInMs =
    event.retryInMs === undefined
      ? retryDelayMs(defaultRetryPolicy, known, event)
      : event.retryInMs;
  return { ...known, answers, retryInMs };
}

function recordResolution(
  known: OrderFacts,
  resolution: EventData<'CancelResolved'>['resolution'],
): OrderFacts {
  const settled: OrderFacts = {
    ...known,
    answers: known.answers.map((answer) => (answer === 'unknown' ? 'resolved' : answer)),
  };
  switch (resolution) {
    case 'cancelled':
      return { ...settled, closed: true };
    case 'paid':
      return withAnomalies({ ...settled, paid: true }, known.failed && 'paid-after-failure');
    case 'failed':
      return { ...settled, failed: true };
    case 'open':
      return { ...settled, failed: false };
  }
}

function nextAttempt(event: AttemptBegun, known: OrderFacts): OrderFacts {
  const attemptDeadlineMs = event.attemptDeadlineMs ?? null;
  return { ...known, answers: [...known.answers, 'in-flight'], retryInMs: null, attemptDeadlineMs };
}

function withAnomalies(known: OrderFacts, ...found: (AnomalyCode | false)[]): OrderFacts {
  const codes = found.filter((code) => code !== false);
  if (codes.length === 0) return known;
  const first = known.anomalies.length + 1;
  const added = codes.map((code, index) => ({ number: first + index, code, acknowledged: false }));
  return { ...known, anomalies: [...known.anomalies, ...added] };
}

type MaybeAmount = { amountMinor?: number | undefined; currency?: string | undefined };

function amountOf(value: MaybeAmount): { amountMinor?: number; currency?: string } {
  return {
    ...(value.amountMinor === undefined ? {} : { amountMinor: value.amountMinor }),
    ...(value.currency === undefined ? {} : { currency: value.currency }),
  };
}

/** Where one of the two gives no amount, there is nothing to compare. */
function amountsAgree(one: MaybeAmount, other: MaybeAmount): boolean {
  if (one.amountMinor === undefined || other.amountMinor === undefined) return true;
  return one.amountMinor === other.amountMinor && one.currency === other.currency;
}
