import { orderNotFound } from '../../order/decide.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { momentFrom, UsageError } from '../input/arguments.ts';
import type { Flags } from '../input/options.ts';
import { flag, text } from '../input/options.ts';
import type { Context } from '../io.ts';
import { orderLines } from '../output/order-lines.ts';
import { existing, warnOfFaults, withOrders } from '../session.ts';

const options = {
  asOf: text(
    '--as-of <REV|TIME>',
    'a revision, or ISO 8601 with an offset: what was recorded by then',
  ),
  occurred: flag(
    '--occurred',
    'with --as-of TIME: and the facts that had happened, recorded later',
  ),
};

export const commands = [
  command('show <ORDER>', {
    about: 'the order as its history says, now or as of a revision or a time',
    options,
    run: (context, flags, orderNo) => show(context, orderNo, flags),
  }),
];

function show(
  context: Context,
  orderNo: string,
  { asOf, occurred }: Flags<typeof options>,
): Promise<number> {
  if (asOf !== undefined) return showAsOf(context, orderNo, asOf, occurred);
  if (occurred) throw new UsageError('--occurred goes with --as-of TIME');
  return withOrders(context, 'read', async (orders) => {
    const order = await orders.get(orderNo);
    if (order === null) throw orderNotFound(orderNo);
    const { screen } = context;
    if (screen.json) screen.document(order);
    else screen.lines(await orderLines(context, order));
    return warnOfFaults(context, orders, orderNo);
  });
}

/** Commands act on the order as it is now, so none is suggested. */
function showAsOf(
  context: Context,
  orderNo: string,
  asOf: string,
  occurred: boolean,
): Promise<number> {
  const moment = momentFrom(asOf, occurred);
  const { screen, words } = context;
  return withOrders(context, 'read', async (orders) => {
    const then = await orders.getAsOf(orderNo, moment);
    if (then === null) await existing(orders, orderNo);
    if (screen.json) screen.document({ asOf: moment, order: null, learnedLater: [], ...then });
    else if (then === null) screen.lines([words.history.notYet(escapeForTerminal(orderNo))]);
    else {
      const { revision, recordedAt } = then;
      screen.lines([words.history.asOf(revision, escapeForTerminal(recordedAt)), '']);
      screen.lines(await orderLines(context, { ...then.order, allowed: [] }));
      for (const { type, revision: late, metadata } of then.learnedLater) {
        const occurredAt = escapeForTerminal(metadata.occurredAt ?? '');
        const line = words.history.learnedLater(type, occurredAt, metadata.recordedAt, late);
        screen.lines([screen.paint('yellow', line)]);
      }
    }
    return warnOfFaults(context, orders, orderNo);
  });
}
