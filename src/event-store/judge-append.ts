import { PaymentOrderError } from '../errors.ts';
import type { AppendResult } from './event-store.ts';
import type { Batch } from './prepared.ts';

/** Where an event stands, and at which revision the batch it came in ends. */
export type StoredPlace = {
  readonly id: string;
  readonly position: number;
  readonly batchLast: number;
};

/** What deciding about an append needs to see of the store. */
export type StreamIndex = {
  /** The stream's last revision; -1 where it is empty. */
  headRevision(stream: string): number;
  places(stream: string, fromRevision: number, toRevision: number): readonly StoredPlace[];
  /** Where an event with this id is stored, in any stream. */
  holder(id: string): { readonly stream: string; readonly revision: number } | undefined;
};

export type Refused = { readonly kind: 'refused'; readonly error: PaymentOrderError };

export type AppendVerdict = AppendResult | { readonly kind: 'insert' };

/** The rule of every append, the same for all stores of ours. `expected` -1: an empty stream. */
export function judgeAppend(
  index: StreamIndex,
  stream: string,
  batch: Batch,
  expected: number,
): AppendVerdict {
  const head = index.headRevision(stream);
  if (head < expected) return { kind: 'conflict' };
  return head > expected ? ownBatchOrConflict(index, stream, batch, expected) : { kind: 'insert' };
}

/** The other half of the rule: an id names one event of the whole store. */
export function takenId(index: StreamIndex, stream: string, batch: Batch): Refused | undefined {
  for (const { id } of batch.events) {
    const holder = index.holder(id);
    if (holder !== undefined) return { kind: 'refused', error: alreadyStored(stream, id, holder) };
  }
  return undefined;
}

/**
 * Events beyond the expected revision are a rival's, unless they came in just this batch: then its
 * first append was stored and only the answer got lost.
 */
function ownBatchOrConflict(
  index: StreamIndex,
  stream: string,
  batch: Batch,
  expected: number,
): AppendResult {
  const last = expected + batch.events.length;
  const places = index.places(stream, expected + 1, last);
  const own = batch.events.every((event, offset) => {
    const place = places[offset];
    return place?.id === event.id && place.batchLast === last;
  });
  const end = places.at(-1);
  if (!own || end === undefined) return { kind: 'conflict' };
  return {
    kind: 'appended',
    revision: last,
    position: String(end.position),
    settled: 'after-doubt',
  };
}

function alreadyStored(
  stream: string,
  id: string,
  holder: { readonly stream: string; readonly revision: number },
): PaymentOrderError {
  return new PaymentOrderError(
    'invalid-event',
    `Nothing was stored: the event id ${id} is already that of another event, ` +
      `revision ${holder.revision} of stream ${JSON.stringify(holder.stream)}.`,
    { stream },
  );
}
