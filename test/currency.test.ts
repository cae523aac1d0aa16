import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exponentOf } from '../src/currency.ts';
import { minorUnits } from '../src/index.ts';
import { hostileText } from '../src/testing/arbitraries.ts';
import { amountText } from '../src/timeline/amount.ts';

const inUse = Intl.supportedValuesOf('currency');
const withMinorUnits = inUse.filter((code) => exponentOf(code) !== null);

describe('the decimals of a currency', () => {
  test.each([
    ['CNY', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    // Where prices are written with other decimals than ISO 4217 has.
    ...(['AFN', 'ALL', 'COP', 'HUF', 'IDR', 'IRR', 'KPW', 'LAK', 'LBP', 'MGA', 'MMK'] as const).map(
      (code) => [code, 2] as const,
    ),
    ...(['PKR', 'SLE', 'SOS', 'SYP', 'YER'] as const).map((code) => [code, 2] as const),
    ['IQD', 3],
  ] as const)('are for %s those of ISO 4217: %d', (code, exponent) => {
    expect(exponentOf(code)).toBe(exponent);
  });

  test('are not known of a unit of account, and of no code', () => {
    for (const code of ['XDR', 'XSU', 'XXX', 'XQZ', 'cny', '', 'constructor']) {
      expect(exponentOf(code), code).toBeNull();
    }
  });
});

describe('minor units', () => {
  test.each([
    ['128.00', 'CNY', 12_800],
    ['128', 'CNY', 12_800],
    ['128.5', 'cny', 12_850],
    ['0128.50', 'Cny', 12_850],
    ['0', 'CNY', 0],
    ['0.01', 'CNY', 1],
    // 4.35 * 100 is 434.99999999999994, and 1.005 * 1000 is 1004.9999999999999.
    ['4.35', 'CNY', 435],
    ['1.005', 'KWD', 1_005],
    ['128', 'JPY', 128],
    ['1.234', 'IQD', 1_234],
    ['15000.00', 'IDR', 1_500_000],
    ['90071992547409.91', 'CNY', Number.MAX_SAFE_INTEGER],
  ])('read %s %s as %d', (amount, currency, minor) => {
    expect(minorUnits(amount, currency)).toBe(minor);
  });

  test('are read back from what is shown, for any amount in any currency', () => {
    const amounts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(amounts, fc.constantFrom(...withMinorUnits), (minor, currency) => {
        const [amount = ''] = amountText(minor, currency)?.split(' ') ?? [];
        expect(minorUnits(amount, currency)).toBe(minor);
      }),
    );
  });

  test.each([
    ...['', ' ', ' 12', '12 ', '12\n', '+1', '-1', '-0', '1e3', '0x10', '1,000.00', '1 000', '1_0'],
    ...['.5', '5.', '1.2.3', '１２', '١', 'NaN', 'Infinity', '12元', '¥12'],
  ])('are refused for the amount %j', (amount) => {
    expect(() => minorUnits(amount, 'CNY')).toThrow(/^amount: must be text of digits/);
  });

  test.each([
    ['128.000', 'CNY', 'must have at most 2 decimals in CNY'],
    ['1.0', 'JPY', 'must have at most 0 decimals in JPY'],
    ['1.0000', 'KWD', 'must have at most 3 decimals in KWD'],
    ['90071992547409.92', 'CNY', 'must be at most 9007199254740991 minor units'],
    ['9007199254740993', 'JPY', 'must be at most 9007199254740991 minor units'],
    ['9'.repeat(400), 'CNY', 'must be at most 9007199254740991 minor units'],
  ])('are never rounded: %s %s', (amount, currency, problem) => {
    expect(() => minorUnits(amount, currency)).toThrow(`amount: ${problem}`);
  });

  test.each(['', 'CN', 'CNYX', 'ＣＮＹ', 'ıdr', 'XQZ', 'XDR', 'constructor'])(
    'are refused in the currency %j',
    (currency) => {
      expect(() => minorUnits('1', currency)).toThrow(
        expect.objectContaining({ code: 'invalid-input', field: 'currency' }),
      );
    },
  );

  test('are refused for hostile text without repeating it', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const amount = `${text}!secret`;
        expect(() => minorUnits(amount, 'CNY')).toThrow(/^(?!.*secret)amount: /s);
      }),
    );
  });
});
