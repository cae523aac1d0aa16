import { describe, expect, test } from 'vitest';
import type { Found } from '../../src/bill/compare.ts';
import type { OrderOnOurSide } from '../../src/bill/our-side.ts';
import type { BillRow } from '../../src/gateway/cancel-gateway.ts';
import { at, back, cny, found, order, paid } from './support.ts';

describe('the comparison of a bill', () => {
  test.each<readonly [string, readonly BillRow[], readonly OrderOnOurSide[]]>([
    ['a payment that both know', [paid('O1', 100)], [order('O1', [100])]],
    ['two payments by their sum', [paid('O1', 100), paid('O1', 50)], [order('O1', [50, 100])]],
    ['a payment without amount here', [paid('O1', 100)], [order('O1', [null])]],
    ['a refund that both know', [back('O1', 'R1', 40)], [order('O1', [], { R1: 40 })]],
    [
      'a refund told twice',
      [back('O1', 'R1', 4), back('O1', 'R1', 4)],
      [order('O1', [], { R1: 4 })],
    ],
    [
      'pending, then paid',
      [paid('O1', 1, { status: 'pending' }), paid('O1', 1)],
      [order('O1', [1])],
    ],
    ['an open order on both sides', [paid('O1', 1, { status: 'pending' })], [order('O1')]],
    ['a failed payment on both sides', [paid('O1', 1, { status: 'failed' })], []],
    ['a split', [paid('O9', 100, { type: 'split' })], []],
    [
      'failed, then paid',
      [paid('O1', 2, { status: 'failed' }), paid('O1', 1), paid('O1', 3, { status: 'failed' })],
      [order('O1', [1])],
    ],
    ['a refund that failed', [back('O1', 'R1', 4, { status: 'failed' })], [order('O1')]],
    ['capitals', [paid('O1', 100, { currency: 'CNY' })], [order('O1', [100])]],
  ])('finds nothing in %s', (_what, rows, ours) => {
    expect(found(rows, ours)).toEqual([]);
  });

  const row = { line: 1, occurredAt: at };
  const one = { orderNo: 'O1', refundNo: null, isOrderKnown: true, here: [], there: [] };
  const named = { ...one, status: 'succeeded', row } as const;
  const absent = { ...one, status: 'absent', row: null } as const;

  test.each<readonly [string, readonly BillRow[], readonly OrderOnOurSide[], Found]>([
    [
      'a payment of an order that is open here',
      [paid('O1', 100)],
      [order('O1')],
      { ...named, kind: 'payment-missing-here', there: [cny(100)] },
    ],
    [
      'a payment of an order that we do not know',
      [paid('O1', 100)],
      [],
      { ...named, kind: 'payment-missing-here', there: [cny(100)], isOrderKnown: false },
    ],
    [
      'a payment that is not there',
      [],
      [order('O1', [100])],
      { ...absent, kind: 'payment-missing-there', here: [cny(100)] },
    ],
    [
      'a payment that failed there',
      [paid('O1', 100, { status: 'failed' })],
      [order('O1', [100])],
      { ...named, kind: 'payment-missing-there', here: [cny(100)], status: 'failed' },
    ],
    [
      'a payment without amount that is pending there, as the last row says',
      [paid('O1', 100, { status: 'failed' }), paid('O1', 100, { status: 'pending' })],
      [order('O1', [null])],
      {
        ...{ ...named, kind: 'payment-missing-there', here: null, status: 'pending' },
        row: { line: 2, occurredAt: at },
      },
    ],
    [
      'another amount',
      [paid('O1', 100)],
      [order('O1', [101])],
      { ...named, kind: 'payment-differs', here: [cny(101)], there: [cny(100)] },
    ],
    [
      'another currency',
      [paid('O1', 100, { currency: 'usd' })],
      [order('O1', [100])],
      {
        ...{ ...named, kind: 'payment-differs', here: [cny(100)] },
        there: [{ amountMinor: 100, currency: 'USD' }],
      },
    ],
    [
      'a payment billed twice',
      [paid('O1', 100), paid('O1', 100)],
      [order('O1', [100])],
      { ...named, kind: 'payment-differs', here: [cny(100)], there: [cny(200)] },
    ],
    [
      'a refund that we do not know',
      [back('O1', 'R1', 40)],
      [order('O1')],
      { ...named, kind: 'refund-missing-here', refundNo: 'R1', there: [cny(40)] },
    ],
    [
      'a refund of an order that we do not know',
      [back('O1', 'R1', 40)],
      [],
      {
        ...{ ...named, kind: 'refund-missing-here', refundNo: 'R1', there: [cny(40)] },
        isOrderKnown: false,
      },
    ],
    [
      'a refund that is not there',
      [],
      [order('O1', [], { R1: 40 })],
      { ...absent, kind: 'refund-missing-there', refundNo: 'R1', here: [cny(40)] },
    ],
    [
      'a refund that failed there',
      [back('O1', 'R1', 40, { status: 'failed' })],
      [order('O1', [], { R1: 40 })],
      {
        ...{ ...named, kind: 'refund-missing-there', refundNo: 'R1', here: [cny(40)] },
        status: 'failed',
      },
    ],
    [
      'another amount of a refund',
      [back('O1', 'R1', 40)],
      [order('O1', [], { R1: 41 })],
      { ...named, kind: 'refund-differs', refundNo: 'R1', here: [cny(41)], there: [cny(40)] },
    ],
    [
      'a refund told twice with two amounts',
      [back('O1', 'R1', 40), back('O1', 'R1', 41)],
      [order('O1', [], { R1: 40 })],
      { kind: 'bad-row', line: 2, problem: 'etc_refund_no: was given before with another amount' },
    ],
    [
      'payments whose sum no number holds',
      [paid('O1', 0, { amount: '90071992547409.91' }), paid('O1', 1)],
      [order('O1', [Number.MAX_SAFE_INTEGER])],
      {
        ...{ kind: 'bad-row', line: 2 },
        problem: 'amount: is too much, together with other rows of its order',
      },
    ],
  ])('finds %s', (_what, rows, ours, difference) => {
    expect(found(rows, ours)).toEqual([difference]);
  });

  test('misses nothing that may stand in a part that could not be read', () => {
    const unread = {
      kind: 'unread',
      ...({ day: '2021-02-02', type: 'payment', status: 'unknown', rule: 'http-5xx' } as const),
    } as const;
    const ours = [order('O1', [100], { R1: 5 })];
    expect(found([], ours, { unread: [unread] })).toMatchObject([{ kind: 'refund-missing-there' }]);
  });

  test('misses nothing of other days than those that the bill covers, in China time', () => {
    const instants = [
      '2021-02-01T15:59:59.999Z',
      '2021-02-01T16:00:00.000Z',
      '2021-02-03T15:59:59.999Z',
      '2021-02-03T16:00:00.000Z',
    ];
    const ours = instants.map((instant, index) => ({
      ...{ orderNo: `O${index}`, refunds: [] },
      payments: [{ money: cny(1), at: instant }],
    }));
    const days = { from: '2021-02-02', to: '2021-02-03' };
    const differences = found([], ours, { days });
    expect(differences.map((each) => ('orderNo' in each ? each.orderNo : ''))).toEqual([
      ...['O1', 'O2'],
    ]);
    // A payment that the bill names all the same is found here, whatever our clock said.
    expect(
      found([paid('O0', 1), paid('O3', 1)], ours.slice(0, 1).concat(ours.slice(3)), { days }),
    ).toEqual([]);
  });
});
