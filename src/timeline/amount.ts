/** How many minor units make a whole one, as a power of ten; null for a currency not known here. */
function digitsOf(currency: string): number | null {
  if (!Intl.supportedValuesOf('currency').includes(currency)) return null;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? null;
}

const knownDigits = new Map<string, number | null>();

/**
 * An amount as people write it, `128.00 CNY`, or its minor units where nobody knows the digits;
 * null where there is none.
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
