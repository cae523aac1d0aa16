import type { ClockJump } from './faults.ts';
import { clockJumps } from './faults.ts';

/** What the virtual time of 0 is called by a clock that goes right. */
export const epochMs = 1_700_000_000_000;

const year9999Ms = 253_370_764_800_000;

/** The wall clock of one machine: it may be wrong, jump and stop. Timers do not follow it. */
export class WallClock {
  readonly #trueMs: () => number;
  readonly #skewMs: number;
  #offsetMs: number;
  #frozenAtMs: number | null = null;

  constructor(trueMs: () => number, skewMs: number) {
    this.#trueMs = trueMs;
    this.#skewMs = skewMs;
    this.#offsetMs = skewMs;
  }

  now(): number {
    return this.#frozenAtMs ?? epochMs + this.#offsetMs + this.#trueMs();
  }

  jump(by: ClockJump): void {
    if (by === 'frozen') this.#frozenAtMs = this.now();
    else if (by === '1970') this.#offsetMs = -epochMs - this.#trueMs() + 1_000;
    else if (by === '9999') this.#offsetMs = year9999Ms - epochMs - this.#trueMs();
    else this.#offsetMs += clockJumps[by];
  }

  /** Somebody sets it right, but for its skew. */
  repair(): void {
    this.#frozenAtMs = null;
    this.#offsetMs = this.#skewMs;
  }
}
