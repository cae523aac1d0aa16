import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EventType } from '../../machines/payment-order.events.ts';
import { eventSchemas } from '../../machines/payment-order.events.ts';
import { metadataSchema } from '../../src/history/event.ts';
import { namesToSeal } from '../../src/history/sealed-names.ts';
import { digestList, faultsOf, goldenNames, readGolden, sha256OfFile, viewsOf } from './golden.ts';

const names = goldenNames();

/** The names of a schema's fields that may be left out. */
function optionalFields(schema: { readonly shape: object }): readonly string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) =>
    // Every field of a zod object is a zod schema.
    (field as { safeParse(value: unknown): { success: boolean } }).safeParse(undefined).success
      ? [name]
      : [],
  );
}

describe('a golden history', () => {
  test.each(names)('keeps %s as it was written when it was released, byte for byte', (name) => {
    const listed = readFileSync(digestList, 'utf8').trimEnd().split('\n');
    expect(listed).toContain(`${name} ${sha256OfFile(name)}`);
    expect(listed).toHaveLength(names.length);
  });

  test.each(names)(
    'verifies %s with its witness, and folds it to the order as shown then',
    async (name) => {
      const { orderNo, events, witness, view } = readGolden(name);
      expect(await faultsOf(orderNo, events, witness)).toEqual([]);
      // What is allowed, and what more is shown, may change with the machine; nothing else may.
      const { allowed, cancel, needsAttention, ...shown } = view;
      expect(allowed).toBeInstanceOf(Array);
      // Version 1 also showed a doubt that a closing had made moot.
      const isMoot = view.state === 'cancelled';
      const shownCancel = cancel && { ...cancel, inDoubt: cancel.inDoubt && !isMoot };
      const today = viewsOf(events).at(-1);
      expect(today).toMatchObject({ ...shown, cancel: shownCancel });
      // Earlier versions said 'true' and not why.
      expect(today?.needsAttention ?? null).toEqual(needsAttention ? expect.any(Array) : null);
    },
  );

  test('exists for every event type, with and without each optional field', () => {
    const events = names.flatMap((name) => readGolden(name).events);
    const missing: string[] = [];
    const look = (of: string, fields: readonly string[], found: readonly object[]) => {
      for (const field of fields) {
        if (!found.some((each) => Object.hasOwn(each, field))) missing.push(`${of} with ${field}`);
        if (found.every((each) => Object.hasOwn(each, field)))
          missing.push(`${of} without ${field}`);
      }
      if (found.length === 0) missing.push(of);
    };
    // The schemas' own keys are the types.
    for (const type of Object.keys(eventSchemas) as EventType[]) {
      const found = events.filter((event) => event.type === type).map(({ data }) => data);
      look(type, optionalFields(eventSchemas[type]), found);
    }
    look(
      'metadata',
      optionalFields(metadataSchema),
      events.map(({ metadata }) => metadata),
    );
    expect(missing).toEqual([]);
  });

  test('exists in both formats of hashes, and seals every value that can be sealed', () => {
    const events = names.flatMap((name) => readGolden(name).events);
    const ofFormat2 = events.filter(({ metadata }) => metadata['format'] === 2);
    const ofFormat1 = events.filter(({ metadata }) => !('format' in metadata));
    expect(ofFormat1.length).toBeGreaterThan(0);
    expect(ofFormat2.length + ofFormat1.length).toBe(events.length);
    for (const part of ['data', 'metadata'] as const) {
      // With as many digits, no value is left open.
      const fields = events.flatMap((event) => Object.keys(event[part]));
      const numbers = Object.fromEntries(fields.map((name) => [name, '4111111111111111']));
      const actor = { kind: 'customer', id: 'u-7' };
      const toSeal = namesToSeal(part, part === 'data' ? numbers : { ...numbers, actor });
      const salts = ofFormat2.map(({ metadata }) => metadataSchema.parse(metadata).salts);
      const sealed = new Set(salts.flatMap((names) => Object.keys(names?.[part] ?? {})));
      expect([...sealed].toSorted()).toEqual(toSeal.toSorted());
      expect(sealed.size).toBeGreaterThan(7);
    }
  });
});
