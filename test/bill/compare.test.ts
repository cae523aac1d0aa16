import { describe, expect, test } from 'vitest';
import { compareBill } from '../../src/bill/compare.ts';
import type { BillDifference, OrderOnOurSide } from '../../src/bill/differences.ts';
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
    ['capitals', [paid('O1', 100, { currency: 'CNY' })], [order('O1', [100])]],
  ])('finds nothing in %s', async (_what, rows, ours) => {
    expect(await found(rows, ours)).toEqual([]);
  });

  const told = { line: 1, occurredAt: at };

  test.each<readonly [string, readonly BillRow[], readonly OrderOnOurSide[], BillDifference]>([
    [
      'a payment of an order that is open here',
      [paid('O1', 100)],
      [order('O1')],
      {
        kind: 'payment-missing-here',
        orderNo: 'O1',
        money: [cny(100)],
        isOrderKnown: true,
        ...told,
      },
    ],
    [
      'a payment of an order that we do not know',
      [paid('O1', 100)],
      [],
      {
        kind: 'payment-missing-here',
        orderNo: 'O1',
        money: [cny(100)],
        isOrderKnown: false,
        ...told,
      },
    ],
    [
      'a payment that is not there',
      [],
      [order('O1', [100])],
      { kind: 'payment-missing-there', orderNo: 'O1', here: [cny(100)], there: 'absent' },
    ],
    [
      'a payment that failed there',
      [paid('O1', 100, { status: 'failed' })],
      [order('O1', [100])],
      { kind: 'payment-missing-there', orderNo: 'O1', here: [cny(100)], there: 'failed' },
    ],
    [
      'a payment without amount that is pending there',
      [paid('O1', 100, { status: 'pending' })],
      [order('O1', [null])],
      { kind: 'payment-missing-there', orderNo: 'O1', here: null, there: 'pending' },
    ],
    [
      'another amount',
      [paid('O1', 100)],
      [order('O1', [101])],
      { kind: 'payment-differs', orderNo: 'O1', here: [cny(101)], there: [cny(100)] },
    ],
    [
      'another currency',
      [paid('O1', 100, { currency: 'usd' })],
      [order('O1', [100])],
      {
        ...{ kind: 'payment-differs', orderNo: 'O1', here: [cny(100)] },
        there: [{ amountMinor: 100, currency: 'USD' }],
      },
    ],
    [
      'a payment billed twice',
      [paid('O1', 100), paid('O1', 100)],
      [order('O1', [100])],
      { kind: 'payment-differs', orderNo: 'O1', here: [cny(100)], there: [cny(200)] },
    ],
    [
      'a refund that we do not know',
      [back('O1', 'R1', 40)],
      [order('O1')],
      {
        ...{ kind: 'refund-missing-here', orderNo: 'O1', refundNo: 'R1', money: [cny(40)] },
        ...{ isOrderKnown: true, ...told },
      },
    ],
    [
      'a refund that is not there',
      [],
      [order('O1', [], { R1: 40 })],
      {
        ...{ kind: 'refund-missing-there', orderNo: 'O1', refundNo: 'R1', here: [cny(40)] },
        there: 'absent',
      },
    ],
    [
      'another amount of a refund',
      [back('O1', 'R1', 40)],
      [order('O1', [], { R1: 41 })],
      {
        ...{ kind: 'refund-differs', orderNo: 'O1', refundNo: 'R1' },
        ...{ here: [cny(41)], there: [cny(40)] },
      },
    ],
    [
      'a refund told twice with two amounts',
      [back('O1', 'R1', 40), back('O1', 'R1', 41)],
      [order('O1', [], { R1: 40 })],
      { kind: 'bad-row', line: 2, problem: 'etc_refund_no: was given before with another amount' },
    ],
  ])('finds %s', async (_what, rows, ours, difference) => {
    expect(await found(rows, ours)).toEqual([difference]);
  });

  test('passes on what could not be read, and misses nothing that may stand there', async () => {
    const bad = { kind: 'bad-row', line: 1, problem: 'is not JSON' } as const;
    const unread = {
      kind: 'unread',
      ...({ day: '2021-02-02', type: 'payment', status: 'unknown', rule: 'http-5xx' } as const),
    } as const;
    const ours = [order('O1', [100], { R1: 5 })];
    const differences = await Array.fromAsync(compareBill([bad, unread], ours));
    expect(differences.map(({ kind }) => kind)).toEqual([
      ...['bad-row', 'unread', 'refund-missing-there'],
    ]);
  });

  test('misses nothing of other days than those that the bill covers, in China time', async () => {
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
    const differences = await found([], ours, { days });
    expect(differences.map((each) => ('orderNo' in each ? each.orderNo : ''))).toEqual([
      ...['O1', 'O2'],
    ]);
    // A payment that the bill names all the same is found here, whatever our clock said.
    expect(
      await found([paid('O0', 1), paid('O3', 1)], ours.slice(0, 1).concat(ours.slice(3)), { days }),
    ).toEqual([]);
  });
});
