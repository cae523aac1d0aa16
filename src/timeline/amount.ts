/** The currency's decimal digits; null for a currency unknown here. */
function digitsOf(currency: string): number | null {
  if (!Intl.supportedValuesOf('currency').includes(currency)) return null;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? null;
}

const knownDigits = new Map<string, number | null>();

/**
 * An amount as people write it, such as `128.00 CNY`. An amount in an unknown currency is shown in
 * minor units. Null if there is no amount.
 */
export function amountText(
  amountMinor: number | undefined,
  currency: string | undefined,
): string | null {
  if (amountMinor === undefined || currency === undefined) return null;
  const digits = knownDigits.get(currency) ?? digitsOf(currency);
  knownDigits.set(currency, digits);
  if (digits === null) return `${amountMinor} ${currency} (minor units)`;
  const text = String(amountMinor).padStart(digits + 1, '0');
  const [whole, rest] = [text.slice(0, text.length - digits), text.slice(text.length - digits)];
  return `${digits === 0 ? whole : `${whole}.${rest}`} ${currency}`;
}
