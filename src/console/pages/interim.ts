/** Until the order index counts by itself. */

import type { AnomalyCode } from '../../../machines/payment-order.facts.ts';
import type { AttentionWhy } from '../../order/attention.ts';
import { attentionWhys } from '../../order/attention.ts';
import type { WaitingNotices } from '../../order-index/types.ts';
import type { PaymentOrders } from '../../payment-orders.ts';

export type AttentionCounts = {
  readonly orders: number;
  readonly needing: number;
  readonly by: Readonly<
    Record<AttentionWhy, { readonly count: number; readonly since: string | null }>
  >;
  readonly codes: Readonly<Partial<Record<AnomalyCode, number>>>;
  readonly gateways: readonly (string | null)[];
  readonly notices: WaitingNotices;
};

export async function countAttention(
  orders: PaymentOrders,
  gateway: string | null | undefined,
): Promise<AttentionCounts> {
  const all = await orders.search({ gateway, limit: 1_000 });
  const reasons = all.orders.flatMap(({ why }) => why);
  const of = (why: AttentionWhy) => {
    const own = all.orders.flatMap((order) =>
      order.why.filter((one) => one.why === why).slice(0, 1),
    );
    return { count: own.length, since: own.map(({ since }) => since).toSorted()[0] ?? null };
  };
  const codes: Partial<Record<AnomalyCode, number>> = {};
  for (const reason of reasons) {
    if (reason.why === 'anomaly') codes[reason.code] = (codes[reason.code] ?? 0) + 1;
  }
  const [a, b, c, d, e, f, g] = attentionWhys;
  return {
    orders: all.orders.length,
    needing: all.orders.filter(({ why }) => why.length > 0).length,
    by: { [a]: of(a), [b]: of(b), [c]: of(c), [d]: of(d), [e]: of(e), [f]: of(f), [g]: of(g) },
    codes,
    gateways: [...new Set(all.orders.map((order) => order.gateway?.name ?? null))],
    notices: all.notices,
  };
}

export async function unsettledNotices(orders: PaymentOrders) {
  const notices: { noticeId: string; standing: 'waiting' | 'held'; since: string }[] = [];
  for await (const { noticeId, status, receivedAt } of orders.inbox().list()) {
    if (status !== 'waiting' && status !== 'held') continue;
    notices.push({ noticeId, standing: status, since: receivedAt });
  }
  return { notices, cursor: null };
}
