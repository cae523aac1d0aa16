import type { EventStore } from '../../src/event-store/event-store.ts';
import { methodsOf } from '../../src/testing/recorder.ts';

/** The same store with some of its ways changed. */
export function withWays(store: EventStore, ways: Partial<EventStore>): EventStore {
  return { ...methodsOf(store), ...ways };
}
