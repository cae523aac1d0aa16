import type { FoundOrder } from '../../index.ts';
import { nextText, reasonText, receivedText, sinceText } from '../../listing/order-texts.ts';
import type { Waits, WaitsOf } from '../../listing/waits.ts';
import { defaultGatewayName } from '../../order/gateways.ts';
import { escapeForTerminal } from '../../text.ts';
import { amountText } from '../../timeline/amount.ts';
import type { Context } from '../io.ts';
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
