import type { OrderDependencies } from '../order/transact.ts';
import { parseInput } from '../parse.ts';
import { isWorthSaving, saveCheckpoint } from './checkpoint.ts';
import type { RecoveryDependencies } from './due.ts';
import { attemptsAtOnceMax, fireDue, requireGateway } from './due.ts';
import { onceSchema, optionsSchema } from './options.ts';
import type { Recovered, RecoverOnceOptions, RecoveryOptions } from './options.ts';
import { scan } from './scan.ts';
import { RecoveryWorker } from './worker.ts';

/** Recovery of one `PaymentOrders`: for good, once, or both. */
export class Recovery {
  readonly #stopping = new AbortController();
  #worker: RecoveryWorker | null = null;

  /** Fires the due timers of all orders until `stop`. Started once: later options are ignored. */
  start(dependencies: OrderDependencies, options: RecoveryOptions): Promise<void> {
    const { onFired } = parseInput(optionsSchema, options);
    const gateway = requireGateway(dependencies);
    const { signal } = this.#stopping;
    this.#worker ??= new RecoveryWorker({ ...dependencies, gateway, signal, onFired });
    return this.#worker.start();
  }

  /** Fires all timers that are due now, once, and awaits the outcomes. */
  async once(dependencies: OrderDependencies, options: RecoverOnceOptions): Promise<Recovered> {
    const { signal, onFired } = parseInput(onceSchema, options);
    const gateway = requireGateway(dependencies);
    const stopping = this.#stopping.signal;
    const either = signal === undefined ? stopping : AbortSignal.any([signal, stopping]);
    return recoverOnce({ ...dependencies, gateway, signal: either, onFired });
  }

  /** From now on nothing new is begun. Resolves when what the worker began is recorded. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#worker?.ended();
  }
}

async function recoverOnce(dependencies: RecoveryDependencies): Promise<Recovered> {
  const { store, runtime, signal, onFired, onError } = dependencies;
  if (signal.aborted) return { waiting: 0, fired: 0 };
  const { waiting, eventsRead } = await scan(store, signal, onError);
  if (isWorthSaving(waiting, eventsRead)) await saveCheckpoint(store, runtime, waiting, onError);
  // The workers share one iterator.
  const queue = waiting.orders.values();
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
  return { waiting: waiting.orders.size, fired };
}
