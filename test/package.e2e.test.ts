import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apiReport } from './api/api-report.ts';
import { packageEntries } from './api/declarations.ts';

const root = join(import.meta.dirname, '..');

// `npm run build` writes them, and `npm run test:e2e` builds first.
const built = join(root, 'dist');

describe('the declarations', () => {
  /** Every declaration file that a consumer of an entry loads. */
  function closure(entry: string): Map<string, string> {
    const seen = new Map<string, string>();
    const visit = (file: string) => {
      if (seen.has(file)) return;
      const text = readFileSync(file, 'utf8');
      seen.set(file, text);
      for (const [, specifier = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
        visit(join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')));
      }
    };
    visit(entry);
    return seen;
  }

  const entries = packageEntries();

  test.each(entries.filter(({ subpath }) => subpath !== './machine'))(
    'lead from $subpath to no type of XState and to nothing untyped',
    ({ declarations }) => {
      const files = closure(join(built, declarations));
      expect(files.size).toBeGreaterThan(1);
      for (const [file, text] of files) {
        expect(text, file).not.toMatch(/['"]xstate/);
        expect(text, file).not.toMatch(/\bany\b(?![^\n]*\*)(?=[;,)>\]])/);
      }
    },
  );

  test('lead to XState from ./machine alone', () => {
    const entry = entries.find(({ subpath }) => subpath === './machine');
    const files = closure(join(built, entry?.declarations ?? ''));
    expect([...files.values()].join('\n')).toMatch(/['"]xstate['"]/);
  });

  test('are the agreed public surface, which `npm run api` writes', () => {
    const agreed = readFileSync(join(import.meta.dirname, 'api', 'public-api.txt'), 'utf8');
    expect(apiReport(built, entries)).toBe(agreed);
  });
});
