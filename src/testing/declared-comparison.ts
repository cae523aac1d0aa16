import { isDeepStrictEqual } from 'node:util';
import type { OutcomeEvent, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';
import { knownAtFirst } from './declared-known.ts';
import type { DeclaredFacts } from './declared-known.ts';
import { numberOf, receivedBy, refundedBy, totalOf } from './declared-money.ts';
import type { DeclaredMoney, DeclaredPayment } from './declared-money.ts';

// What the machine keeps, in the reference's words, so that the two can be held against each other.

type Remembered = OrderFacts['history'][number];

const [evidence, by, rule] = ['retold', 'retold', 'retold'];

/** The event that was remembered. What decides nothing is not remembered, so it is made up. */
function retold(entry: Remembered): PaymentOrderEvent {
  switch (entry.type) {
    case 'PaymentStarted':
    case 'PaymentDeclined':
    case 'ClosedAtGateway':
    case 'CancelAbandoned':
      return { type: entry.type };
    case 'PaymentSucceeded': {
      const { type, payment, isOfVersion1 } = entry;
      return { type, ...payment, isOfVersion1 };
    }
    case 'PaymentFailed':
      return { type: entry.type, occurredAt: entry.occurredAt };
    case 'PaymentRefunded':
      return { type: entry.type, ...entry.refund };
    case 'StatusReported': {
      const { type, status, conclusive, attempts, headRevision, payment, retryInMs } = entry;
      const report = { rule, status, conclusive, attempts, headRevision, retryInMs };
      return { type, ...report, ...payment };
    }
    case 'CancelRequested':
    case 'CancelRetryDue':
    case 'CancelRetryRequested': {
      const { type, reason, attemptDeadlineMs } = entry;
      return type === 'CancelRequested'
        ? { type, reason, attemptDeadlineMs }
        : { type, attemptDeadlineMs };
    }
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
      return retoldOutcome(entry);
    case 'CancelResolved':
      return { type: entry.type, resolution: entry.resolution, evidence, by };
    case 'FactRetracted':
      return { type: entry.type, revision: entry.retracts, evidence, by };
  }
}

function retoldOutcome(entry: Remembered & { readonly type: OutcomeEvent['type'] }): OutcomeEvent {
  const { type, attempt, retryInMs, isOfVersion1 } = entry;
  const outcome = { attempt, rule, isOfVersion1 };
  switch (type) {
    case 'CancelConfirmed':
      return { type, ...outcome };
    case 'CancelBlocked':
      return { type, ...outcome, retryInMsOfVersion1: retryInMs ?? undefined };
    case 'CancelOutcomeUnknown':
      return { type, attempt, rule, retryInMs };
    case 'CancelRefused':
    case 'CancelNotExecuted':
      return { type, ...outcome, retryInMs };
  }
}

/** What decides where the next event leads, as the machine knows it. */
export function declaredFrom(known: OrderFacts): DeclaredFacts {
  const { orderNo, processBillNo, amountMinor, currency, cancel, history, ...facts } = known;
  const { revision, started, paid, failed, closed, answers, anomalies } = facts;
  return {
    ...knownAtFirst({ orderNo, processBillNo, amountMinor, currency }),
    ...{ revision, started, paid, failed, closed, answers, anomalies },
    retryInMs: facts.retryInMs,
    questions: facts.questions,
    toldAt: facts.since,
    attemptDeadlineMs: facts.attemptDeadlineMs,
    said: history.map((entry) => ({ revision: entry.revision, event: retold(entry) })),
    cancel: cancel && {
      reason: cancel.reason,
      firstAttempt: cancel.firstAttempt,
      budgetFrom: cancel.budgetFrom,
      isOver: cancel.endedBy !== null,
    },
  };
}

/** Where what the machine knows is not what the tables say, as text; null where both agree. */
export function differenceBetween(known: OrderFacts, declared: DeclaredFacts): string | null {
  const [ours, theirs] = [ofMachine(known), ofTables(declared)];
  for (const name of Object.keys(theirs)) {
    const found: unknown = Reflect.get(ours, name);
    const wanted: unknown = Reflect.get(theirs, name);
    if (isDeepStrictEqual(found, wanted)) continue;
    return `${name} is ${JSON.stringify(found)}, declared: ${JSON.stringify(wanted)}`;
  }
  return null;
}

function ofMachine(known: OrderFacts) {
  const { orderNo, revision, started, paid, failed, closed, answers } = known;
  const { refunds, retryInMs, attemptDeadlineMs, anomalies, payments, questions } = known;
  return {
    ...{ questions, orderNo, revision, started, paid, failed, closed, answers },
    ...{ retryInMs, attemptDeadlineMs, anomalies },
    reason: known.cancel?.reason,
    firstAttempt: known.cancel?.firstAttempt,
    budgetFrom: known.cancel?.budgetFrom,
    isOver: known.cancel !== null && known.cancel.endedBy !== null,
    numbers: numbersIn(payments, orderNo),
    refundNos: [...new Set(refunds.map(({ refundNo }) => refundNo))],
    received: sumsOf(received(known)),
    refunded: sumsOf(refunded(known)),
  };
}

function ofTables(declared: DeclaredFacts): ReturnType<typeof ofMachine> {
  const { orderNo, revision, started, paid, failed, closed, answers } = declared;
  const { refunds, retryInMs, attemptDeadlineMs, anomalies, payments, questions } = declared;
  return {
    ...{ questions, orderNo, revision, started, paid, failed, closed, answers },
    ...{ retryInMs, attemptDeadlineMs, anomalies },
    reason: declared.cancel?.reason,
    firstAttempt: declared.cancel?.firstAttempt,
    budgetFrom: declared.cancel?.budgetFrom,
    isOver: declared.cancel !== null && declared.cancel.isOver,
    numbers: numbersIn(payments, orderNo),
    refundNos: refundedBy(refunds).map(({ refundNo }) => refundNo),
    received: sumsOf(receivedBy(declared)),
    refunded: sumsOf(refundedBy(refunds)),
  };
}

/** The real numbers under which payments are known. */
function numbersIn(
  payments: readonly (Pick<DeclaredPayment, 'transactionNo'> | OrderFacts['payments'][number])[],
  orderNo: string,
): readonly string[] {
  const numbers = payments.map(({ transactionNo }) => numberOf(transactionNo, orderNo));
  return [...new Set(numbers.filter((number) => number !== null))];
}

/** One sum per currency; null where nobody knows. */
export function sumsOf(
  money: readonly DeclaredMoney[] | null,
): Readonly<Record<string, number>> | null {
  if (money === null) return null;
  const currencies = new Set(money.map(({ currency = '' }) => currency));
  return Object.fromEntries([...currencies].map((each) => [each, totalOf(money, each)]));
}
