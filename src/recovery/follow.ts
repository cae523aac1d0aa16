import { sleep } from '../runtime.ts';
import { BegunWork } from './begun-work.ts';
import type { Followed } from './followed.ts';
import { scan } from './scan.ts';
import type { WaitingLists } from './waiting-lists.ts';
import type { Duty, FollowingDependencies } from './worker.ts';
import { Worker } from './worker.ts';

/** The wait before the subscription is opened again after an error, ms. */
const subscribeAgainMs = 5_000;

/**
 * Reads the streams with one prefix once, and follows them, for all that is to be done with them:
 * one scan and one subscription, however many duties.
 */
export class Follower {
  readonly #dependencies: FollowingDependencies;
  readonly #workers: ReadonlyMap<Followed, Worker>;
  readonly #begun = new BegunWork();

  constructor(dependencies: FollowingDependencies, duties: readonly Duty[]) {
    this.#dependencies = dependencies;
    this.#workers = new Map(
      duties.map((duty) => [duty.followed, new Worker(dependencies, duty)] as const),
    );
  }

  /**
   * Starts, once, and goes on until the signal aborts. After a failure it may be called again.
   *
   * @returns when the store was scanned once.
   */
  start(): Promise<void> {
    return this.#begun.start(() => this.#start());
  }

  /** Resolves, after the signal aborted, when the calls in flight are recorded. */
  async ended(): Promise<void> {
    await this.#begun.ended();
    await Promise.all(Array.from(this.#workers.values(), (worker) => worker.ended()));
  }

  async #start(): Promise<void> {
    const lists = await scan(this.#dependencies, [...this.#workers.keys()]);
    if (this.#dependencies.signal.aborted) return;
    for (const [followed, worker] of this.#workers) worker.find(lists.namesOf(followed));
    this.#begun.track(this.#follow(lists));
  }

  /** Follows the store from where the scan ended until the signal aborts, and saves checkpoints. */
  async #follow(lists: WaitingLists): Promise<void> {
    const { store, runtime, signal, onError } = this.#dependencies;
    const reached = (position: string): void => {
      lists.reach(position);
      this.#saveIfWorth(lists);
    };
    this.#saveIfWorth(lists);
    while (!signal.aborted) {
      try {
        for await (const event of store.subscribe(lists.position, lists.prefix, signal, reached)) {
          for (const seen of lists.see(event)) this.#workers.get(seen.followed)?.see(seen);
          this.#saveIfWorth(lists);
        }
      } catch (error) {
        onError(error);
        if (lists.skip(error)) continue;
      }
      await sleep(runtime, subscribeAgainMs, signal);
    }
  }

  #saveIfWorth(lists: WaitingLists): void {
    const { store, runtime, signal, onError } = this.#dependencies;
    if (signal.aborted || !lists.isWorthSaving()) return;
    this.#begun.track(lists.save(store, runtime, onError));
  }
}
