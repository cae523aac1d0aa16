import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { orderNoOf, streamPrefix } from '../history/event.ts';
import { lastCheckpoint } from './checkpoint.ts';
import type { Waiting } from './checkpoint.ts';

/** The state in which a cancel is open and no timer runs. */
export const stateOfReview = 'cancelling.needsReview';

/**
 * Reads the store from the last checkpoint on, or from the beginning if there is none, until the
 * signal aborts. An event that cannot be read is reported and skipped, and its order counts as
 * waiting.
 *
 * @returns the waiting orders, and how many events were read.
 */
export async function scan(
  store: EventStore,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<{ readonly waiting: Waiting; readonly eventsRead: number }> {
  const last = await lastCheckpoint(store);
  const { position, orders } = last.kind === 'whole' ? last : { position: null, orders: [] };
  const waiting: Waiting = { orders: new Set(orders), position };
  let eventsRead = 0;
  for (;;) {
    try {
      for await (const event of store.readAll(waiting.position, streamPrefix)) {
        if (signal.aborted) break;
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
  const mayWait = typeof to === 'string' && to.startsWith('cancelling.') && to !== stateOfReview;
  waiting.position = position;
  if (mayWait) waiting.orders.add(orderNo);
  else waiting.orders.delete(orderNo);
  return { orderNo, mayWait };
}
