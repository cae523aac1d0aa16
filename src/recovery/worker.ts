/**
 * Why recovery exists: a timer of the machine is only data in a stream, and the process that should
 * have recorded an attempt's outcome may have crashed. The worker turns both into events.
 *
 * It finds the orders that may wait by a scan from the last checkpoint, follows the store from
 * there, and sets a timer for each. Nothing that it remembers decides anything: when a timer fires,
 * the order is read again, and the append decides which of several workers was first.
 */

import type { BackoffRule, Runtime } from '../runtime.ts';
import { backoffMs, sleep } from '../runtime.ts';
import { BegunWork } from './begun-work.ts';
import type { RecoveryDependencies } from './due.ts';
import { attemptsAtOnceMax, fireDue, nextTimer } from './due.ts';
import { follow } from './follow.ts';
import type { Seen } from './follow.ts';
import { followedOrders } from './followed.ts';
import { Queue } from './queue.ts';
import { scan } from './scan.ts';

/** How often the wall clock is looked at: each wait is drawn between half of this and all of it, ms. */
const lookAtClockMs = 60_000;

/** Timers do not follow the wall clock. If it moved by more than this, all orders are looked at, ms. */
const clockJumpMs = 1_000;

/** The wait before an order is tried again. A fault that an operator must mend is tried rarely. */
const orderBackoff: BackoffRule = { firstMs: 5_000, maxMs: 300_000, jitter: 0 };

/** Fires the due timers of all orders until its signal aborts. Several may run on the same store. */
export class RecoveryWorker {
  readonly #dependencies: RecoveryDependencies;
  readonly #begun = new BegunWork();
  /** How to cancel each order's next timer. */
  readonly #timers = new Map<string, () => void>();
  /** Orders to look at now. An order is looked at by one call at a time. */
  readonly #queue = new Queue();
  readonly #busy = new Set<string>();
  /** Orders to look at again, once the look at them that is going on has ended. */
  readonly #again = new Set<string>();
  /** The newest revision that the subscription announced, until a read has shown it. */
  readonly #announced = new Map<string, number>();
  /** Failures in a row, of each order. */
  readonly #failures = new Map<string, number>();
  #isWatchingClock = false;

  constructor(dependencies: RecoveryDependencies) {
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
    const { waiting, eventsRead } = await scan(store, followedOrders, signal, onError);
    if (signal.aborted) return;
    for (const orderNo of waiting.names) this.#queue.add(orderNo);
    const see = this.#see.bind(this);
    this.#begun.track(follow(this.#dependencies, waiting, eventsRead, see));
    this.#work();
  }

  /** Resolves, after the signal aborted, when the calls in flight are recorded. */
  ended(): Promise<void> {
    return this.#begun.ended();
  }

  #see({ name: orderNo, mayWait, revision }: Seen): void {
    if (mayWait) {
      this.#announced.set(orderNo, revision);
      this.#look(orderNo);
    } else {
      this.#announced.delete(orderNo);
      this.#forget(orderNo);
    }
  }

  /** Goes on as long as an order waits. */
  async #watchClock(): Promise<void> {
    if (this.#isWatchingClock) return;
    this.#isWatchingClock = true;
    const { runtime, signal } = this.#dependencies;
    let aheadMs = clockAheadMs(runtime);
    while (!signal.aborted) {
      await sleep(runtime, (lookAtClockMs * (1 + runtime.random())) / 2, signal);
      if (this.#timers.size === 0) break;
      const nowAheadMs = clockAheadMs(runtime);
      if (Math.abs(nowAheadMs - aheadMs) < clockJumpMs) continue;
      aheadMs = nowAheadMs;
      for (const orderNo of this.#timers.keys()) this.#queue.add(orderNo);
      this.#work();
    }
    this.#isWatchingClock = false;
  }

  #look(orderNo: string): void {
    this.#forget(orderNo);
    if (this.#busy.has(orderNo)) this.#again.add(orderNo);
    else this.#queue.add(orderNo);
    this.#work();
  }

  #forget(orderNo: string): void {
    this.#timers.get(orderNo)?.();
    this.#timers.delete(orderNo);
  }

  #work(): void {
    while (!this.#dependencies.signal.aborted && this.#busy.size < attemptsAtOnceMax) {
      const orderNo = this.#queue.take();
      if (orderNo === undefined) return;
      this.#busy.add(orderNo);
      const attended = this.#attend(orderNo).then((isDone) => {
        this.#busy.delete(orderNo);
        if (this.#again.delete(orderNo) || !isDone) this.#queue.add(orderNo);
        this.#work();
      });
      this.#begun.track(attended);
    }
  }

  /** Fires what is due, then waits for the next timer. False if it is to be looked at again now. */
  async #attend(orderNo: string): Promise<boolean> {
    const { runtime, onError } = this.#dependencies;
    try {
      const announced = this.#announced.get(orderNo);
      const { order, fired } = await fireDue(this.#dependencies, orderNo, announced);
      this.#failures.delete(orderNo);
      if (this.#announced.get(orderNo) === announced) this.#announced.delete(orderNo);
      if (fired) return false;
      const timer = nextTimer(order);
      if (timer !== undefined) this.#wakeAfter(orderNo, timer.dueAtMs - runtime.now());
    } catch (error) {
      onError(error);
      const failures = (this.#failures.get(orderNo) ?? 0) + 1;
      this.#failures.set(orderNo, failures);
      this.#wakeAfter(orderNo, backoffMs(runtime, orderBackoff, failures));
    }
    return true;
  }

  #wakeAfter(orderNo: string, waitMs: number): void {
    this.#forget(orderNo);
    if (this.#dependencies.signal.aborted) return;
    const cancel = this.#dependencies.runtime.setTimer(waitMs, () => {
      this.#timers.delete(orderNo);
      this.#look(orderNo);
    });
    this.#timers.set(orderNo, cancel);
    this.#begun.track(this.#watchClock());
  }
}

function clockAheadMs(runtime: Pick<Runtime, 'now' | 'monotonicMs'>): number {
  return runtime.now() - runtime.monotonicMs();
}
