/**
 * The folds of the orders that this process worked on last, so that the next command of an order need
 * not read and fold its stream again.
 *
 * A kept fold is a guess: another process may have written since. An append at its revision proves
 * it, because the store refuses one at any other, and no store goes back under a process that runs
 * (docs/operations.md: stop all before a restore). Nothing else rests on it. Whatever is answered
 * without an append is read first: `currentOrder` asks the store for the kept event and all that
 * came after it. Kept is only what the store has acknowledged or shown, and after an append in doubt
 * only what it has shown since.
 */

import type { EventStore } from '../event-store/event-store.ts';
import { streamOf } from '../history/event.ts';
import { loadOrder, readOn } from '../history/load.ts';
import type { OrderHistory } from '../history/load.ts';
import type { CompiledMachine } from '../history/machine.ts';

/** Orders of ten events each fill both. */
const ordersMax = 4_096;
const eventsMax = 40_960;

/**
 * At most 4,096 orders, whose streams hold at most 40,960 events together: what a fold remembers
 * grows with its stream. That is about 22 MB. Those that were kept longest ago go first.
 */
export class KeptOrders {
  /** By stream, and in the order they were kept; null while an append is in doubt. */
  readonly #orders = new Map<string, OrderHistory | null>();
  #events = 0;
  #isEnded = false;

  /** The fold that was kept last; undefined where there is none, null while it may not be used. */
  of(orderNo: string): OrderHistory | null | undefined {
    return this.#orders.get(streamOf(orderNo));
  }

  /** Keeps a fold whose last event the store has just acknowledged. */
  acknowledged(order: OrderHistory): void {
    const known = this.#orders.get(order.stream);
    // Of two appends, the first one may be answered last.
    const isNewer = known === undefined || (known?.head.revision ?? Infinity) < order.head.revision;
    if (isNewer) this.#set(order.stream, order);
  }

  /** Keeps what was just read instead of what was kept before it, unless that has changed since. */
  shown(orderNo: string, before: OrderHistory | null | undefined, now: OrderHistory | null): void {
    const stream = streamOf(orderNo);
    if (this.#orders.get(stream) !== before) return;
    if (now === null) this.#forget(stream);
    else this.#set(stream, now);
  }

  /** Keeps nothing of an order until it is read again: nobody knows whether an append was stored. */
  doubted(orderNo: string): void {
    this.#set(streamOf(orderNo), null);
  }

  drop(orderNo: string): void {
    this.#forget(streamOf(orderNo));
  }

  /** Releases everything, and keeps nothing more. */
  end(): void {
    this.#isEnded = true;
    this.#orders.clear();
    this.#events = 0;
  }

  #set(stream: string, order: OrderHistory | null): void {
    if (this.#isEnded) return;
    this.#forget(stream);
    this.#orders.set(stream, order);
    this.#events += eventsOf(order);
    for (const oldest of this.#orders.keys()) {
      if (this.#orders.size <= ordersMax && this.#events <= eventsMax) break;
      this.#forget(oldest);
    }
  }

  #forget(stream: string): void {
    this.#events -= eventsOf(this.#orders.get(stream) ?? null);
    this.#orders.delete(stream);
  }
}

function eventsOf(order: OrderHistory | null): number {
  return order === null ? 0 : order.head.revision + 1;
}

type Source = {
  readonly store: EventStore;
  readonly compiled: CompiledMachine;
  readonly kept: KeptOrders;
};

/**
 * The order as the store shows it now; null where there is none. Of a kept order only what followed
 * is read. Where its stream no longer holds the kept event, the whole stream is read.
 */
export async function currentOrder(
  { store, compiled, kept }: Source,
  orderNo: string,
): Promise<OrderHistory | null> {
  const last = kept.of(orderNo);
  const continued = last ? await readOn(store, last) : null;
  const order = continued ?? (await loadOrder(store, compiled, orderNo));
  kept.shown(orderNo, last, order);
  return order;
}
