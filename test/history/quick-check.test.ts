import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventSchemas, isEventType } from '../../machines/payment-order.events.ts';
import { metadataSchema } from '../../src/history/event.ts';
import { isTakenAsItIs } from '../../src/history/quick-check.ts';
import { goldenNames, readGolden } from './golden.ts';

type Stored = { readonly schema: z.ZodType; readonly value: Readonly<Record<string, unknown>> };

/** The data and the metadata of every golden event, each with its schema. */
const stored: readonly Stored[] = goldenNames().flatMap((name) =>
  readGolden(name).events.flatMap(({ type, data, metadata }) => {
    const schema = isEventType(type) ? [{ schema: eventSchemas[type], value: data }] : [];
    return [...schema, { schema: metadataSchema, value: metadata }];
  }),
);

const odd = fc.constantFrom<unknown>(
  ...[undefined, null, true, '', 'x', 'x'.repeat(300), '\u0000', '\ud800', -0, 0, 1, 1.5, 2 ** 53],
  ...[NaN, Infinity, 1n, [], {}, 'CNY', 'paid', '2026-02-30T00:00:00.000Z', 'A'.repeat(64)],
  ...['2026-02-28T00:00:00.000Z', '2026-02-28T00:00:00Z', 'a'.repeat(64), `${'a'.repeat(64)}\n`],
);

/** A stored value, with some of its fields altered, taken away or added. */
const altered = fc
  .record({
    of: fc.constantFrom(...stored),
    path: fc.nat(40),
    name: fc.constantFrom('odd', '__proto__', 'constructor', 'factId', 'retryInMs', 'actor'),
    how: fc.constantFrom('set', 'drop', 'add'),
    to: odd,
  })
  .map(({ of: { schema, value }, path, name, how, to }) => {
    const fields = Object.entries(value);
    const [at] = fields[path % Math.max(1, fields.length)] ?? [''];
    const others = fields.filter(([field]) => field !== at);
    if (how === 'drop') return { schema, value: Object.fromEntries(others) };
    const field = how === 'set' ? at : name;
    return { schema, value: Object.fromEntries([...fields, [field, to]]) };
  });

describe('the quick check of a stored value', () => {
  test('says yes to nothing that the schema refuses or changes', () => {
    fc.assert(
      fc.property(altered, ({ schema, value }) => {
        if (!isTakenAsItIs(schema, value)) return;
        const { success, data } = schema.safeParse(value);
        expect(success && isDeepStrictEqual(data, value)).toBe(true);
      }),
      { numRuns: 20_000, seed: 17 },
    );
  });

  test('says yes to every golden event that is written as it is today', () => {
    const left = stored.filter(({ schema, value }) => {
      const { success, data } = schema.safeParse(value);
      return success && isDeepStrictEqual(data, value) && !isTakenAsItIs(schema, value);
    });

    expect(left.map(({ value }) => value)).toEqual([]);
  });

  test.each([
    ['transforms', z.strictObject({ a: z.string().transform((text) => text.length) }), { a: 'x' }],
    ['coerces', z.strictObject({ a: z.coerce.number() }), { a: 1 }],
    ['catches', z.strictObject({ a: z.int().catch(1) }), { a: 2 }],
    [
      'has a format that is more than its pattern',
      z.strictObject({ a: z.url() }),
      { a: 'http://x' },
    ],
    ['remembers where it matched', z.strictObject({ a: z.string().regex(/x/g) }), { a: 'x' }],
    ['takes 32 bits', z.strictObject({ a: z.int32() }), { a: 1 }],
    ['takes a union', z.strictObject({ a: z.union([z.string(), z.int()]) }), { a: 1 }],
  ])('leaves to zod a schema that %s', (_, schema, value) => {
    expect(isTakenAsItIs(schema, value)).toBe(false);
  });

  test('leaves an absent field with a default to zod', () => {
    const schema = z.strictObject({ a: z.string().default('x') });

    expect([{}, { a: 'y' }].map((value) => isTakenAsItIs(schema, value))).toEqual([false, true]);
  });

  test('takes a record name by name, and leaves to zod the name that zod drops', () => {
    const schema = z.record(z.string().regex(/^\w{1,9}$/), z.int());
    const taken = ['{}', '{"a":1,"b":2}', '{"a":"1"}', '{"a b":1}', '{"__proto__":1}', '[]', '1'];
    expect(taken.map((json) => isTakenAsItIs(schema, JSON.parse(json)))).toEqual([
      ...[true, true, false, false, false, false, false],
    ]);
  });
});
