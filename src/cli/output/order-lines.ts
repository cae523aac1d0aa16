import type { DisputeEvent } from '../../dispute.ts';
import type { PaymentOrder } from '../../index.ts';
import { attention } from '../../order/attention.ts';
import { millisecondsOf, systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import { amountText } from '../../timeline/amount.ts';
import { standingOf } from '../../timeline/anomalies.ts';
import { gatewayText, headlineOf, retractionText } from '../../timeline/event-details.ts';
import { retractionsIn } from '../../timeline/retractions.ts';
import { indexFileOf } from '../input/index-file.ts';
import type { Context } from '../io.ts';
import { nextCommands } from './next-commands.ts';
import { table } from './table.ts';

/** An order for people: labels with their values, line by line. `events` are those it is made of. */
export async function orderLines(
  context: Context,
  order: PaymentOrder,
  events: readonly DisputeEvent[],
): Promise<readonly string[]> {
  const { screen, words } = context;
  const { labels } = words;
  const nowMs = systemRuntime().now();
  const rows: [string, readonly string[]][] = [
    [labels.order, [order.orderNo]],
    [labels.processBill, [order.processBillNo]],
    [labels.gateway, gatewayLines(order)],
    [labels.amount, [amountText(order.amountMinor, order.currency) ?? '–']],
    [labels.state, [screen.paint('bold', words.state(order.stateDetail))]],
    [labels.attention, await attentionLines(context, order, nowMs)],
    [labels.cancel, cancelLines(context, order)],
    [labels.payments, paymentLines(order)],
    [labels.received, receivedLines(context, order)],
    [labels.refunds, refundLines(order)],
    [labels.refunded, sumLines(order.refunded)],
    [labels.retracted, retractedLines(context, events)],
    [labels.anomalies, anomalyLines(context, order)],
    [labels.pending, pendingLines(context, order, nowMs)],
    [labels.witness, [`${order.revision}:${order.hash}`]],
    [labels.next, nextCommands(context, order)],
  ];
  return table(
    rows.flatMap(([label, lines]) =>
      lines.map((line, index) => [index === 0 ? label : '', line] as const),
    ),
  );
}

function gatewayLines({ gateway }: Pick<PaymentOrder, 'gateway'>): readonly string[] {
  return gateway === null ? [] : [escapeForTerminal(gatewayText(gateway))];
}

/** Why, and since when; what time alone tells is among it. */
async function attentionLines(
  { screen, words, settings }: Context,
  order: PaymentOrder,
  nowMs: number,
): Promise<readonly string[]> {
  const reasons = attention(order, nowMs);
  if (reasons.length === 0) return [words.no];
  const { reasonText } = await import('../../listing/order-texts.ts');
  const { waitsBeside } = await import('../../listing/waits.ts');
  const waits = (await waitsBeside(indexFileOf(settings), nowMs))(order);
  return reasons.map((reason) =>
    screen.paint('red', `${reasonText(words, reason, nowMs, waits)} (${reason.since})`),
  );
}

function cancelLines({ words }: Context, { cancel }: PaymentOrder): readonly string[] {
  if (cancel === null) return [];
  const { reason } = cancel;
  return [
    reason === undefined ? words.noReason : words.reason(escapeForTerminal(reason)),
    ...cancel.attempts.map(({ attempt, answer }) =>
      answer === 'unknown' && !cancel.inDoubt
        ? words.wasInDoubt(attempt)
        : words.attempt(attempt, words.answers[answer]),
    ),
    ...(cancel.inDoubt ? [words.inDoubt] : []),
  ];
}

function paymentLines({ payments }: PaymentOrder): readonly string[] {
  return payments.map(
    ({ transactionNo, amountMinor, currency }) =>
      `${escapeForTerminal(transactionNo ?? '–')}  ${amountText(amountMinor, currency) ?? '–'}`,
  );
}

function receivedLines({ words }: Context, { received }: PaymentOrder): readonly string[] {
  return received === null ? [words.receivedUnknown] : sumLines(received);
}

function refundLines({ refunds }: PaymentOrder): readonly string[] {
  return refunds.map(
    ({ refundNo, amountMinor, currency }) =>
      `${escapeForTerminal(refundNo)}  ${amountText(amountMinor, currency) ?? '–'}`,
  );
}

function sumLines(sums: PaymentOrder['refunded']): readonly string[] {
  return sums.map(({ amountMinor, currency }) => amountText(amountMinor, currency) ?? '–');
}

/** What operators took back: it is in none of the lines above, and still in the history. */
function retractedLines({ words }: Context, events: readonly DisputeEvent[]): readonly string[] {
  const retractions = retractionsIn(events);
  return events.flatMap((event) => {
    const { revision } = event;
    const retraction = retractions.get(revision);
    if (retraction === undefined) return [];
    return [`${revision} ${headlineOf(words, event)} · ${retractionText(words, retraction)}`];
  });
}

function anomalyLines({ screen, words }: Context, { anomalies }: PaymentOrder): readonly string[] {
  return anomalies.flatMap((anomaly) => {
    const { number, code } = anomaly;
    const standing = standingOf(anomaly);
    const line = words.anomaly(number, code, words.anomalies[code], standing);
    if (standing !== 'open') return [line];
    return [screen.paint('red', line), `  ${words.whatToDo[code]}`];
  });
}

function pendingLines(
  { words }: Context,
  { pending, stateDetail }: PaymentOrder,
  nowMs: number,
): readonly string[] {
  return pending.map((work) => {
    if (work.kind === 'call') return words.callInFlight(work.attempt, work.since);
    const line = stateDetail === 'cancelling.inDoubt' ? words.questionAt : words.timer;
    const lateMs = nowMs - millisecondsOf(work.dueAt);
    const late = lateMs > 0 ? ` – ${words.attention.overdueBy(words.duration(lateMs))}` : '';
    return line(escapeForTerminal(work.event), work.dueAt) + late;
  });
}
