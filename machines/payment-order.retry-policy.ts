/**
 * How long to wait before the next attempt, by how many attempts of the budget ended alike before.
 * Where a list ends, the attempts are spent and the order needs review.
 */
export type RetryPolicy = {
  /** After attempts that did not run, ms. */
  readonly notExecutedMs: readonly number[];
  /** After attempts that may have run, and refusals while in doubt, ms. */
  readonly unknownMs: readonly number[];
  /** Each wait is drawn from 1 ± this share of it when it is recorded; 0 ≤ jitter < 1. */
  readonly jitter: number;
};

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

/** 1, 2, 4, 8, 15, 30, 60 s, then every 5 min for 2 h; in doubt 5 s to 8 h in 12 waits; ± 20 %. */
export const defaultRetryPolicy: RetryPolicy = {
  notExecutedMs: [
    ...[1, 2, 4, 8, 15, 30, 60].map((seconds) => seconds * second),
    ...Array.from({ length: 24 }, () => 5 * minute),
  ],
  unknownMs: [
    ...[5 * second, 15 * second, 40 * second],
    ...[1, 3, 10, 15, 30].map((minutes) => minutes * minute),
    ...[1, 2, 4, 8].map((hours) => hours * hour),
  ],
  jitter: 0.2,
};
