/** Reads the money and the time of a row, from whatever reader it comes. */

import { z } from 'zod';
import { orderNumber, printable } from '../../machines/payment-order.events.ts';
import { minorUnits } from '../currency.ts';
import { PaymentOrderError } from '../errors.ts';
import { badRow, billInstant } from '../gateway/bill-rows.ts';
import type { BillRow } from '../gateway/cancel-gateway.ts';
import type { ReadRow } from './tally.ts';
import type { BadBillRow } from './types.ts';

/** As a gateway of anybody's gives it. */
const entrySchema = z.union([
  z.object({ kind: z.literal('bad-row'), problem: z.string().max(300) }),
  z.object({
    kind: z.literal('row'),
    row: z.object({
      orderNo: orderNumber,
      refundNo: printable.optional(),
      type: z.enum(['payment', 'refund', 'split']),
      bizTime: z.string(),
      amount: z.string(),
      currency: z.string(),
      status: z.enum(['pending', 'succeeded', 'failed']),
    }),
  }),
]);

/** A row that a gateway gave; null where it is not compared. */
export function readGiven(given: unknown, line: number): ReadRow | BadBillRow | null {
  const { data } = entrySchema.safeParse(given);
  if (data === undefined) return badRow(line, 'is not a row of a bill');
  return data.kind === 'row' ? readRow(data.row, line) : badRow(line, data.problem);
}

/** A row, read; null where it is not compared: splits are not. */
export function readRow(row: BillRow, line: number): ReadRow | BadBillRow | null {
  const { type, orderNo, refundNo = null, status } = row;
  if (type === 'split') return null;
  if (type === 'refund' && refundNo === null) {
    return badRow(line, 'etc_refund_no: is missing, and a refund has one');
  }
  try {
    const currency = row.currency.toUpperCase();
    const money = { amountMinor: minorUnits(row.amount, currency), currency };
    const occurredAt = billInstant(row.bizTime);
    const number = type === 'payment' ? null : refundNo;
    return { orderNo, refundNo: number, line, money, status, occurredAt };
  } catch (error) {
    if (!(error instanceof PaymentOrderError) || error.code !== 'invalid-input') throw error;
    const column = error.field === 'localTime' ? 'biz_time' : error.field;
    return badRow(line, `${column ?? ''}: ${error.problem ?? ''}`);
  }
}
