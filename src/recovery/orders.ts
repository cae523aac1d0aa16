/** Fires the due timers of orders: retries, questions, and attempts that a crashed process abandoned. */

import type { BackoffRule } from '../runtime.ts';
import type { RecoveryDependencies } from './due.ts';
import { attemptsAtOnceMax, fireDue, nextTimer } from './due.ts';
import { attendOnce, FollowingWorker } from './following-worker.ts';
import type { Duty } from './following-worker.ts';
import { followedOrders } from './followed.ts';
import type { Recovered } from './options.ts';

/** The wait before an order is tried again. A fault that an operator must mend is tried rarely. */
const orderBackoff: BackoffRule = { firstMs: 5_000, maxMs: 300_000, jitter: 0 };

const ofOrders = { followed: followedOrders, atOnceMax: attemptsAtOnceMax };

/** Fires every timer that is due, once. */
export async function recoverOnce(dependencies: RecoveryDependencies): Promise<Recovered> {
  const { onFired } = dependencies;
  let fired = 0;
  const counting: RecoveryDependencies = {
    ...dependencies,
    onFired: (firing) => {
      fired += 1;
      onFired?.(firing);
    },
  };
  const waiting = await attendOnce(dependencies, {
    ...ofOrders,
    attend: async (orderNo) => {
      await fireDue(counting, orderNo);
    },
  });
  return { waiting, fired };
}

export function orderWorker(dependencies: RecoveryDependencies): FollowingWorker {
  const { runtime } = dependencies;
  const duty: Duty = {
    ...ofOrders,
    backoff: orderBackoff,
    whenFound: () => 'now',
    whenSeen: () => 'now',
    isByWallClock: true,
    attend: async (orderNo, announced) => {
      const { order, fired } = await fireDue(dependencies, orderNo, announced);
      if (fired) return 'now';
      const timer = nextTimer(order);
      return timer === undefined ? 'never' : { waitMs: timer.dueAtMs - runtime.now() };
    },
  };
  return new FollowingWorker(dependencies, duty);
}
