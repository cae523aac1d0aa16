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
import { backoffMs } from '../runtime.ts';
import { BegunWork } from './begun-work.ts';
import { isWorthSaving, saveCheckpoint } from './checkpoint.ts';
import { follow } from './follow.ts';
import type { Seen } from './follow.ts';
import { followedNotices } from './followed.ts';
import { Queue } from './queue.ts';
import { scan } from './scan.ts';

export type NoticeDependencies = OrderDependencies & {
  /** The translator in use, if any: it may be given after recovery has started. */
  readonly translate: () => Translate | null;
  /** Once it aborts, nothing new is begun; what was begun goes on. */
  readonly signal: AbortSignal;
};

/** How many notices a process settles at the same time. */
const noticesAtOnceMax = 8;

/** The wait before a notice is tried again. A new one is left to the process that received it. */
const noticeBackoff: BackoffRule = { firstMs: 5_000, maxMs: 3_600_000, jitter: 0 };

/** How many notices waited, and how many of them were applied. */
export type SettledNotices = { readonly waiting: number; readonly applied: number };

/** Tries every notice that waits, once. */
export async function settleOnce(dependencies: NoticeDependencies): Promise<SettledNotices> {
  const { store, runtime, signal, onError } = dependencies;
  if (signal.aborted) return { waiting: 0, applied: 0 };
  const { waiting, eventsRead } = await scan(store, followedNotices, signal, onError);
  if (isWorthSaving(waiting, eventsRead)) await saveCheckpoint(store, runtime, waiting, onError);
  // The workers share one iterator.
  const queue = waiting.names.values();
  let applied = 0;
  const work = async () => {
    for (const noticeId of queue) {
      if (signal.aborted) return;
      try {
        if ((await settleNotice(dependencies, noticeId)).standing === 'applied') applied += 1;
      } catch (error) {
        onError(error);
      }
    }
  };
  await Promise.all(Array.from({ length: noticesAtOnceMax }, work));
  return { waiting: waiting.names.size, applied };
}

async function settleNotice(
  dependencies: NoticeDependencies,
  noticeId: string,
): Promise<NoticeState> {
  const state = await loadNotice(dependencies.store, noticeId);
  if (state !== null) return settle(dependencies, state, dependencies.translate());
  const stream = noticeStreamOf(noticeId);
  const message = `stream ${stream}: recovery knows this notice, but the store does not show it`;
  throw new PaymentOrderError('store-unavailable', message, { stream });
}

/** Settles notices until its signal aborts. Several may run on the same store. */
export class NoticeWorker {
  readonly #dependencies: NoticeDependencies;
  readonly #begun = new BegunWork();
  readonly #queue = new Queue();
  #busy = 0;
  /** How to cancel each notice's next try. */
  readonly #timers = new Map<string, () => void>();
  /** How often each was tried in vain. */
  readonly #tries = new Map<string, number>();

  constructor(dependencies: NoticeDependencies) {
    this.#dependencies = dependencies;
    dependencies.signal.addEventListener('abort', () => {
      for (const cancel of this.#timers.values()) cancel();
      this.#timers.clear();
    });
  }

  /**
   * Starts, once, and goes on until the signal aborts. After a failure it may be called again.
   *
   * @returns when the store was scanned once.
   */
  start(): Promise<void> {
    return this.#begun.start(() => this.#start());
  }

  async #start(): Promise<void> {
    const { store, signal, onError } = this.#dependencies;
    const { waiting, eventsRead } = await scan(store, followedNotices, signal, onError);
    if (signal.aborted) return;
    for (const noticeId of waiting.names) this.#queue.add(noticeId);
    this.#begun.track(follow(this.#dependencies, waiting, eventsRead, this.#see.bind(this)));
    this.#work();
  }

  /** Resolves, after the signal aborted, when what was begun is recorded. */
  ended(): Promise<void> {
    return this.#begun.ended();
  }

  #see({ name: noticeId, mayWait }: Seen): void {
    if (!mayWait) {
      this.#timers.get(noticeId)?.();
      this.#timers.delete(noticeId);
      this.#tries.delete(noticeId);
    } else if (!this.#tries.has(noticeId)) this.#tryLater(noticeId);
  }

  #tryLater(noticeId: string): void {
    const { runtime, signal } = this.#dependencies;
    if (signal.aborted) return;
    const tries = (this.#tries.get(noticeId) ?? 0) + 1;
    this.#tries.set(noticeId, tries);
    this.#timers.get(noticeId)?.();
    const cancel = runtime.setTimer(backoffMs(runtime, noticeBackoff, tries), () => {
      this.#timers.delete(noticeId);
      this.#queue.add(noticeId);
      this.#work();
    });
    this.#timers.set(noticeId, cancel);
  }

  #work(): void {
    while (!this.#dependencies.signal.aborted && this.#busy < noticesAtOnceMax) {
      const noticeId = this.#queue.take();
      if (noticeId === undefined) return;
      this.#busy += 1;
      const attended = this.#attend(noticeId).then(() => {
        this.#busy -= 1;
        this.#work();
      });
      this.#begun.track(attended);
    }
  }

  async #attend(noticeId: string): Promise<void> {
    let isOpen = true;
    try {
      const { standing } = await settleNotice(this.#dependencies, noticeId);
      isOpen = followedNotices.mayWait(standing);
    } catch (error) {
      this.#dependencies.onError(error);
    }
    if (isOpen) this.#tryLater(noticeId);
    else this.#tries.delete(noticeId);
  }
}
