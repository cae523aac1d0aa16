/** What a notice says, once it is known to be one: the fact, and the order that it is about. */

import { z } from 'zod';
import { orderNumber, printable } from '../../machines/payment-order.events.ts';
import type { Translation } from '../inbox/types.ts';
import { minorUnits } from '../currency.ts';
import { instantIn } from '../local-time.ts';

const optionalText = z.string().nullish();

const contentSchema = z.strictObject({
  api_callback_code: z.string(),
  status: z.enum(['succeeded', 'failed']),
  msg: optionalText,
  etc_biz_no: optionalText,
  biz_amt: optionalText,
  time: z.string(),
});

type Content = z.infer<typeof contentSchema>;

/** The order of a refund; null or undefined where that is not known yet. */
export type OrderOfRefund = (
  refundNo: string,
) => string | null | undefined | Promise<string | null | undefined>;

type Known = {
  readonly orderOfRefund: OrderOfRefund | undefined;
  /** The order that an operator named. */
  readonly orderNo: string | undefined;
};

const unreadable = (problem: string): Translation => ({ kind: 'unreadable', problem });

export async function factOf(
  json: Readonly<Record<string, unknown>>,
  known: Known,
): Promise<Translation> {
  const code = json['api_callback_code'];
  if (code === 'launch_refund') {
    return unreadable(
      'it is about the return of a split (launch_refund), which is no fact of a payment',
    );
  }
  if (code !== 'create_order' && code !== 'launch_revert') {
    return unreadable('its api_callback_code is none of a payment or a refund');
  }
  const { data, error } = contentSchema.safeParse(json);
  if (data === undefined) return unreadable(problemOf(error));
  const occurredAt = instantOfTime(data.time);
  if (occurredAt === null) return unreadable('its time does not exist or has another form');
  const about = { occurredAt, ...messageOf(data) };
  return code === 'create_order'
    ? paymentOf(data, about, known)
    : await refundOf(data, about, known);
}

type About = { readonly occurredAt: string; readonly message?: string };

function paymentOf(content: Content, about: About, known: Known): Translation {
  const { etc_biz_no: transactionNo, biz_amt: amount, status } = content;
  if (typeof transactionNo !== 'string') return unreadable('it names no order');
  const orderNo = known.orderNo ?? transactionNo;
  if (!isOrderNo(orderNo)) return unreadable('its etc_biz_no is one that no order can have');
  if (status === 'failed') return { kind: 'fact', orderNo, type: 'PaymentFailed', fact: about };
  if (typeof amount !== 'string') {
    return { kind: 'fact', orderNo, type: 'PaymentSucceeded', fact: { transactionNo, ...about } };
  }
  const money = yuan(amount);
  if (money === null) return unreadable(notYuan);
  const fact = { transactionNo, ...money, ...about };
  return { kind: 'fact', orderNo, type: 'PaymentSucceeded', fact };
}

async function refundOf(content: Content, about: About, known: Known): Promise<Translation> {
  const { etc_biz_no: refundNo, biz_amt: amount } = content;
  if (!printable.safeParse(refundNo).success || typeof refundNo !== 'string') {
    return unreadable('it names no refund');
  }
  if (content.status === 'failed') {
    return unreadable('a refund failed, so no money went back: look at it at the platform');
  }
  const money = typeof amount === 'string' ? yuan(amount) : null;
  if (money === null) return unreadable(notYuan);
  const { orderOfRefund } = known;
  if (known.orderNo === undefined && orderOfRefund === undefined) {
    return unreadable(
      'it names a refund and no order; give orderOfRefund, or try it again with the order',
    );
  }
  const orderNo = known.orderNo ?? (await orderOfRefund?.(refundNo)) ?? null;
  if (orderNo === null) {
    return { kind: 'waits', problem: 'the order of its refund is not known yet' };
  }
  if (!isOrderNo(orderNo)) return unreadable('orderOfRefund gave what no order can have');
  return { kind: 'fact', orderNo, type: 'PaymentRefunded', fact: { refundNo, ...money, ...about } };
}

function isOrderNo(given: unknown): boolean {
  return orderNumber.safeParse(given).success;
}

const notYuan = 'its biz_amt is not an amount of yuan with at most two decimals';

function yuan(text: string): { readonly amountMinor: number; readonly currency: string } | null {
  try {
    return { amountMinor: minorUnits(text, 'CNY'), currency: 'CNY' };
  } catch {
    return null;
  }
}

/** yyyyMMddHHmmssSSS in China. A zero value of Java is a time that nobody was paid at. */
function instantOfTime(text: string): string | null {
  if (!/^(?:19[7-9]|[2-9][0-9]{2})[0-9]{14}$/.test(text)) return null;
  try {
    return instantIn(text, 'Asia/Shanghai');
  } catch {
    return null;
  }
}

const messageCharactersMax = 512;

/** A message is only read by people: a part of it is better than no fact. */
function messageOf({ msg }: Content): { readonly message?: string } {
  const message = (msg ?? '').slice(0, messageCharactersMax).toWellFormed();
  return message === '' ? {} : { message };
}

/** Names fields that the platform documents, and no other: any other name is the sender's word. */
function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const field = issue?.path[0];
  if (field === undefined) return 'it has a field that the platform does not document';
  return `its ${String(field)} is missing, or is not of the documented form`;
}
