import type { OrderDependencies } from '../order/transact.ts';
import { sleep } from '../runtime.ts';
import { isWorthSaving, saveCheckpoint } from './checkpoint.ts';
import type { Waiting } from './checkpoint.ts';
import { eventsPerLook, observe, skipUnreadable } from './scan.ts';

/** The wait before the subscription is opened again after an error, ms. */
const subscribeAgainMs = 5_000;

export type FollowingDependencies = Pick<OrderDependencies, 'store' | 'runtime' | 'onError'> & {
  /** Once it aborts, nothing new is begun; what was begun goes on. */
  readonly signal: AbortSignal;
};

/** An event of a followed stream, and whether that may wait now. */
export type Seen = {
  readonly name: string;
  readonly mayWait: boolean;
  readonly revision: number;
};

/** Follows the store from where a scan ended until the signal aborts, and saves checkpoints. */
export async function follow(
  dependencies: FollowingDependencies,
  waiting: Waiting,
  eventsRead: number,
  see: (seen: Seen) => void,
): Promise<void> {
  const { store, runtime, signal, onError } = dependencies;
  const { prefix } = waiting.followed;
  let sinceCheckpoint = eventsRead;
  while (!signal.aborted) {
    try {
      if (isWorthSaving(waiting, sinceCheckpoint)) {
        await saveCheckpoint(store, runtime, waiting, onError);
        sinceCheckpoint = 0;
      }
      // Where only events of others come, no event of ours lets the checkpoint be saved.
      const pause = new AbortController();
      const reached = (position: string): void => {
        if (position !== waiting.position) sinceCheckpoint += eventsPerLook;
        waiting.position = position;
        if (isWorthSaving(waiting, sinceCheckpoint)) pause.abort();
      };
      const either = AbortSignal.any([signal, pause.signal]);
      for await (const event of store.subscribe(waiting.position, prefix, either, reached)) {
        see({ ...observe(waiting, event), revision: event.revision });
        sinceCheckpoint += 1;
        // The subscription begins again after it.
        if (isWorthSaving(waiting, sinceCheckpoint)) break;
      }
      if (isWorthSaving(waiting, sinceCheckpoint)) continue;
    } catch (error) {
      onError(error);
      if (skipUnreadable(waiting, error)) continue;
    }
    await sleep(runtime, subscribeAgainMs, signal);
  }
}
