import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differsBetween, rangeFault } from '../../../src/tlog/compare/differs-between.ts';
import { databaseOf, leavesOf, logOf } from './log-of-leaves.ts';

const rootOf = (text: string) => Buffer.alloc(32, text);

describe('differsBetween', () => {
  test('gives the narrowest range that the checkpoints leave, and asks for few roots', async () => {
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(1_100), fc.nat(1_100), async (some, differsAt, size) => {
        const sorted = some.toSorted((a, b) => a - b);
        const checkpoints = sorted.map((each) => ({ size: each, root: rootOf(`root ${each}`) }));
        let asked = 0;

        const range = await differsBetween(checkpoints, (at) => {
          asked += 1;
          if (at > size) return null;
          return rootOf(at > differsAt ? `other ${at}` : `root ${at}`);
        });

        const agrees = (each: number) => each <= size && each <= differsAt;
        const to = sorted.find((each) => !agrees(each));
        const from = sorted.findLast(agrees) ?? 0;
        expect(range).toStrictEqual(to === undefined ? null : { from, to });
        expect(asked).toBeLessThanOrEqual(Math.ceil(Math.log2(sorted.length + 1)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('rangeFault', () => {
  test.each([
    ['a few orders', 'A B C A D', { from: 1, to: 4 }, '1 to 3', 'there now: B, C, A'],
    ['an end that is gone', 'A B', { from: 2, to: 9 }, '2 to 8', 'no order has events there now'],
  ])('names the orders of %s', (_, names, range, places, now) => {
    const database = databaseOf([], leavesOf(logOf(names)));

    const fault = rangeFault(database, range);

    database.close();
    expect(fault).toStrictEqual({
      code: 'log-differs',
      orderNo: null,
      revision: null,
      index: range.from,
      message:
        `the first event that differs has an index from ${places}, ` +
        `if the stored checkpoints are true; ${now}`,
    });
  });

  test('says of two checkpoints of one size that one of them agrees', () => {
    const database = databaseOf([], leavesOf(logOf('A B')));

    const fault = rangeFault(database, { from: 2, to: 2 });

    database.close();
    expect(fault).toMatchObject({ code: 'log-differs', index: null });
    expect(fault.message).toContain('two checkpoints over 2 events with different roots');
  });

  test('names 20 orders at most', () => {
    const names = Array.from({ length: 30 }, (_, index) => `N${index}`);
    const database = databaseOf([], leavesOf(logOf(names.join(' '))));

    const { message } = rangeFault(database, { from: 0, to: 30 });

    database.close();
    expect(message).toMatch(/; there now: N0, N1, .*, N19 and others$/);
  });
});
