import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** What the child makes of a bill of 100,000 rows in a heap of so many MB. */
function inHeapOf(megabytes: number, format: 'csv' | 'json', what: string) {
  const child = join(import.meta.dirname, 'child.ts');
  const heap = `--max-old-space-size=${megabytes}`;
  return spawnSync(process.execPath, [heap, child, format, '100000', what], { encoding: 'utf8' });
}

describe('a bill of 100,000 rows', () => {
  test.each(['csv', 'json'] as const)('is read as %s in a heap that cannot hold it', (format) => {
    const { status, stdout, stderr } = inHeapOf(24, format, 'read');
    expect([status, stdout], stderr).toEqual([0, '100000']);
  });

  test('does not fit into that heap where somebody keeps its rows', () => {
    expect(inHeapOf(24, 'csv', 'keep').stderr).toContain('heap out of memory');
  });

  test('is compared with 100,000 orders in 64 MB', () => {
    const { status, stdout, stderr } = inHeapOf(64, 'csv', 'compare');
    expect([status, stdout], stderr).toEqual([0, '0']);
  });
});
