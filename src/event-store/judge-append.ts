import type { PaymentOrderError } from '../errors.ts';
import type { Batch } from './batch.ts';
import { nothingStored, placeOf } from './errors.ts';
import type { AppendResult } from './event-store.ts';

/** Where an event stands, and at which revision the batch it came in ends. */
export type StoredPlace = {
  readonly id: string;
  readonly position: number;
  readonly batchLast: number;
};

/** What the verdict on an append depends on. */
export type StreamIndex = {
  /** The stream's last revision; -1 where it is empty. */
  headRevision(stream: string): number;
  places(stream: string, fromRevision: number, toRevision: number): readonly StoredPlace[];
  /** Where an event with this id is stored, in any stream. */
  holder(id: string): { readonly stream: string; readonly revision: number } | undefined;
};

export type AppendVerdict = AppendResult | { readonly kind: 'insert' };

/**
 * The rule of every append to memory and SQLite. `expected` -1: an empty stream.
 *
 * Events after the expected revision are a rival's, unless they came in exactly this batch: then
 * its first append was stored and only the answer was lost.
 */
export function judgeAppend(
  index: StreamIndex,
  stream: string,
  { events }: Batch,
  expected: number,
): AppendVerdict {
  const head = index.headRevision(stream);
  if (head < expected) return { kind: 'conflict' };
  if (head === expected) return { kind: 'insert' };
  const last = expected + events.length;
  const places = index.places(stream, expected + 1, last);
  const isOwn = events.every((event, offset) => {
    const place = places[offset];
    return place?.id === event.id && place.batchLast === last;
  });
  const end = places.at(-1);
  if (!isOwn || end === undefined) return { kind: 'conflict' };
  const position = String(end.position);
  return { kind: 'appended', revision: last, position, settled: 'after-doubt' };
}

/** The other half of the rule: an id names one event of the whole store. */
export function takenId(
  index: StreamIndex,
  stream: string,
  batch: Batch,
): PaymentOrderError | undefined {
  for (const { id } of batch.events) {
    const holder = index.holder(id);
    if (holder === undefined) continue;
    const other = placeOf(holder.stream, holder.revision);
    const problem = `the event id ${id} is already that of ${other}`;
    return nothingStored('invalid-event', stream, problem);
  }
  return undefined;
}
