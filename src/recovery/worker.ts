import { streamPrefix } from '../history/event.ts';
import type { RecoveryDependencies } from './due.ts';
import { attemptsAtOnceMax, fireDue, nextTimer } from './due.ts';
import { checkpointEvery, observe, skipUnreadable, saveCheckpoint, scan } from './scan.ts';
import type { Waiting } from './scan.ts';

/** Looks at a waiting order at least this often, so that a clock that jumps is noticed, ms. */
const lookAgainMs = 60_000;

/** Waits this long after an error before the order, or the subscription, is tried again, ms. */
const afterErrorMs = 5_000;
const afterErrorMsMax = 300_000;

/**
 * Fires the due timers of all orders, attempts abandoned by a crashed process among them. Several
 * processes may run one: the append decides who fires.
 */
export class RecoveryWorker {
  readonly #bench: RecoveryDependencies;
  readonly #stopping = new AbortController();
  /** How to stop waiting for each order's next timer. */
  readonly #timers = new Map<string, () => void>();
  /** Orders to look at now; each is looked at by one at a time. */
  readonly #queue = new Set<string>();
  readonly #busy = new Set<string>();
  /** The newest revision that the subscription told of each order that may wait. */
  readonly #toldOf = new Map<string, number>();
  /** How often in a row each order could not be attended. */
  readonly #failures = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();

  constructor(dependencies: RecoveryDependencies) {
    this.#bench = dependencies;
  }

  /** Resolves when the store was looked through once; goes on until `stop`. */
  async start(): Promise<void> {
    const { store, onError } = this.#bench;
    const { waiting, eventsRead } = await scan(store, onError);
    for (const orderNo of waiting.orders) this.#queue.add(orderNo);
    this.#track(this.#follow(waiting, eventsRead));
    this.#work();
  }

  /** Ends the waiting; what is being called or recorded is awaited. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#queue.clear();
    await Promise.all(this.#running);
  }

  async #follow(waiting: Waiting, eventsRead: number): Promise<void> {
    const { signal } = this.#stopping;
    const { store, runtime, onError } = this.#bench;
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
            this.#toldOf.set(orderNo, event.revision);
            this.#look(orderNo);
          } else {
            this.#toldOf.delete(orderNo);
            this.#forget(orderNo);
          }
          sinceCheckpoint += 1;
          // The subscription begins again behind it.
          if (sinceCheckpoint >= checkpointEvery) break;
        }
        if (sinceCheckpoint >= checkpointEvery) continue;
      } catch (error) {
        onError(error);
        if (skipUnreadable(waiting, error)) continue;
      }
      await this.#pause(afterErrorMs);
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

  /** Fires what is due, then waits for what comes next. */
  async #attend(orderNo: string): Promise<void> {
    try {
      const { order, fired } = await fireDue(this.#bench, orderNo, this.#toldOf.get(orderNo));
      this.#failures.delete(orderNo);
      if (fired) {
        this.#queue.add(orderNo);
        return;
      }
      const timer = nextTimer(order);
      if (timer !== undefined) {
        const inMs = timer.dueAtMs - this.#bench.runtime.now();
        this.#wakeAfter(orderNo, Math.min(inMs, lookAgainMs));
      }
    } catch (error) {
      this.#bench.onError(error);
      const failures = (this.#failures.get(orderNo) ?? 0) + 1;
      this.#failures.set(orderNo, failures);
      // What somebody must mend first is not asked for every few seconds.
      this.#wakeAfter(orderNo, Math.min(afterErrorMs * 2 ** (failures - 1), afterErrorMsMax));
    }
  }

  #wakeAfter(orderNo: string, waitMs: number): void {
    this.#forget(orderNo);
    if (this.#stopping.signal.aborted) return;
    const cancel = this.#bench.runtime.setTimer(waitMs, () => {
      this.#timers.delete(orderNo);
      this.#look(orderNo);
    });
    this.#timers.set(orderNo, cancel);
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const cancel = this.#bench.runtime.setTimer(ms, done);
      function done() {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }

  #track(running: Promise<void>): void {
    const tracked = running.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}
