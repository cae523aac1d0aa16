/** Text that somebody altered, and what the module says to it. */

import fc from 'fast-check';
import { expect } from 'vitest';
import { PaymentOrderError } from '../../../src/errors.ts';

const pieces = [
  ...['\n', '\n\n', ' ', '  ', '\t', '\r', '\r\n', '\0', '\u001f', '\u007f', '\u0085', '\u00a0'],
  ...['\u2028', '\u3000', '\ufeff', '\ufffd', '\ud800', '— ', '+', '=', '==', '-', '_', '/', '.'],
  ...['0', '00', '1', 'A', '18446744073709551616', '9007199254740993', 'é', '𝄞', 'PRIVATE+KEY+'],
];

/** A part of the text replaced, left out, doubled or added to; or one bit of a byte altered. */
export function spoiledText(text: string): fc.Arbitrary<string> {
  const points = fc.integer({ min: 0, max: text.length });
  const ranges = fc
    .tuple(points, fc.oneof(fc.integer({ min: 0, max: 3 }), points))
    .map(([from, length]) => ({ from, to: Math.min(text.length, from + length) }));
  const added = fc.oneof(
    fc.constant(''),
    fc.constantFrom(...pieces),
    fc.string({ unit: 'binary' }),
  );
  return fc.oneof(
    bitAltered(text),
    fc
      .tuple(ranges, added)
      .map(([{ from, to }, piece]) => text.slice(0, from) + piece + text.slice(to)),
    fc
      .tuple(ranges, points)
      .map(([{ from, to }, at]) => text.slice(0, at) + text.slice(from, to) + text.slice(at)),
  );
}

/** As a reader of UTF-8 finds it: what is no UTF-8 becomes U+FFFD. */
export function bitAltered(text: string): fc.Arbitrary<string> {
  const bytes = Buffer.from(text);
  return fc
    .tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 0, max: 7 }))
    .map(([at, bit]) => Buffer.from(bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit))).toString());
}

/** Of any kind, and none of it made for this module. */
export const garbage = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom(...pieces, 'log', 'old', 'index', 'c2sp.org/tlog-proof@v1'))
    .map((found) => found.join('')),
);

/** What is made of the text; null where it is refused, which must be by the name of the field. */
export function madeOrRefused<T>(make: () => T, field: string): T | null {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    expect(error).toMatchObject({
      code: 'invalid-input',
      field: expect.stringMatching(new RegExp(`^${field}(?:\\.checkpoint)?$`)) as string,
      problem: expect.stringMatching(/^(?:must|has|is) /) as string,
      message: expect.stringMatching(/^[^:]+: [^:]+; nothing was stored or sent$/) as string,
    });
    expect(error.cause).toBeUndefined();
    return null;
  }
}

/** The problem that is named where the text is refused. */
export function problemOf(make: () => unknown, field: string): string {
  try {
    make();
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    expect(error).toMatchObject({ code: 'invalid-input', field });
    return error.problem ?? '';
  }
  throw new Error('it was accepted');
}
