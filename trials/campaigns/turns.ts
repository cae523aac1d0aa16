/** The longest turn of the event loop while something ran, by the processor time of this thread. */
export type Turns = { readonly count: number; readonly longestMs: number };

/**
 * Runs `work` and measures every turn of the event loop meanwhile. Wall-clock time would tell how
 * busy the machine is: what counts is for how long this thread computed before it turned again.
 */
export async function turnsDuring(work: () => Promise<unknown>): Promise<Turns> {
  let isOver = false;
  let count = 0;
  let longestMs = 0;
  let lastMs = threadMs();
  const turn = (): void => {
    const nowMs = threadMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    count += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await work();
    // The turn in which it ended counts too.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  } finally {
    isOver = true;
  }
  return { count, longestMs };
}

/** Processor time of this thread so far, ms. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
