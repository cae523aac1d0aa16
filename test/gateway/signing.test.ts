import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  newNonce,
  noticeSigningString,
  sign,
  signingString,
  verify,
} from '../../src/gateway/signing.ts';
import { keys } from './support.ts';

const fields = {
  appId: 'OIG0AF4DMOK2VC2N',
  nonce: '123AO9',
  timestamp: 1_604_990_109_987,
  apiCode: 'test.add',
};

describe('the signing string', () => {
  test("equals the platform's own sample", () => {
    expect(signingString(fields, { name: '测试' })).toBe(
      'apiCode=test.add&appId=OIG0AF4DMOK2VC2N&name=测试&nonce=123AO9&timestamp=1604990109987',
    );
  });

  test('leaves out what is absent, an object, an array or null', () => {
    const params = { a: undefined, b: {}, c: [1], d: null, e: '', f: 0, g: false };
    expect(signingString(fields, params)).toBe(
      'apiCode=test.add&appId=OIG0AF4DMOK2VC2N&e=&f=0&g=false&nonce=123AO9&timestamp=1604990109987',
    );
  });

  test('orders names by code units: upper case first, whatever the locale', () => {
    const names = { Z: '1', a: '2', Ä: '3', ä: '4' };
    expect(signingString(fields, names)).toMatch(/^Z=1&a=2&apiCode=.*&Ä=3&ä=4$/);
  });

  test('keeps a parameter that has the name of an envelope field, after that field', () => {
    expect(signingString(fields, { nonce: 'other', appId: 'other' })).toBe(
      'apiCode=test.add&appId=OIG0AF4DMOK2VC2N&appId=other' +
        '&nonce=123AO9&nonce=other&timestamp=1604990109987',
    );
  });

  test('does not depend on the order of the parameters', () => {
    const params = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string());
    fc.assert(
      fc.property(params, (given) => {
        const turned = Object.fromEntries(Object.entries(given).reverse());
        expect(signingString(fields, turned)).toBe(signingString(fields, given));
      }),
    );
  });
});

test('the signing string of a notice has its nonce, content and timestamp, as they stand', () => {
  const parts = { nonce: 'a1', requestContent: '{"msg":"&测试"}', timestamp: '1604990109987' };
  expect(noticeSigningString(parts)).toBe(
    'nonce=a1&request_content={"msg":"&测试"}&timestamp=1604990109987',
  );
});

describe('a signature', () => {
  test('verifies over its own text and no other', async () => {
    const signature = await sign('临时=1&emoji=🧾', keys.privateKey);
    expect(await verify('临时=1&emoji=🧾', signature, keys.publicKey)).toBe(true);
    expect(await verify('临时=2&emoji=🧾', signature, keys.publicKey)).toBe(false);
    expect(await verify('临时=1&emoji=🧾', 'not base64 at all', keys.publicKey)).toBe(false);
    expect(await verify('临时=1&emoji=🧾', '', keys.publicKey)).toBe(false);
  });
});

describe('a nonce', () => {
  test('has six letters and digits', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.infiniteStream(bytes), (stream) => {
        const randomHex = (): string => Buffer.from(stream.next().value).toString('hex');
        expect(newNonce({ randomHex })).toMatch(/^[A-Za-z0-9]{6}$/);
      }),
    );
  });

  test('has every character with the same chance: bytes from 248 on are skipped', () => {
    const counts = new Map<string, number>();
    // Every byte six times: 248 fair values, four for each of the 62 characters.
    for (let byte = 0; byte < 248; byte += 1) {
      const hex = `f8ff${byte.toString(16).padStart(2, '0').repeat(14)}`;
      const [first = ''] = newNonce({ randomHex: () => hex });
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    expect(new Set(counts.values())).toEqual(new Set([4]));
  });

  test('throws after 64 tries of a source that is not random', () => {
    const randomHex = vi.fn((bytes: number) => 'ff'.repeat(bytes));
    expect(() => newNonce({ randomHex })).toThrow('random');
    expect(randomHex).toHaveBeenCalledTimes(64);
  });
});
