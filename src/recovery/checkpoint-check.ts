import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { PaymentOrderError } from '../errors.ts';
import { noticeListPrefix } from '../inbox/events.ts';
import { claimFaults, claimsStream } from '../order/claims.ts';
import { eventDigest } from '../history/chain.ts';
import { isDamage, readPastDamage } from '../history/read-past-damage.ts';
import { lastCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { checkpointsStream, storedFaults } from '../tlog/stored.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Followed } from './followed.ts';
import { followedNotices, followedOpen, followedOrders, stateOfReview } from './followed.ts';
import { WaitingLists } from './waiting-lists.ts';

const kinds = [followedOrders, followedNotices, followedOpen];

/**
 * Checks what `verify` does not: the store's files, indexes and columns, and recovery's checkpoints.
 *
 * @returns a sentence for each fault.
 */
export async function checkStore(store: EventStore): Promise<readonly string[]> {
  const prefixes = [
    noticeListPrefix,
    claimsStream,
    checkpointsStream,
    ...kinds.flatMap(({ prefix, checkpoints }) => [prefix, checkpoints]),
  ];
  const faults = await store.check({ prefixes, batchEventsMax: 1 });
  const ofCheckpoints = kinds.map((followed) => checkpointFaults(store, followed));
  const others = await Promise.all([...ofCheckpoints, claimFaults(store), storedFaults(store)]);
  return [...faults, ...others.flat()];
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
  const isWhole = digest === undefined || digest === eventDigest(event);
  return isWhole && Object.keys(others).length === 0
    ? []
    : [`${at(followed, revision)} was altered`];
}

/** Whether the events up to its position lead to the names that it holds. */
async function staleness(
  store: EventStore,
  followed: Followed,
  checkpoint: WholeCheckpoint,
): Promise<readonly string[]> {
  const lists = new WaitingLists(new Map([[followed, new Set()]]), null);
  let isSame: boolean;
  try {
    const end = await endOf(store, followed, checkpoint);
    const reviewed = end === null ? null : await foldUntil(store, lists, end.position);
    const waiting = lists.namesOf(followed);
    const held = new Set(checkpoint.names);
    isSame =
      reviewed !== null &&
      Array.from(held).every((name) => waiting.has(name) || reviewed.has(name)) &&
      Array.from(waiting).every((name) => held.has(name));
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [`${at(followed, checkpoint.revision)} cannot be checked: ${error.message}`];
  }
  return isSame
    ? []
    : [`${at(followed, checkpoint.revision)} differs from the events up to its position`];
}

type WholeCheckpoint = Checkpoint & { readonly kind: 'whole' };

/** The first followed event that a checkpoint has not seen; no position where it has seen all. */
type End = { readonly position: string | undefined };

/** Null where it says that it has seen itself, or a place that the store does not know. */
async function endOf(
  store: EventStore,
  { prefix, checkpoints }: Followed,
  { position, revision }: WholeCheckpoint,
): Promise<End | null> {
  let first: string | undefined;
  let after = position;
  let isBeforeItself = false;
  for (;;) {
    try {
      for await (const event of store.readAll(after, [prefix, checkpoints])) {
        after = event.position;
        if (event.stream.startsWith(prefix)) first ??= event.position;
        else isBeforeItself ||= event.stream === checkpoints && event.revision === revision;
        if (isBeforeItself && first !== undefined) break;
      }
      return isBeforeItself ? { position: first } : null;
    } catch (error) {
      if (!(error instanceof PaymentOrderError)) throw error;
      if (error.code === 'invalid-input') return null;
      if (error.position === undefined) throw error;
      after = error.position;
      if (error.stream?.startsWith(prefix) === true) first ??= error.position;
    }
  }
}

/**
 * Sees the events before one, or all.
 *
 * @returns the orders that need review then: earlier versions counted them as waiting.
 */
async function foldUntil(
  store: EventStore,
  lists: WaitingLists,
  end: string | undefined,
): Promise<ReadonlySet<string>> {
  const reviewed = new Set<string>();
  for (;;) {
    try {
      for await (const event of store.readAll(lists.position, lists.prefix)) {
        if (event.position === end) break;
        for (const { name } of lists.see(event)) {
          if (event.metadata['to'] === stateOfReview) reviewed.add(name);
          else reviewed.delete(name);
        }
      }
      return reviewed;
    } catch (error) {
      if (isAt(end, error)) return reviewed;
      if (!lists.skip(error)) throw error;
    }
  }
}

function isAt(position: string | undefined, error: unknown): boolean {
  return (
    error instanceof PaymentOrderError && position !== undefined && error.position === position
  );
}

function at({ checkpoints }: Followed, revision: number): string {
  return `stream "${checkpoints}", revision ${revision}: the checkpoint of recovery`;
}
