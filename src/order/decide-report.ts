/** Decides whether the answer to a question is recorded, and the wait that follows it. */

import { isDeepStrictEqual } from 'node:util';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { inDoubt, reportDelayMs } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { record } from '../../machines/payment-order.fold.ts';
import { settles } from '../../machines/payment-order.remembered.ts';
import type { RetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import type { OrderHistory } from '../history/load.ts';
import { drawn, roomForCallers, roomForOperators, streamLimits } from './decide.ts';
import type { Decision, StreamLimits } from './decide.ts';
import { withWish } from './retry-wish.ts';

type Report = PaymentOrderEvent<'StatusReported'>;

type ReportContext = {
  readonly policy: RetryPolicy;
  readonly random: number;
  /** The order waits for the answer. */
  readonly isWaitedFor: boolean;
  /** Until `pending` proves something, counted from the question, ms. */
  readonly conclusiveInMs: number;
  /** How long the platform asked to be left alone, ms. */
  readonly wishMs?: number | undefined;
  readonly limits?: StreamLimits;
};

/**
 * Decides an answer to a question. One that says how the order ended is recorded unless all of it is
 * known. Any other is recorded only while nothing was recorded since it was asked: several processes
 * may ask at once. A repeat of the answer before it is recorded only where a wait depends on it, for
 * in doubt each recorded answer takes a question from those that are left.
 */
export function decideReport(
  order: OrderHistory,
  report: Report,
  context: ReportContext,
): Decision {
  const { isWaitedFor, limits = streamLimits } = context;
  const { known } = order;
  const event = withWait(known, report, context);
  const newest = known.history.at(-1);
  const isStanding = newest === undefined || newest.revision <= report.headRevision;
  const room = isWaitedFor ? roomForOperators(order, limits) : roomForCallers(order, limits);
  const changes = settles(report.status) && saysMore(known, event);
  const isRecorded = changes
    ? order.head.revision + 1 < limits.streamEventsMax
    : isStanding && room > 0 && (isWaitedFor || !isRepeat(order, event));
  if (!isRecorded) return { kind: 'answer', answer: { kind: 'duplicate' } };
  return { kind: 'append', event, answer: { kind: 'accepted' } };
}

/**
 * Whether the platform said just that before, and nothing that could change it happened since. While
 * a doubt waits, all answers that leave it say the same.
 */
function isRepeat({ known, fold }: OrderHistory, event: Report): boolean {
  const { history } = known;
  const before = history.findLast(({ type }) => type === 'StatusReported');
  if (before?.type !== 'StatusReported') return false;
  const isSame = before.status === event.status;
  if (settles(event.status)) return isSame;
  if (before !== history.at(-1)) return false;
  const isWaiting = fold.pending.timers.length > 0 && inDoubt(record(known, event));
  return isWaiting || (isSame && before.conclusive === event.conclusive);
}

/**
 * An answer that ends no doubt is followed by another wait. Where the waits are spent before `pending`
 * could prove anything, one more lasts until it can: short waits must not make work for a person. A
 * clock that is wrong never gets there, so there is no second one.
 */
function withWait(
  known: OrderFacts,
  report: Report,
  { policy, random, conclusiveInMs, wishMs = 0 }: ReportContext,
): Report {
  const isAskedAgain = report.status === 'pending' || report.status === 'unknown';
  if (!isAskedAgain || !inDoubt(known)) return report;
  const delayMs = reportDelayMs(policy, record(known, { ...report, retryInMs: null }));
  const isTooEarly = report.status === 'pending' && conclusiveInMs > 0;
  const wasOneMore =
    known.history.at(-1)?.type === 'StatusReported' && reportDelayMs(policy, known) === null;
  const oneMoreMs = isTooEarly && !wasOneMore ? conclusiveInMs : null;
  const waitMs = drawn(delayMs, policy, random) ?? oneMoreMs;
  return { ...report, retryInMs: withWish(waitMs, wishMs) };
}

/** Whether what is known would be another than it is. */
function saysMore(known: OrderFacts, report: Report): boolean {
  const after = record(known, report);
  return (
    !isDeepStrictEqual(withoutCourse(after), withoutCourse(known)) ||
    opensAnomaly(known, after, report)
  );
}

/** Whether it contradicts what the same answer did not contradict before. */
function opensAnomaly(
  { history, anomalies }: OrderFacts,
  after: OrderFacts,
  { status }: Report,
): boolean {
  const before = history.findLast((e) => e.type === 'StatusReported' && e.status === status);
  const said = anomalies.filter(
    ({ revision, retracted }) => revision === before?.revision && !retracted,
  );
  const opened = after.anomalies.slice(anomalies.length);
  return opened.some(({ code }) => !said.some((anomaly) => anomaly.code === code));
}

/** What is known, without how it came to be known, and without what contradicts what. */
function withoutCourse({ paid, closed, failed, answers, payments }: OrderFacts) {
  return { paid, closed, failed, answers, payments };
}
