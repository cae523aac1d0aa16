import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { streamPrefix } from '../history/event.ts';
import { isDamage, readPastDamage } from '../history/read-past-damage.ts';
import {
  checkpointDigest,
  checkpointStream,
  lastCheckpoint,
  parseCheckpoint,
} from './checkpoint.ts';
import type { Checkpoint, Waiting } from './checkpoint.ts';
import { observe, skipUnreadable, stateOfReview } from './scan.ts';

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
  let next = 0;
  await readPastDamage(store, checkpointStream, {
    see: (event) => {
      if (event.revision !== next) faults.push(`${at(next)} is missing`);
      next = event.revision + 1;
      faults.push(...faultsOf(event));
    },
    unreadable: ({ message, found }) => {
      if (found !== undefined) next = found;
      faults.push(message);
    },
  });
  return [...faults, ...(await newestFaults(store))];
}

async function newestFaults(store: EventStore): Promise<readonly string[]> {
  let newest: Checkpoint;
  try {
    newest = await lastCheckpoint(store);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // Named already: every event of the stream was read.
    return [];
  }
  if (newest.kind === 'none') return [];
  if (newest.kind === 'whole') return staleness(store, newest);
  return [`${at(newest.revision)} lacks a part of it`];
}

function faultsOf(event: RecordedEvent): readonly string[] {
  const { revision, metadata } = event;
  if (parseCheckpoint(event) === null) return [`${at(revision)} is not a checkpoint`];
  const { digest, ...others } = metadata;
  // Checkpoints of the first release have none.
  const isWhole = digest === undefined || digest === checkpointDigest(event);
  return isWhole && Object.keys(others).length === 0 ? [] : [`${at(revision)} was altered`];
}

/** Whether the events up to its position lead to the waiting orders that it holds. */
async function staleness(
  store: EventStore,
  { revision, position, orders }: Checkpoint & { readonly kind: 'whole' },
): Promise<readonly string[]> {
  const waiting: Waiting = { orders: new Set(), position: null };
  let reviewed: ReadonlySet<string>;
  try {
    reviewed = await foldUntil(store, waiting, position);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [`${at(revision)} cannot be checked: ${error.message}`];
  }
  const held = new Set(orders);
  const isSame =
    waiting.position === position &&
    orders.every((order) => waiting.orders.has(order) || reviewed.has(order)) &&
    Array.from(waiting.orders).every((order) => held.has(order));
  return isSame ? [] : [`${at(revision)} differs from the events up to its position`];
}

/** The orders that need review then: earlier versions counted them as waiting. */
async function foldUntil(
  store: EventStore,
  waiting: Waiting,
  position: string | null,
): Promise<ReadonlySet<string>> {
  const reviewed = new Set<string>();
  while (waiting.position !== position) {
    try {
      for await (const event of store.readAll(waiting.position, streamPrefix)) {
        const { orderNo } = observe(waiting, event);
        if (event.metadata['to'] === stateOfReview) reviewed.add(orderNo);
        else reviewed.delete(orderNo);
        if (event.position === position) break;
      }
      break;
    } catch (error) {
      if (!skipUnreadable(waiting, error)) throw error;
    }
  }
  return reviewed;
}

function at(revision: number): string {
  return `stream "${checkpointStream}", revision ${revision}: the checkpoint of recovery`;
}
