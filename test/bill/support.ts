import type { OrderOnOurSide } from '../../src/bill/differences.ts';
import type { BillItem } from '../../src/bill/gateway.ts';
import type { BillRow } from '../../src/gateway/cancel-gateway.ts';
import { compareBill } from '../../src/bill/compare.ts';
import type { BillDifference } from '../../src/bill/differences.ts';

export const at = '2021-02-02T04:00:00.000Z';
const bizTime = '2021-02-02 12:00:00';
export const cny = (amountMinor: number) => ({ amountMinor, currency: 'CNY' });
const yuan = (amountMinor: number) =>
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
const items = (rows: readonly BillRow[]): BillItem[] =>
  rows.map((row, index) => ({ kind: 'row', line: index + 1, row }));
export const found = (
  rows: readonly BillRow[],
  ours: readonly OrderOnOurSide[],
  options?: Parameters<typeof compareBill>[2],
): Promise<BillDifference[]> => Array.fromAsync(compareBill(items(rows), ours, options));
