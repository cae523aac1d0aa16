/**
 * Why recovery exists: a timer of the machine is only data in a stream, and the process that should
 * have recorded what comes next may have crashed. Workers turn both into events.
 *
 * A worker learns of those that may wait by a scan from the last checkpoint, then by following the
 * store (`follow.ts`), and looks at each when its time comes. Nothing that it remembers decides
 * anything: whoever is attended is read again, and the append decides which of several workers was
 * first.
 */

import type { OrderDependencies } from '../order/transact.ts';
import type { BackoffRule } from '../runtime.ts';
import { backoffMs } from '../runtime.ts';
import { BegunWork } from './begun-work.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Followed } from './followed.ts';
import { Queue } from './queue.ts';
import { Schedule } from './schedule.ts';
import type { Seen } from './waiting-lists.ts';

export type FollowingDependencies = Pick<OrderDependencies, 'store' | 'runtime' | 'onError'> & {
  /** Once it aborts, nothing new is begun; what was begun goes on. */
  readonly signal: AbortSignal;
};

/**
 * When to look again: at once, after a wait, or not before its stream goes on. `in-vain`: after the
 * wait of a failure, which doubles with each further one.
 */
export type Next = 'now' | 'never' | 'in-vain' | Wait;

export type Wait = {
  /** Null: until it is released. */
  readonly waitMs: number | null;
  /** At which the wait was read. A stale read at its end may show nothing to wait for. */
  readonly revision?: number;
};

/** What is done with those that wait in one kind of stream. */
export type Duty = {
  readonly followed: Followed;
  /** How many a process attends at the same time. */
  readonly atOnceMax: number;
  /** The wait before one is tried again that failed. */
  readonly backoff: BackoffRule;
  /** Of one that the first scan found. */
  readonly whenFound: () => Next;
  /** Of one whose stream went on. Only `now` interrupts a wait that began before. */
  readonly whenSeen: () => Next;
  /** Whether its waits end at a time of the wall clock, and not after so long. */
  readonly isByWallClock: boolean;
  /** Of one that waits for something else than its time: how to be called when it may go on. */
  readonly whenReleased?: (look: (name: string) => void) => void;
  /** Of one that need not be attended any more. */
  readonly forget?: (name: string) => void;
  /** @param announced - A revision that the stream is known to have; a read that lacks it is stale. */
  attend(name: string, announced: number | undefined): Promise<Next>;
};

/** Attends each of those that wait now, once. */
export async function attendEach(
  { signal, onError }: Pick<FollowingDependencies, 'signal' | 'onError'>,
  names: ReadonlySet<string>,
  { atOnceMax }: Pick<Duty, 'atOnceMax'>,
  attend: (name: string) => Promise<void>,
): Promise<void> {
  // All share one iterator.
  const queue = names.values();
  const work = async () => {
    for (const name of queue) {
      if (signal.aborted) return;
      try {
        await attend(name);
      } catch (error) {
        onError(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnceMax }, work));
}

/** Does its duty until its signal aborts. Several may run on the same store. */
export class Worker {
  readonly #dependencies: FollowingDependencies;
  readonly #duty: Duty;
  readonly #begun = new BegunWork();
  readonly #clock: ClockWatch;
  /** Those to look at later. */
  readonly #schedule: Schedule;
  /** Those to look at now. Each is looked at by one call at a time. */
  readonly #queue = new Queue();
  readonly #busy = new Set<string>();
  /** Those to look at again, once the look at them that is going on has ended. */
  readonly #again = new Set<string>();
  /** Those whose wait ended while they were looked at: what that look learned is out of date. */
  readonly #over = new Set<string>();
  /** The newest revision known of each, until a read has shown it and nothing is waited for. */
  readonly #announced = new Map<string, number>();
  /** Failures in a row, of each. */
  readonly #failures = new Map<string, number>();

  constructor(dependencies: FollowingDependencies, duty: Duty) {
    this.#dependencies = dependencies;
    this.#duty = duty;
    this.#clock = new ClockWatch(dependencies);
    this.#schedule = new Schedule(dependencies.runtime, this.#look.bind(this));
    duty.whenReleased?.(this.#look.bind(this));
    dependencies.signal.addEventListener('abort', () => {
      this.#schedule.clear();
    });
  }

  /** Takes up those that wait when it starts. */
  find(names: Iterable<string>): void {
    for (const name of names) this.#goOn(name, this.#duty.whenFound());
    this.#work();
  }

  /** How many are to be looked at now. */
  get due(): number {
    return this.#queue.size;
  }

  /** How many are looked at in this moment. */
  get inFlight(): number {
    return this.#busy.size;
  }

  /** Resolves, after the signal aborted, when the calls in flight are recorded. */
  ended(): Promise<void> {
    return this.#begun.ended();
  }

  /** Takes note of an event. */
  see({ name, mayWait, revision }: Omit<Seen, 'followed'>): void {
    const next = this.#duty.whenSeen();
    this.#over.delete(name);
    if (!mayWait) {
      if (this.#busy.has(name)) this.#over.add(name);
      this.#forget(name);
    } else if (next === 'now') {
      this.#announced.set(name, revision);
      this.#look(name);
    } else if (!this.#isKnown(name)) this.#goOn(name, next);
  }

  #forget(name: string): void {
    this.#announced.delete(name);
    this.#failures.delete(name);
    this.#schedule.delete(name);
    this.#duty.forget?.(name);
  }

  #isKnown(name: string): boolean {
    return this.#schedule.has(name) || this.#busy.has(name) || this.#queue.has(name);
  }

  #look(name: string): void {
    this.#schedule.delete(name);
    if (this.#busy.has(name)) this.#again.add(name);
    else this.#queue.add(name);
    this.#work();
  }

  #work(): void {
    while (!this.#dependencies.signal.aborted && this.#busy.size < this.#duty.atOnceMax) {
      const name = this.#queue.take();
      if (name === undefined) return;
      this.#busy.add(name);
      const attended = this.#attend(name).then((next) => {
        this.#busy.delete(name);
        if (this.#again.delete(name)) this.#queue.add(name);
        this.#goOn(name, next);
        if (this.#over.delete(name)) this.#forget(name);
        this.#work();
      });
      this.#begun.track(attended);
    }
  }

  async #attend(name: string): Promise<Next> {
    const announced = this.#announced.get(name);
    try {
      const next = await this.#duty.attend(name, announced);
      if (next !== 'in-vain') this.#failures.delete(name);
      if (this.#announced.get(name) === announced) this.#announced.delete(name);
      if (typeof next === 'object' && next.revision !== undefined) {
        this.#announced.set(name, Math.max(next.revision, this.#announced.get(name) ?? 0));
      }
      return next;
    } catch (error) {
      this.#dependencies.onError(error);
      return 'in-vain';
    }
  }

  #goOn(name: string, next: Next): void {
    if (next === 'now') this.#queue.add(name);
    else if (next === 'in-vain') {
      const failures = (this.#failures.get(name) ?? 0) + 1;
      this.#failures.set(name, failures);
      this.#wakeAfter(name, backoffMs(this.#dependencies.runtime, this.#duty.backoff, failures));
    } else if (next !== 'never' && next.waitMs !== null) this.#wakeAfter(name, next.waitMs);
  }

  #wakeAfter(name: string, waitMs: number): void {
    if (this.#dependencies.signal.aborted) return;
    this.#schedule.set(name, waitMs);
    if (this.#duty.isByWallClock) this.#begun.track(this.#watchClock());
  }

  /** Goes on as long as one waits. */
  #watchClock(): Promise<void> {
    return this.#clock.watch(
      () => this.#schedule.size > 0,
      () => {
        for (const name of this.#schedule.names()) this.#queue.add(name);
        this.#work();
      },
    );
  }
}
