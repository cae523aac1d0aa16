import { hasRole } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { resolved, withAttempt, withOutcome } from './declared-cancel.ts';
import { flagged, isInDoubt, knownAtFirst } from './declared-known.ts';
import { withReport } from './declared-report.ts';
import type { DeclaredAnomaly, DeclaredFacts, Said } from './declared-known.ts';
import { withPayment, withRefund } from './declared-money.ts';

// What an order knows, by the design's first table, written down a second time. It shares types with
// the machine but no code, so that neither can hide a mistake of the other.

/** What is known after the event in any state; null where the event refers to nothing known. */
export function remembered(known: DeclaredFacts, event: PaymentOrderEvent): DeclaredFacts | null {
  const revision = known.revision + 1;
  const said = [...known.said, { revision, event }];
  if (event.type === 'AnomalyAcknowledged') {
    const index = known.anomalies.findIndex(({ number }) => number === event.number);
    const anomaly = known.anomalies[index];
    if (anomaly === undefined || anomaly.acknowledged || anomaly.retracted) return null;
    const anomalies = known.anomalies.with(index, { ...anomaly, acknowledged: true });
    return { ...known, revision, said, anomalies };
  }
  if (event.type === 'FactRetracted') {
    return isRetractable(known, event.revision) ? weighedAgain({ ...known, revision, said }) : null;
  }
  const after = decided({ ...known, revision }, event);
  if (after === null) return null;
  return { ...after, said: said.with(-1, { revision, event: withWait(known, after, event) }) };
}

/** A wait that was not recorded stays as it took effect, whatever is retracted later. */
function withWait(
  before: DeclaredFacts,
  after: DeclaredFacts,
  event: PaymentOrderEvent,
): PaymentOrderEvent {
  const { retryInMs } = after;
  const { type } = event;
  if (type === 'StatusReported') {
    return { ...event, retryInMs: event.retryInMs ?? (isInDoubt(before) ? retryInMs : null) };
  }
  const waits =
    type === 'CancelRefused' || type === 'CancelNotExecuted' || type === 'CancelOutcomeUnknown';
  return waits ? { ...event, retryInMs } : event;
}

/** A fact, a resolution or a retraction that counts. */
function isRetractable({ said }: DeclaredFacts, revision: number): boolean {
  const event = said.find((one) => one.revision === revision)?.event;
  if (event === undefined || retractedIn(said).has(revision)) return false;
  const { type } = event;
  if (type === 'StatusReported') return ['succeeded', 'failed', 'canceled'].includes(event.status);
  return hasRole(type, 'fact') || type === 'CancelResolved' || type === 'FactRetracted';
}

/** What does not count. The last retraction counts for certain, so they are read from the end. */
function retractedIn(said: readonly Said[]): ReadonlySet<number> {
  const retracted = new Set<number>();
  for (const { revision, event } of said.toReversed()) {
    if (event.type === 'FactRetracted' && !retracted.has(revision)) retracted.add(event.revision);
  }
  return retracted;
}

/** Everything is weighed again without what was taken back; only what people were told stays. */
function weighedAgain(known: DeclaredFacts): DeclaredFacts {
  const { orderNo, ordered, said, revision, anomalies } = known;
  const retracted = retractedIn(said);
  let again: DeclaredFacts = { ...knownAtFirst({ orderNo, processBillNo: '' }), ordered };
  for (const one of said) {
    const { type } = one.event;
    if (type === 'FactRetracted' || type === 'AnomalyAcknowledged') continue;
    if (retracted.has(one.revision)) continue;
    again = decided({ ...again, revision: one.revision }, one.event) ?? again;
  }
  const isSame = (one: DeclaredAnomaly, other: DeclaredAnomaly) =>
    one.code === other.code && one.revision === other.revision;
  const kept = anomalies.map((anomaly) => {
    const isGiven = again.anomalies.some((other) => isSame(anomaly, other));
    return anomaly.acknowledged || isGiven ? anomaly : { ...anomaly, retracted: true };
  });
  const missing = again.anomalies.filter(
    (found) => !kept.some((anomaly) => !anomaly.retracted && isSame(anomaly, found)),
  );
  const opened = missing.map((found, index) => ({ ...found, number: kept.length + 1 + index }));
  return { ...again, said, revision, anomalies: [...kept, ...opened] };
}

/** An event that decides by itself; `known.revision` is already that of the event. */
function decided(known: DeclaredFacts, event: PaymentOrderEvent): DeclaredFacts | null {
  const after = effectOf(known, event);
  if (after === null) return null;
  const told = { ...after, toldAt: toldAt(known, after, event) };
  return flagged(told, isUnresolved(after) && !isUnresolved(known) && 'cancel-unresolved');
}

function toldAt(
  { toldAt: before }: DeclaredFacts,
  after: DeclaredFacts,
  { type }: PaymentOrderEvent,
): DeclaredFacts['toldAt'] {
  const since = (isTold: boolean, at: number | null) => (isTold ? (at ?? after.revision) : null);
  return {
    paid: since(after.paid, before.paid),
    payment: since(after.payments.length > 0, before.payment),
    failed: since(after.failed, before.failed),
    closed: since(after.closed, before.closed),
    refused: type === 'CancelRefused' ? after.revision : before.refused,
  };
}

/** Money is in, and a cancel may have run. A call that is out will tell. */
function isUnresolved(known: DeclaredFacts): boolean {
  return known.paid && isInDoubt(known) && !known.answers.includes('in-flight');
}

function effectOf(known: DeclaredFacts, event: PaymentOrderEvent): DeclaredFacts | null {
  const attempts = known.answers.length;
  switch (event.type) {
    case 'PaymentOrderCreated':
    case 'AnomalyAcknowledged':
    case 'FactRetracted':
      return null;
    case 'CommandRejected':
    case 'PaymentDeclined':
      return known;
    case 'CancelAbandoned':
      return { ...known, cancel: known.cancel && { ...known.cancel, isOver: true } };
    case 'PaymentStarted':
      return { ...known, started: true };
    case 'PaymentSucceeded':
      return afterPayment(known, event);
    case 'PaymentFailed':
      return flagged(
        { ...known, failed: true },
        known.paid && !isOlder(known, event) && 'contradicted',
      );
    case 'ClosedAtGateway':
      return flagged(
        { ...known, closed: true, closedOutThere: true },
        known.paid && 'contradicted',
      );
    case 'PaymentRefunded': {
      const { refunds, code } = withRefund(known, event);
      return flagged({ ...known, refunds }, code);
    }
    case 'StatusReported':
      return withReport(known, event);
    case 'CancelRequested': {
      const { reason } = event;
      const cancel = {
        reason,
        firstAttempt: attempts + 1,
        budgetFrom: attempts + 1,
        isOver: false,
      };
      return withAttempt(event, { ...known, cancel, questions: 0 });
    }
    case 'CancelRetryRequested': {
      // An operator who tries again has not decided.
      const cancel = known.cancel && {
        ...known.cancel,
        budgetFrom: attempts + 1,
        isOver: false,
      };
      return withAttempt(event, { ...known, cancel, questions: 0 });
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
  }
}

function afterPayment(known: DeclaredFacts, event: PaymentOrderEvent<'PaymentSucceeded'>) {
  const { payments, isNew, ...found } = withPayment(known, event);
  return flagged(
    { ...known, paid: true, payments },
    found.isMismatch && 'amount-mismatch',
    found.isDouble && 'double-payment',
    isNew && known.closed && 'paid-after-cancel',
    isNew && known.failed && 'paid-after-failure',
    found.isContradicted && 'contradicted',
  );
}

/** It failed before the money came, so it contradicts nothing. */
function isOlder(
  { payments }: DeclaredFacts,
  { occurredAt }: PaymentOrderEvent<'PaymentFailed'>,
): boolean {
  if (occurredAt === undefined) return false;
  // Both are UTC with milliseconds, so their texts compare as their times do.
  return payments.some(({ occurredAt: paidAt }) => paidAt !== undefined && occurredAt < paidAt);
}
