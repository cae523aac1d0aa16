import type { AttentionReason, FoundOrder, OrderSummary } from '../../index.ts';
import { millisecondsOf } from '../../runtime.ts';
import { defaultGatewayName } from '../../order/gateways.ts';
import { escapeForTerminal } from '../../text.ts';
import { amountText } from '../../timeline/amount.ts';
import type { Words } from '../../words/cli/en.ts';
import type { Context } from '../io.ts';
import type { Waits, WaitsOf } from '../waits.ts';
import { table } from './table.ts';

/** Found orders for people: a line each, and why they need a person. */
export function listLines(
  context: Context,
  orders: readonly FoundOrder[],
  nowMs: number,
  waitsOf: WaitsOf = () => null,
): Promise<readonly string[]> {
  const { screen, words } = context;
  const { headers, gatewayHeader } = words.attention;
  // Who has one gateway need not read its name.
  const isNamed = orders.some(
    ({ gateway }) => gateway !== null && gateway.name !== defaultGatewayName,
  );
  return table(
    [
      isNamed ? [headers[0], gatewayHeader, ...headers.slice(1)] : headers,
      ...orders.map((order) => [
        escapeForTerminal(order.orderNo),
        ...(isNamed ? [escapeForTerminal(order.gateway?.name ?? '–')] : []),
        words.state(order.stateDetail),
        sinceText(words, order, nowMs),
        amountText(order.amountMinor, order.currency) ?? '–',
        receivedText(order),
        String(order.attempts),
        order.lastRule ?? '–',
        nextText(words, order, nowMs),
        whyText(context, order, nowMs, waitsOf(order)),
      ]),
    ],
    screen.columns,
  );
}

/** For how long the order has been in its state; nobody knows where its beginning cannot be read. */
function sinceText(words: Words, { since, unreadable }: OrderSummary, nowMs: number): string {
  const isUnknown = unreadable?.revision === 0;
  return isUnknown ? '–' : durationText(words, ageOf(since, nowMs));
}

function receivedText({ received, refunded }: OrderSummary): string {
  if (received === null) return '?';
  const came = received.map(({ amountMinor, currency }) => amountText(amountMinor, currency));
  const back = refunded.map(({ amountMinor, currency }) => `−${amountText(amountMinor, currency)}`);
  return [...came, ...back].join(' ') || '–';
}

/** When the order's timer is due, or how long ago it was. */
function nextText(words: Words, { dueAt }: Pick<OrderSummary, 'dueAt'>, nowMs: number): string {
  if (dueAt === null) return '–';
  const lateMs = ageOf(dueAt, nowMs);
  const duration = durationText(words, Math.abs(lateMs));
  return lateMs > 0 ? words.attention.overdueBy(duration) : words.attention.in(duration);
}

/** Nobody reads a list by the second. */
function durationText({ attention, duration }: Words, ms: number): string {
  return ms < 60_000 ? attention.moment : duration(ms);
}

function whyText(
  { screen, words }: Context,
  { why }: FoundOrder,
  nowMs: number,
  waits: Waits | null,
): string {
  if (why.length === 0) return '–';
  const texts = why.map((reason) => reasonText(words, reason, nowMs, waits));
  return screen.paint('red', texts.join('; '));
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
