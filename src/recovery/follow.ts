import { sleep } from '../runtime.ts';
import { BegunWork } from './begun-work.ts';
import type { Followed } from './followed.ts';
import { Progress } from './progress.ts';
import { scan } from './scan.ts';
import type { FollowerStatus } from './status.ts';
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
  /** Null where it was not started, or its start failed. */
  #progress: Progress | null = null;
  /** Null until the store was read once. */
  #lists: WaitingLists | null = null;

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

  /** How it stands, with the work of one of its duties. Null where it is not started. */
  status(followed: Followed): FollowerStatus | null {
    if (this.#progress === null) return null;
    const { due, inFlight } = this.#workers.get(followed) ?? { due: 0, inFlight: 0 };
    const waiting = this.#lists?.namesOf(followed).size ?? 0;
    const position = this.#lists?.position ?? null;
    return { ...this.#progress.now(), position, work: { waiting, due, inFlight } };
  }

  async #start(): Promise<void> {
    const progress = new Progress(this.#dependencies);
    this.#progress = progress;
    const lists = await scan(this.#dependencies, [...this.#workers.keys()]).catch(
      (error: unknown) => {
        this.#progress = null;
        throw error;
      },
    );
    if (this.#dependencies.signal.aborted) return;
    this.#lists = lists;
    for (const [followed, worker] of this.#workers) worker.find(lists.namesOf(followed));
    this.#begun.track(this.#follow(lists, progress));
  }

  /** Follows the store from where the scan ended until the signal aborts, and saves checkpoints. */
  async #follow(lists: WaitingLists, progress: Progress): Promise<void> {
    const { store, runtime, signal, onError } = this.#dependencies;
    const reached = (position: string): void => {
      lists.reach(position);
      progress.reached();
      this.#saveIfWorth(lists);
    };
    this.#saveIfWorth(lists);
    while (!signal.aborted) {
      progress.follows();
      try {
        for await (const event of store.subscribe(lists.position, lists.prefix, signal, reached)) {
          progress.saw(event);
          for (const seen of lists.see(event)) this.#workers.get(seen.followed)?.see(seen);
          this.#saveIfWorth(lists);
        }
      } catch (error) {
        onError(error);
        if (lists.skip(error)) continue;
      }
      progress.interrupted();
      await sleep(runtime, subscribeAgainMs, signal);
    }
  }

  #saveIfWorth(lists: WaitingLists): void {
    const { store, runtime, signal, onError } = this.#dependencies;
    if (signal.aborted || !lists.isWorthSaving()) return;
    this.#begun.track(lists.save(store, runtime, onError));
  }
}
