import type { PaymentOrders } from '../../index.ts';
import type { MachineFile } from '../input/machine-file.ts';
import type { Context } from '../io.ts';
import { withOrders } from '../session.ts';
import type { Answer } from './answer.ts';
import { answerOf } from './answer.ts';
import { inOrder } from './in-order.ts';
import { openWork } from './open-work.ts';
import type { Thread } from './thread.ts';
import { ownThread, startThread } from './thread.ts';
import type { Results, Work } from './work.ts';
import { storeFaults, works } from './work.ts';

/** Starting a thread takes as long as checking so many orders. */
const ordersPerThread = 4_000;

export type Task<W extends Work> = {
  readonly work: W;
  readonly jobs: number;
  /** For `gate`. */
  readonly through?: MachineFile;
};

/** The threads that share the orders of a store: this one, alone or with others. */
export type Crew<W extends Work> = {
  /** Of all orders, in the order of their creation. The same whatever the number of threads. */
  readonly results: () => AsyncIterable<Results[W]>;
  /** Before the results, or beside them. Called once, and before `results`. */
  readonly checkStore: () => Promise<Answer<string>>;
};

/** Opens the orders, starts the threads, lets `use` take what they give, and ends them. */
export function withCrew<W extends Work>(
  context: Context,
  { work, jobs, through }: Task<W>,
  use: (crew: Crew<W>, orders: PaymentOrders) => Promise<number>,
): Promise<number> {
  const { storeUrl, attemptDeadlineMs } = context.settings;
  const task = { work, storeUrl, attemptDeadlineMs, machineFile: through?.file };
  return withOrders(context, async (orders) => {
    const size = await sizeWorthwhile(orders, jobs);
    if (size === 1)
      return use(
        alone(orders, () => works[work](orders, through?.machine)),
        orders,
      );
    const others = Array.from({ length: size - 1 }, () => startThread(task));
    const own = await openWork(task);
    const threads: Thread<Results[W]>[] = [ownThread(own.ask), ...others];
    try {
      return await use(
        {
          results: () => inOrder(orders.orderNumbers(), threads),
          checkStore: async () => {
            const [checking] = others;
            if (checking === undefined) return answerOf(storeFaults(orders));
            // It takes orders afterwards: those that it had now would hold up all others.
            threads.splice(threads.indexOf(checking), 1);
            return checking.checkStore().finally(() => threads.push(checking));
          },
        },
        orders,
      );
    } finally {
      await Promise.all([own.close(), ...others.map((thread) => thread.end())]);
    }
  });
}

/** One after the other. */
function alone<W extends Work>(
  orders: PaymentOrders,
  resultsOf: () => AsyncIterable<Results[W]>,
): Crew<W> {
  let checking: Promise<Answer<string>> | undefined;
  return {
    results: async function* () {
      await checking;
      yield* resultsOf();
    },
    checkStore: () => (checking = answerOf(storeFaults(orders))),
  };
}

async function sizeWorthwhile(orders: PaymentOrders, jobs: number): Promise<number> {
  if (jobs === 1) return 1;
  const some = orders.orderNumbers();
  let found = 0;
  try {
    while (found < jobs * ordersPerThread && (await some.next()).done !== true) found += 1;
  } catch {
    // One thread meets the same error, after the results of the orders before it.
    return 1;
  } finally {
    await some.return(undefined);
  }
  return Math.max(1, Math.floor(found / ordersPerThread));
}
