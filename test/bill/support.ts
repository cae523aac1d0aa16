import { compareOrder, compareUnknown } from '../../src/bill/compare.ts';
import type { Found } from '../../src/bill/compare.ts';
import { Expectation } from '../../src/bill/days.ts';
import type { OrderOnOurSide } from '../../src/bill/our-side.ts';
import { readRow } from '../../src/bill/rows.ts';
import { Tallies } from '../../src/bill/tally.ts';
import type { BillDays, UnreadBill } from '../../src/bill/types.ts';
import type { BillRow } from '../../src/gateway/cancel-gateway.ts';

export const at = '2021-02-02T04:00:00.000Z';
export const bizTime = '2021-02-02 12:00:00';
export const day = { from: '2021-02-02', to: '2021-02-02' };
export const cny = (amountMinor: number) => ({ amountMinor, currency: 'CNY' });
export const yuan = (amountMinor: number) =>
  `${Math.floor(amountMinor / 100)}.${String(amountMinor % 100).padStart(2, '0')}`;

export const paid = (
  orderNo: string,
  amountMinor: number,
  more: Partial<BillRow> = {},
): BillRow => ({
  ...{ orderNo, type: 'payment', bizTime, amount: yuan(amountMinor), currency: 'cny' },
  ...{ status: 'succeeded', ...more },
});
export const back = (
  orderNo: string,
  refundNo: string,
  amountMinor: number,
  more: Partial<BillRow> = {},
) => paid(orderNo, amountMinor, { type: 'refund', refundNo, ...more });
export const order = (
  orderNo: string,
  amounts: readonly (number | null)[] = [],
  refunds: Readonly<Record<string, number>> = {},
): OrderOnOurSide => ({
  orderNo,
  payments: amounts.map((amount) => ({ money: amount === null ? null : cny(amount), at })),
  refunds: Object.entries(refunds).map(([refundNo, amount]) => ({
    refundNo,
    money: cny(amount),
    at,
  })),
});

/** What the comparison of a bill with our side finds, as reconciling finds it. */
export function found(
  rows: readonly BillRow[],
  ours: Iterable<OrderOnOurSide>,
  { days = day, unread = [] }: { days?: BillDays; unread?: readonly UnreadBill[] } = {},
): Found[] {
  const tallies = new Tallies();
  const differences: Found[] = [];
  for (const [index, row] of rows.entries()) {
    const read = readRow(row, index + 1);
    if (read !== null && 'kind' in read) differences.push(read);
    else if (read !== null) tallies.add(read);
  }
  const expects = new Expectation(days);
  for (const part of unread) expects.nothingOf(part);
  for (const order of ours) {
    differences.push(...compareOrder(order, tallies.ofOrder(order.orderNo), expects));
    tallies.forget(order.orderNo);
  }
  differences.push(...compareUnknown(tallies.rest()));
  tallies.close();
  return differences;
}
