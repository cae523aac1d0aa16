import type { Translate } from '../inbox/types.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { parseInput } from '../parse.ts';
import { requireGateway } from './due.ts';
import type { FollowingWorker } from './following-worker.ts';
import { noticeWorker, settleOnce } from './notices.ts';
import { onceSchema, optionsSchema } from './options.ts';
import type { Recovered, RecoverOnceOptions, RecoveryOptions } from './options.ts';
import { orderWorker, recoverOnce } from './orders.ts';

/** Recovery of one `PaymentOrders`: for good, once, or both. */
export class Recovery {
  readonly #translate: () => Translate | null;
  readonly #stopping = new AbortController();
  #orders: FollowingWorker | null = null;
  #notices: FollowingWorker | null = null;

  /** @param translate - The translator in use, if any. */
  constructor(translate: () => Translate | null) {
    this.#translate = translate;
  }

  /**
   * Fires the due timers of all orders and settles notices until `stop`. Started once: later
   * options are ignored.
   */
  async start(dependencies: OrderDependencies, options: RecoveryOptions): Promise<void> {
    const { onFired, only } = parseInput(optionsSchema, options);
    const { signal } = this.#stopping;
    if (only !== 'notices') {
      const gateway = requireGateway(dependencies);
      this.#orders ??= orderWorker({ ...dependencies, gateway, signal, onFired });
      await this.#orders.start();
    }
    if (only === 'orders') return;
    const translate = this.#translate;
    this.#notices ??= noticeWorker({ ...dependencies, signal, translate });
    await this.#notices.start();
  }

  /** Fires all timers that are due now and tries all notices that wait, once. */
  async once(dependencies: OrderDependencies, options: RecoverOnceOptions): Promise<Recovered> {
    const { signal, onFired, only } = parseInput(onceSchema, options);
    const gateway = only === 'notices' ? null : requireGateway(dependencies);
    const stopping = this.#stopping.signal;
    const either = signal === undefined ? stopping : AbortSignal.any([signal, stopping]);
    const all = { ...dependencies, signal: either, onFired, translate: this.#translate };
    const recovered =
      gateway === null ? { waiting: 0, fired: 0 } : await recoverOnce({ ...all, gateway });
    if (only === 'orders') return recovered;
    const notices = await settleOnce(all);
    return notices.waiting === 0 ? recovered : { ...recovered, notices };
  }

  /** From now on nothing new is begun. Resolves when what the workers began is recorded. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#orders?.ended(), this.#notices?.ended()]);
  }
}
