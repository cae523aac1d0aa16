import type { RecordedEvent } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';
import { millisecondsOf } from '../runtime.ts';
import type { FollowerStatus } from './status.ts';

/** A subscription that was opened again counts as one that works after this time without an error, ms. */
const mendedAfterMs = 5_000;

/** After so long without an event nothing is late any more, ms. */
const lateForMs = 60_000;

type Times = Pick<Runtime, 'now' | 'monotonicMs'>;

/** How far a follower has come: whether it reads, follows or cannot, and how late it sees events. */
export class Progress {
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
