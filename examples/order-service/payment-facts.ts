import type { PaymentOrders } from 'payment-order-machine';
import { z } from 'zod';

const about = {
  orderNo: z.string(),
  /** The provider's own number of this notice: the same number is a duplicate. */
  noticeNo: z.string(),
  occurredAt: z.string().optional(),
};

/** The notices of the payment provider. The module checks the values of the fields. */
export const paymentFact = z.discriminatedUnion('type', [
  z.strictObject({
    ...about,
    type: z.literal('payment.succeeded'),
    transactionNo: z.string(),
    amountMinor: z.number().optional(),
    currency: z.string().optional(),
  }),
  z.strictObject({ ...about, type: z.literal('payment.failed'), code: z.string().optional() }),
  z.strictObject({
    ...about,
    type: z.literal('payment.closed'),
    code: z.string().optional(),
    cause: z.enum(['expired', 'closed-by-platform', 'closed-by-channel']).optional(),
  }),
]);

export type PaymentFact = z.infer<typeof paymentFact>;

/** Reads a fact that was kept as JSON. It may come from another version of this service. */
export function factIn(text: string): PaymentFact {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may name the payer.
    throw new Error('the kept fact is not JSON');
  }
  return paymentFact.parse(value);
}

/** Records a fact. Facts are never rejected; throws `order-not-found` for an unknown order. */
export async function record(orders: PaymentOrders, fact: PaymentFact): Promise<void> {
  const { orderNo, noticeNo, occurredAt } = fact;
  const source = { factId: noticeNo, occurredAt, source: 'provider-webhook' };
  switch (fact.type) {
    case 'payment.succeeded': {
      const { transactionNo, amountMinor, currency } = fact;
      const payment = { transactionNo, amountMinor, currency };
      await orders.recordPaymentSucceeded(orderNo, { ...payment, ...source });
      return;
    }
    case 'payment.failed':
      await orders.recordPaymentFailed(orderNo, { code: fact.code, ...source });
      return;
    case 'payment.closed': {
      const { code, cause } = fact;
      await orders.recordClosedAtGateway(orderNo, { code, cause, ...source });
      return;
    }
  }
}
