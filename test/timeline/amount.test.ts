import { describe, expect, test } from 'vitest';
import { amountText } from '../../src/timeline/amount.ts';

describe('an amount, as people write it', () => {
  test.each([
    [12_800, 'CNY', '128.00 CNY'],
    [5, 'CNY', '0.05 CNY'],
    [0, 'CNY', '0.00 CNY'],
    [Number.MAX_SAFE_INTEGER, 'CNY', '90071992547409.91 CNY'],
    [128, 'JPY', '128 JPY'],
    [1_234, 'KWD', '1.234 KWD'],
    [128, 'XQZ', '128 XQZ (minor units)'],
  ])('%d minor units of %s are %s', (minor, currency, expected) => {
    expect(amountText(minor, currency)).toBe(expected);
  });

  test('is none where the order was created without one', () => {
    expect(amountText(undefined, undefined)).toBeNull();
  });
});
