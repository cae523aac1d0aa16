import type { Money } from '../../../machines/payment-order.money.ts';
import type { FoundEvent } from '../../history/event.ts';
import { orderNoOf, textIn } from '../../history/event.ts';
import { retractionsIn } from '../../timeline/retractions.ts';

/** Money that came or went back, once, however many events tell of it. */
export type MoneyTold = {
  /** Of the transaction or the refund; null where none is known. Not escaped. */
  readonly number: string | null;
  /** Null where no event gives it. */
  readonly amount: Money | null;
  /** Every event that tells of it and counts, oldest first. */
  readonly toldBy: readonly [FoundEvent, ...FoundEvent[]];
};

/** The events of one type that nobody took back, oldest first. */
export function counting(events: readonly FoundEvent[], type: string): readonly FoundEvent[] {
  const retracted = retractionsIn(events);
  return events.filter((event) => event.type === type && !retracted.has(event.revision));
}

/**
 * The payments of an order, each once. Events with one transaction number are one payment. An event
 * without a number of its own (none, or that of the order) is one with the numbered payment if
 * there is one, is left out if there are several, and is a payment itself if there is not any.
 */
export function paymentsIn(events: readonly FoundEvent[]): readonly MoneyTold[] {
  const orderNo = orderNoOf(events[0]?.stream ?? '');
  const told = counting(events, 'PaymentSucceeded');
  const numberOf = ({ data }: FoundEvent) => {
    const number = textIn(data, 'transactionNo');
    return number === orderNo ? null : number;
  };
  const numbers = [...new Set(told.map(numberOf))].filter((number) => number !== null);
  const [only = null] = numbers;
  if (numbers.length <= 1) return moneyTold(only, told);
  return numbers.flatMap((number) =>
    moneyTold(
      number,
      told.filter((event) => numberOf(event) === number),
    ),
  );
}

/** The refunds of an order, each once, by their numbers. One whose number is not known is another. */
export function refundsIn(events: readonly FoundEvent[]): readonly MoneyTold[] {
  const told = counting(events, 'PaymentRefunded');
  const byNumber = Map.groupBy(told, ({ data, revision }) => textIn(data, 'refundNo') ?? revision);
  return [...byNumber].flatMap(([number, group]) =>
    moneyTold(typeof number === 'string' ? number : null, group),
  );
}

function moneyTold(
  number: string | null,
  [first, ...others]: readonly FoundEvent[],
): readonly MoneyTold[] {
  if (first === undefined) return [];
  const toldBy = [first, ...others] as const;
  const amount = toldBy.map(amountIn).find((found) => found !== null) ?? null;
  return [{ number, amount, toldBy }];
}

/** The amount that an event gives; null where it gives none. */
export function amountIn({ data }: FoundEvent): Money | null {
  const { amountMinor, currency } = data;
  const isAmount = typeof amountMinor === 'number' && typeof currency === 'string';
  return isAmount ? { amountMinor, currency } : null;
}
