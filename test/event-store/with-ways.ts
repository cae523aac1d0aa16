import type { EventStore } from '../../src/event-store/event-store.ts';

/** The same store with some of its ways changed; a store may be an instance of a class. */
export function withWays(store: EventStore, ways: Partial<EventStore>): EventStore {
  return {
    append: (...batch) => store.append(...batch),
    read: (...range) => store.read(...range),
    readLast: (stream) => store.readLast(stream),
    readAll: (...range) => store.readAll(...range),
    streams: (prefix) => store.streams(prefix),
    subscribe: (...range) => store.subscribe(...range),
    check: () => store.check(),
    close: () => store.close(),
    ...ways,
  };
}
