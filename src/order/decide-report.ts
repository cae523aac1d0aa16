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

type Report = PaymentOrderEvent<'StatusReported'>;

type ReportContext = {
  readonly policy: RetryPolicy;
  readonly random: number;
  /** The order waits for the answer. */
  readonly isWaitedFor: boolean;
  readonly limits?: StreamLimits;
};

/**
 * Decides an answer to a question. One that says how the order ended is recorded unless all of it is
 * known. Any other is recorded only while nothing was recorded since it was asked: several processes
 * may ask at once. A repeat of the answer before it is recorded only where a wait depends on it.
 */
export function decideReport(
  order: OrderHistory,
  report: Report,
  { policy, random, isWaitedFor, limits = streamLimits }: ReportContext,
): Decision {
  const { known } = order;
  const event = withWait(known, report, policy, random);
  const newest = known.history.at(-1);
  const isStanding = newest === undefined || newest.revision <= report.headRevision;
  const room = isWaitedFor ? roomForOperators(order, limits) : roomForCallers(order, limits);
  const changes = settles(report.status) && saysMore(known, event);
  const isRecorded = changes
    ? order.head.revision + 1 < limits.streamEventsMax
    : isStanding && room > 0 && (isWaitedFor || !isRepeat(known, report));
  if (!isRecorded) return { kind: 'answer', answer: { kind: 'duplicate' } };
  return { kind: 'append', event, answer: { kind: 'accepted' } };
}

/** Whether the platform said just that before, and nothing that could change it happened since. */
function isRepeat({ history }: OrderFacts, { status, conclusive }: Report): boolean {
  const before = history.findLast(({ type }) => type === 'StatusReported');
  if (before?.type !== 'StatusReported' || before.status !== status) return false;
  return settles(status) || (before.conclusive === conclusive && before === history.at(-1));
}

/** An answer that ends no doubt is followed by another wait. */
function withWait(known: OrderFacts, report: Report, policy: RetryPolicy, random: number): Report {
  const isAskedAgain = report.status === 'pending' || report.status === 'unknown';
  if (!isAskedAgain || !inDoubt(known)) return report;
  const delayMs = reportDelayMs(policy, record(known, { ...report, retryInMs: null }));
  return { ...report, retryInMs: drawn(delayMs, policy, random) };
}

/** Whether what is known would be another than it is. */
function saysMore(known: OrderFacts, report: Report): boolean {
  return !isDeepStrictEqual(withoutCourse(record(known, report)), withoutCourse(known));
}

/** What is known, without how it came to be known. */
function withoutCourse({ paid, closed, failed, answers, payments, anomalies }: OrderFacts) {
  return { paid, closed, failed, answers, payments, anomalies };
}
