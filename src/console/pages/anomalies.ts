import type { PaymentOrder } from '../../order/types.ts';
import type { Words } from '../words.ts';

/** Anomalies of an order in words, by their numbers. */
export function anomaliesOfNumbers(
  words: Words,
  { anomalies }: Pick<PaymentOrder, 'anomalies'>,
  numbers: readonly number[],
): readonly string[] {
  const { closesNumber } = words.console.acts.recorded;
  return anomalies
    .filter(({ number }) => numbers.includes(number))
    .map(({ number, code }) => closesNumber(number, words.anomalies[code]));
}
