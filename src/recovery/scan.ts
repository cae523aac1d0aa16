import { z } from 'zod';
import { orderNumber } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { digest } from '../history/chain.ts';
import { orderNoOf, streamPrefix } from '../history/event.ts';
import type { Runtime } from '../runtime.ts';

/**
 * The orders in an open cancel, which may wait for a timer, as of a position. Derived from the
 * recorded states alone: no history is folded.
 */
export type Waiting = {
  readonly orders: Set<string>;
  position: string | null;
};

/** Where recovery remembers how far it has read. Streams of orders have a dash in their names. */
export const checkpointStream = 'paymentOrderRecovery';
export const checkpointType = 'RecoveryCheckpoint';

/** A checkpoint holds at most this many orders; if there are more, none is written. */
const ordersMax = 5_000;

/** After this many events another checkpoint is worth writing. */
export const checkpointEvery = 10_000;

export const checkpointSchema = z.strictObject({
  position: z.string().nullable(),
  orders: z.array(orderNumber).max(ordersMax),
});

/**
 * Reads the store from the last checkpoint on, or from the beginning if there is none. An event that
 * cannot be read is reported and skipped, and its order counts as waiting.
 *
 * @returns the waiting orders, and how many events were read.
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

/** Moves past an event that cannot be read. False if the store does not give its position. */
export function skipUnreadable(waiting: Waiting, error: unknown): boolean {
  if (!(error instanceof PaymentOrderError) || error.position === undefined) return false;
  waiting.position = error.position;
  if (error.stream?.startsWith(streamPrefix) === true) {
    waiting.orders.add(orderNoOf(error.stream));
  }
  return true;
}

/** Folds the next event of the store; returns its order, and whether that may wait. */
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
 * Saves which orders wait, so that the next start need not read events of orders that closed long
 * ago. Only an optimisation: without a checkpoint, start-up takes longer. A failure is reported and
 * ignored; so is a conflict.
 */
export async function saveCheckpoint(
  store: EventStore,
  runtime: Runtime,
  { orders, position }: Waiting,
  onError: (error: unknown) => void,
): Promise<void> {
  if (orders.size > ordersMax) return;
  const data = { position, orders: [...orders] };
  const checkpoint = { id: runtime.newId(), type: checkpointType, data };
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

/** Covers everything that is stored of a checkpoint, so that any change of it is detected. */
export function checkpointDigest(
  checkpoint: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'revision'>,
): string {
  const { id, type, data, revision } = checkpoint;
  return digest({ stream: checkpointStream, revision, id, type, data });
}

async function lastCheckpoint(store: EventStore): Promise<Waiting> {
  const last = await store.readLast(checkpointStream);
  const parsed = checkpointSchema.safeParse(last?.data);
  const isCheckpoint = last?.type === checkpointType && parsed.success;
  const { orders, position } = isCheckpoint ? parsed.data : { orders: [], position: null };
  return { orders: new Set(orders), position };
}
