import { instantIn } from 'payment-order-machine';
import type { Translation } from 'payment-order-machine';
import { z } from 'zod';

/** The provider documents China time, and leaves the zone out in some of its notices. */
const moment = z.string().transform((text, context) => {
  if (/(?:Z|[+-]\d\d:?\d\d)$/.test(text)) return text;
  try {
    return instantIn(text, 'Asia/Shanghai');
  } catch {
    context.addIssue('must be a time that exists');
    return z.NEVER;
  }
});

const about = {
  orderNo: z.string(),
  /** The provider's own number of this notice: the same number is a duplicate. */
  noticeNo: z.string(),
  occurredAt: moment.optional(),
  message: z.string().optional(),
};
const money = { amountMinor: z.number(), currency: z.string() };

/** The notices of the payment provider. The module checks the values of the fields. */
const providerNotice = z.discriminatedUnion('type', [
  z.strictObject({
    ...about,
    type: z.literal('payment.succeeded'),
    transactionNo: z.string(),
    ...z.object(money).partial().shape,
  }),
  z.strictObject({ ...about, type: z.literal('payment.failed'), code: z.string().optional() }),
  z.strictObject({ ...about, type: z.literal('payment.declined'), code: z.string().optional() }),
  z.strictObject({
    ...about,
    type: z.literal('payment.closed'),
    code: z.string().optional(),
    cause: z.enum(['expired', 'closed-by-platform', 'closed-by-channel']).optional(),
  }),
  z.strictObject({
    ...about,
    type: z.literal('payment.refunded'),
    refundNo: z.string(),
    ...money,
  }),
]);

/**
 * What a notice of the provider reports. One that is none of the agreed form is kept for an
 * operator. The problem names fields and never quotes the notice, which may name the payer.
 */
export function translateProviderNotice(json: object): Translation {
  const { data, error } = providerNotice.safeParse(json);
  if (data === undefined) {
    const field = String(error.issues[0]?.path[0] ?? 'one of its fields');
    return { kind: 'unreadable', problem: `its form is not the agreed one: ${field}` };
  }
  const { orderNo, noticeNo: factId } = data;
  switch (data.type) {
    case 'payment.succeeded': {
      const { transactionNo, amountMinor, currency, occurredAt, message } = data;
      const fact = { factId, transactionNo, amountMinor, currency, occurredAt, message };
      return { kind: 'fact', orderNo, type: 'PaymentSucceeded', fact };
    }
    case 'payment.failed':
    case 'payment.declined': {
      const { code, occurredAt, message } = data;
      const type = data.type === 'payment.failed' ? 'PaymentFailed' : 'PaymentDeclined';
      return { kind: 'fact', orderNo, type, fact: { factId, code, occurredAt, message } };
    }
    case 'payment.closed': {
      const { code, cause, occurredAt, message } = data;
      const fact = { factId, code, cause, occurredAt, message };
      return { kind: 'fact', orderNo, type: 'ClosedAtGateway', fact };
    }
    case 'payment.refunded': {
      const { refundNo, amountMinor, currency, occurredAt, message } = data;
      const fact = { factId, refundNo, amountMinor, currency, occurredAt, message };
      return { kind: 'fact', orderNo, type: 'PaymentRefunded', fact };
    }
  }
}
