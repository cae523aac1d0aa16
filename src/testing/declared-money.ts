import type { EventData } from '../../machines/payment-order.events.ts';
import type { AnomalyCode } from '../../machines/payment-order.facts.ts';

// Which notices speak of one payment, by the design's words; no code of the machine is used.

export type DeclaredMoney = {
  readonly amountMinor?: number | undefined;
  readonly currency?: string | undefined;
};

/** A payment as it was told. Where two amounts were told of one payment, both are kept. */
export type DeclaredPayment = DeclaredMoney & {
  /** Null where only the order's own number was told, or none. */
  readonly transactionNo: string | null;
  readonly occurredAt?: string | undefined;
};

export type DeclaredRefund = {
  readonly refundNo: string;
  readonly amountMinor: number;
  readonly currency: string;
};

type Known = {
  readonly orderNo: string;
  readonly ordered: DeclaredMoney;
  readonly paid: boolean;
  readonly payments: readonly DeclaredPayment[];
  readonly refunds: readonly DeclaredRefund[];
};

/** What is wrong with a notice of a payment; `isNew`: no other one told of this payment. */
type Findings = {
  readonly payments: readonly DeclaredPayment[];
  readonly isNew: boolean;
  readonly isMismatch: boolean;
  readonly isDouble: boolean;
  readonly isContradicted: boolean;
};

/** What version 1 stored is weighed as version 1 weighed it. */
type OfVersion1 = { readonly isOfVersion1?: true | undefined };

/** The payments after one more notice. */
export function withPayment(
  { orderNo, ordered, payments }: Known,
  event: EventData<'PaymentSucceeded'> & OfVersion1,
): Findings {
  const { amountMinor, currency, occurredAt, isOfVersion1: isOld = false } = event;
  const transactionNo = numberOf(event.transactionNo, orderNo);
  const told: DeclaredPayment = { transactionNo, amountMinor, currency, occurredAt };
  const isUnnumbered = transactionNo === null && !isOld;
  const numbers = payments.filter((other) => other.transactionNo !== null);
  const isOfAny = isUnnumbered || (numbers.length === 0 && !isOld);
  const same = payments.filter((other) => isOfAny || other.transactionNo === transactionNo);
  const agreeing = same.filter((other) => agree(other, told));
  const wasMismatch = !isOld && same.some((other) => !agree(ordered, other));
  return {
    payments: retold(payments, told, same, agreeing),
    isNew: same.length === 0,
    isMismatch: !agree(ordered, told) && !wasMismatch,
    isDouble: same.length === 0 && payments.length > 0,
    isContradicted: same.length > 0 && agreeing.length === 0,
  };
}

/** Who tells the number gives it to what was told before; so with an amount and a time. */
function retold(
  payments: readonly DeclaredPayment[],
  told: DeclaredPayment,
  same: readonly DeclaredPayment[],
  agreeing: readonly DeclaredPayment[],
): readonly DeclaredPayment[] {
  const numbered = payments.map((payment) =>
    same.includes(payment)
      ? { ...payment, transactionNo: payment.transactionNo ?? told.transactionNo }
      : payment,
  );
  const [only, another] = agreeing;
  if (only === undefined) return [...numbered, told];
  // Where two agree, nobody says which of them was meant.
  if (another !== undefined) return numbered;
  const index = payments.indexOf(only);
  const before = numbered[index] ?? told;
  const money = before.amountMinor === undefined ? told : before;
  return numbered.with(index, {
    transactionNo: before.transactionNo,
    amountMinor: money.amountMinor,
    currency: money.currency,
    occurredAt: before.occurredAt ?? told.occurredAt,
  });
}

/** A real number; the order's own stands for none. */
export function numberOf(transactionNo: string | null | undefined, orderNo: string): string | null {
  return transactionNo === undefined || transactionNo === orderNo ? null : transactionNo;
}

/** The refunds after one more notice; the first notice of a refund counts. */
export function withRefund(
  known: Known,
  { refundNo, amountMinor, currency }: EventData<'PaymentRefunded'>,
): { readonly refunds: readonly DeclaredRefund[]; readonly code: AnomalyCode | null } {
  const told = known.refunds.filter((other) => other.refundNo === refundNo);
  const refund = { refundNo, amountMinor, currency };
  if (told.some((other) => agree(other, refund))) return { refunds: known.refunds, code: null };
  const refunds = [...known.refunds, refund];
  if (told.length > 0) return { refunds, code: 'contradicted' };
  const came = receivedBy(known);
  const isMore = amountMinor > 0 && came !== null && moreIn(refundedBy(refunds), came, currency);
  return { refunds, code: isMore ? 'refund-mismatch' : null };
}

function moreIn(one: readonly DeclaredMoney[], other: readonly DeclaredMoney[], currency: string) {
  return totalOf(one, currency) > totalOf(other, currency);
}

/** Each refund once. */
export function refundedBy(refunds: readonly DeclaredRefund[]): readonly DeclaredRefund[] {
  return [...Map.groupBy(refunds, ({ refundNo }) => refundNo).values()].flatMap(
    ([first]) => first ?? [],
  );
}

/** The money that came: each payment once, with the first amount that was told; null if unknown. */
export function receivedBy({
  paid,
  payments,
}: Pick<Known, 'paid' | 'payments'>): readonly DeclaredMoney[] | null {
  if (!paid) return [];
  const byNumber = Map.groupBy(payments, ({ transactionNo }) => transactionNo);
  // What came without a number is one of those that have one.
  if (byNumber.size > 1) byNumber.delete(null);
  const first = [...byNumber.values()].map((told) =>
    told.find(({ amountMinor }) => amountMinor !== undefined),
  );
  const isKnown = first.length > 0 && first.every((money) => money !== undefined);
  return isKnown ? first : null;
}

export function totalOf(money: readonly DeclaredMoney[], currency: string): number {
  return money
    .filter((one) => one.currency === currency)
    .reduce((sum, { amountMinor = 0 }) => sum + amountMinor, 0);
}

function agree(one: DeclaredMoney, other: DeclaredMoney): boolean {
  if (one.amountMinor === undefined || other.amountMinor === undefined) return true;
  return one.amountMinor === other.amountMinor && one.currency === other.currency;
}
