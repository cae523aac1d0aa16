/**
 * Why recovery exists: a timer of the machine is only data in a stream, and the process that should
 * have recorded an attempt's outcome may have crashed. The worker turns both into events.
 *
 * It finds the orders that may wait by a scan from the last checkpoint, follows the store from
 * there, and sets a timer for each. Nothing that it remembers decides anything: when a timer fires,
 * the order is read again, and the append decides which of several workers was first.
 */

import { streamPrefix } from '../history/event.ts';
import type { BackoffRule } from '../runtime.ts';
import { backoffMs, sleep } from '../runtime.ts';
import type { RecoveryDependencies } from './due.ts';
import { attemptsAtOnceMax, fireDue, nextTimer } from './due.ts';
import { checkpointEvery, observe, saveCheckpoint, scan, skipUnreadable } from './scan.ts';
import type { Waiting } from './scan.ts';

/** A waiting order is looked at this often at least, so that a jump of the clock is noticed, ms. */
const lookAgainMs = 60_000;

/** The wait before an order is tried again. A fault that an operator must mend is tried rarely. */
const orderBackoff: BackoffRule = { firstMs: 5_000, maxMs: 300_000, jitter: 0 };

/** The wait before the subscription is opened again after an error, ms. */
const subscribeAgainMs = 5_000;

/** Fires the due timers of all orders. Several processes may run one on the same store. */
export class RecoveryWorker {
  readonly #dependencies: RecoveryDependencies;
  readonly #stopping = new AbortController();
  #started: Promise<void> | null = null;
  /** How to cancel each order's next timer. */
  readonly #timers = new Map<string, () => void>();
  /** Orders to look at now. An order is looked at by one call at a time. */
  readonly #queue = new Set<string>();
  readonly #busy = new Set<string>();
  /** The newest revision that the subscription announced, of each order that may wait. */
  readonly #announced = new Map<string, number>();
  /** Failures in a row, of each order. */
  readonly #failures = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();

  constructor(dependencies: RecoveryDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Starts, once, and goes on until `stop`. After a failure it may be called again.
   *
   * @returns when the store was scanned once.
   */
  start(): Promise<void> {
    return (this.#started ??= this.#start().catch((error: unknown) => {
      this.#started = null;
      throw error;
    }));
  }

  async #start(): Promise<void> {
    const { store, onError } = this.#dependencies;
    const { waiting, eventsRead } = await scan(store, onError);
    for (const orderNo of waiting.orders) this.#queue.add(orderNo);
    this.#track(this.#follow(waiting, eventsRead));
    this.#work();
  }

  /** Cancels all waits. Resolves when the calls in flight are recorded. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#queue.clear();
    await Promise.all(this.#running);
  }

  async #follow(waiting: Waiting, eventsRead: number): Promise<void> {
    const { signal } = this.#stopping;
    const { store, runtime, onError } = this.#dependencies;
    let sinceCheckpoint = eventsRead;
    while (!signal.aborted) {
      try {
        if (sinceCheckpoint >= checkpointEvery) {
          await saveCheckpoint(store, runtime, waiting, onError);
          sinceCheckpoint = 0;
        }
        for await (const event of store.subscribe(waiting.position, streamPrefix, signal)) {
          const { orderNo, mayWait } = observe(waiting, event);
          if (mayWait) {
            this.#announced.set(orderNo, event.revision);
            this.#look(orderNo);
          } else {
            this.#announced.delete(orderNo);
            this.#forget(orderNo);
          }
          sinceCheckpoint += 1;
          // The subscription begins again after it.
          if (sinceCheckpoint >= checkpointEvery) break;
        }
        if (sinceCheckpoint >= checkpointEvery) continue;
      } catch (error) {
        onError(error);
        if (skipUnreadable(waiting, error)) continue;
      }
      await sleep(runtime, subscribeAgainMs, signal);
    }
  }

  #look(orderNo: string): void {
    this.#forget(orderNo);
    this.#queue.add(orderNo);
    this.#work();
  }

  #forget(orderNo: string): void {
    this.#timers.get(orderNo)?.();
    this.#timers.delete(orderNo);
  }

  #work(): void {
    for (const orderNo of this.#queue) {
      if (this.#stopping.signal.aborted || this.#busy.size >= attemptsAtOnceMax) return;
      if (this.#busy.has(orderNo)) continue;
      this.#queue.delete(orderNo);
      this.#busy.add(orderNo);
      const attended = this.#attend(orderNo).finally(() => {
        this.#busy.delete(orderNo);
        this.#work();
      });
      this.#track(attended);
    }
  }

  /** Fires what is due, then waits for the next timer. */
  async #attend(orderNo: string): Promise<void> {
    const { runtime, onError } = this.#dependencies;
    try {
      const announced = this.#announced.get(orderNo);
      const { order, fired } = await fireDue(this.#dependencies, orderNo, announced);
      this.#failures.delete(orderNo);
      if (fired) {
        this.#queue.add(orderNo);
        return;
      }
      const timer = nextTimer(order);
      if (timer === undefined) return;
      this.#wakeAfter(orderNo, Math.min(timer.dueAtMs - runtime.now(), lookAgainMs));
    } catch (error) {
      onError(error);
      const failures = (this.#failures.get(orderNo) ?? 0) + 1;
      this.#failures.set(orderNo, failures);
      this.#wakeAfter(orderNo, backoffMs(runtime, orderBackoff, failures));
    }
  }

  #wakeAfter(orderNo: string, waitMs: number): void {
    this.#forget(orderNo);
    if (this.#stopping.signal.aborted) return;
    const cancel = this.#dependencies.runtime.setTimer(waitMs, () => {
      this.#timers.delete(orderNo);
      this.#look(orderNo);
    });
    this.#timers.set(orderNo, cancel);
  }

  #track(running: Promise<void>): void {
    const tracked = running.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}
