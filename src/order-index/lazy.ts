import type { OrderDependencies } from '../order/transact.ts';
import type { OrderIndex } from './order-index.ts';
import type { IndexPlace } from './types.ts';

/** The index of one `PaymentOrders`. It is opened, and its database loaded, by the first who searches. */
export class LazyIndex {
  readonly #dependencies: OrderDependencies;
  readonly #place: IndexPlace | null;
  readonly #closing: AbortSignal;
  #opened: Promise<OrderIndex> | null = null;

  /** @param closing - Aborts when the orders are closed. */
  constructor(dependencies: OrderDependencies, place: IndexPlace | null, closing: AbortSignal) {
    this.#dependencies = dependencies;
    this.#place = place;
    this.#closing = closing;
  }

  opened(): Promise<OrderIndex> {
    return (this.#opened ??= this.#open());
  }

  async #open(): Promise<OrderIndex> {
    const { OrderIndex } = await import('./order-index.ts');
    const { store, runtime, compiled, onError } = this.#dependencies;
    const [place, closing] = [this.#place, this.#closing];
    return new OrderIndex({ store, runtime, machine: compiled.identity, place, onError, closing });
  }

  /** After the orders began to close. A catch-up that is under way ends, and what it built is kept. */
  async close(): Promise<void> {
    await (await this.#opened)?.close();
  }
}
