import { z } from 'zod';

/** The part of Stryker's report that is used (mutation-testing-report-schema). */
const reportSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string().default(''),
          status: z.string(),
          location: z.object({
            start: z.object({ line: z.int(), column: z.int() }),
            end: z.object({ line: z.int(), column: z.int() }),
          }),
        }),
      ),
    }),
  ),
});

/** One change of the code, named by what it changes: lines move, and names in it do not. */
export type Mutant = {
  readonly file: string;
  readonly line: number;
  readonly was: string;
  readonly becomes: string;
  /** `Killed`, `Timeout`, `RuntimeError`, `Survived` or `NoCoverage`. */
  readonly status: string;
};

export function mutantsOf(report: string): readonly Mutant[] {
  const { files } = reportSchema.parse(JSON.parse(report));
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants.map(({ replacement, status, location: { start, end } }) => {
      const changed = lines.slice(start.line - 1, end.line);
      const last = changed.length - 1;
      changed[last] = (changed[last] ?? '').slice(0, end.column - 1);
      changed[0] = (changed[0] ?? '').slice(start.column - 1);
      return {
        file,
        line: start.line,
        was: inOneLine(changed.join('\n')),
        becomes: inOneLine(replacement),
        status,
      };
    });
  });
}

function inOneLine(code: string): string {
  return code.replaceAll(/\s+/g, ' ').trim();
}
