import type { RecordedEvent } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';
import { millisecondsOf, sleep } from '../runtime.ts';
import { BegunWork } from './begun-work.ts';
import type { Followed } from './followed.ts';
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
  readonly #onEvent: () => void;

  /** @param onEvent - Called for each event that comes while it follows, after its duties. */
  constructor(
    dependencies: FollowingDependencies,
    duties: readonly Duty[],
    onEvent: () => void = () => undefined,
  ) {
    this.#dependencies = dependencies;
    this.#onEvent = onEvent;
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
    const onFollowing = (isFollowing: boolean): void => {
      if (!isFollowing) progress.interrupted();
      else {
        progress.follows();
        progress.reached();
      }
    };
    const { prefix } = lists;
    this.#saveIfWorth(lists);
    while (!signal.aborted) {
      progress.follows();
      try {
        const after = lists.position;
        for await (const event of store.subscribe(after, prefix, signal, reached, onFollowing)) {
          progress.saw(event);
          for (const seen of lists.see(event)) this.#workers.get(seen.followed)?.see(seen);
          this.#onEvent();
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

/** A subscription that was opened again counts as one that works after this time without an error, ms. */
const mendedAfterMs = 5_000;

/** After so long without an event nothing is late any more, ms. */
const lateForMs = 60_000;

type Times = Pick<Runtime, 'now' | 'monotonicMs'>;

/** How far a follower has come: whether it reads, follows or cannot, and how late it sees events. */
class Progress {
  readonly #runtime: Times;
  readonly #signal: AbortSignal;
  /** Since when it may have missed something; null while nothing can have been missed. */
  #missesSinceMs: number | null;
  /** When it began to follow, the last time; null before. */
  #followsSinceMs: number | null = null;
  #isInterrupted = false;
  #newest: { readonly seenAtMs: number; readonly lateMs: number } | null = null;

  constructor({ runtime, signal }: { readonly runtime: Times; readonly signal: AbortSignal }) {
    this.#runtime = runtime;
    this.#signal = signal;
    this.#missesSinceMs = runtime.monotonicMs();
  }

  /** The subscription is opened, for the first time or again. */
  follows(): void {
    // At the first time the store was just read, so nothing is missing.
    if (this.#followsSinceMs === null) this.#missesSinceMs = null;
    this.#followsSinceMs = this.#runtime.monotonicMs();
    this.#isInterrupted = false;
  }

  /** The subscription has ended. */
  interrupted(): void {
    this.#isInterrupted = true;
    this.#missesSinceMs ??= this.#runtime.monotonicMs();
  }

  saw({ metadata }: Pick<RecordedEvent, 'metadata'>): void {
    this.#missesSinceMs = null;
    const { recordedAt } = metadata;
    const atMs = typeof recordedAt === 'string' ? millisecondsOf(recordedAt) : NaN;
    // Clocks differ, so one may be early.
    const lateMs = Number.isNaN(atMs) ? 0 : Math.max(0, this.#runtime.now() - atMs);
    this.#newest = { seenAtMs: this.#runtime.monotonicMs(), lateMs };
  }

  /** It has come to a place without an event for it. */
  reached(): void {
    this.#missesSinceMs = null;
  }

  now(): Pick<FollowerStatus, 'phase' | 'lagMs'> {
    if (this.#signal.aborted) return { phase: 'stopped', lagMs: null };
    const nowMs = this.#runtime.monotonicMs();
    const missesForMs = Math.round(nowMs - (this.#missesSinceMs ?? nowMs));
    if (this.#followsSinceMs === null) return { phase: 'reading', lagMs: missesForMs };
    // A store in which nothing happens gives no sign of being followed again, but no error either.
    const isMended = !this.#isInterrupted && nowMs - this.#followsSinceMs >= mendedAfterMs;
    if (this.#missesSinceMs !== null && !isMended) {
      return { phase: 'interrupted', lagMs: missesForMs };
    }
    const newest = this.#newest;
    const isRecent = newest !== null && nowMs - newest.seenAtMs < lateForMs;
    return { phase: 'following', lagMs: isRecent ? newest.lateMs : 0 };
  }
}
