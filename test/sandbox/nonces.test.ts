import { describe, expect, test } from 'vitest';
import { Nonces } from '../../src/sandbox/checks.ts';

describe('the memory of nonces', () => {
  test('knows a nonce for 60 s from its first use', () => {
    const nonces = new Nonces();
    expect(nonces.isNew('a', 0)).toBe(true);
    expect(nonces.isNew('a', 59_999)).toBe(false);
    expect(nonces.isNew('a', 60_000)).toBe(true);
  });

  test('holds 200,000 and forgets the oldest first', () => {
    const nonces = new Nonces();
    for (let count = 0; count < 200_001; count += 1) nonces.isNew(String(count), 0);
    expect(nonces.isNew('200000', 1)).toBe(false);
    expect(nonces.isNew('0', 1)).toBe(true);
  });
});
