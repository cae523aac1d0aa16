import { PaymentOrderError } from '../errors.ts';
import type { DisputeEvent } from '../dispute.ts';
import type { PaymentOrders } from '../index.ts';
import { textIn } from '../history/event.ts';
import { sha256 } from '../text.ts';

/** The raw bodies of notices, by their ids. */
export type RawNotices = {
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  /** Notices that this store does not hold, or not as their ids say. */
  readonly missing: readonly string[];
};

/** The notices that events name. One that cannot be had hinders no export of the others. */
export async function rawNotices(
  orders: PaymentOrders,
  events: readonly DisputeEvent[],
): Promise<RawNotices> {
  const inbox = orders.inbox();
  const bodies = new Map<string, Uint8Array>();
  const missing: string[] = [];
  const named = events.map(({ metadata }) => textIn(metadata, 'noticeId'));
  for (const noticeId of new Set(named.filter((id) => id !== null))) {
    const notice = await inbox.get(noticeId).catch(nullIfUnreadable);
    const body = notice?.body ?? { text: '' };
    const bytes = 'text' in body ? Buffer.from(body.text) : Buffer.from(body.base64, 'base64');
    if (sha256(bytes) === noticeId) bodies.set(noticeId, bytes);
    else missing.push(noticeId);
  }
  return { bodies, missing };
}

function nullIfUnreadable(error: unknown): null {
  if (error instanceof PaymentOrderError && error.code !== 'store-unavailable') return null;
  throw error;
}
