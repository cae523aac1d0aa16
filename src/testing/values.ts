import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';

const awkwardTexts = [
  '',
  ' ',
  '\0',
  '\r\n',
  '\u2028',
  '\ufeff',
  '付款单',
  'e\u0301',
  'é',
  '１２',
  'x\u200b',
  '__proto__',
  'toJSON',
  '../../x',
  '%2e%2e',
  '-rf',
  '$all',
  '@file',
  '=HYPERLINK("x")',
  '<script>alert(1)</script>',
  '"\'`',
  '\u202egnp.exe',
  '\u001b]52;c;eA==\u0007',
  'NaN',
  '\ud800',
  '\udfff',
  'a\ud83d',
  '\ude00b',
  '😀',
  '𝒳',
  "'; DROP TABLE events; --",
];

/**
 * Any text that JavaScript can hold, and texts that break terminals, paths, spreadsheets and pages.
 * Includes lone surrogates, which fast-check's `unit: 'binary'` does not make. Up to 600 UTF-16 units.
 */
export function hostileText(): Arbitrary<string> {
  const codeUnit = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }) },
  );
  const units = fc.array(codeUnit, { maxLength: 40 }).map((drawn) => String.fromCharCode(...drawn));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...awkwardTexts) },
    { weight: 4, arbitrary: units },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 500, max: 600 }).map((n) => 'x'.repeat(n)) },
  );
}

/** Hostile text that may be stored: well-formed Unicode, 1 to `charactersMax` UTF-16 units. */
export function storableText(charactersMax: number): Arbitrary<string> {
  return hostileText().filter(
    (text) => text.isWellFormed() && text.length >= 1 && text.length <= charactersMax,
  );
}

/** Valid amounts in minor units, most of them at the edge of a range. */
export function edgeAmounts(): Arbitrary<number> {
  const edges = [
    1,
    2,
    99,
    100,
    101,
    12_800,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 2,
    2 ** 53 - 1,
  ];
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...edges) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) },
  );
}

/** Values that look like an amount but are not a safe integer of at least 1. */
export function wrongAmounts(): Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown[]>(0, -0, -1, 0.5, 128.01, 2 ** 53, Infinity, NaN, '128', ' 12', null),
    fc.integer({ max: 0 }),
    fc.double({ min: 1.1, max: 1e6, noNaN: true, noInteger: true }),
    fc.bigInt({ min: 1n }),
  );
}

/** A number of an order or a process bill. */
export function orderNumbers(): Arbitrary<string> {
  return fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/),
    fc.constantFrom('O20201109150635695000001', '0', 'x'.repeat(32), 'a-_'),
  );
}

/** An identifier from outside: a transaction number, a fact's id, an actor. */
export function identifiers(): Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('T1', 'T2', 'T3'),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/),
  );
}
