import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/history/canonical-json.ts';

const names = fc.constantFrom(
  ...[
    'a',
    'b',
    'ab',
    'B',
    '',
    '10',
    '9',
    '1x',
    '$id',
    '支付',
    '\u{1f4b0}',
    '\ue000',
    '\u2028',
    '"',
  ],
  ...['__proto__', 'toJSON', 'constructor', 'length', '\ud800'],
);

const leaves = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.double(),
  fc.integer(),
  fc.constantFrom<unknown>(true, null, -0, 1e21, 1e-7, undefined, NaN, '\udc00', new Date(0), 1n),
);

/** Fields in any order, some with names that an object keeps elsewhere, and a `__proto__` of its own. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaves,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 8 }).map(Object.fromEntries),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 8 }).map((fields) => {
      return Object.assign(Object.create(null) as object, Object.fromEntries(fields));
    }),
  ),
})).value;

/** The text, or that there is none. */
const textOr = (write: () => string | undefined) => {
  try {
    return write() ?? 'none';
  } catch {
    return 'none';
  }
};

test('writes what the library writes, and refuses what it refuses', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(textOr(() => canonicalJson(value))).toBe(textOr(() => canonicalize(value)));
    }),
    { numRuns: 20_000, seed: 17 },
  );
});

test('orders the names of one object after another', () => {
  const texts = [
    { b: 1, a: 2 },
    { a: 1, b: 2 },
    { d: 1, c: [] },
    { b: 3, a: 4 },
  ].map(canonicalJson);

  expect(texts).toEqual(['{"a":2,"b":1}', '{"a":1,"b":2}', '{"c":[],"d":1}', '{"a":4,"b":3}']);
});
