import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyBytesMax, bytesOf, bytesOfStored, storedBody, textOf } from '../../src/inbox/body.ts';
import { sha256 } from '../../src/text.ts';

/** Any UTF-16 units, lone surrogates among them. */
const anyText = fc
  .array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7ff, max: 0xe000 })), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

describe('a body', () => {
  test('of any bytes is read back as these bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (given) => {
        const bytes = bytesOf(given);
        const stored = storedBody(bytes);
        expect(bytesOfStored(stored).equals(given)).toBe(true);
        expect('text' in stored).toBe(textOf(bytes) !== null);
      }),
    );
  });

  test('of any text is this text where it is well-formed, and no text where it is not', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(textOf(bytesOf(text))).toBe(text.isWellFormed() ? text : null);
      }),
    );
  });

  test('has a name of its own, whatever text it is', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        expect(sha256(bytesOf(one)) === sha256(bytesOf(other))).toBe(one === other);
      }),
    );
  });

  test('does not change with the array that it was given in', () => {
    const given = Buffer.from('paid');
    const bytes = bytesOf(given);

    given.fill(0);

    expect(textOf(bytes)).toBe('paid');
  });

  test('fits into an event of every store, whatever is in it', () => {
    for (const unit of ['\0', '\\', '\u2028', '付', '💴', '\ud800']) {
      const bytes = bytesOf(unit.repeat(bodyBytesMax)).subarray(0, bodyBytesMax);
      expect(JSON.stringify(storedBody(bytes)).length).toBeLessThan(140 * 1024);
    }
  });

  test('keeps a byte order mark', () => {
    expect(textOf(bytesOf('\ufeff{}'))).toBe('\ufeff{}');
  });
});
