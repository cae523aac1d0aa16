/**
 * Makes checkpoints while recovery runs, so that no event waits long for the first one that covers it.
 *
 * When it is time, by the timer or by the number of events, the log itself sees whether it grew. The
 * follower that recovery has anyway counts the events: a subscription for this alone would read all of
 * them a second time. Nothing but the moment depends on the count.
 */

import type { Runtime } from '../runtime.ts';
import { sleep } from '../runtime.ts';
import type { SignedCheckpoint } from './types.ts';

export type KeeperDependencies = {
  readonly runtime: Pick<Runtime, 'setTimer'>;
  /** Once it aborts, no further checkpoint is begun. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
  /** Makes one where the log grew, or gives the newest. */
  readonly checkpoint: () => Promise<SignedCheckpoint>;
  readonly onCheckpoint?: ((checkpoint: SignedCheckpoint) => void) | undefined;
};

export type KeeperTimes = {
  /** A checkpoint is due so long after the last, ms. Default 600,000. */
  readonly everyMs?: number | undefined;
  /** And as soon as so many events are new. Default 1,000. */
  readonly everyEvents?: number | undefined;
};

/** Keeps the checkpoints of one log up to date, one at a time. */
export class CheckpointKeeper {
  readonly #dependencies: KeeperDependencies;
  readonly #everyMs: number;
  readonly #everyEvents: number;
  #keeping: Promise<void> | null = null;
  /** Seen since the last checkpoint was begun. */
  #events = 0;
  #wait: AbortController | null = null;
  #told: SignedCheckpoint | null = null;

  constructor(
    dependencies: KeeperDependencies,
    { everyMs = 600_000, everyEvents = 1_000 }: KeeperTimes,
  ) {
    this.#dependencies = dependencies;
    this.#everyMs = everyMs;
    this.#everyEvents = everyEvents;
  }

  /** Begins, once, with a checkpoint of what is there: a process may never live for `everyMs`. */
  start(): void {
    this.#keeping ??= this.#keep();
  }

  /** Takes note of an event of an order. */
  saw(): void {
    this.#events += 1;
    if (this.#isFull()) this.#wait?.abort();
  }

  /** Resolves, after the signal aborted, when the checkpoint in hand is made or given up. */
  async ended(): Promise<void> {
    await this.#keeping;
  }

  /** Makes one where the log grew, and gives it; null where it did not, or the making failed. */
  async once(): Promise<SignedCheckpoint | null> {
    const { checkpoint, onCheckpoint, onError, signal } = this.#dependencies;
    this.#events = 0;
    try {
      const made = await checkpoint();
      if (made.isNew || this.#isFuller(made)) this.#tell(onCheckpoint, made);
      return made.isNew ? made : null;
    } catch (error) {
      // Where everything is closed, the one in hand fails, and nobody need look into that.
      if (!signal.aborted) onError(error);
      return null;
    }
  }

  async #keep(): Promise<void> {
    const { runtime, signal } = this.#dependencies;
    while (!signal.aborted) {
      await this.once();
      // Those that came meanwhile are not in it.
      if (this.#isFull()) continue;
      this.#wait = new AbortController();
      await sleep(runtime, this.#everyMs, AbortSignal.any([signal, this.#wait.signal]));
    }
  }

  /** A witness that was away at first has cosigned it now. */
  #isFuller({ size, root, note }: SignedCheckpoint): boolean {
    const told = this.#told;
    return told?.size === size && told.root === root && told.note !== note;
  }

  #tell(listener: KeeperDependencies['onCheckpoint'], made: SignedCheckpoint): void {
    this.#told = made;
    try {
      listener?.(made);
    } catch (error) {
      this.#dependencies.onError(error);
    }
  }

  #isFull(): boolean {
    return this.#events >= this.#everyEvents;
  }
}
