import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BillRow } from '../../src/gateway/cancel-gateway.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { back, found, order, paid } from './support.ts';

/** Orders as both sides know them: paid once, refunded or not, or open. */
const life = fc.record({
  amount: fc.option(fc.integer({ min: 0, max: 1e9 })),
  refunds: fc.array(fc.integer({ min: 1, max: 1e6 }), { maxLength: 2 }),
});

function sidesOf(lives: readonly { amount: number | null; refunds: readonly number[] }[]) {
  const ours = lives.map(({ amount, refunds }, no) =>
    order(
      `O${no}`,
      amount === null ? [] : [amount],
      Object.fromEntries(refunds.map((refund, index) => [`R${no}x${index}`, refund])),
    ),
  );
  const rows = lives.flatMap(({ amount, refunds }, no) => [
    amount === null ? paid(`O${no}`, 1, { status: 'pending' }) : paid(`O${no}`, amount),
    ...refunds.map((refund, index) => back(`O${no}`, `R${no}x${index}`, refund)),
  ]);
  return { ours, rows };
}

describe('the comparison of any two sides', () => {
  test('finds nothing where they agree, in whatever order the bill has its rows', () => {
    fc.assert(
      fc.property(fc.array(life, { maxLength: 20 }), fc.nat(), (lives, seed) => {
        const { ours, rows } = sidesOf(lives);
        expect(found(shuffled(rows, seed), shuffled(ours, seed + 1))).toEqual([]);
      }),
    );
  });

  test('finds each row that is taken away, and names its order alone', () => {
    const lives = fc.array(life, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lives, fc.nat(), (some, pick) => {
        const { ours, rows } = sidesOf(some);
        const at = pick % rows.length;
        const differences = found(rows.toSpliced(at, 1), ours);
        const gone = rows[at];
        const isMoney = gone?.status === 'succeeded';
        expect(differences).toHaveLength(isMoney ? 1 : 0);
        if (isMoney)
          expect(differences).toMatchObject([{ orderNo: gone.orderNo, status: 'absent' }]);
      }),
    );
  });

  test('finds as many payments missing on one side as on the other, when they change places', () => {
    const lives = fc.array(life, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lives, fc.array(fc.boolean(), { minLength: 20 }), (some, kept) => {
        const { ours, rows } = sidesOf(some.map((each) => ({ ...each, refunds: [] })));
        const isKept = (index: number) => kept[index] === true;
        const missingThere = found(
          rows.filter((_, index) => isKept(index)),
          ours,
        );
        const missingHere = found(
          rows,
          ours.filter((_, index) => isKept(index)),
        );
        expect(missingHere.map((each) => 'orderNo' in each && each.orderNo).toSorted()).toEqual(
          missingThere.map((each) => 'orderNo' in each && each.orderNo).toSorted(),
        );
      }),
    );
  });
});

test('ten planted differences among 10,000 rows are found, and nothing else', () => {
  const lives = Array.from({ length: 9_000 }, (_, no) => ({
    amount: 100 + no,
    refunds: no % 9 === 0 ? [50] : [],
  }));
  const { ours, rows } = sidesOf(lives);
  expect(rows).toHaveLength(10_000);
  const rowOf = (orderNo: string, type: BillRow['type'] = 'payment') =>
    rows.findIndex((row) => row.orderNo === orderNo && row.type === type);
  const change = (index: number, row: Partial<BillRow>) => {
    const before = rows[index];
    if (before === undefined) throw new RangeError('no such row');
    rows[index] = { ...before, ...row };
  };
  const here = new Map(ours.map((each) => [each.orderNo, each]));
  // Ten orders that lie apart, each different in its own way.
  rows.splice(rowOf('O100'), 1);
  change(rowOf('O200'), { status: 'failed' });
  here.set('O300', order('O300'));
  here.delete('O400');
  change(rowOf('O500'), { amount: '6.01' });
  change(rowOf('O600'), { currency: 'usd' });
  rows.push(paid('O700', 800));
  rows.splice(rowOf('O900', 'refund'), 1);
  here.set('O1800', order('O1800', [1_900]));
  change(rowOf('O2700', 'refund'), { amount: '0.51' });
  const differences = found(shuffled(rows, 1), shuffled([...here.values()], 2));
  expect(
    differences
      .map((each) => `${'orderNo' in each ? each.orderNo : ''} ${each.kind}`)
      .toSorted((a, b) => Number(a.slice(1, 5)) - Number(b.slice(1, 5))),
  ).toEqual([
    'O100 payment-missing-there',
    'O200 payment-missing-there',
    'O300 payment-missing-here',
    'O400 payment-missing-here',
    'O500 payment-differs',
    'O600 payment-differs',
    'O700 payment-differs',
    'O900 refund-missing-there',
    'O1800 refund-missing-here',
    'O2700 refund-differs',
  ]);
});

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const runtime = simulatedRuntime({ seed });
  return values
    .map((value) => ({ value, place: runtime.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
