import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { lastCheckpoint } from './checkpoint.ts';
import type { Waiting } from './checkpoint.ts';
import type { Followed } from './followed.ts';

/** At least about so many events lie between two places that a store has looked past. */
export const eventsPerLook = 250;

/**
 * Reads the store from the last checkpoint on, or from the beginning if there is none, until the
 * signal aborts. An event that cannot be read is reported and skipped, and its stream counts as
 * waiting.
 *
 * @returns those that wait, and how many events were read, also about how many of others.
 */
export async function scan(
  store: EventStore,
  followed: Followed,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<{ readonly waiting: Waiting; readonly eventsRead: number }> {
  const checkpoint = await lastCheckpoint(store, followed);
  const { position, names } =
    checkpoint.kind === 'whole' ? checkpoint : { position: null, names: [] };
  const waiting: Waiting = { followed, names: new Set(names), position };
  let eventsRead = 0;
  let last: string | null = null;
  for (;;) {
    try {
      const reached = (position: string): void => {
        waiting.position = position;
        if (position !== last) eventsRead += eventsPerLook;
      };
      for await (const event of store.readAll(waiting.position, followed.prefix, reached)) {
        if (signal.aborted) break;
        observe(waiting, event);
        last = event.position;
        eventsRead += 1;
      }
      return { waiting, eventsRead };
    } catch (error) {
      if (!skipUnreadable(waiting, error)) throw error;
      onError(error);
    }
  }
}

/** Moves past an event that cannot be read. False if the store does not give its position. */
export function skipUnreadable(waiting: Waiting, error: unknown): boolean {
  if (!(error instanceof PaymentOrderError) || error.position === undefined) return false;
  const { followed, names } = waiting;
  waiting.position = error.position;
  if (error.stream?.startsWith(followed.prefix) === true) names.add(followed.nameOf(error.stream));
  return true;
}

/** Folds the next event of the store; returns whose it is, and whether that may wait. */
export function observe(
  waiting: Waiting,
  { stream, position, metadata }: RecordedEvent,
): { readonly name: string; readonly mayWait: boolean } {
  const { followed, names } = waiting;
  const name = followed.nameOf(stream);
  const mayWait = followed.mayWait(metadata['to']);
  waiting.position = position;
  if (mayWait) names.add(name);
  else names.delete(name);
  return { name, mayWait };
}
