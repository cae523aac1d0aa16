import { compact } from '../../compact.ts';
import type { OrderFilter, PaymentOrder, PaymentOrders } from '../../index.ts';
import { orderStates } from '../../order/types.ts';
import { escapeForTerminal } from '../../text.ts';
import { amountText } from '../../timeline/amount.ts';
import { command } from '../command.ts';
import { oneOf } from '../input/arguments.ts';
import { flag, text } from '../input/options.ts';
import { absenceOf } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportFailures, warn } from '../output/failure.ts';
import { table } from '../output/table.ts';
import { withOrders } from '../session.ts';

export const commands = [
  command('list', {
    about: 'all orders, in the order of their creation',
    options: {
      state: text('--state <STATE>', 'created, paying, paid, cancelling, cancelled or failed'),
      attention: flag(
        '--attention',
        'those in needsReview or with an open anomaly; counts held notices',
      ),
      ndjson: flag('--ndjson', 'one JSON document a line'),
    },
    run: (context, { state, attention, ndjson }) => {
      const filter = {
        state: state === undefined ? undefined : oneOf(state, orderStates, '--state'),
        attention: attention || undefined,
      };
      return withOrders(context, (orders) => list(context, orders, { filter, ndjson }));
    },
  }),
];

async function list(
  context: Context,
  orders: PaymentOrders,
  { filter, ndjson }: { readonly filter: OrderFilter; readonly ndjson: boolean },
): Promise<number> {
  const { screen, settings, words } = context;
  const absence = absenceOf(settings, words);
  if (absence !== null) warn(context, { message: absence });
  const listed: PaymentOrder[] = [];
  const unreadable: unknown[] = [];
  const onUnreadable = (_orderNo: string, error: unknown) => unreadable.push(error);
  try {
    for await (const order of orders.list({ ...filter, onUnreadable })) {
      if (screen.isReaderGone) break;
      if (ndjson) screen.document(order);
      else listed.push(order);
    }
  } catch (error) {
    // What was found before the list broke off is still shown.
    unreadable.push(error);
  }
  const held = filter.attention === true ? await heldNotices(orders) : undefined;
  if (!ndjson && screen.json) screen.document(compact({ orders: listed, heldNotices: held }));
  else if (listed.length > 0) screen.lines(await listLines(context, listed));
  if (unreadable.length > 0) return reportFailures(unreadable, context, settings.storeUrl);
  if (!screen.json && listed.length === 0) {
    const isFiltered = filter.state !== undefined || filter.attention === true;
    screen.talk(isFiltered && absence === null ? words.noneListed : words.noOrders);
  }
  if (!screen.json && held !== undefined && held > 0) screen.talk(words.heldNotices(held));
  return exitCodes.ok;
}

/** Notices need people as well, and have a list of their own. One that cannot be read counts. */
async function heldNotices(orders: PaymentOrders): Promise<number> {
  let held = 0;
  const onUnreadable = () => (held += 1);
  for await (const notice of orders.inbox().list({ attention: true, onUnreadable })) {
    held += notice.needsAttention ? 1 : 0;
  }
  return held;
}

function listLines(
  { screen, words }: Context,
  orders: readonly PaymentOrder[],
): Promise<readonly string[]> {
  return table(
    [
      words.listHeaders,
      ...orders.map(({ orderNo, stateDetail, needsAttention, amountMinor, currency, ...rest }) => [
        escapeForTerminal(orderNo),
        words.state(stateDetail),
        needsAttention ? words.yes : '–',
        amountText(amountMinor, currency) ?? '–',
        String(rest.revision),
      ]),
    ],
    screen.columns,
  );
}
