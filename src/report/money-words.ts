import type { Money } from '../../machines/payment-order.money.ts';
import { escapeForTerminal } from '../text.ts';
import { moneyText } from '../timeline/amount.ts';
import type { MoneyTold } from './answers/money.ts';

/** An amount as people write it, escaped; null where none is known. */
export function shownAmount(amount: Money | null): string | null {
  return amount === null ? null : escapeForTerminal(moneyText(amount));
}

/** Platforms give 28 digits, of which the last ones tell transactions apart. */
const [numberMax, numberEnd] = [12, 6];

/** A long number by its end, as far as that tells it from the others; escaped. */
export function shortNumber(
  number: string,
  all: readonly Pick<MoneyTold, 'number'>[] = [],
): string {
  const signs = Array.from(number);
  const end = signs.slice(-numberEnd).join('');
  const isClear = all.filter((each) => each.number?.endsWith(end) ?? false).length <= 1;
  return escapeForTerminal(signs.length > numberMax && isClear ? `…${end}` : number);
}
