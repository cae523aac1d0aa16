/** Tells open pages that something was recorded. One feed serves all of them, and none where none is open. */

import { sleep } from '../runtime.ts';
import type { Desk } from './types.ts';

/** How long it waits where the store cannot be followed, ms. */
const againMs = 5_000;

type Listener = { readonly orderNo: string | null; readonly changed: () => void };

export class Changes {
  readonly #desk: Pick<Desk, 'orders' | 'onError' | 'runtime'>;
  readonly #listeners = new Set<Listener>();
  #following: AbortController | null = null;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(desk: Pick<Desk, 'orders' | 'onError' | 'runtime'>) {
    this.#desk = desk;
  }

  /** How many do. */
  get listening(): number {
    return this.#listeners.size;
  }

  /**
   * Hears of every event of an order, or of all orders. Returns how to stop.
   *
   * @param orderNo - Null for all.
   */
  listen(orderNo: string | null, changed: () => void): () => void {
    const listener = { orderNo, changed };
    this.#listeners.add(listener);
    if (this.#following === null) {
      this.#following = new AbortController();
      // One may still be ending that was stopped just before.
      this.#ended = Promise.all([this.#ended, this.#follow(this.#following.signal)]);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#ended;
  }

  #stop(): void {
    this.#following?.abort();
    this.#following = null;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const isOver = () => signal.aborted;
    while (!isOver()) {
      try {
        await this.#tellFrom(await this.#head(), signal);
      } catch (error) {
        if (!isOver()) this.#desk.onError(error);
      }
      // An event that cannot be read ends the feed: it begins again after it.
      await sleep(this.#desk.runtime, againMs, signal);
    }
  }

  /** What was recorded before stands on the page already. */
  async #head(): Promise<string | null> {
    return (await this.#desk.orders.search({ limit: 1 })).position;
  }

  async #tellFrom(after: string | null, signal: AbortSignal): Promise<void> {
    const events = this.#desk.orders.events({ after, follow: true, signal });
    for await (const { orderNo } of events) this.#tell(orderNo);
  }

  #tell(orderNo: string): void {
    for (const listener of this.#listeners) {
      if (listener.orderNo === null || listener.orderNo === orderNo) listener.changed();
    }
  }
}
