import type { BillMoney } from './types.ts';

/** Sums by currency, with one more amount. */
export function added(sums: readonly BillMoney[], money: BillMoney): readonly BillMoney[] {
  const before = sums.find(({ currency }) => currency === money.currency);
  if (before === undefined) return [...sums, money];
  const amountMinor = before.amountMinor + money.amountMinor;
  return sums.map((sum) => (sum === before ? { ...sum, amountMinor } : sum));
}

/** What is not known contradicts nothing. */
export function agree(here: readonly BillMoney[] | null, there: readonly BillMoney[]): boolean {
  if (here === null) return true;
  const isIn = (list: readonly BillMoney[]) => (money: BillMoney) =>
    list.some(
      ({ amountMinor, currency }) =>
        amountMinor === money.amountMinor && currency === money.currency,
    );
  return here.length === there.length && here.every(isIn(there));
}
