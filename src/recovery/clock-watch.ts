import type { Runtime } from '../runtime.ts';
import { sleep } from '../runtime.ts';

/** How often the wall clock is looked at: each wait is drawn between half of this and all of it, ms. */
const lookAtClockMs = 60_000;

/** Timers do not follow the wall clock. A change by less than this is left alone, ms. */
const clockJumpMs = 1_000;

/** Notices when the wall clock is set. */
export class ClockWatch {
  readonly #runtime: Runtime;
  readonly #signal: AbortSignal;
  #isWatching = false;

  constructor({ runtime, signal }: { readonly runtime: Runtime; readonly signal: AbortSignal }) {
    this.#runtime = runtime;
    this.#signal = signal;
  }

  /** Goes on as long as it is needed. Does nothing where it goes on already. */
  async watch(isNeeded: () => boolean, whenSet: () => void): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    let aheadMs = this.#aheadMs();
    while (!this.#signal.aborted) {
      const waitMs = (lookAtClockMs * (1 + this.#runtime.random())) / 2;
      await sleep(this.#runtime, waitMs, this.#signal);
      if (!isNeeded()) break;
      const nowAheadMs = this.#aheadMs();
      if (Math.abs(nowAheadMs - aheadMs) < clockJumpMs) continue;
      aheadMs = nowAheadMs;
      whenSet();
    }
    this.#isWatching = false;
  }

  #aheadMs(): number {
    return this.#runtime.now() - this.#runtime.monotonicMs();
  }
}
