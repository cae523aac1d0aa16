import { describe, expect, test } from 'vitest';
import { table } from '../../src/cli/output/table.ts';

describe('a table', () => {
  test('aligns columns whatever width their characters have', async () => {
    expect(
      await table([
        ['状态', 'x', '末'],
        ['a', '取消中', 'b'],
      ]),
    ).toEqual(['状态  x       末', 'a     取消中  b']);
  });

  test('pads nothing after the last column', async () => {
    expect(
      await table([
        ['a', ''],
        ['bbb', 'c'],
      ]),
    ).toEqual(['a', 'bbb  c']);
  });
});
