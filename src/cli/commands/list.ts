import type { OrderState, PaymentOrder } from '../../index.ts';
import { oneOf } from '../input/arguments.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { reportFailures, warn } from '../output/failure.ts';
import { amountText } from '../../timeline/amount.ts';
import { escapeForTerminal } from '../../text.ts';
import { withOrders } from '../session.ts';
import { absenceOf } from '../input/store-path.ts';
import { table } from '../output/table.ts';

export type ListFlags = {
  readonly state?: string;
  readonly attention?: boolean;
  readonly ndjson?: boolean;
};

const states: readonly OrderState[] = [
  ...(['created', 'paying', 'paid', 'cancelling', 'cancelled', 'failed'] as const),
];

export function list(context: Context, flags: ListFlags): Promise<number> {
  const { screen, settings, words } = context;
  const filter = {
    ...(flags.state === undefined ? {} : { state: oneOf(flags.state, states, '--state') }),
    ...(flags.attention === undefined ? {} : { attention: flags.attention }),
  };
  return withOrders(context, 'read', async (orders) => {
    const absence = absenceOf(settings, words);
    if (absence !== null) warn(context, { message: absence });
    const found: PaymentOrder[] = [];
    const unreadable: unknown[] = [];
    const onUnreadable = (_orderNo: string, error: unknown) => unreadable.push(error);
    try {
      for await (const order of orders.list({ ...filter, onUnreadable })) {
        if (screen.isReaderGone) break;
        if (flags.ndjson === true) screen.document(order);
        else found.push(order);
      }
    } catch (error) {
      // The list broke off; what was found is still shown.
      unreadable.push(error);
    }
    if (flags.ndjson !== true && screen.json) screen.document({ orders: found });
    else if (found.length > 0) screen.lines(await listLines(context, found));
    if (unreadable.length > 0) return reportFailures(unreadable, context, settings.storeUrl);
    if (!screen.json && found.length === 0) screen.talk(words.noOrders);
    return exitCodes.ok;
  });
}

function listLines(
  { words }: Context,
  orders: readonly PaymentOrder[],
): Promise<readonly string[]> {
  const { order, state, attention, amount, revision } = words.listHeaders;
  return table([
    [order, state, attention, amount, revision],
    ...orders.map(({ orderNo, stateDetail, needsAttention, amountMinor, currency, ...rest }) => [
      escapeForTerminal(orderNo),
      words.state(stateDetail),
      needsAttention ? words.yes : '–',
      amountText(amountMinor, currency) ?? '–',
      String(rest.revision),
    ]),
  ]);
}
