/**
 * Settles the notices that nobody settled: their process died, their order did not exist, or their
 * translator could not say yet. Each try reads the notice again, so several workers may try the same.
 */

import { PaymentOrderError } from '../errors.ts';
import { loadNotice } from '../inbox/notice.ts';
import type { NoticeState } from '../inbox/notice.ts';
import { noticeStreamOf } from '../inbox/events.ts';
import { settle } from '../inbox/settle.ts';
import type { Translate } from '../inbox/types.ts';
import type { OrderDependencies } from '../order/transact.ts';
import type { BackoffRule } from '../runtime.ts';
import { attendEach } from './worker.ts';
import type { Duty } from './worker.ts';
import { followedNotices } from './followed.ts';
import type { Recovered } from './options.ts';
import type { Pace } from './pace.ts';
import { scanOnce } from './scan.ts';

export type NoticeDependencies = OrderDependencies & {
  /** The translator in use, if any: it may be given after recovery has started. */
  readonly translate: () => Translate | null;
  /** Of all questions of the process. */
  readonly pace: Pace;
  /** Once it aborts, nothing new is begun; what was begun goes on. */
  readonly signal: AbortSignal;
};

/** The wait before a notice is tried again. */
const noticeBackoff: BackoffRule = { firstMs: 5_000, maxMs: 3_600_000, jitter: 0 };

const ofNotices = { followed: followedNotices, atOnceMax: 8 };

/** Tries every notice that waits, once. */
export async function settleOnce(
  dependencies: NoticeDependencies,
): Promise<NonNullable<Recovered['notices']>> {
  const lists = await scanOnce(dependencies, [followedNotices]);
  const waiting = lists.namesOf(followedNotices);
  let applied = 0;
  await attendEach(dependencies, waiting, ofNotices, async (noticeId) => {
    if ((await settleNotice(dependencies, noticeId)).standing === 'applied') applied += 1;
  });
  return { waiting: waiting.size, applied };
}

/** Settles notices, each when its wait has ended. */
export function noticeDuty(dependencies: NoticeDependencies): Duty {
  return {
    ...ofNotices,
    backoff: noticeBackoff,
    whenFound: () => 'now',
    // A new one is left to the process that received it.
    whenSeen: () => 'in-vain',
    isByWallClock: false,
    attend: async (noticeId) => {
      const { standing } = await settleNotice(dependencies, noticeId);
      return followedNotices.mayWait(standing) ? 'in-vain' : 'never';
    },
  };
}

async function settleNotice(
  dependencies: NoticeDependencies,
  noticeId: string,
): Promise<NoticeState> {
  const { store, translate, pace } = dependencies;
  const state = await loadNotice(store, noticeId);
  if (state !== null) return settle(dependencies, state, translate(), pace);
  const stream = noticeStreamOf(noticeId);
  const message = `stream ${stream}: recovery knows this notice, but the store does not show it`;
  throw new PaymentOrderError('store-unavailable', message, { stream });
}
