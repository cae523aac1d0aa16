/**
 * Records what a difference tells, by the rules of the inbox: the same again is recorded once, and a
 * fact for an order that does not exist yet waits for it. What is only absent tells nothing.
 */

import { retractedIn } from '../../machines/payment-order.remembered.ts';
import { withFactId } from '../history/fact-key.ts';
import type { OrderHistory } from '../history/load.ts';
import { billNotice } from '../inbox/bill-notice.ts';
import type { BilledFact } from '../inbox/bill-notice.ts';
import { parseNotice } from '../inbox/input.ts';
import { loadNotice } from '../inbox/notice.ts';
import { receiveNotice } from '../inbox/receive.ts';
import type { HandlerDependencies } from '../order/handle.ts';
import { parseFact } from '../order/input.ts';
import { sha256 } from '../text.ts';
import type { BillRecording, MoneyDifference, ReconcileOptions } from './types.ts';

/** Of several facts, what a person must know first. */
const gravest = [
  'withdrawn',
  'notice',
  'fact',
  'before',
] as const satisfies readonly BillRecording[];

/** @param order - As it was compared; null where it does not exist. */
export async function recordTold(
  dependencies: HandlerDependencies,
  order: OrderHistory | null,
  difference: MoneyDifference,
  options: Pick<ReconcileOptions, 'record' | 'actor'>,
): Promise<BillRecording> {
  const recordings: BillRecording[] = [];
  for (const told of factsOf(difference)) {
    const known = order === null ? null : knownIn(order, told);
    recordings.push(known ?? (await recorded(dependencies, told, options)));
  }
  return gravest.find((each) => recordings.includes(each)) ?? 'none';
}

/** What the bill says and we do not know, or know otherwise. A payment has no number in a bill. */
function factsOf(difference: MoneyDifference): readonly BilledFact[] {
  const { kind, orderNo, refundNo, there, status, row } = difference;
  if (row === null) return [];
  const { occurredAt } = row;
  if (refundNo !== null) {
    const type = 'PaymentRefunded';
    return there.map((money) => ({ orderNo, type, fact: { refundNo, ...money, occurredAt } }));
  }
  if (kind === 'payment-missing-there') {
    return status === 'failed' ? [{ orderNo, type: 'PaymentFailed', fact: { occurredAt } }] : [];
  }
  return there.map((money) => ({
    ...{ orderNo, type: 'PaymentSucceeded' as const },
    fact: { ...money, occurredAt },
  }));
}

/** How the order holds this very fact; null where it does not. */
function knownIn(
  { known, deduplication }: OrderHistory,
  told: BilledFact,
): 'before' | 'withdrawn' | null {
  const { orderNo, type, fact } = told;
  const own = deduplication.notice(noticeIdOf(told))?.revision;
  const parsed = withFactId(parseFact(orderNo, type, fact).fact, orderNo);
  // A fact that has the type of one; withFactId keeps it.
  const revision = own ?? deduplication.seenAt(parsed);
  if (revision === undefined) return null;
  return retractedIn(known.history).has(revision) ? 'withdrawn' : 'before';
}

async function recorded(
  dependencies: HandlerDependencies,
  told: BilledFact,
  { record = true, actor }: Pick<ReconcileOptions, 'record' | 'actor'>,
): Promise<BillRecording> {
  if (!record) {
    const standing = (await loadNotice(dependencies.store, noticeIdOf(told)))?.standing;
    if (standing === undefined) return 'none';
    return standing === 'discarded' ? 'withdrawn' : 'before';
  }
  const notice = parseNotice({ ...billNotice(told), actor });
  const received = receiveNotice(dependencies, null, notice);
  const { kind, status, applied } = await dependencies.running.track(received);
  if (status === 'discarded') return 'withdrawn';
  if (kind === 'duplicate' || applied?.kind === 'duplicate') return 'before';
  return applied === null ? 'notice' : 'fact';
}

function noticeIdOf(told: BilledFact): string {
  return sha256(billNotice(told).body);
}
