/** What the comparison takes is checked as it passes by: a caller in JavaScript has no compiler. */

import { z } from 'zod';
import { PaymentOrderError } from '../errors.ts';
import { valueThat } from '../parse.ts';
import type { BillItem } from './gateway.ts';
import type { OrderOnOurSide } from './differences.ts';

export type Either<T> = AsyncIterable<T> | Iterable<T>;

export const eitherSchema = valueThat<Either<unknown>>((given) => {
  const isObject = typeof given === 'object' && given !== null;
  const isIterable = isObject && (Symbol.asyncIterator in given || Symbol.iterator in given);
  return isIterable ? null : 'must be an array or another iterable';
});

const money = z.strictObject({
  amountMinor: z.int().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters'),
});
const at = z.string().length(24, 'must be UTC with milliseconds');

export const orderSchema: z.ZodType<OrderOnOurSide> = z.object({
  orderNo: z.string(),
  payments: z.array(z.object({ money: money.nullable(), at })),
  refunds: z.array(z.object({ refundNo: z.string(), money, at })),
});

const line = z.int().min(0);
const type = z.enum(['payment', 'refund', 'split']);

export const itemSchema: z.ZodType<BillItem> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('row'),
    line,
    row: z.object({
      orderNo: z.string(),
      refundNo: z.string().optional(),
      type,
      bizTime: z.string(),
      payChannel: z.string().optional(),
      amount: z.string(),
      feeAmount: z.string().optional(),
      currency: z.string(),
      status: z.enum(['pending', 'succeeded', 'failed']),
    }),
  }),
  z.object({ kind: z.literal('bad-row'), line, problem: z.string() }),
  z.object({
    kind: z.literal('unread'),
    day: z.string(),
    type,
    status: z.enum(['unknown', 'unavailable']),
    rule: z.string(),
  }),
]);

/** The problem of a row that a reader other than ours gave; null where it is another error. */
export function problemOf(error: unknown): string | null {
  if (!(error instanceof PaymentOrderError) || error.code !== 'invalid-input') return null;
  return `${error.field ?? 'row'}: ${error.problem ?? ''}`;
}
