/**
 * What came and what went back. A payment may be told by several notices, with and without its
 * number, so each is counted once; what notices say differently becomes an anomaly.
 */

import { wasKnown, withAnomalies } from './payment-order.facts.ts';
import type { MaybeAmount, OrderFacts } from './payment-order.facts.ts';
import type { Payment, Refund, Remembered } from './payment-order.remembered.ts';

/** A sum in one currency. */
export type Money = {
  /** Minor units (fen for CNY). */
  readonly amountMinor: number;
  /** ISO 4217. */
  readonly currency: string;
};

type Told<T extends Remembered['type']> = Extract<Remembered, { type: T }>;

type ToldPayment = Omit<Told<'PaymentSucceeded'>, 'type'> & {
  /** It contradicts nothing that was recorded after this revision. Default: the newest. */
  readonly headRevision?: number;
};

export function recordPayment(known: OrderFacts, told: ToldPayment): OrderFacts {
  const { revision, payment, isOfVersion1, headRevision = revision } = told;
  const { since } = known;
  const same = isOfVersion1 ? withSameNumber(known, payment) : samePayment(known, payment);
  const isNew = same.length === 0;
  const agreeing = same.filter((other) => amountsAgree(other, payment));
  const isContradicted = !isNew && agreeing.length === 0;
  const wasMismatched = !isOfVersion1 && same.some((other) => !amountsAgree(known, other));
  return withAnomalies(
    { ...known, paid: true, payments: withPayment(known, payment, same, agreeing) },
    revision,
    !amountsAgree(known, payment) && !wasMismatched && 'amount-mismatch',
    isNew && known.payments.length > 0 && 'double-payment',
    isNew && wasKnown(since.closed, headRevision) && 'paid-after-cancel',
    isNew && wasKnown(since.failed, headRevision) && 'paid-after-failure',
    isContradicted && wasKnown(since.payment, headRevision) && 'contradicted',
  );
}

/** A failure that occurred before a payment contradicts nothing: the payer tried again. */
export function recordFailure(known: OrderFacts, told: Told<'PaymentFailed'>): OrderFacts {
  const { revision, occurredAt: failedAt } = told;
  const isBefore = known.payments.some(
    ({ occurredAt }) => failedAt !== undefined && occurredAt !== undefined && failedAt < occurredAt,
  );
  return withAnomalies(
    { ...known, failed: true },
    revision,
    known.paid && !isBefore && 'contradicted',
  );
}

export function recordRefund(known: OrderFacts, told: Told<'PaymentRefunded'>): OrderFacts {
  const { revision, refund } = told;
  const same = known.refunds.filter(({ refundNo }) => refundNo === refund.refundNo);
  const isKnown = same.some((other) => amountsAgree(other, refund));
  const next = isKnown ? known : { ...known, refunds: [...known.refunds, refund] };
  return withAnomalies(
    next,
    revision,
    same.length > 0 && !isKnown && 'contradicted',
    same.length === 0 && refund.amountMinor > 0 && isTooMuch(next, refund) && 'refund-mismatch',
  );
}

/** What came, by currency; null where the order was paid and nobody told how much. */
export function received(known: OrderFacts): readonly Money[] | null {
  if (!known.paid) return [];
  const payments = paymentsOf(known);
  const isUntold = payments.length === 0 || payments.some((each) => each.amountMinor === undefined);
  return isUntold ? null : totals(payments);
}

/** Each payment once: the first notice that gives an amount counts. */
export function paymentsOf(known: OrderFacts): readonly Payment[] {
  const numbered = known.payments.filter((payment) => numberOf(known, payment) !== null);
  // One without a number is one with the numbered ones.
  const told = numbered.length === 0 ? known.payments : numbered;
  const payments = new Map<string | null, Payment>();
  for (const payment of told) {
    const number = numberOf(known, payment);
    if (payments.get(number)?.amountMinor === undefined) payments.set(number, payment);
  }
  return [...payments.values()];
}

/** What went back, by currency. */
export function refunded(known: Pick<OrderFacts, 'refunds'>): readonly Money[] {
  return totals(refundsOf(known));
}

/** Each refund once: the first notice of it counts. */
export function refundsOf({ refunds }: Pick<OrderFacts, 'refunds'>): readonly Refund[] {
  const first = new Map<string, Refund>();
  for (const refund of refunds) {
    if (!first.has(refund.refundNo)) first.set(refund.refundNo, refund);
  }
  return [...first.values()];
}

function isTooMuch(known: OrderFacts, { currency }: Refund): boolean {
  const came = received(known);
  if (came === null) return false;
  const sumOf = (sums: readonly Money[]) =>
    sums.find((sum) => sum.currency === currency)?.amountMinor ?? 0;
  return sumOf(refunded(known)) > sumOf(came);
}

/** Sums by currency. */
export function totals(amounts: readonly MaybeAmount[]): readonly Money[] {
  const sums = new Map<string, number>();
  for (const { amountMinor = 0, currency = '' } of amounts) {
    sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  }
  return Array.from(sums, ([currency, amountMinor]) => ({ amountMinor, currency }));
}

/** A payment's number; null where it has none, or only that of the order. */
function numberOf({ orderNo }: OrderFacts, { transactionNo }: Payment): string | null {
  return transactionNo === undefined || transactionNo === orderNo ? null : transactionNo;
}

function withSameNumber({ payments }: OrderFacts, { transactionNo }: Payment) {
  return payments.filter((other) => other.transactionNo === transactionNo);
}

/** The notices that are about the same payment: one without a number is one with any. */
function samePayment(known: OrderFacts, payment: Payment): readonly Payment[] {
  const { payments } = known;
  const isUnnumbered = numberOf(known, payment) === null;
  const noneHasNumber = payments.every((other) => numberOf(known, other) === null);
  return isUnnumbered || noneHasNumber ? payments : withSameNumber(known, payment);
}

/** A notice adds a payment, or else the amount, the number or the time that were not told before. */
function withPayment(
  known: OrderFacts,
  payment: Payment,
  same: readonly Payment[],
  agreeing: readonly Payment[],
): readonly Payment[] {
  const { transactionNo } = payment;
  const givesNumber = transactionNo !== undefined && numberOf(known, payment) !== null;
  const payments = known.payments.map((other) => {
    // Where two agree, nobody says which of them it is.
    const filled =
      agreeing.length === 1 && agreeing.includes(other) ? { ...payment, ...other } : other;
    return givesNumber && same.includes(other) ? { ...filled, transactionNo } : filled;
  });
  return agreeing.length === 0 ? [...payments, payment] : payments;
}

/** Where one of the two gives no amount, there is nothing to compare. */
function amountsAgree(one: MaybeAmount, other: MaybeAmount): boolean {
  if (one.amountMinor === undefined || other.amountMinor === undefined) return true;
  return one.amountMinor === other.amountMinor && one.currency === other.currency;
}
