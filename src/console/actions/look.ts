/**
 * What an action would record now, and a digest of it. The form carries the digest, and nothing is
 * recorded whose digest is another one: so what the form showed is what is recorded.
 */

import type { Actor } from '../../history/event.ts';
import { canonicalJson } from '../../history/canonical-json.ts';
import type { Preview } from '../../order/query-types.ts';
import type { PaymentOrder } from '../../order/types.ts';
import type { PaymentOrders } from '../../payment-orders.ts';
import { sha256 } from '../../text.ts';
import type { Choice } from './action.ts';
import type { Filled } from './fields.ts';
import { stepsOf } from './steps.ts';

export type Look = {
  /** As it stands now. */
  readonly order: PaymentOrder;
  /** Empty for a question. */
  readonly previews: readonly Preview[];
  readonly digest: string;
};

/**
 * Null where there is no such order.
 *
 * @throws {PaymentOrderError} what the action would throw before it records anything
 */
export async function lookAt(
  orders: PaymentOrders,
  orderNo: string,
  choice: Choice,
  filled: Filled,
  actor: Actor,
): Promise<Look | null> {
  const steps = stepsOf(choice, filled, actor);
  if (steps.length === 0) {
    const order = await orders.get(orderNo);
    return order === null ? null : { order, previews: [], digest: digestOf([]) };
  }
  const previews = await orders.previewAll(orderNo, steps);
  const order = previews?.[0]?.order;
  if (previews === null || order === undefined) return null;
  return { order, previews, digest: digestOf(previews) };
}

/** What the operator's own words are is seen where they are written. */
function digestOf(previews: readonly Preview[]): string {
  const shown = previews.map(({ type, answer, code, from, to, events, calls, opens, closes }) => {
    const said = events.map((event) => ({ type: event.type, data: withoutWords(event.data) }));
    return { type, answer, code, from, to, events: said, calls, opens, closes };
  });
  return sha256(canonicalJson(shown));
}

function withoutWords(data: Preview['events'][number]['data']) {
  return { ...data, note: null, evidence: null };
}
