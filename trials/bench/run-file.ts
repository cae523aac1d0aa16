/** A run of the benchmarks as a file: what `--json` writes, and `--compare` and the page read. */

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { z } from 'zod';
import { figureSchema } from './figure.ts';
import type { Figure } from './figure.ts';

const measuredSchema = z.intersection(z.object({ bench: z.string().min(1) }), figureSchema);
/** A figure, and the name that `--only` takes to measure it. */
export type Measured = z.infer<typeof measuredSchema>;

const machineSchema = z.strictObject({
  processor: z.string(),
  cores: z.int().positive(),
  memoryGb: z.number().positive(),
  platform: z.string(),
  node: z.string(),
  /** Processes that wanted a core in the minute before the run. */
  loadBefore: z.number(),
});
export type Machine = z.infer<typeof machineSchema>;

export const runSchema = z.strictObject({
  day: z.iso.date(),
  machine: machineSchema,
  figures: z.array(measuredSchema).readonly(),
});
export type RunFile = z.infer<typeof runSchema>;

export function machineOfThisRun(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** @throws {z.ZodError} where the file holds a figure without rounds or without a limit. */
export function readRun(path: string): RunFile {
  return runSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export const commandOf = (bench: string): string => `npm run bench -- --only ${bench}`;

export type Verdict = 'worse' | 'better' | 'within the spread' | 'new' | 'not measured now';

export type Comparison = {
  readonly name: string;
  readonly verdict: Verdict;
  readonly then: Figure['ratio'] | null;
  readonly now: Figure['ratio'] | null;
};

/**
 * Compares ratios, never the numbers themselves: the weather of two runs differs. Worse is a figure
 * whose middle half of rounds lies wholly below the middle half of before.
 */
export function compared(then: readonly Figure[], now: readonly Figure[]): readonly Comparison[] {
  const before = new Map(then.map((figure) => [figure.name, figure.ratio]));
  const after = new Map(now.map((figure) => [figure.name, figure.ratio]));
  return [...new Set([...after.keys(), ...before.keys()])].map((name) => {
    const ratios = { then: before.get(name) ?? null, now: after.get(name) ?? null };
    return { name, verdict: verdictOf(ratios.then, ratios.now), ...ratios };
  });
}

function verdictOf(then: Figure['ratio'] | null, now: Figure['ratio'] | null): Verdict {
  if (then === null) return 'new';
  if (now === null) return 'not measured now';
  if (now.high < then.low) return 'worse';
  return now.low > then.high ? 'better' : 'within the spread';
}
