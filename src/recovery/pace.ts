import type { Runtime } from '../runtime.ts';
import { sleep } from '../runtime.ts';

/** Questions that no order waits for are asked one at a time, so far apart, ms. */
const pauseMs = 200;

/** Lets work through one at a time, with a pause after each. */
export class Pace {
  readonly #runtime: Pick<Runtime, 'setTimer'>;
  readonly #signal: AbortSignal;
  #last: Promise<unknown> = Promise.resolve();

  constructor(runtime: Pick<Runtime, 'setTimer'>, signal: AbortSignal) {
    this.#runtime = runtime;
    this.#signal = signal;
  }

  /** Does the work when its turn comes; null where nothing new is to be begun by then. */
  take<T>(work: () => Promise<T>): Promise<T | null> {
    const done = this.#last.then(() => (this.#signal.aborted ? null : work()));
    const pause = () => sleep(this.#runtime, pauseMs, this.#signal);
    this.#last = done.then(pause, pause);
    return done;
  }
}
