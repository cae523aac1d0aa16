import type { OrderFacts, Payment, Remembered } from '../../machines/payment-order.facts.ts';
import { flagged } from './declared-anomalies.ts';

// Payments, failures and refunds of the first table, written down a second time: see
// declared-known.ts.

type Told<T extends Remembered['type']> = Extract<Remembered, { type: T }>;

export function withPayment(known: OrderFacts, told: Told<'PaymentSucceeded'>): OrderFacts {
  const { payment, isOfVersion1 = false } = told;
  const { payments, orderNo } = known;
  // The order's own number says nothing of a payment.
  const number = ({ transactionNo }: Payment) =>
    transactionNo === orderNo ? undefined : transactionNo;
  const mine = number(payment);
  const isFirstNumber = payments.every((other) => number(other) === undefined);
  const isSame = (other: Payment) =>
    isOfVersion1
      ? other.transactionNo === payment.transactionNo
      : mine === undefined || isFirstNumber || number(other) === mine;
  const isNew = !payments.some(isSame);
  const agreeing = payments.filter((other) => isSame(other) && agree(other, payment));
  const agrees = agreeing.length > 0;
  // Another notice of a payment adds no payment, only what the first one lacked.
  const completed = payments.map((other) => ({
    ...(agreeing.length === 1 && agreeing[0] === other ? payment : {}),
    ...other,
    ...(mine !== undefined && isSame(other) ? { transactionNo: mine } : {}),
  }));
  const differs = (other: Payment) => !agree(known, other);
  const isToldTwice = !isOfVersion1 && payments.some((other) => isSame(other) && differs(other));
  return flagged(
    { ...known, paid: true, payments: agrees ? completed : [...completed, payment] },
    told,
    differs(payment) && !isToldTwice && 'amount-mismatch',
    isNew && payments.length > 0 && 'double-payment',
    isNew && known.closed && 'paid-after-cancel',
    isNew && known.failed && 'paid-after-failure',
    !isNew && !agrees && 'contradicted',
  );
}

export function withFailure(known: OrderFacts, told: Told<'PaymentFailed'>): OrderFacts {
  const { occurredAt: failed } = told;
  const isEarlier = ({ occurredAt: paid }: Payment) =>
    failed !== undefined && paid !== undefined && failed < paid;
  const isContradiction = known.paid && !known.payments.some(isEarlier);
  return flagged({ ...known, failed: true }, told, isContradiction && 'contradicted');
}

export function withRefund(known: OrderFacts, told: Told<'PaymentRefunded'>): OrderFacts {
  const { refund } = told;
  const same = known.refunds.filter(({ refundNo }) => refundNo === refund.refundNo);
  if (same.some((other) => agree(other, refund))) return known;
  const next = { ...known, refunds: [...known.refunds, refund] };
  if (same.length > 0) return flagged(next, told, 'contradicted');
  const came = cameIn(known, refund.currency);
  const counted = new Map(next.refunds.toReversed().map((each) => [each.refundNo, each]));
  const back = sumIn(refund.currency, [...counted.values()]);
  const isTooMuch = refund.amountMinor > 0 && came !== null && back > came;
  return flagged(next, told, isTooMuch && 'refund-mismatch');
}

/** What came in a currency; null where the order was paid and nobody told how much. */
function cameIn({ paid, payments, orderNo }: OrderFacts, currency: string): number | null {
  if (!paid) return 0;
  const numbered = payments.filter(
    ({ transactionNo }) => transactionNo !== undefined && transactionNo !== orderNo,
  );
  const groups = [
    ...Map.groupBy(numbered, ({ transactionNo }) => transactionNo).values(),
    ...(numbered.length === 0 ? [payments] : []),
  ];
  const amounts = groups.map((group) => group.find(({ amountMinor }) => amountMinor !== undefined));
  if (amounts.includes(undefined)) return null;
  return sumIn(currency, amounts);
}

function sumIn(wanted: string, amounts: readonly (Money | undefined)[]): number {
  return amounts
    .filter((amount) => amount?.currency === wanted)
    .reduce((sum, amount) => sum + (amount?.amountMinor ?? 0), 0);
}

type Money = { readonly amountMinor?: number | undefined; readonly currency?: string | undefined };

function agree(one: Money, other: Money): boolean {
  if (one.amountMinor === undefined || other.amountMinor === undefined) return true;
  return one.amountMinor === other.amountMinor && one.currency === other.currency;
}
