import { textOf } from './reading.ts';
import type { Read } from './reading.ts';
import type { History } from './oracle.ts';

/** What tells of one sum of money: its events that count, oldest first. */
export type Told = readonly [Read, ...Read[]];

/** Each payment once. */
export function paymentsOf({ counting, orderNo }: History): readonly Told[] {
  const all = counting.filter(({ event }) => event.type === 'PaymentSucceeded');
  const numberIn = ({ event }: Read) => {
    const number = textOf(event.data['transactionNo']);
    return number === orderNo ? null : number;
  };
  const numbers = new Set(all.map(numberIn).filter((number) => number !== null));
  // With one number or none, every event tells of the same money.
  if (numbers.size <= 1) return groups([all]);
  return groups([...numbers].map((number) => all.filter((one) => numberIn(one) === number)));
}

/** Each refund once; one whose number is not known is one of its own. */
export function refundsOf({ counting }: History): readonly Told[] {
  const all = counting.filter(({ event }) => event.type === 'PaymentRefunded');
  const byNumber = Map.groupBy(
    all,
    ({ event, revision }) => textOf(event.data['refundNo']) ?? revision,
  );
  return groups([...byNumber.values()]);
}

function groups(told: readonly (readonly Read[])[]): readonly Told[] {
  return told.flatMap(([first, ...others]) => (first === undefined ? [] : [[first, ...others]]));
}
