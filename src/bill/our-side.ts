/** What an order says of its money, with the times by which a bill is expected to name it. */

import { paymentsOf, refundsOf } from '../../machines/payment-order.money.ts';
import { retractedIn } from '../../machines/payment-order.remembered.ts';
import type { Payment, Remembered } from '../../machines/payment-order.remembered.ts';
import { decodeEvent } from '../history/codec.ts';
import { streamOf } from '../history/event.ts';
import { evolve } from '../history/load.ts';
import type { OrderHistory } from '../history/load.ts';
import type { OrderDependencies } from '../order/transact.ts';
import type { BillMoney } from './types.ts';

export type OrderOnOurSide = {
  readonly orderNo: string;
  /** Each payment once. `money` is null where it was recorded without an amount. */
  readonly payments: readonly {
    readonly money: BillMoney | null;
    /** When it happened, or else was recorded; UTC with milliseconds. */
    readonly at: string;
  }[];
  /** Each refund once. */
  readonly refunds: readonly {
    readonly refundNo: string;
    readonly money: BillMoney;
    readonly at: string;
  }[];
};

export type LoadedOrder = { readonly history: OrderHistory; readonly side: OrderOnOurSide };

/** Reads and folds one order; null where its stream is empty. */
export async function loadOurSide(
  { store, compiled }: Pick<OrderDependencies, 'store' | 'compiled'>,
  orderNo: string,
): Promise<LoadedOrder | null> {
  let history: OrderHistory | null = null;
  /** By revision. */
  const times: string[] = [];
  for await (const recorded of store.read(streamOf(orderNo))) {
    const stored = decodeEvent(recorded);
    history = evolve(compiled, history, stored);
    times.push(stored.metadata.occurredAt ?? stored.metadata.recordedAt);
  }
  return history === null ? null : { history, side: sideOf(orderNo, history, times) };
}

function sideOf(
  orderNo: string,
  { known }: OrderHistory,
  times: readonly string[],
): OrderOnOurSide {
  const retracted = retractedIn(known.history);
  const counting = known.history.filter(({ revision }) => !retracted.has(revision));
  const firstOf = (told: readonly Remembered[]) =>
    told.map(({ revision }) => times[revision] ?? '').toSorted()[0] ?? '';
  const telling = counting.filter(tellsPayment);
  const payments = paymentsOf(known);
  /** Of several payments, each is told by the notices with its number. */
  const tellingOf = ({ transactionNo }: Payment) => {
    const own = telling.filter(
      (entry) => entry.type === 'PaymentSucceeded' && entry.payment.transactionNo === transactionNo,
    );
    return payments.length === 1 || own.length === 0 ? telling : own;
  };
  // An operator may have found that it is paid, without an amount.
  const isUntold = known.paid && payments.length === 0;
  return {
    orderNo,
    payments: isUntold
      ? [{ money: null, at: firstOf(telling) }]
      : payments.map((payment) => ({ money: moneyOf(payment), at: firstOf(tellingOf(payment)) })),
    refunds: refundsOf(known).map(({ refundNo, amountMinor, currency }) => {
      const own = counting.filter(
        (entry) => entry.type === 'PaymentRefunded' && entry.refund.refundNo === refundNo,
      );
      return { refundNo, money: { amountMinor, currency }, at: firstOf(own) };
    }),
  };
}

function tellsPayment(entry: Remembered): boolean {
  return (
    entry.type === 'PaymentSucceeded' ||
    (entry.type === 'StatusReported' && entry.status === 'succeeded') ||
    (entry.type === 'CancelResolved' && entry.resolution === 'paid')
  );
}

function moneyOf({ amountMinor, currency }: Payment): BillMoney | null {
  return amountMinor === undefined || currency === undefined ? null : { amountMinor, currency };
}
