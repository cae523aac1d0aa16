import type fc from 'fast-check';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { withWays } from './with-ways.ts';

/** Makes every read and every append a task, which the scheduler may run after others. */
export function scheduled(store: EventStore, scheduler: fc.Scheduler): EventStore {
  const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
  return withWays(store, {
    async append(stream, events, expected) {
      await turn(`append ${events.map(({ type }) => type).join()}`);
      const result = await store.append(stream, events, expected);
      await turn('appended');
      return result;
    },
    async *read(stream, from) {
      await turn('read');
      yield* store.read(stream, from);
      // A result may be stale by the time that its reader continues.
      await turn('was read');
    },
  });
}
