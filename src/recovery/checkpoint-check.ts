import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { noticeListPrefix } from '../inbox/events.ts';
import { isDamage, readPastDamage } from '../history/read-past-damage.ts';
import { checkpointDigest, lastCheckpoint, parseCheckpoint } from './checkpoint.ts';
import type { Checkpoint, Waiting } from './checkpoint.ts';
import type { Followed } from './followed.ts';
import { followedNotices, followedOpen, followedOrders, stateOfReview } from './followed.ts';
import { observe, skipUnreadable } from './scan.ts';

const kinds = [followedOrders, followedNotices, followedOpen];

/**
 * Checks what `verify` does not: the store's files, indexes and columns, and recovery's checkpoints.
 *
 * @returns a sentence for each fault.
 */
export async function checkStore(store: EventStore): Promise<readonly string[]> {
  const prefixes = [
    noticeListPrefix,
    ...kinds.flatMap(({ prefix, checkpoints }) => [prefix, checkpoints]),
  ];
  const faults = await store.check({ prefixes, batchEventsMax: 1 });
  const ofCheckpoints = kinds.map((followed) => checkpointFaults(store, followed));
  return [...faults, ...(await Promise.all(ofCheckpoints)).flat()];
}

/**
 * Checks the checkpoints. The newest, the only one that is ever used, is made again from the events
 * and compared.
 */
export async function checkpointFaults(
  store: EventStore,
  followed: Followed,
): Promise<readonly string[]> {
  const faults: string[] = [];
  let next = 0;
  await readPastDamage(store, followed.checkpoints, {
    see: (event) => {
      if (event.revision !== next) faults.push(`${at(followed, next)} is missing`);
      next = event.revision + 1;
      faults.push(...faultsOf(followed, event));
    },
    unreadable: ({ message, found }) => {
      if (found !== undefined) next = found;
      faults.push(message);
    },
  });
  return [...faults, ...(await newestFaults(store, followed))];
}

async function newestFaults(store: EventStore, followed: Followed): Promise<readonly string[]> {
  let newest: Checkpoint;
  try {
    newest = await lastCheckpoint(store, followed);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // Named already: every event of the stream was read.
    return [];
  }
  if (newest.kind === 'none') return [];
  if (newest.kind === 'whole') return staleness(store, followed, newest);
  return [`${at(followed, newest.revision)} lacks a part of it`];
}

function faultsOf(followed: Followed, event: RecordedEvent): readonly string[] {
  const { revision, metadata } = event;
  if (parseCheckpoint(followed, event) === null)
    return [`${at(followed, revision)} is not a checkpoint`];
  const { digest, ...others } = metadata;
  // Checkpoints of the first release have none.
  const isWhole = digest === undefined || digest === checkpointDigest(followed.checkpoints, event);
  return isWhole && Object.keys(others).length === 0
    ? []
    : [`${at(followed, revision)} was altered`];
}

/** Whether the events up to its position lead to the names that it holds. */
async function staleness(
  store: EventStore,
  followed: Followed,
  { revision, position, names }: Checkpoint & { readonly kind: 'whole' },
): Promise<readonly string[]> {
  const waiting: Waiting = { followed, names: new Set(), position: null };
  let reviewed: ReadonlySet<string>;
  try {
    reviewed = await foldUntil(store, waiting, position);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [`${at(followed, revision)} cannot be checked: ${error.message}`];
  }
  const held = new Set(names);
  const isSame =
    waiting.position === position &&
    names.every((name) => waiting.names.has(name) || reviewed.has(name)) &&
    Array.from(waiting.names).every((name) => held.has(name));
  return isSame ? [] : [`${at(followed, revision)} differs from the events up to its position`];
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
      for await (const event of store.readAll(waiting.position, waiting.followed.prefix)) {
        const { name } = observe(waiting, event);
        if (event.metadata['to'] === stateOfReview) reviewed.add(name);
        else reviewed.delete(name);
        if (event.position === position) break;
      }
      break;
    } catch (error) {
      if (!skipUnreadable(waiting, error)) throw error;
    }
  }
  return reviewed;
}

function at({ checkpoints }: Followed, revision: number): string {
  return `stream "${checkpoints}", revision ${revision}: the checkpoint of recovery`;
}
