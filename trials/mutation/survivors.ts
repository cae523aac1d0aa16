import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Mutant } from './report.ts';

/** Changes that no test can notice, or none should, by the reason. */
const explainedSchema = z.array(
  z.strictObject({
    why: z.string().min(20),
    /** File, what stands there, what it becomes; as often as it survives. */
    mutants: z.array(z.tuple([z.string(), z.string(), z.string()])).min(1),
  }),
);

export type Judged = {
  /** Survivors without an explanation. */
  readonly unexplained: readonly Mutant[];
  /** Explained mutants that are noticed by now or no longer exist. */
  readonly outdated: readonly string[];
};

/** Holds the survivors of a part against `survivors/PART.json`. */
export function judge(part: string, survivors: readonly Mutant[]): Judged {
  const path = join(import.meta.dirname, 'survivors', `${part}.json`);
  const reasons = existsSync(path)
    ? explainedSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    : [];
  const explained = reasons.flatMap(({ mutants }) => mutants.map((mutant) => mutant.join('\0')));
  const unexplained = survivors.filter(({ file, was, becomes }) => {
    const at = explained.indexOf([file, was, becomes].join('\0'));
    if (at !== -1) explained.splice(at, 1);
    return at === -1;
  });
  return { unexplained, outdated: explained.map((mutant) => mutant.split('\0').join(' | ')) };
}
