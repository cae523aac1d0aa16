import type { OrderDependencies } from '../order/transact.ts';
import type { OrderIndex } from './order-index.ts';
import type { IndexPlace } from './types.ts';

/** The index of one `PaymentOrders`. It is opened, and its database loaded, by the first who searches. */
export class LazyIndex {
  readonly #dependencies: OrderDependencies;
  readonly #place: IndexPlace | null;
  readonly #closing = new AbortController();
  #opened: Promise<OrderIndex> | null = null;

  constructor(dependencies: OrderDependencies, place: IndexPlace | null) {
    this.#dependencies = dependencies;
    this.#place = place;
  }

  opened(): Promise<OrderIndex> {
    return (this.#opened ??= this.#open());
  }

  async #open(): Promise<OrderIndex> {
    const { OrderIndex } = await import('./order-index.ts');
    const { store, runtime, compiled, onError } = this.#dependencies;
    const { signal: closing } = this.#closing;
    const place = this.#place;
    return new OrderIndex({ store, runtime, machine: compiled.identity, place, onError, closing });
  }

  /** Ends a catch-up that is under way: what it has built so far is kept. */
  async close(): Promise<void> {
    this.#closing.abort();
    await (await this.#opened)?.close();
  }
}
