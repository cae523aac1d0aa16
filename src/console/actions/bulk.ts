/** One action on many orders that need a person for the same reason, as far as each allows it. */

import type { AnomalyCode } from '../../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { Actor } from '../../history/event.ts';
import type { AttentionReason, AttentionWhy } from '../../order/attention.ts';
import type { FoundOrder } from '../../order-index/types.ts';
import type { PaymentOrders } from '../../payment-orders.ts';
import type { Choice } from './action.ts';
import type { Look } from './look.ts';
import { lookAt } from './look.ts';

export type BulkAction = 'retry' | 'acknowledge';

/** More at once nobody has looked at. */
export const bulkMax = 50;

const whysOf: Readonly<Record<BulkAction, readonly AttentionWhy[]>> = {
  retry: ['needs-review', 'doubt', 'overdue', 'attempt-overdue'],
  acknowledge: ['anomaly'],
};

export type BulkView = {
  readonly action: BulkAction;
  readonly why: AttentionWhy;
  /** Of anomalies: only those. Null: all. */
  readonly code: string | null;
  /** Null: every one; empty: of orders that record none. */
  readonly gateway: string | null;
};

/** What an address asks for; null where that is not done to many at once. */
export function bulkViewFrom(given: string, query: URLSearchParams): BulkView | null {
  if (given !== 'retry' && given !== 'acknowledge') return null;
  const why = whysOf[given].find((known) => known === query.get('why'));
  if (why === undefined) return null;
  const code = given === 'acknowledge' ? query.get('code') : null;
  return { action: given, why, code, gateway: query.get('gateway') };
}

/** One order's part of it, or why it is left out. */
export type BulkRow = { readonly found: FoundOrder } & (
  { readonly choice: Choice; readonly look: Look } | { readonly left: unknown }
);

/** At most 50 orders, the oldest first. */
export async function bulkRows(
  orders: PaymentOrders,
  { action, why, code, gateway }: BulkView,
  actor: Actor,
): Promise<readonly BulkRow[]> {
  const { orders: found } = await orders.search({
    attention: [why],
    sort: 'since',
    limit: bulkMax,
    ...(gateway === null ? {} : { gateway: [gateway === '' ? null : gateway] }),
  });
  // No more than are shown: one order may have a thousand of them, and each is looked at.
  const taken = found
    .flatMap((order) => choicesFor(order, action, code).map((choice) => ({ order, choice })))
    .slice(0, bulkMax);
  return Promise.all(taken.map(({ order, choice }) => rowOf(orders, order, choice, actor)));
}

function choicesFor(
  { why }: FoundOrder,
  action: BulkAction,
  code: string | null,
): readonly Choice[] {
  if (action === 'retry') return [{ action }];
  return why
    .filter(isAnomaly)
    .filter((reason) => code === null || code === reason.code)
    .map(({ number }) => ({ action, number }));
}

function isAnomaly(
  reason: AttentionReason,
): reason is AttentionReason & { readonly why: 'anomaly'; readonly code: AnomalyCode } {
  return reason.why === 'anomaly';
}

async function rowOf(
  orders: PaymentOrders,
  found: FoundOrder,
  choice: Choice,
  actor: Actor,
): Promise<BulkRow> {
  try {
    const look = await lookAt(orders, found.orderNo, choice, {}, actor);
    const preview = look?.previews[0];
    if (look === null || preview === undefined) return { found, left: null };
    return preview.answer === 'accepted' ? { found, choice, look } : { found, left: preview.code };
  } catch (error) {
    if (error instanceof PaymentOrderError) return { found, left: error };
    throw error;
  }
}
