/**
 * Compares what a bill says of one order with what we know of it. Payments have no number in a bill,
 * so their sums must agree; refunds are compared by their numbers. It changes nothing.
 */

import { added, agree } from './money.ts';
import type { Expectation } from './days.ts';
import type { OrderOnOurSide } from './our-side.ts';
import type { Counted, Tally } from './tally.ts';
import type { BadBillRow, BillMoney, MoneyDifference } from './types.ts';

export type Found = MoneyDifference | BadBillRow;

/** @param told - What the bill says of this order, its payments first. */
export function* compareOrder(
  order: OrderOnOurSide,
  told: Iterable<Counted>,
  expects: Expectation,
): Generator<Found> {
  const refunds = new Map(order.refunds.map((refund) => [refund.refundNo, refund]));
  let isPaymentTold = false;
  for (const tally of told) {
    if (tally.kind === 'bad-row') yield tally;
    else if (tally.refundNo === null) {
      isPaymentTold = true;
      yield* ofPayments(order, tally, expects);
    } else {
      yield* ofRefund(order, refunds.get(tally.refundNo), tally, expects);
      refunds.delete(tally.refundNo);
    }
  }
  if (!isPaymentTold) yield* ofPayments(order, null, expects);
  for (const refund of refunds.values()) yield* ofRefund(order, refund, null, expects);
}

/** Of orders that we do not know, whatever the bill says is missing here. */
export function* compareUnknown(told: Iterable<Counted>): Generator<Found> {
  for (const tally of told) {
    if (tally.kind === 'bad-row') yield tally;
    else if (tally.status === 'succeeded') {
      const kind = tally.refundNo === null ? 'payment-missing-here' : 'refund-missing-here';
      yield { kind, ...about(tally), isOrderKnown: false, here: [] };
    }
  }
}

function* ofPayments(
  { orderNo, payments }: OrderOnOurSide,
  tally: Tally | null,
  expects: Expectation,
): Generator<Found> {
  const told = { ...(tally === null ? absent(orderNo, null) : about(tally)), isOrderKnown: true };
  const expected = payments.filter(({ at }) => expects.has('payment', at));
  if (told.status !== 'succeeded') {
    if (expected.length === 0) return;
    yield { kind: 'payment-missing-there', ...told, here: sumOf(expected) };
  } else if (payments.length === 0) {
    yield { kind: 'payment-missing-here', ...told, here: [] };
  } else if (![payments, expected].some((some) => agree(sumOf(some), told.there))) {
    yield { kind: 'payment-differs', ...told, here: sumOf(payments) };
  }
}

function* ofRefund(
  { orderNo }: OrderOnOurSide,
  refund: OrderOnOurSide['refunds'][number] | undefined,
  tally: Tally | null,
  expects: Expectation,
): Generator<Found> {
  const refundNo = refund?.refundNo ?? null;
  const told = {
    ...(tally === null ? absent(orderNo, refundNo) : about(tally)),
    ...{ isOrderKnown: true, here: refund === undefined ? [] : [refund.money] },
  };
  if (told.status !== 'succeeded') {
    const isMissed = refund !== undefined && expects.has('refund', refund.at);
    if (isMissed) yield { kind: 'refund-missing-there', ...told };
  } else if (refund === undefined) yield { kind: 'refund-missing-here', ...told };
  else if (!agree(told.here, told.there)) yield { kind: 'refund-differs', ...told };
}

type Told = Pick<MoneyDifference, 'orderNo' | 'refundNo' | 'there' | 'status' | 'row'>;

function about({ orderNo, refundNo, money, status, row }: Tally): Told {
  return { orderNo, refundNo, there: money, status, row };
}

function absent(orderNo: string, refundNo: string | null): Told {
  return { orderNo, refundNo, there: [], status: 'absent', row: null };
}

/** One sum for each currency; null where an amount is not known. */
function sumOf(payments: OrderOnOurSide['payments']): readonly BillMoney[] | null {
  let sums: readonly BillMoney[] = [];
  for (const { money } of payments) {
    if (money === null) return null;
    sums = added(sums, money);
  }
  return sums;
}
