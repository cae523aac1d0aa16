import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'payment-order-bill-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const child = join(import.meta.dirname, 'child.ts');

/** What a child makes of a bill of so many rows. */
function run(flags: readonly string[], what: string, format: 'csv' | 'json', rows: number) {
  const file = join(directory, `bill.${format}`);
  const args = [...flags, child, what, format, String(rows), file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const said = status === 0 ? (JSON.parse(stdout) as { counted: number; peakBytes: number }) : null;
  return { ...said, stderr };
}

describe('a bill of 100,000 rows', () => {
  const small = ['--max-old-space-size=24'];

  test.each(['csv', 'json'] as const)('is read as %s in a heap that cannot hold it', (format) => {
    expect(run(small, 'read', format, 100_000)).toMatchObject({ counted: 100_000 });
  });

  test('does not fit into that heap where somebody keeps its rows', () => {
    expect(run(small, 'keep', 'csv', 100_000).stderr).toContain('heap out of memory');
  });

  test('is reconciled with 100,000 orders in the heap that 10,000 need', () => {
    const grownBy = (what: string, rows: number) => {
      const [few, many] = [10_000, rows].map((each) => run(['--expose-gc'], what, 'csv', each));
      expect(many, many?.stderr).toMatchObject({ counted: 10 });
      return (many?.peakBytes ?? Infinity) - (few?.peakBytes ?? 0);
    };
    const mebibytes = 4 * 1024 * 1024;
    expect(grownBy('reconcile', 100_000)).toBeLessThan(mebibytes);
    // What would grow is seen.
    expect(grownBy('reconcile-and-keep', 40_000)).toBeGreaterThan(mebibytes);
  });
});
