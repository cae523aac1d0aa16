import type { Context } from '../context.ts';
import { eventLines } from '../event-lines.ts';
import { warnOfFaults } from '../faults.ts';
import { orderNotFound, withOrders } from '../session.ts';

export function log(
  context: Context,
  orderNo: string,
  { ndjson = false }: { readonly ndjson?: boolean },
): Promise<number> {
  return withOrders(context, 'read', async (orders) => {
    const events = await orders.history(orderNo);
    if (events.length === 0) throw orderNotFound(orderNo);
    const { screen } = context;
    if (ndjson) for (const event of events) screen.document(event);
    else if (screen.json) screen.document({ events });
    else screen.lines(await eventLines(context, events));
    return warnOfFaults(context, orders, orderNo);
  });
}
