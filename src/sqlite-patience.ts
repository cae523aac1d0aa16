/**
 * Waiting until no other connection is in the way. SQLite would wait inside a call and hold the
 * thread, so it waits next to nothing by itself: long enough for what another process does within
 * one call. The rest is waited on the passed timer, while the process goes on.
 */

import { backoffMs, sleep, type Runtime } from './runtime.ts';
import { hasCode } from './sqlite-errors.ts';

/** How long SQLite waits in one call, ms. */
export const busyTimeoutMs = 2;

/** How long an append or a read waits in all, ms. */
export const patienceMs = 5_000;

/** Short, or a process that writes without a pause would be met again and again. */
const waits = { firstMs: 1, maxMs: 16, jitter: 0.5 };

/** How long to wait after `tries` ≥ 1 in a row, ms. */
export function waitMs(runtime: Pick<Runtime, 'random'>, tries: number): number {
  return backoffMs(runtime, waits, tries);
}

/** What `work` gives once nothing is in its way, or its error after `limitMs`. */
export async function patiently<Result>(
  runtime: Runtime,
  limitMs: number,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const startedMs = runtime.monotonicMs();
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isOver = runtime.monotonicMs() - startedMs > limitMs;
      if (isOver || !hasCode(error, 'busy')) throw error;
    }
    await sleep(runtime, waitMs(runtime, tries));
  }
}
