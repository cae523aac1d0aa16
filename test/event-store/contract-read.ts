import fc from 'fast-check';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/event-store/event-store.ts';
import { all, anEvent, idsOf, put, someEvents, take, withStore } from './support.ts';
import type { OpenStore, Promise_ } from './support.ts';

const stream = 'paymentOrder-1';

const hostileText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.constantFrom('付款单', '__proto__', 'toJSON', '\u0000', '\u2028', '𝒳😀', 'e\u0301', 'é'),
);

const jsonText = fc
  .dictionary(hostileText, fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }), { maxKeys: 6 })
  .map((value) => JSON.stringify(value))
  // fast-check makes -0 and lone surrogates, which the store refuses; see the bad inputs.
  .filter((text) => text.isWellFormed() && !/\\ud[89a-f]/i.test(text));

/** What reading promises. */
export function readPromises(promise: Promise_, open: OpenStore): void {
  promise('gives back exactly the JSON, ids and types it got', async () => {
    const events = fc.array(fc.record({ type: fc.constantFrom('A', '类型'), jsonText }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(events, async (drawn) => {
        await withStore(open, async (store) => {
          const given = drawn.map(({ type, jsonText: text }) => anEvent(parse(text), type));
          await put(store, stream, given);
          const stored = await all(store.read(stream));
          expect(idsOf(stored)).toEqual(idsOf(given));
          expect(stored.map((event) => event.type)).toEqual(given.map((event) => event.type));
          expect(stored.map((event) => JSON.stringify(event.data))).toEqual(
            drawn.map((event) => event.jsonText),
          );
          expect(stored.map((event) => event.metadata)).toEqual(given.map((one) => one.metadata));
        });
      }),
      { numRuns: 60 },
    );
  });

  promise('keeps __proto__ as a name among others', async ({ store }) => {
    const text = '{"__proto__":{"polluted":true},"a":{"__proto__":1},"constructor":null}';
    await put(store, stream, [{ ...anEvent(parse(text)), metadata: parse(text) }]);
    const last = await store.readLast(stream);
    expect(JSON.stringify(last?.data)).toBe(text);
    expect(JSON.stringify(last?.metadata)).toBe(text);
    expect(Object.getPrototypeOf(last?.data)).toBe(Object.prototype);
  });

  promise('keeps strange stream names apart', async ({ store }) => {
    const names = [
      '__proto__',
      'constructor',
      '..',
      '%2e%2e',
      '-rf',
      'é',
      'e\u0301',
      'a',
      'A',
      'a ',
    ]
      .concat(['付款单-1', '😀', 'x\u200b', 'x', '１', '1', "'; DROP TABLE events; --"])
      .map((name) => `odd${name}`);
    for (const [index, name] of names.entries()) await put(store, name, [anEvent({ index })]);
    for (const [index, name] of names.entries()) {
      const events = await all(store.read(name));
      expect(events.map((event) => [event.stream, event.data])).toEqual([[name, { index }]]);
    }
  });

  promise('reads an unknown stream as empty', async ({ store }) => {
    expect(await all(store.read('paymentOrder-unknown'))).toEqual([]);
    expect(await store.readLast('paymentOrder-unknown')).toBeNull();
    expect(await all(store.readAll(null, 'paymentOrder-'))).toEqual([]);
    expect(await all(store.streams(''))).toEqual([]);
  });

  promise('reads from a revision on', async ({ store }) => {
    const given = someEvents(5);
    await put(store, stream, given);
    expect(idsOf(await all(store.read(stream, 3)))).toEqual(idsOf(given.slice(3)));
    expect(await all(store.read(stream, 5))).toEqual([]);
    expect(await all(store.read(stream, 999))).toEqual([]);
  });

  promise('reads the last event', async ({ store }) => {
    await put(store, stream, someEvents(4));
    await put(store, 'paymentOrder-10', someEvents(9));
    expect(await store.readLast(stream)).toEqual((await all(store.read(stream))).at(-1));
  });

  promise('contains in a read what was acknowledged before', async ({ store }) => {
    for (let count = 1; count <= 20; count++) {
      await put(store, stream, [anEvent()]);
      expect(await all(store.read(stream))).toHaveLength(count);
      expect((await store.readLast(stream))?.revision).toBe(count - 1);
      expect(await all(store.readAll(null, stream))).toHaveLength(count);
    }
  });

  promise('reads all in the order they were appended, after a position', async ({ store }) => {
    const given = someEvents(30);
    for (const [index, event] of given.entries()) await put(store, `s-${index % 4}`, [event]);
    const stored = await all(store.readAll(null, 's-'));
    expect(idsOf(stored)).toEqual(idsOf(given));
    expect(new Set(stored.map((event) => event.position)).size).toBe(30);
    for (const [index, { position }] of stored.entries()) {
      expect(idsOf(await all(store.readAll(position, 's-')))).toEqual(
        idsOf(given.slice(index + 1)),
      );
    }
  });

  promise('reads exactly the streams with the prefix', async ({ store }) => {
    const names = ['paymentOrder-1', 'paymentOrder-10', 'paymentOrder-2', 'paymentOrder']
      .concat(['p%', 'p%x', 'p_', 'px', 'p*', 'p[a]', 'pa', 'P%', 'p\u{10FFFF}', 'p\u{10FFFF}x'])
      .concat(['付款', '付款单', '😀', '😀😀']);
    for (const name of names) await put(store, name, someEvents(2));
    for (const prefix of [...names, '', 'p', 'paymentOrder-', 'nothing', 'p\\', '付']) {
      const wanted = names.filter((name) => name.startsWith(prefix));
      const events = await all(store.readAll(null, prefix));
      expect([...new Set(events.map((event) => event.stream))]).toEqual(wanted);
      expect(events).toHaveLength(2 * wanted.length);
      expect(await all(store.streams(prefix))).toEqual(wanted);
    }
  });

  promise('lists each stream once, in the order they were first written', async ({ store }) => {
    const names = Array.from({ length: 600 }, (_, index) => `s-${(index * 7919) % 600}`);
    await Promise.all(names.map((name) => store.append(name, [anEvent()], 'no-stream')));
    await put(store, 's-0', someEvents(2));
    expect(await all(store.streams('s-'))).toEqual(names);
    expect(await take(store.streams('s-'), 2)).toEqual(names.slice(0, 2));
  });

  promise('reads a large history whole, also while it grows', async ({ store }) => {
    const given = someEvents(3_000);
    for (let from = 0; from < given.length; from += 100) {
      await put(store, stream, given.slice(from, from + 100));
    }
    expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(given));
    expect(await all(store.read(stream, 2_990))).toHaveLength(10);
    const seen: string[] = [];
    for await (const event of store.readAll(null, 'paymentOrder-')) {
      seen.push(event.id);
      if (seen.length % 1_000 === 0) await put(store, stream, [anEvent()]);
    }
    expect(seen).toEqual(idsOf(given));
  });

  promise('reads large events whole', async ({ store }) => {
    const given = Array.from({ length: 60 }, () => anEvent({ text: '付'.repeat(80_000) }));
    for (const event of given) await put(store, stream, [event]);
    expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(given));
    expect(idsOf(await all(store.readAll(null, '')))).toEqual(idsOf(given));
  });
}

function parse(text: string): JsonObject {
  // The texts here are all of JSON objects.
  return JSON.parse(text) as JsonObject;
}
