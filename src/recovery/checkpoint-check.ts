import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { streamPrefix } from '../history/event.ts';
import { readPastDamage } from '../history/read-past-damage.ts';
import type { Waiting } from './scan.ts';
import {
  checkpointDigest,
  checkpointSchema,
  checkpointStream,
  checkpointType,
  observe,
  skipUnreadable,
} from './scan.ts';

/**
 * Checks what `verify` does not: the store's files, indexes and columns, and recovery's checkpoints.
 *
 * @returns a sentence for each fault.
 */
export async function checkStore(store: EventStore): Promise<readonly string[]> {
  const prefixes = [streamPrefix, checkpointStream];
  const faults = await store.check({ prefixes, batchEventsMax: 1 });
  return [...faults, ...(await checkpointFaults(store))];
}

/**
 * Checks the checkpoints. The newest, the only one that is ever used, is made again from the events
 * and compared.
 */
export async function checkpointFaults(store: EventStore): Promise<readonly string[]> {
  const faults: string[] = [];
  const seen: RecordedEvent[] = [];
  let next = 0;
  await readPastDamage(store, checkpointStream, {
    see: (event) => {
      if (event.revision !== next) faults.push(`${at(next)} is missing`);
      next = event.revision + 1;
      faults.push(...faultsOf(event));
      // Only the newest is kept.
      seen.splice(0, 1, event);
    },
    unreadable: ({ message, found }) => {
      if (found !== undefined) next = found;
      faults.push(message);
    },
  });
  const [newest] = seen;
  return newest === undefined ? faults : [...faults, ...(await staleness(store, newest))];
}

function faultsOf(event: RecordedEvent): readonly string[] {
  const { revision, type, data, metadata } = event;
  if (type !== checkpointType || !checkpointSchema.safeParse(data).success) {
    return [`${at(revision)} is not a checkpoint`];
  }
  const { digest, ...others } = metadata;
  // Checkpoints of the first release have none.
  const isWhole = digest === undefined || digest === checkpointDigest(event);
  return isWhole && Object.keys(others).length === 0 ? [] : [`${at(revision)} was altered`];
}

/** Whether the events up to its position lead to the waiting orders that it holds. */
async function staleness(store: EventStore, newest: RecordedEvent): Promise<readonly string[]> {
  const parsed = checkpointSchema.safeParse(newest.data);
  if (!parsed.success) return [];
  const { position, orders } = parsed.data;
  const waiting: Waiting = { orders: new Set(), position: null };
  try {
    await foldUntil(store, waiting, position);
  } catch (error) {
    if (!(error instanceof PaymentOrderError) || error.code !== 'store-corrupt') throw error;
    return [`${at(newest.revision)} cannot be checked: ${error.message}`];
  }
  const isSame = waiting.position === position && sameMembers(waiting.orders, orders);
  return isSame ? [] : [`${at(newest.revision)} differs from the events up to its position`];
}

async function foldUntil(
  store: EventStore,
  waiting: Waiting,
  position: string | null,
): Promise<void> {
  while (waiting.position !== position) {
    try {
      for await (const event of store.readAll(waiting.position, streamPrefix)) {
        observe(waiting, event);
        if (event.position === position) break;
      }
      return;
    } catch (error) {
      if (!skipUnreadable(waiting, error)) throw error;
    }
  }
}

function sameMembers(some: ReadonlySet<string>, others: readonly string[]): boolean {
  return some.size === new Set(others).size && others.every((other) => some.has(other));
}

function at(revision: number): string {
  return `stream "${checkpointStream}", revision ${revision}: the checkpoint of recovery`;
}
