import { PaymentOrderError } from '../errors.ts';
import type { EventPlace, EventStore } from '../event-store/event-store.ts';
import { textIn } from './event.ts';

/** The event that something derived from a store has seen last; `hash` null where that has none. */
export type SeenPlace = Omit<EventPlace, 'type'> & {
  readonly position: string;
  readonly hash: string | null;
};

/** Whether the store still has that event there. After a backup was restored, it may have another. */
export async function isSameLog(store: EventStore, seen: SeenPlace): Promise<boolean> {
  const { position, stream, revision, id, hash } = seen;
  try {
    const found = await store.placeAt(position);
    if (found?.id !== id || found.stream !== stream || found.revision !== revision) return false;
    if (hash === null) return true;
    for await (const event of store.read(stream, revision)) {
      return event.id === id && textIn(event.metadata, 'hash') === hash;
    }
    return false;
  } catch (error) {
    // A position of another kind of store, or an event that was damaged since.
    if (!(error instanceof PaymentOrderError)) throw error;
    if (error.code === 'invalid-input' || error.code === 'store-corrupt') return false;
    throw error;
  }
}
