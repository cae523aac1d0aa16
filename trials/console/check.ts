import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { kinds } from './store.ts';

/** One thing that had to be settled, as the store has it. */
export type Checked = {
  readonly kind: string;
  readonly what: string;
  readonly isSettled: boolean;
  /** What an operator recorded through the console, oldest first. */
  readonly how: readonly string[];
};

/** Says from the stored events what is settled, and how. Writes nothing. */
export async function check(store: string): Promise<readonly Checked[]> {
  await using orders = await openPaymentOrders({ store });
  const needing = await orders.search({ attention: true });
  const open = new Set(needing.orders.map(({ orderNo }) => orderNo));
  const found: Checked[] = [];
  for (const [kind, orderNos] of Object.entries(kinds)) {
    for (const orderNo of orderNos) {
      const how = await recordedOn(orders, orderNo);
      found.push({ kind, what: orderNo, isSettled: !open.has(orderNo), how });
    }
  }
  return [...found, ...(await checkNotices(orders))];
}

async function recordedOn(orders: PaymentOrders, orderNo: string): Promise<readonly string[]> {
  const history = await orders.history(orderNo);
  return history.flatMap(({ revision, type, metadata }) =>
    metadata.source === 'console'
      ? [`${type} at revision ${revision} by ${metadata.actor?.id ?? 'nobody'}`]
      : [],
  );
}

async function checkNotices(orders: PaymentOrders): Promise<readonly Checked[]> {
  const inbox = orders.inbox();
  const found: Checked[] = [];
  for await (const { noticeId, status } of inbox.list()) {
    const how = (await inbox.get(noticeId))?.events ?? [];
    found.push({
      ...{ kind: 'unreadable notice', what: noticeId.slice(0, 12) },
      isSettled: status === 'discarded' || status === 'applied',
      how: how.flatMap(({ type, revision, by }) =>
        by === undefined ? [] : [`${type} at revision ${revision} by ${by}`],
      ),
    });
  }
  return found;
}
