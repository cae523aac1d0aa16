/**
 * What a figure is: rounds in which ours and its limit were measured in turn, in one run.
 *
 * A number alone says more of the machine's other work than of ours. So each round measures both
 * ways, and the figure is the median of the rounds' ratios with its spread.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export const roundsMin = 7;
const tooFewRounds = `must have at least ${roundsMin} rounds`;

const roundSchema = z.strictObject({
  ours: z.number().positive(),
  against: z.number().positive(),
});
export type Round = z.infer<typeof roundSchema>;

/** `low` and `high` are the quartiles. */
const spreadSchema = z.strictObject({
  min: z.number(),
  low: z.number(),
  median: z.number(),
  high: z.number(),
  max: z.number(),
});
export type Spread = z.infer<typeof spreadSchema>;

const latencySchema = z.strictObject({ p50Ms: z.number(), p99Ms: z.number() });
export type Latency = z.infer<typeof latencySchema>;

export const figureSchema = z
  .strictObject({
    name: z.string().min(1),
    unit: z.string().min(1),
    /** What `against` measures. */
    alternative: z.string().min(1),
    /** The least ratio that is promised. */
    atLeast: z.number().positive(),
    rounds: z.array(roundSchema).min(1, tooFewRounds).readonly(),
    /** Bytes and peaks of memory are one value of the whole run; all else is measured in rounds. */
    isCounted: z.boolean(),
    /** Medians over the rounds. */
    ours: z.number(),
    against: z.number(),
    /** Of ours to the alternative; of a time or size, of the alternative to ours: more is better. */
    ratio: spreadSchema,
    /** Of one operation of ours. */
    latency: latencySchema.optional(),
    /** Which step of which growth it is, such as 1,000 'events per order'. */
    growth: z.strictObject({ of: z.string(), by: z.string(), at: z.number() }).optional(),
    remark: z.string().optional(),
  })
  .refine(({ rounds, isCounted }) => rounds.length >= (isCounted ? 1 : roundsMin), {
    message: tooFewRounds,
    path: ['rounds'],
  });

/** One measurement and its limit or alternative, both taken in this run. */
export type Figure = z.infer<typeof figureSchema>;

/**
 * @throws {z.ZodError} where it has fewer than seven rounds, no alternative or no number.
 */
export function figure(
  given: Omit<z.input<typeof figureSchema>, 'ours' | 'against' | 'ratio' | 'isCounted'> & {
    readonly isCounted?: boolean;
  },
): Figure {
  const { rounds, unit } = given;
  const ratios = rounds.map(({ ours, against }) =>
    isLessBetter(unit) ? against / ours : ours / against,
  );
  return figureSchema.parse({
    isCounted: false,
    ...given,
    ours: quantile(
      rounds.map(({ ours }) => ours),
      0.5,
    ),
    against: quantile(
      rounds.map(({ against }) => against),
      0.5,
    ),
    ratio: spreadOf(ratios),
  });
}

function isLessBetter(unit: string): boolean {
  return /^(?:ms|MB|bytes)/.test(unit);
}

export type Measure = (round: number) => Promise<number> | number;

/**
 * Measures two ways in turn, so that both meet the same weather. They take turns in going first, and
 * the rounds to warm up are dropped. A limit that nothing has to measure is given as a number.
 */
export async function inRounds(
  ours: Measure,
  against: Measure | number,
  rounds = roundsMin,
  warmUps = 2,
): Promise<{ readonly rounds: Round[] }> {
  const other = typeof against === 'number' ? () => against : against;
  const measured: Round[] = [];
  for (let round = 0; round < rounds + warmUps; round += 1) {
    const before = round % 2 === 0 ? await other(round) : null;
    const own = await ours(round);
    const pair = { ours: own, against: before ?? (await other(round)) };
    if (round >= warmUps) measured.push(pair);
  }
  return { rounds: measured };
}

export type Timed = {
  readonly count: number;
  readonly run: (round: number) => Promise<void> | void;
};

/** How often each of the two is done in a second, round by round. */
export function inTurn(
  ours: Timed,
  against: Timed,
  rounds?: number,
  warmUps?: number,
): Promise<{ readonly rounds: Round[] }> {
  return inRounds(
    (round) => perSecond(ours, round),
    (round) => perSecond(against, round),
    rounds,
    warmUps,
  );
}

export async function perSecond({ count, run }: Timed, round: number): Promise<number> {
  const startedMs = performance.now();
  await run(round);
  return (count / (performance.now() - startedMs)) * 1_000;
}

/** Linear between the two nearest values; NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place % 1);
}

export function spreadOf(values: readonly number[]): Spread {
  const [min, low, median, high, max] = [0, 0.25, 0.5, 0.75, 1].map((part) =>
    quantile(values, part),
  ) as [number, number, number, number, number];
  return { min, low, median, high, max };
}

export function latencyOf(timesMs: readonly number[]): Latency {
  return { p50Ms: quantile(timesMs, 0.5), p99Ms: quantile(timesMs, 0.99) };
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
