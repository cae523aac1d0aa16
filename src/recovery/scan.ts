import type { Followed } from './followed.ts';
import { lastLists, WaitingLists } from './waiting-lists.ts';
import type { FollowingDependencies } from './worker.ts';

/**
 * Reads the store from the last checkpoints on, or from the beginning if there is none, until the
 * signal aborts. An event that cannot be read is reported and skipped.
 */
export async function scan(
  { store, signal, onError }: Pick<FollowingDependencies, 'store' | 'signal' | 'onError'>,
  kinds: readonly Followed[],
): Promise<WaitingLists> {
  const lists = await lastLists(store, kinds);
  const reached = lists.reach.bind(lists);
  for (;;) {
    try {
      for await (const event of store.readAll(lists.position, lists.prefix, reached)) {
        if (signal.aborted) break;
        lists.see(event);
      }
      return lists;
    } catch (error) {
      if (!lists.skip(error)) throw error;
      onError(error);
    }
  }
}

/** Scans for work that is done once. Nobody waits where nothing new is to be begun. */
export async function scanOnce(
  dependencies: FollowingDependencies,
  kinds: readonly Followed[],
): Promise<WaitingLists> {
  const { store, runtime, signal, onError } = dependencies;
  const isEnded = (): boolean => signal.aborted;
  if (isEnded()) return new WaitingLists(new Map(kinds.map((kind) => [kind, new Set()])), null);
  const lists = await scan(dependencies, kinds);
  // A scan that was ended may stand before what a newer checkpoint has seen.
  if (!isEnded() && lists.isWorthSaving()) await lists.save(store, runtime, onError);
  return lists;
}
