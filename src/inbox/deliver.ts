/** What creating an order does about the notices that came before it. */

import { loadOrder } from '../history/load.ts';
import type { OrderDependencies } from '../order/transact.ts';
import type { Receipt } from '../order/types.ts';
import { receiptOf } from '../order/view.ts';
import { listedNotices } from './list-of-order.ts';

/**
 * Records the facts of the notices that waited for this order. A notice or a list that cannot be
 * read is reported and stays as it is: the order was created all the same.
 *
 * @returns the receipt, with the order as it is then.
 */
export async function deliverWaiting(
  dependencies: OrderDependencies,
  orderNo: string,
  receipt: Receipt,
): Promise<Receipt> {
  if (receipt.kind === 'rejected') return receipt;
  const { store, compiled, onError } = dependencies;
  let applied = 0;
  try {
    const { ids } = await listedNotices(store, orderNo);
    for (const id of ids) applied += await delivered(dependencies, id);
    const order = applied === 0 ? null : await loadOrder(store, compiled, orderNo);
    return order === null ? receipt : receiptOf({ kind: receipt.kind }, order);
  } catch (error) {
    onError(error);
    return receipt;
  }
}

/** 1 where its fact is recorded now. */
async function delivered(dependencies: OrderDependencies, noticeId: string): Promise<0 | 1> {
  try {
    const { loadNotice } = await import('./notice.ts');
    const { settle } = await import('./settle.ts');
    const state = await loadNotice(dependencies.store, noticeId);
    if (state?.standing !== 'waiting') return 0;
    return (await settle(dependencies, state, null)).standing === 'applied' ? 1 : 0;
  } catch (error) {
    dependencies.onError(error);
    return 0;
  }
}
