import type { Context } from '../context.ts';
import { warnOfFaults } from '../faults.ts';
import { orderLines } from '../order-lines.ts';
import { orderNotFound, withOrders } from '../session.ts';

export function show(context: Context, orderNo: string): Promise<number> {
  return withOrders(context, 'read', async (orders) => {
    const order = await orders.get(orderNo);
    if (order === null) throw orderNotFound(orderNo);
    const { screen } = context;
    if (screen.json) screen.document(order);
    else screen.lines(await orderLines(context, order));
    return warnOfFaults(context, orders, orderNo);
  });
}
