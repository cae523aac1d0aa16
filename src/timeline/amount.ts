import type { Money } from '../../machines/payment-order.money.ts';

import { exponentOf } from '../currency.ts';

/** An amount of money as people write it. */
export function moneyText({ amountMinor, currency }: Money): string {
  return amountText(amountMinor, currency) ?? '';
}

/**
 * An amount as people write it, such as `128.00 CNY`. An amount in a currency of unknown decimals is
 * shown in minor units, and so is an altered one. Null if there is no amount.
 */
export function amountText(
  amountMinor: number | undefined,
  currency: string | undefined,
): string | null {
  if (amountMinor === undefined || currency === undefined) return null;
  const digits = exponentOf(currency);
  const isAmount = Number.isSafeInteger(amountMinor) && amountMinor >= 0;
  if (digits === null || !isAmount) return `${amountMinor} ${currency} (minor units)`;
  const text = String(amountMinor).padStart(digits + 1, '0');
  const [whole, rest] = [text.slice(0, text.length - digits), text.slice(text.length - digits)];
  return `${digits === 0 ? whole : `${whole}.${rest}`} ${currency}`;
}
