import { openPaymentOrders } from '../../open.ts';
import { openStore } from '../../open-store.ts';
import { systemRuntime } from '../../runtime.ts';
import { machineIn } from '../input/machine-file.ts';
import type { Answer } from './answer.ts';
import { answerOf, failureOf } from './answer.ts';
import type { Ask } from './chunk.ts';
import { chunkWorker } from './chunk.ts';
import type { ThreadTask } from './thread.ts';
import type { Results, Work } from './work.ts';
import { storeFaults } from './work.ts';

export type OpenedWork<Result> = {
  readonly ask: Ask<Result>;
  readonly checkStore: () => Promise<Answer<string>>;
  readonly close: () => Promise<void>;
};

/**
 * Opens the store once more, to read, for a thread's share of the orders. Where that, or loading the
 * machine, fails, each answer says so.
 */
export async function openWork<W extends Work>(
  task: ThreadTask & { readonly work: W },
): Promise<OpenedWork<Results[W]>> {
  const { work, storeUrl, attemptDeadlineMs, machineFile } = task;
  try {
    const loaded = machineFile === undefined ? undefined : await machineIn(machineFile);
    const store = await openStore(storeUrl, systemRuntime(), { readOnly: true });
    const whole = await openPaymentOrders({ store });
    return {
      ask: await chunkWorker(store, { work, machine: loaded?.machine, attemptDeadlineMs }),
      checkStore: () => answerOf(storeFaults(whole)),
      close: () => store.close(),
    };
  } catch (error) {
    const answer = { results: [], failure: failureOf(error) };
    const answering = () => Promise.resolve(answer);
    return { ask: answering, checkStore: answering, close: () => Promise.resolve() };
  }
}
