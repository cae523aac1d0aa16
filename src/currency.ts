/**
 * Currencies and their minor units, by ISO 4217. `Intl` is not asked for the digits: it knows how
 * prices are written, so it gives the Iraqi dinar none of its three and the rupiah none of its two.
 * An amount read with the wrong digits is wrong by a factor of 100.
 */

import { invalidInput } from './errors.ts';

/**
 * The currencies whose exponent is not 2, by exponent. Source: ISO 4217, list one of the maintenance
 * agency (SIX), as of 2025.
 */
const unusual: readonly (readonly [exponent: number | null, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  // Units of account: they have no minor unit.
  [null, 'XDR XSU XUA'],
];

const exponents: ReadonlyMap<string, number | null> = new Map(
  unusual.flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, exponent])),
);

let inUse: ReadonlySet<string> | undefined;

/** A currency's code in capitals; null where it is not three letters. */
export function currencyCode(given: unknown): string | null {
  return typeof given === 'string' && /^[A-Za-z]{3}$/.test(given) ? given.toUpperCase() : null;
}

/** Whether a currency, by its code in capitals, is one that people pay with. */
export function isCurrencyInUse(code: string): boolean {
  inUse ??= new Set(Intl.supportedValuesOf('currency'));
  return inUse.has(code);
}

/** How many decimals a currency has; null where it has no minor unit, or is not known here. */
export function exponentOf(code: string): number | null {
  const exponent = exponents.get(code);
  if (exponent !== undefined) return exponent;
  return isCurrencyInUse(code) ? 2 : null;
}

/**
 * Reads an amount as channels write it, exactly.
 *
 * @param amount - Digits, and at most as many decimals as the currency has after a point, such as
 * `128.00`, `128` or `0.5`. No sign, exponent, separator of thousands or blank.
 * @param currency - ISO 4217, in any case.
 * @returns Minor units (fen for CNY), 0 to 2^53 - 1.
 * @throws {PaymentOrderError} `invalid-input`, field `amount` or `currency`.
 * @example
 * const amountMinor = minorUnits('128.00', 'CNY'); // 12800
 */
export function minorUnits(amount: string, currency: string): number {
  const code = currencyCode(currency);
  const exponent = code === null ? null : exponentOf(code);
  if (code === null || exponent === null) {
    throw invalidInput('currency', 'must be an ISO 4217 code with minor units, such as CNY');
  }
  // A caller in JavaScript may give anything.
  const text = typeof amount === 'string' ? amount : '';
  const [, whole, decimals = ''] = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? [];
  if (whole === undefined) {
    throw invalidInput(
      'amount',
      'must be text of digits with a point for decimals, such as 128.00',
    );
  }
  if (decimals.length > exponent) {
    throw invalidInput('amount', `must have at most ${exponent} decimals in ${code}`);
  }
  // Digits beyond 2^53 are rounded here to what is not safe either.
  const minor = Number(whole + decimals.padEnd(exponent, '0'));
  if (Number.isSafeInteger(minor)) return minor;
  throw invalidInput('amount', 'must be at most 9007199254740991 minor units');
}

/** An amount in minor units, or with a decimal point in whole ones, as a person types it. */
export function minorFrom(text: string, currency: string | undefined): number {
  if (currency === undefined) {
    throw invalidInput('amountMinor', 'must be given together with currency');
  }
  if (text.includes('.')) return minorUnits(text, currency);
  if (!/^[0-9]+$/.test(text)) {
    throw invalidInput(
      'amountMinor',
      'must be in minor units, such as 12800, or have a decimal point, such as 128.00',
    );
  }
  const minor = Number(text);
  const isPlain = /^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(minor);
  if (isPlain) return minor;
  const most = Number.MAX_SAFE_INTEGER;
  throw invalidInput('amountMinor', `must be a whole number from 0 to ${most}, in plain digits`);
}
