import { describe, expect, test } from 'vitest';
import { amountText } from '../../src/timeline/amount.ts';

describe('the text of an amount', () => {
  test.each([
    [12_800, 'CNY', '128.00 CNY'],
    [5, 'CNY', '0.05 CNY'],
    [0, 'CNY', '0.00 CNY'],
    [Number.MAX_SAFE_INTEGER, 'CNY', '90071992547409.91 CNY'],
    [128, 'JPY', '128 JPY'],
    [1_234, 'KWD', '1.234 KWD'],
    [1_500_000, 'IDR', '15000.00 IDR'],
    [128, 'XDR', '128 XDR (minor units)'],
    [128, 'XQZ', '128 XQZ (minor units)'],
    [-5, 'CNY', '-5 CNY (minor units)'],
    [1.5, 'CNY', '1.5 CNY (minor units)'],
  ])('writes %d minor units of %s as %s', (minor, currency, expected) => {
    expect(amountText(minor, currency)).toBe(expected);
  });

  test('is null for an order without an amount', () => {
    expect(amountText(undefined, undefined)).toBeNull();
  });
});
