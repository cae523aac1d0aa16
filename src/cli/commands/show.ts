import { momentFrom } from '../input/arguments.ts';
import type { Context } from '../context.ts';
import { warnOfFaults } from '../output/faults.ts';
import { escapeForTerminal } from '../../text.ts';
import { orderLines } from '../output/order-lines.ts';
import { orderNotFound } from '../../order/decide.ts';
import { existing, withOrders } from '../session.ts';
import { UsageError } from '../input/usage-error.ts';

type ShowFlags = { readonly asOf?: string; readonly occurred?: boolean };

export function show(context: Context, orderNo: string, flags: ShowFlags = {}): Promise<number> {
  const { asOf, occurred = false } = flags;
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

/** Nothing can be done to an order as it was: what may come next is not said. */
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
