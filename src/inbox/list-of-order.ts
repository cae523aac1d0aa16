/** The notices that wait for an order, listed where creating the order looks. */

import { PaymentOrderError } from '../errors.ts';
import { appendSettled } from '../event-store/append-settled.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { chainStart } from '../history/chain.ts';
import type { Witness } from '../history/event.ts';
import type { BackoffRule, Runtime } from '../runtime.ts';
import { backoffMs, sleep } from '../runtime.ts';
import { decodeNoticeEvent, encodeNoticeEvent, noticeListOf } from './events.ts';
import type { StoredNoticeEvent } from './events.ts';

/** How often an append is tried again after a conflict. */
export const triesMax = 64;

/** After a conflict. The full jitter spreads many rivals out. */
const conflictBackoff: BackoffRule = { firstMs: 2, maxMs: 125, jitter: 1 };

/** Waits after a conflict, and gives up after the last one. */
export async function afterConflict(
  runtime: Runtime,
  stream: string,
  conflicts: number,
): Promise<void> {
  if (conflicts >= triesMax) {
    throw new PaymentOrderError(
      'too-much-contention',
      `stream ${stream}: other writers were first ${triesMax} times in a row; try again, and look ` +
        'for a caller in a loop',
      { stream },
    );
  }
  if (conflicts > 1) await sleep(runtime, backoffMs(runtime, conflictBackoff, conflicts - 1));
}

/** The ids of the notices listed for an order, in the order of their coming. */
export async function listedNotices(
  store: EventStore,
  orderNo: string,
): Promise<{ readonly ids: ReadonlySet<string>; readonly head: Witness | null }> {
  const ids = new Set<string>();
  let head: Witness | null = null;
  for await (const recorded of store.read(noticeListOf(orderNo))) {
    const stored = decodeNoticeEvent(recorded);
    ids.add(listedIn(stored));
    head = { revision: stored.revision, hash: stored.metadata.hash };
  }
  return { ids, head };
}

/** @throws {PaymentOrderError} `illegal-history` */
export function listedIn({ stream, revision, event }: StoredNoticeEvent): string {
  if (event.type === 'NoticeListed') return event.noticeId;
  const message = `stream ${stream}, revision ${revision}: ${event.type} cannot stand in a list`;
  throw new PaymentOrderError('illegal-history', message, { stream, revision });
}

/** Lists a notice for an order, once. */
export async function listNotice(
  { store, runtime }: { readonly store: EventStore; readonly runtime: Runtime },
  orderNo: string,
  noticeId: string,
): Promise<void> {
  const stream = noticeListOf(orderNo);
  for (let conflicts = 1; ; conflicts += 1) {
    const { ids, head } = await listedNotices(store, orderNo);
    if (ids.has(noticeId)) return;
    const revision = head === null ? 0 : head.revision + 1;
    const place = { stream, revision, prevHash: head?.hash ?? chainStart };
    const event = { type: 'NoticeListed', noticeId } as const;
    const { prepared } = encodeNoticeEvent(event, place, {}, runtime);
    const expected = head?.revision ?? 'no-stream';
    const result = await appendSettled(store, runtime, stream, [prepared], expected);
    if (result.kind === 'appended') return;
    await afterConflict(runtime, stream, conflicts);
  }
}
