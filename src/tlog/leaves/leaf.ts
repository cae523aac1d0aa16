/**
 * What the log over all orders is made of: one leaf for each event of an order, in the order of the
 * store. A leaf is the event's own chain hash, which covers its content and all events of the order
 * before it. So a root over the leaves covers every history, and the order of all of them.
 */

import { PaymentOrderError } from '../../errors.ts';
import type { EventPlace, EventStore, RecordedEvent } from '../../event-store/event-store.ts';
import { digest } from '../../history/chain.ts';
import { streamPrefix } from '../../history/event.ts';

export type Leaf = Pick<EventPlace, 'stream' | 'revision' | 'id'> & {
  /** 32 bytes. */
  readonly hash: Buffer;
  /** Whether it is the event's own hash; otherwise it is the digest of the event's place and type. */
  readonly isReadable: boolean;
  readonly position: string;
};

/**
 * Gives the leaves of all orders after a position (null: all) to `see`, up to the newest event at the
 * time of the call. An event that the store cannot give has its leaf too, and reading goes on.
 *
 * @throws {PaymentOrderError} the errors of the store; `store-corrupt` where it cannot even say which
 * event it could not read.
 */
export async function readLeaves(
  store: EventStore,
  afterPosition: string | null,
  see: (leaf: Leaf) => Promise<void> | undefined,
): Promise<void> {
  let after = afterPosition;
  for (;;) {
    try {
      for await (const event of store.readAll(after, streamPrefix)) {
        const seen = see(leafOf(event));
        if (seen !== undefined) await seen;
      }
      return;
    } catch (error) {
      const { position } = error instanceof PaymentOrderError ? error : {};
      // Where it says no more than it said before, it would be asked for ever.
      if (position === undefined || position === after) throw error;
      const place = await store.placeAt(position);
      if (place === null) throw error;
      await see(leafOfPlace(place, position));
      after = position;
    }
  }
}

export function leafOf(event: RecordedEvent): Leaf {
  const { stream, revision, id, metadata, position } = event;
  const { hash } = metadata;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return leafOfPlace(event, position);
  return { stream, revision, id, hash: Buffer.from(hash, 'hex'), isReadable: true, position };
}

function leafOfPlace({ stream, revision, id, type }: EventPlace, position: string): Leaf {
  const hash = Buffer.from(digest({ stream, revision, id, type }), 'hex');
  return { stream, revision, id, hash, isReadable: false, position };
}
