import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One measurement beside its limit or alternative, both taken in this run. */
export type Figure = {
  readonly name: string;
  readonly ours: number;
  readonly against: number;
  readonly unit: string;
  /** What `against` measures. */
  readonly alternative: string;
  /** The ratio of ours to the alternative; of a time, the alternative to ours: more is better. */
  readonly ratio: number;
  readonly atLeast: number;
  readonly remark?: string;
};

export function figure(given: Omit<Figure, 'ratio'>): Figure {
  const isTime = given.unit.startsWith('ms') || given.unit.startsWith('MB');
  const ratio = isTime ? given.against / given.ours : given.ours / given.against;
  return { ...given, ratio };
}

/** Runs twice to warm up, then takes the best of `rounds`: noise only ever slows down. */
export async function bestPerSecond(
  count: number,
  run: (round: number) => Promise<void> | void,
  rounds = 5,
): Promise<number> {
  let best = 0;
  for (let round = 0; round < rounds + 2; round += 1) {
    const startedMs = performance.now();
    await run(round);
    const perSecond = (count / (performance.now() - startedMs)) * 1_000;
    if (round >= 2) best = Math.max(best, perSecond);
  }
  return best;
}

export async function inScratch<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-bench-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export const residentMb = (): number => process.memoryUsage().rss / 1_048_576;
