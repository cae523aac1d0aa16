import type { PaymentOrder } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { amountText } from '../../timeline/amount.ts';
import type { Context } from '../io.ts';
import { nextCommands } from './next-commands.ts';
import { table } from './table.ts';

/** An order for people: labels with their values, line by line. */
export async function orderLines(
  context: Context,
  order: PaymentOrder,
): Promise<readonly string[]> {
  const { screen, words } = context;
  const { labels } = words;
  const rows: [string, readonly string[]][] = [
    [labels.order, [order.orderNo]],
    [labels.processBill, [order.processBillNo]],
    [labels.amount, [amountText(order.amountMinor, order.currency) ?? '–']],
    [labels.state, [screen.paint('bold', words.state(order.stateDetail))]],
    [labels.attention, [order.needsAttention ? screen.paint('red', words.yes) : words.no]],
    [labels.cancel, cancelLines(context, order)],
    [labels.payments, paymentLines(order)],
    [labels.anomalies, anomalyLines(context, order)],
    [labels.pending, pendingLines(context, order)],
    [labels.witness, [`${order.revision}:${order.hash}`]],
    [labels.next, nextCommands(context, order)],
  ];
  return table(
    rows.flatMap(([label, lines]) =>
      lines.map((line, index) => [index === 0 ? label : '', line] as const),
    ),
  );
}

function cancelLines({ words }: Context, { cancel, closed }: PaymentOrder): readonly string[] {
  if (cancel === null) return [];
  const { reason } = cancel;
  return [
    reason === undefined ? words.noReason : words.reason(escapeForTerminal(reason)),
    ...cancel.attempts.map(({ attempt, answer }) =>
      closed && answer === 'unknown'
        ? words.wasInDoubt(attempt)
        : words.attempt(attempt, words.answers[answer]),
    ),
    ...(cancel.inDoubt && !closed ? [words.inDoubt] : []),
  ];
}

function paymentLines({ payments }: PaymentOrder): readonly string[] {
  return payments.map(
    ({ transactionNo, amountMinor, currency }) =>
      `${escapeForTerminal(transactionNo ?? '–')}  ${amountText(amountMinor, currency) ?? '–'}`,
  );
}

function anomalyLines({ screen, words }: Context, { anomalies }: PaymentOrder): readonly string[] {
  return anomalies.map(({ number, code, acknowledged }) => {
    const line = words.anomaly(number, code, words.anomalies[code], acknowledged);
    return acknowledged ? line : screen.paint('red', line);
  });
}

function pendingLines({ words }: Context, { pending }: PaymentOrder): readonly string[] {
  return pending.map((work) =>
    work.kind === 'call'
      ? words.callInFlight(work.attempt, work.since)
      : words.timer(escapeForTerminal(work.event), work.dueAt),
  );
}
