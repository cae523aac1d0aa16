/** Fires the due timers of orders: retries, questions, and attempts that a crashed process abandoned. */

import type { BackoffRule } from '../runtime.ts';
import type { RecoveryDependencies } from './due.ts';
import { attemptsAtOnceMax, fireDue, nextTimer } from './due.ts';
import { attendEach } from './worker.ts';
import type { Duty } from './worker.ts';
import { followedOrders } from './followed.ts';
import type { Recovered } from './options.ts';
import type { LeftToOthers } from './status.ts';
import type { WhyLeftAlone } from '../order/gateways.ts';

/** The wait before an order is tried again. A fault that an operator must mend is tried rarely. */
const orderBackoff: BackoffRule = { firstMs: 5_000, maxMs: 300_000, jitter: 0 };

const ofOrders = { followed: followedOrders, atOnceMax: attemptsAtOnceMax };

/** The orders that wait for another process, because no gateway of this one may call for them. */
export class LeftAlone {
  readonly #names: Readonly<Record<WhyLeftAlone, Set<string>>> = {
    'other-gateway': new Set(),
    'no-gateway': new Set(),
  };

  add(orderNo: string, why: WhyLeftAlone): void {
    this.#names[why].add(orderNo);
  }

  /** It may be ours by now, or nobody's. */
  forget(orderNo: string): void {
    for (const names of Object.values(this.#names)) names.delete(orderNo);
  }

  get counts(): LeftToOthers {
    return {
      others: this.#names['other-gateway'].size,
      noGateway: this.#names['no-gateway'].size,
    };
  }
}

/** Fires every timer that is due of those that wait, once. */
export async function recoverOnce(
  dependencies: RecoveryDependencies,
  waiting: ReadonlySet<string>,
): Promise<Recovered> {
  const { onFired, health } = dependencies;
  const leftAlone = new LeftAlone();
  let fired = 0;
  const counting: RecoveryDependencies = {
    ...dependencies,
    onFired: (firing) => {
      fired += 1;
      onFired?.(firing);
    },
  };
  // Those that waited, and may go on: a call in flight showed that the gateway is up, or has ended.
  const released = new Set<string>();
  health.whenReleased((orderNo) => released.add(orderNo));
  for (let names = waiting; names.size > 0; names = new Set(released)) {
    released.clear();
    await attendEach(dependencies, names, ofOrders, async (orderNo) => {
      const done = await fireDue(counting, orderNo).finally(() => {
        health.goOn();
      });
      if (done.leftAlone !== undefined) leftAlone.add(orderNo, done.leftAlone);
    });
  }
  const down = health
    .statuses()
    .reduce((sum, { state, waiting: held }) => (state === 'down' ? sum + held : sum), 0);
  const { counts } = leftAlone;
  return {
    ...{ waiting: waiting.size, fired },
    ...(down === 0 ? {} : { down }),
    ...(counts.others + counts.noGateway === 0 ? {} : { leftAlone: counts }),
  };
}

/** Fires each timer when it is due. */
export function orderDuty(dependencies: RecoveryDependencies, leftAlone: LeftAlone): Duty {
  const { runtime, health } = dependencies;
  const forget = (orderNo: string): void => {
    health.forget(orderNo);
    leftAlone.forget(orderNo);
  };
  return {
    ...ofOrders,
    backoff: orderBackoff,
    whenFound: () => 'now',
    whenSeen: () => 'now',
    isByWallClock: true,
    whenReleased: health.whenReleased.bind(health),
    forget,
    attend: async (orderNo, announced) => {
      forget(orderNo);
      const done = await fireDue(dependencies, orderNo, announced).finally(() => {
        // An order that was to make a trial may have nothing to do any more.
        health.goOn();
      });
      if (done.fired) return 'now';
      const { revision } = done.order.head;
      if (done.isHeld === true) return { waitMs: null, revision };
      if (done.leftAlone !== undefined) {
        leftAlone.add(orderNo, done.leftAlone);
        return 'never';
      }
      const timer = nextTimer(done.order);
      return timer === undefined ? 'never' : { waitMs: timer.dueAtMs - runtime.now(), revision };
    },
  };
}
