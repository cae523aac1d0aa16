import { z } from 'zod';
import { orderNumber } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { digest } from '../history/chain.ts';
import { orderNoOf, streamPrefix } from '../history/event.ts';
import type { Runtime } from '../runtime.ts';

/**
 * Which orders stand in an open cancel, and may wait for a time, as of a position. Told by the
 * recorded states alone: no history is read or folded.
 */
export type Waiting = {
  readonly orders: Set<string>;
  position: string | null;
};

/** Where recovery remembers how far it has looked. No order's stream: their names have a dash. */
export const checkpointStream = 'paymentOrderRecovery';
export const checkpointType = 'RecoveryCheckpoint';

/** A checkpoint names at most this many orders; with more, none is written. */
const ordersMax = 5_000;

/** So many events are looked at before another checkpoint is worth writing. */
export const checkpointEvery = 10_000;

export const checkpointSchema = z.strictObject({
  position: z.string().nullable(),
  orders: z.array(orderNumber).max(ordersMax),
});

/**
 * Looks through the store from the last checkpoint on; without one, from the beginning. An event
 * that cannot be read is told of and passed over, and its order may wait: it hides no other.
 *
 * @returns what waits, and how many events were looked at.
 */
export async function scan(
  store: EventStore,
  onError: (error: unknown) => void,
): Promise<{ readonly waiting: Waiting; readonly eventsRead: number }> {
  const waiting = await lastCheckpoint(store);
  let eventsRead = 0;
  for (;;) {
    try {
      for await (const event of store.readAll(waiting.position, streamPrefix)) {
        observe(waiting, event);
        eventsRead += 1;
      }
      return { waiting, eventsRead };
    } catch (error) {
      if (!skipUnreadable(waiting, error)) throw error;
      onError(error);
    }
  }
}

/** Goes on behind an event that cannot be read, where the store says where it stands. */
export function skipUnreadable(waiting: Waiting, error: unknown): boolean {
  if (!(error instanceof PaymentOrderError) || error.position === undefined) return false;
  waiting.position = error.position;
  if (error.stream?.startsWith(streamPrefix) === true) {
    waiting.orders.add(orderNoOf(error.stream));
  }
  return true;
}

/** Takes the next event of the store into account; returns its order, and whether it may wait. */
export function observe(
  waiting: Waiting,
  { stream, position, metadata }: RecordedEvent,
): { readonly orderNo: string; readonly mayWait: boolean } {
  const orderNo = orderNoOf(stream);
  const to = metadata['to'];
  const mayWait = typeof to === 'string' && to.startsWith('cancelling.');
  waiting.position = position;
  if (mayWait) waiting.orders.add(orderNo);
  else waiting.orders.delete(orderNo);
  return { orderNo, mayWait };
}

/**
 * Remembers what waits, so that the next start need not look at what has long been closed. A help,
 * never a truth: without it a start takes longer, so a failure is told of and holds nothing up.
 * Whoever else wrote one first is welcome.
 */
export async function saveCheckpoint(
  store: EventStore,
  runtime: Runtime,
  { orders, position }: Waiting,
  onError: (error: unknown) => void,
): Promise<void> {
  if (orders.size > ordersMax) return;
  const checkpoint = {
    ...{ id: runtime.newId(), type: checkpointType },
    data: { position, orders: [...orders] },
  };
  try {
    const last = await store.readLast(checkpointStream);
    const revision = last === null ? 0 : last.revision + 1;
    const metadata = { digest: checkpointDigest({ ...checkpoint, revision }) };
    const event = { ...checkpoint, metadata };
    await store.append(checkpointStream, [event], last?.revision ?? 'no-stream');
  } catch (error) {
    onError(error);
  }
}

/** Over all that is stored of a checkpoint, so that a changed byte of it shows. */
export function checkpointDigest(
  checkpoint: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'revision'>,
): string {
  const { id, type, data, revision } = checkpoint;
  return digest({ stream: checkpointStream, revision, id, type, data });
}

async function lastCheckpoint(store: EventStore): Promise<Waiting> {
  const last = await store.readLast(checkpointStream);
  const parsed = checkpointSchema.safeParse(last?.data);
  if (last?.type !== checkpointType || !parsed.success)
    return { orders: new Set(), position: null };
  const { orders, position } = parsed.data;
  return { orders: new Set(orders), position };
}
