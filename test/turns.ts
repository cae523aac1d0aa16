import type { Runtime } from '../src/runtime.ts';
import { simulatedRuntime } from '../src/testing/simulated-runtime.ts';

/** A runtime whose clock moves on by a millisecond whenever it is read: work takes time in it. */
export function hurryingRuntime(): Runtime {
  let ms = 0;
  return { ...simulatedRuntime(), monotonicMs: () => (ms += 1) };
}

/** Counts pieces of work between two turns of the event loop, whatever time they take. */
export class PiecesPerTurn {
  #inThisTurn = 0;
  #isOver = false;
  most = 0;
  all = 0;

  piece(): void {
    this.all += 1;
    this.#inThisTurn += 1;
    this.most = Math.max(this.most, this.#inThisTurn);
  }

  /** Counts while `work` runs. */
  async during(work: () => Promise<unknown>): Promise<void> {
    const turn = (): void => {
      this.#inThisTurn = 0;
      if (!this.#isOver) setImmediate(turn);
    };
    turn();
    await work();
    this.#isOver = true;
  }
}
