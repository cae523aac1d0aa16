import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bugs } from './bugs.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('the bugs that the campaign plants', () => {
  test.each(bugs)('fit the sources: $name', ({ file, from, to }) => {
    expect(readFileSync(join(root, file), 'utf8').split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });
});
