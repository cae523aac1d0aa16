import type { LevelRun } from './level.ts';

/** The one line that runs a level again as it was run. */
export function reproOf(level: string, { scale, seed }: Pick<LevelRun, 'scale' | 'seed'>): string {
  return `npm run campaign -- --level ${level} --scale ${scale} --seed ${seed}`;
}
