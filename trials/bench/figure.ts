import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One measurement and its limit or alternative, both taken in this run. */
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

type Run = (round: number) => Promise<void> | void;

/**
 * Times two ways in turn, so that both meet the same weather, and takes the median of the rounds
 * after two to warm up.
 */
export async function inTurn(
  ours: { readonly count: number; readonly run: Run },
  against: { readonly count: number; readonly run: Run },
  rounds = 9,
): Promise<{ readonly ours: number; readonly against: number }> {
  const rates: { ours: number; against: number }[] = [];
  for (let round = 0; round < rounds + 2; round += 1) {
    const rate = {
      against: await perSecond(against.count, against.run, round),
      ours: await perSecond(ours.count, ours.run, round),
    };
    if (round >= 2) rates.push(rate);
  }
  return {
    ours: median(rates.map((rate) => rate.ours)),
    against: median(rates.map((rate) => rate.against)),
  };
}

async function perSecond(count: number, run: Run, round: number): Promise<number> {
  const startedMs = performance.now();
  await run(round);
  return (count / (performance.now() - startedMs)) * 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
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
