/**
 * What a list says of an order, in words: the same on a terminal and on a page. Nothing is escaped
 * and nothing painted here; that is for who shows it.
 */

import type { AttentionReason } from '../order/attention.ts';
import type { OrderSummary } from '../order-index/types.ts';
import { millisecondsOf } from '../runtime.ts';
import { amountText } from '../timeline/amount.ts';
import type { Words } from '../words/cli/en.ts';
import type { Waits } from './waits.ts';

/** For how long the order has been in its state; nobody knows where its beginning cannot be read. */
export function sinceText(
  words: Words,
  { since, unreadable }: Pick<OrderSummary, 'since' | 'unreadable'>,
  nowMs: number,
): string {
  const isUnknown = unreadable?.revision === 0;
  return isUnknown ? '–' : durationText(words, ageOf(since, nowMs));
}

/** What came, and what went back; a question mark where nobody can know. */
export function receivedText({
  received,
  refunded,
}: Pick<OrderSummary, 'received' | 'refunded'>): string {
  if (received === null) return '?';
  const came = received.map(({ amountMinor, currency }) => amountText(amountMinor, currency));
  const back = refunded.map(({ amountMinor, currency }) => `−${amountText(amountMinor, currency)}`);
  return [...came, ...back].join(' ') || '–';
}

/** When the order's timer is due, or how long ago it was. */
export function nextText(
  words: Words,
  { dueAt }: Pick<OrderSummary, 'dueAt'>,
  nowMs: number,
): string {
  if (dueAt === null) return '–';
  const lateMs = ageOf(dueAt, nowMs);
  const duration = durationText(words, Math.abs(lateMs));
  return lateMs > 0 ? words.attention.overdueBy(duration) : words.attention.in(duration);
}

/** Nobody reads a list by the second. */
export function durationText({ attention, duration }: Words, ms: number): string {
  return ms < 60_000 ? attention.moment : duration(ms);
}

/**
 * Why an order needs a person, in words.
 *
 * @param waits - Why nobody fires its timer, where that is known.
 */
export function reasonText(
  words: Words,
  reason: AttentionReason,
  nowMs: number,
  waits: Waits | null = null,
): string {
  const { attention, anomalies } = words;
  const { why: texts } = attention;
  const age = durationText(words, ageOf(reason.since, nowMs));
  switch (reason.why) {
    case 'needs-review':
      return texts.needsReview(reason.rule === null ? null : ruleText(words, reason.rule));
    case 'anomaly':
      return texts.anomaly(reason.number, anomalies[reason.code]);
    case 'doubt':
      return texts.doubt(age);
    case 'overdue':
      return waits === null ? texts.overdue(age) : texts.waits[waits](age);
    case 'attempt-overdue':
      return waits === null ? texts.attemptOverdue(age) : texts.waits[waits](age);
    case 'stalled':
      return texts.stalled(age);
    case 'unreadable':
      return texts.unreadable(reason.revision);
  }
}

/** A rule of a gateway of one's own has no words here. */
export function ruleText({ attention: { rules } }: Words, rule: string): string {
  return (Object.hasOwn(rules, rule) ? rules[rule] : undefined) ?? rule;
}

function ageOf(instant: string, nowMs: number): number {
  return nowMs - millisecondsOf(instant);
}
