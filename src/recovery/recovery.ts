import type { Translate } from '../inbox/types.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { parseInput } from '../parse.ts';
import { isWorthSaving, saveCheckpoint } from './checkpoint.ts';
import type { RecoveryDependencies } from './due.ts';
import { attemptsAtOnceMax, fireDue, requireGateway } from './due.ts';
import { onceSchema, optionsSchema } from './options.ts';
import type { Recovered, RecoverOnceOptions, RecoveryOptions } from './options.ts';
import { followedOrders } from './followed.ts';
import { NoticeWorker, settleOnce } from './notices.ts';
import { scan } from './scan.ts';
import { RecoveryWorker } from './worker.ts';

/** Recovery of one `PaymentOrders`: for good, once, or both. */
export class Recovery {
  readonly #translate: () => Translate | null;
  readonly #stopping = new AbortController();
  #worker: RecoveryWorker | null = null;
  #notices: NoticeWorker | null = null;

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
      this.#worker ??= new RecoveryWorker({ ...dependencies, gateway, signal, onFired });
      await this.#worker.start();
    }
    if (only === 'orders') return;
    const translate = this.#translate;
    this.#notices ??= new NoticeWorker({ ...dependencies, signal, translate });
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
    await Promise.all([this.#worker?.ended(), this.#notices?.ended()]);
  }
}

async function recoverOnce(dependencies: RecoveryDependencies): Promise<Recovered> {
  const { store, runtime, signal, onFired, onError } = dependencies;
  if (signal.aborted) return { waiting: 0, fired: 0 };
  const { waiting, eventsRead } = await scan(store, followedOrders, signal, onError);
  if (isWorthSaving(waiting, eventsRead)) await saveCheckpoint(store, runtime, waiting, onError);
  // The workers share one iterator.
  const queue = waiting.names.values();
  let fired = 0;
  const counting: RecoveryDependencies = {
    ...dependencies,
    onFired: (firing) => {
      fired += 1;
      onFired?.(firing);
    },
  };
  const work = async () => {
    for (const orderNo of queue) {
      if (signal.aborted) return;
      try {
        await fireDue(counting, orderNo);
      } catch (error) {
        onError(error);
      }
    }
  };
  await Promise.all(Array.from({ length: attemptsAtOnceMax }, work));
  return { waiting: waiting.names.size, fired };
}
