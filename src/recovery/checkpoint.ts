/**
 * What recovery remembers in the store, so that the next start need not read events of orders that
 * closed long ago. Only an optimisation: without a checkpoint, start-up takes longer.
 *
 * A store limits the size of an event, so a checkpoint of many orders is several events in a row.
 * Each of them is appended at the revision after the one before: two writers cannot mix theirs, and
 * what a crash cut short is never completed. Its events say where the whole one before it ends.
 */

import { z } from 'zod';
import { orderNumber } from '../../machines/payment-order.events.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { digest } from '../history/chain.ts';
import type { Runtime } from '../runtime.ts';
import { nextTurn } from '../runtime.ts';

/**
 * The orders in an open cancel that may wait for a timer, as of a position. Derived from the
 * recorded states alone: no history is folded. An order that needs review has no timer.
 */
export type Waiting = {
  readonly orders: Set<string>;
  position: string | null;
};

/** Streams of orders have a dash in their names. */
export const checkpointStream = 'paymentOrderRecovery';
const checkpointType = 'RecoveryCheckpoint';

/** So many orders fit into an event of any store. */
const ordersMax = 5_000;

/** A checkpoint of more events than this is not written. */
const partsMax = 100;

/** After this many events another checkpoint is worth writing; after more, if many orders wait. */
const eventsMin = 10_000;

const revision = z.int().nonnegative();

const checkpointSchema = z.strictObject({
  position: z.string().nullable(),
  orders: z.array(orderNumber).max(ordersMax),
  /** Which of several events this is; `before`: where the last whole checkpoint before it ends. */
  part: z
    .strictObject({
      number: z.int().min(1),
      of: z.int().min(2).max(partsMax),
      before: revision.nullable(),
    })
    .optional(),
});

type Part = z.infer<typeof checkpointSchema>;

/** `revision`: where it ends. `broken`: a part of it is missing, or is no checkpoint. */
export type Checkpoint =
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly revision: number }
  | {
      readonly kind: 'whole';
      readonly revision: number;
      readonly position: string | null;
      readonly orders: readonly string[];
    };

/** What an event of the stream says; null where it is no checkpoint, or no part of one. */
export function parseCheckpoint({ type, data }: RecordedEvent): Part | null {
  const parsed = checkpointSchema.safeParse(data);
  return type === checkpointType && parsed.success ? parsed.data : null;
}

/** The newest checkpoint of which every event was written. */
export async function lastCheckpoint(store: EventStore): Promise<Checkpoint> {
  const newest = await store.readLast(checkpointStream);
  const last = newest === null ? null : await endOfWhole(store, newest);
  if (last === null) return { kind: 'none' };
  const of = parseCheckpoint(last)?.part?.of ?? 1;
  const parts: Part[] = [];
  for await (const event of store.read(checkpointStream, Math.max(0, last.revision - of + 1))) {
    const part = parseCheckpoint(event);
    if (part !== null && (part.part?.number ?? 1) === parts.length + 1) parts.push(part);
    if (event.revision >= last.revision) break;
  }
  const { revision } = last;
  const [first] = parts;
  if (first === undefined || parts.length !== of) return { kind: 'broken', revision };
  return {
    kind: 'whole',
    revision,
    position: first.position,
    orders: parts.flatMap(({ orders }) => orders),
  };
}

/** The last event of the newest whole checkpoint: of the one before, where writing was cut short. */
async function endOfWhole(store: EventStore, newest: RecordedEvent): Promise<RecordedEvent | null> {
  const { part } = parseCheckpoint(newest) ?? {};
  if (part === undefined || part.number === part.of) return newest;
  if (part.before === null) return null;
  for await (const event of store.read(checkpointStream, part.before)) return event;
  return null;
}

/** Whether so many events were read since the last checkpoint that another one pays. */
export function isWorthSaving(waiting: Waiting, eventsRead: number): boolean {
  return eventsRead >= Math.max(eventsMin, waiting.orders.size);
}

/** Saves which orders wait. A failure is reported and ignored; so is a conflict. */
export async function saveCheckpoint(
  store: EventStore,
  runtime: Runtime,
  { orders, position }: Waiting,
  onError: (error: unknown) => void,
): Promise<void> {
  const of = Math.max(1, Math.ceil(orders.size / ordersMax));
  if (of > partsMax) return;
  // The set may change while its parts are written.
  const all = [...orders];
  try {
    const newest = await store.readLast(checkpointStream);
    const whole = newest === null ? null : await endOfWhole(store, newest);
    const before = whole?.revision ?? null;
    let head = newest?.revision ?? -1;
    for (let number = 1; number <= of; number += 1) {
      await nextTurn(runtime);
      const some = { position, orders: all.slice((number - 1) * ordersMax, number * ordersMax) };
      const data = of === 1 ? some : { ...some, part: { number, of, before } };
      const checkpoint = { id: runtime.newId(), type: checkpointType, data };
      const metadata = { digest: checkpointDigest({ ...checkpoint, revision: head + 1 }) };
      const expected = head === -1 ? 'no-stream' : head;
      const result = await store.append(checkpointStream, [{ ...checkpoint, metadata }], expected);
      if (result.kind === 'conflict') return;
      head += 1;
    }
  } catch (error) {
    onError(error);
  }
}

/** Covers everything that is stored of a checkpoint, so that any change of it is detected. */
export function checkpointDigest(
  checkpoint: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'revision'>,
): string {
  const { id, type, data, revision } = checkpoint;
  return digest({ stream: checkpointStream, revision, id, type, data });
}
