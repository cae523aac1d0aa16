/**
 * Bringing the index up to the newest event of the store.
 *
 * Events are folded outside of any transaction, so that the process has its turns; the transaction
 * that writes them reads the mark again, and writes nothing where another process was faster. Then
 * what was folded is thrown away, and read from where the other one came to.
 */

import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { streamPrefix } from '../history/event.ts';
import { isSameLog } from '../history/same-log.ts';
import { noticePrefix } from '../inbox/events.ts';
import { Batch } from './batch.ts';
import type { Change, Entry, Mark, Place } from './table.ts';
import type { IndexProgress } from './types.ts';

/** After so many looks past events of others, how far the index has looked is worth keeping. */
const looksMax = 16;

/** What catching up needs of the index. */
export type CatchingUp = {
  readonly store: EventStore;
  readonly mark: () => Promise<Mark>;
  readonly find: (orderNo: string) => Promise<Entry | null>;
  readonly size: () => Promise<number>;
  /** False where another process has gone on meanwhile. */
  readonly write: (from: Mark, to: Mark, change: Change) => Promise<boolean>;
  readonly startAgain: (over: Mark) => Promise<void>;
  readonly onProgress: (progress: IndexProgress) => void;
  /** Throws where nobody waits any more. */
  readonly assertGoingOn: () => void;
};

/** @returns the mark, once it is as far as the newest event at the time of the call was. */
export async function catchUp(index: CatchingUp): Promise<Mark> {
  const progress = { events: 0, share: 0 };
  for (;;) {
    index.assertGoingOn();
    const mark = await index.mark();
    if (mark.place !== null && !(await isSameLog(index.store, mark.place))) {
      await index.startAgain(mark);
      continue;
    }
    const reached = await goOn(index, mark, progress);
    if (reached !== null) return reached;
  }
}

/** Null where another process has gone on meanwhile. */
async function goOn(
  index: CatchingUp,
  from: Mark,
  progress: { events: number; share: number },
): Promise<Mark | null> {
  const { store } = index;
  let mark = from;
  let batch = new Batch(await index.size());
  let after = from.place?.position ?? null;
  const looked: { position: string | null; times: number } = { position: null, times: 0 };
  const lacking = (stream: string): Promise<Entry | null> | null => {
    const orderNo = batch.lacks(stream);
    return orderNo === null ? null : index.find(orderNo);
  };
  const flush = async (place: Place | null): Promise<boolean> => {
    const to: Mark = { epoch: mark.epoch, place };
    if (!(await index.write(mark, to, batch.change))) return false;
    progress.events += batch.events;
    index.onProgress({ ...progress, recordedAt: batch.recordedAt });
    mark = to;
    batch = new Batch(batch.size);
    return true;
  };
  for (;;) {
    try {
      const prefixes = [streamPrefix, noticePrefix];
      const reading = store.readAll(after, prefixes, (position, share) => {
        looked.position = position;
        progress.share = share;
        looked.times += 1;
      });
      for await (const event of reading) {
        index.assertGoingOn();
        batch.see(event, await lacking(event.stream));
        after = event.position;
        looked.position = null;
        if (batch.isFull && !(await flush(batch.place))) return null;
      }
      break;
    } catch (error) {
      if (!(error instanceof PaymentOrderError) || error.position === undefined) throw error;
      const { stream, revision } = error;
      if (stream !== undefined && revision !== undefined) {
        batch.miss(stream, revision, await lacking(stream));
      }
      after = error.position;
    }
  }
  const isWorth = batch.events > 0 || looked.times >= looksMax;
  if (!isWorth) return mark;
  const newest = batch.place ?? mark.place;
  const isPast = looked.position !== null && looked.position !== newest?.position;
  const place = isPast ? await placeLooked(store, looked.position) : null;
  return (await flush(place ?? newest)) ? mark : null;
}

/** The event of others that the index has looked past; null where the store has none just there. */
async function placeLooked(store: EventStore, position: string | null): Promise<Place | null> {
  const found = position === null ? null : await store.placeAt(position);
  if (found === null || position === null) return null;
  const { stream, revision, id } = found;
  return { position, stream, revision, id, hash: null };
}
