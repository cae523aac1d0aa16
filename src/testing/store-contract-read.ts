import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../event-store/event-store.ts';
import { using } from './contract-case.ts';
import { all, anEvent, idsOf, put, someEvents, take, valuesOf } from './store-contract-support.ts';
import type { StorePromises } from './store-contract-support.ts';

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
export const readPromises: StorePromises = {
  'gives back exactly the JSON, ids and types it got': async (_, open) => {
    const events = fc.array(fc.record({ type: fc.constantFrom('A', '类型'), jsonText }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(events, async (drawn) => {
        await using(open, async ({ store }) => {
          const given = drawn.map(({ type, jsonText: text }) => anEvent(parse(text), type));
          await put(store, stream, given);
          const stored = await all(store.read(stream));
          deepEqual(idsOf(stored), idsOf(given));
          deepEqual(valuesOf(stored, 'type'), valuesOf(given, 'type'));
          deepEqual(
            stored.map((event) => JSON.stringify(event.data)),
            valuesOf(drawn, 'jsonText'),
          );
          deepEqual(valuesOf(stored, 'metadata'), valuesOf(given, 'metadata'));
        });
      }),
      { numRuns: 60 },
    );
  },

  'keeps __proto__ as a name among others': async ({ store }) => {
    const text = '{"__proto__":{"polluted":true},"a":{"__proto__":1},"constructor":null}';
    await put(store, stream, [{ ...anEvent(parse(text)), metadata: parse(text) }]);
    const last = await store.readLast(stream);
    equal(JSON.stringify(last?.data), text);
    equal(JSON.stringify(last?.metadata), text);
    equal(Object.getPrototypeOf(last?.data), Object.prototype);
  },

  'keeps strange stream names apart': async ({ store }) => {
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
      deepEqual(
        events.map((event) => [event.stream, event.data]),
        [[name, { index }]],
      );
    }
  },

  'reads an unknown stream as empty': async ({ store }) => {
    deepEqual(await all(store.read('paymentOrder-unknown')), []);
    equal(await store.readLast('paymentOrder-unknown'), null);
    deepEqual(await all(store.readAll(null, 'paymentOrder-')), []);
    deepEqual(await all(store.streams('')), []);
  },

  'reads from a revision on': async ({ store }) => {
    const given = someEvents(5);
    await put(store, stream, given);
    deepEqual(idsOf(await all(store.read(stream, 3))), idsOf(given.slice(3)));
    deepEqual(await all(store.read(stream, 5)), []);
    deepEqual(await all(store.read(stream, 999)), []);
  },

  'reads the last event': async ({ store }) => {
    await put(store, stream, someEvents(4));
    await put(store, 'paymentOrder-10', someEvents(9));
    deepEqual(await store.readLast(stream), (await all(store.read(stream))).at(-1));
  },

  'contains in a read what was acknowledged before': async ({ store }) => {
    for (let count = 1; count <= 20; count++) {
      await put(store, stream, [anEvent()]);
      equal((await all(store.read(stream))).length, count);
      equal((await store.readLast(stream))?.revision, count - 1);
      equal((await all(store.readAll(null, stream))).length, count);
    }
  },

  'reads all in the order they were appended, after a position': async ({ store }) => {
    const given = someEvents(30);
    for (const [index, event] of given.entries()) await put(store, `s-${index % 4}`, [event]);
    const stored = await all(store.readAll(null, 's-'));
    deepEqual(idsOf(stored), idsOf(given));
    equal(new Set(valuesOf(stored, 'position')).size, 30);
    for (const [index, { position }] of stored.entries()) {
      deepEqual(idsOf(await all(store.readAll(position, 's-'))), idsOf(given.slice(index + 1)));
    }
  },

  'reads exactly the streams with the prefix': async ({ store }) => {
    const names = ['paymentOrder-1', 'paymentOrder-10', 'paymentOrder-2', 'paymentOrder']
      .concat(['p%', 'p%x', 'p_', 'px', 'p*', 'p[a]', 'pa', 'P%', 'p\u{10FFFF}', 'p\u{10FFFF}x'])
      .concat(['付款', '付款单', '😀', '😀😀']);
    for (const name of names) await put(store, name, someEvents(2));
    for (const prefix of [...names, '', 'p', 'paymentOrder-', 'nothing', 'p\\', '付']) {
      const wanted = names.filter((name) => name.startsWith(prefix));
      const events = await all(store.readAll(null, prefix));
      deepEqual([...new Set(valuesOf(events, 'stream'))], wanted);
      equal(events.length, 2 * wanted.length);
      deepEqual(await all(store.streams(prefix)), wanted);
    }
  },

  'reads the streams of several prefixes in one order': async ({ store }) => {
    const given = someEvents(12);
    const names = ['paymentOrder-1', 'paymentNotice-1', 'other-1'];
    for (const [index, event] of given.entries()) {
      await put(store, names[index % 3] ?? stream, [event]);
    }
    const prefixes = ['paymentOrder-', 'paymentNotice-'];
    const wanted = idsOf(given.filter((_, index) => index % 3 !== 2));
    deepEqual(idsOf(await all(store.readAll(null, prefixes))), wanted);
    const following = store.subscribe(null, prefixes, new AbortController().signal);
    deepEqual(idsOf(await take(following, wanted.length)), wanted);
    deepEqual(await all(store.readAll(null, ['nothing-', 'none-'])), []);
  },

  'reports how far it has looked, also past events of others': async ({ store }) => {
    const given = someEvents(3);
    await put(store, stream, given);
    for (let count = 0; count < 6; count += 1) await put(store, 'other-1', someEvents(100));
    const looked: string[] = [];
    const shares: number[] = [];
    const reached = (position: string, share: number) => {
      looked.push(position);
      shares.push(share);
    };

    deepEqual(idsOf(await all(store.readAll(null, 'paymentOrder-', reached))), idsOf(given));

    const end = looked.at(-1) ?? '';
    ok(shares.every((share) => share >= 0 && share <= 1));
    equal(shares.at(-1), 1);
    // The newest event of all stands there, whosever it is.
    ok((await store.placeAt(end)) !== null);
    // Reading goes on after it, and misses nothing.
    const more = anEvent();
    await put(store, stream, [more]);
    deepEqual(idsOf(await all(store.readAll(end, 'paymentOrder-'))), idsOf([more]));
    // No event was given after which the caller had not been told.
    for (const position of new Set(looked)) {
      const later = idsOf(await all(store.readAll(position, 'paymentOrder-')));
      deepEqual(
        later,
        position === end ? idsOf([more]) : idsOf([...given, more]).slice(-later.length),
      );
    }
  },

  'says where it has looked only after the events up to there were taken': async ({ store }) => {
    const given = someEvents(30);
    for (const event of given) await put(store, stream, [event]);
    const taken: string[] = [];
    const looked: { readonly position: string; readonly left: number }[] = [];
    const reached = (position: string) => {
      looked.push({ position, left: given.length - taken.length });
    };
    for await (const { id } of store.readAll(null, stream, reached)) taken.push(id);
    equal(looked.at(-1)?.left, 0);
    for (const { position, left } of looked) {
      // All that was not taken by then comes again; of a store that tells late, more than that.
      const later = idsOf(await all(store.readAll(position, stream)));
      ok(later.length >= left);
      deepEqual(later, idsOf(given.slice(given.length - later.length)));
    }
  },

  'gives a follower the places that it has looked past': async ({ store }) => {
    for (let count = 0; count < 6; count += 1) await put(store, 'other-1', someEvents(100));
    await put(store, stream, [anEvent()]);
    const looked: string[] = [];
    const ending = new AbortController();
    const following = store.subscribe(null, stream, ending.signal, (at) => looked.push(at));
    const [first] = await take(following, 1);
    ending.abort();
    // A place before the event, if any, is one after which the event still comes.
    for (const position of looked) {
      equal((await take(store.readAll(position, stream), 1))[0]?.id, first?.id);
    }
  },

  'finds the event at a position, and none where none stands': async ({ store }) => {
    for (const name of [stream, 'other-1', stream]) await put(store, name, someEvents(2));
    const events = await all(store.readAll(null, ''));
    equal(events.length, 6);
    for (const { position, stream, revision, id, type } of events) {
      deepEqual({ ...(await store.placeAt(position)) }, { stream, revision, id, type });
    }
    const last = events.at(-1)?.position ?? '';
    // Numbers in it only grow: no store gives such a place soon.
    const far = last.replaceAll(/\d+/g, (digits) => String(BigInt(digits) + 10n ** 12n));
    equal(await store.placeAt(far), null);
    const between = betweenOf(events[0]?.position ?? '', events[1]?.position ?? '');
    if (between !== null) equal(await store.placeAt(between), null);
  },

  'lists each stream once, in the order they were first written': async ({ store }) => {
    const names = Array.from({ length: 600 }, (_, index) => `s-${(index * 7919) % 600}`);
    await Promise.all(names.map((name) => store.append(name, [anEvent()], 'no-stream')));
    await put(store, 's-0', someEvents(2));
    // Appends made at once may be stored in any order.
    const firsts = (await all(store.readAll(null, 's-'))).filter(({ revision }) => revision === 0);
    const inOrder = valuesOf(firsts, 'stream');
    deepEqual(inOrder.toSorted(), names.toSorted());
    deepEqual(await all(store.streams('s-')), inOrder);
    deepEqual(await take(store.streams('s-'), 2), inOrder.slice(0, 2));
  },

  'reads a large history whole, also while it grows': async ({ store }) => {
    const given = someEvents(3_000);
    for (let from = 0; from < given.length; from += 100) {
      await put(store, stream, given.slice(from, from + 100));
    }
    deepEqual(idsOf(await all(store.read(stream))), idsOf(given));
    equal((await all(store.read(stream, 2_990))).length, 10);
    const seen: string[] = [];
    for await (const event of store.readAll(null, 'paymentOrder-')) {
      seen.push(event.id);
      if (seen.length % 1_000 === 0) await put(store, stream, [anEvent()]);
    }
    deepEqual(seen, idsOf(given));
  },

  'reads large events whole': async ({ store }) => {
    const given = Array.from({ length: 60 }, () => anEvent({ text: '付'.repeat(80_000) }));
    for (const event of given) await put(store, stream, [event]);
    deepEqual(idsOf(await all(store.read(stream))), idsOf(given));
    deepEqual(idsOf(await all(store.readAll(null, ''))), idsOf(given));
  },
};

function parse(text: string): JsonObject {
  // The texts here are all of JSON objects.
  return JSON.parse(text) as JsonObject;
}

/** A position of the same form halfway between two; null where none lies between them. */
function betweenOf(one: string, other: string): string | null {
  const ends = other.match(/\d+/g) ?? [];
  const halfway = one.replaceAll(/\d+/g, (digits) => {
    return String((BigInt(digits) + BigInt(ends.shift() ?? digits)) / 2n);
  });
  return halfway === one ? null : halfway;
}
