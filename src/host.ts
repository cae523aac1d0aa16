/**
 * What a process gives to the code that must not take it by itself: time, timers, ids, chance.
 * A real one is made in `open.ts`; tests pass a virtual one.
 */
export type Host = {
  /** Wall clock, milliseconds since the epoch. May jump; order never depends on it. */
  now(): number;
  /** Milliseconds that never jump back, from an arbitrary origin. */
  monotonicMs(): number;
  /** Runs `run` once after `delayMs` (capped by the host at what its timers can hold); returns how to cancel it. */
  setTimer(delayMs: number, run: () => void): () => void;
  /** A random UUID (version 4). */
  newId(): string;
  /** `bytes` random bytes as lower-case hexadecimal. */
  randomHex(bytes: number): string;
  /** A random number, 0 ≤ n < 1. */
  random(): number;
};
