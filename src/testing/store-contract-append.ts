import { deepEqual, equal, ok, partialDeepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import type { EventStore } from '../event-store/event-store.ts';
import { using } from './contract-case.ts';
import {
  all,
  anEvent,
  headOf,
  idsOf,
  put,
  rejects,
  someEvents,
  valuesOf,
  type StorePromises,
} from './store-contract-support.ts';

const stream = 'paymentOrder-1';

/** What `append` promises. */
export const appendPromises: StorePromises = {
  'starts at revision 0': async ({ store }) => {
    const result = await store.append(stream, [anEvent()], 'no-stream');
    partialDeepStrictEqual(result, { kind: 'appended', revision: 0, settled: 'first-try' });
    deepEqual(valuesOf(await all(store.read(stream)), 'revision'), [0]);
  },

  'answers with revision and position of the last event': async ({ store }) => {
    await put(store, stream, someEvents(2));
    const result = await put(store, stream, someEvents(3));
    const last = await store.readLast(stream);
    partialDeepStrictEqual(result, { revision: 4, position: last?.position });
  },

  'refuses to start twice': async ({ store }) => {
    await put(store, stream, [anEvent()]);
    deepEqual(await store.append(stream, [anEvent()], 'no-stream'), { kind: 'conflict' });
    equal((await all(store.read(stream))).length, 1);
  },

  'refuses behind and ahead': async ({ store }) => {
    await put(store, stream, someEvents(3));
    for (const expected of [0, 1, 3, 4, 1_000_000] as const) {
      deepEqual(await store.append(stream, [anEvent()], expected), { kind: 'conflict' });
    }
    deepEqual(await store.append('paymentOrder-2', [anEvent()], 0), { kind: 'conflict' });
    equal((await all(store.read(stream))).length, 3);
    deepEqual(await all(store.read('paymentOrder-2')), []);
  },

  'stores all of a batch or nothing': async ({ store }) => {
    const given = await put(store, stream, someEvents(2));
    const batch = [anEvent(), anEvent(), { ...anEvent(), data: { amount: NaN } }];
    await rejects(store.append(stream, batch, given.revision), {
      code: 'invalid-event',
    });
    deepEqual(await store.append(stream, someEvents(100), 0), { kind: 'conflict' });
    equal((await all(store.read(stream))).length, 2);
    await put(store, stream, someEvents(100));
    equal((await all(store.read(stream))).length, 102);
  },

  'keeps what was given, whatever becomes of the objects': async ({ store }) => {
    const data = { items: [1], note: 'before' };
    const event = anEvent(data);
    const pending = store.append(stream, [event], 'no-stream');
    data.note = 'after';
    data.items.push(2);
    await pending;
    const [first] = await all(store.read(stream));
    deepEqual(first?.data, { items: [1], note: 'before' });
    Object.assign(first.data, { note: 'changed by a reader' });
    deepEqual((await store.readLast(stream))?.data, { items: [1], note: 'before' });
  },

  'appends the same batch again once': async ({ store }) => {
    const batch = someEvents(3);
    const first = await store.append(stream, batch, 'no-stream');
    const second = await store.append(stream, batch, 'no-stream');
    deepEqual(second, { ...first, settled: 'after-doubt' });
    await put(store, stream, someEvents(2));
    deepEqual(await store.append(stream, batch, 'no-stream'), second);
    equal((await all(store.read(stream))).length, 5);
  },

  'appends a batch given twice at once only once': async ({ store }) => {
    const batch = someEvents(2);
    const results = await Promise.all([
      store.append(stream, batch, 'no-stream'),
      store.append(stream, batch, 'no-stream'),
    ]);
    deepEqual(valuesOf(results, 'kind'), ['appended', 'appended']);
    deepEqual(idsOf(await all(store.read(stream))), idsOf(batch));
  },

  'takes a prefix of a stored batch for a conflict': async ({ store }) => {
    const batch = someEvents(3);
    await store.append(stream, batch, 'no-stream');
    deepEqual(await store.append(stream, batch.slice(0, 2), 'no-stream'), {
      kind: 'conflict',
    });
  },

  'takes a superset or another order of a batch for a conflict': async ({ store }) => {
    const batch = someEvents(2);
    await store.append(stream, batch, 'no-stream');
    for (const other of [[...batch, anEvent()], batch.toReversed()]) {
      deepEqual(await store.append(stream, other, 'no-stream'), { kind: 'conflict' });
    }
    deepEqual(idsOf(await all(store.read(stream))), idsOf(batch));
  },

  'refuses an id that another event has, and nothing else with it': async ({ store }) => {
    const batch = someEvents(2);
    await store.append(stream, batch, 'no-stream');
    const mixed = [anEvent(), ...batch.slice(1)];
    for (const [other, expected] of [
      [stream, 1],
      ['paymentOrder-2', 'no-stream'],
    ] as const) {
      await rejects(store.append(other, mixed, expected), {
        code: 'invalid-event',
        says: idsOf(batch)[1] ?? '',
      });
    }
    equal((await all(store.readAll(null, ''))).length, 2);
  },

  'lets one of two writers of equal content win': async ({ store }) => {
    const results = await Promise.all(
      [anEvent({ same: true }), anEvent({ same: true })].map((event) =>
        store.append(stream, [event], 'no-stream'),
      ),
    );
    deepEqual(valuesOf(results, 'kind').toSorted(), ['appended', 'conflict']);
    equal((await all(store.read(stream))).length, 1);
  },

  'decides each of many appends made at once on its own': async ({ store }) => {
    await put(store, 'paymentOrder-long', someEvents(2));
    const good = Array.from({ length: 20 }, (_, index) =>
      store.append(`paymentOrder-${index}`, someEvents(2), 'no-stream'),
    );
    const conflict = store.append('paymentOrder-never', [anEvent()], 7);
    const more = store.append('paymentOrder-long', [anEvent()], 1);
    ok((await Promise.all(good)).every((result) => result.kind === 'appended'));
    deepEqual(await conflict, { kind: 'conflict' });
    partialDeepStrictEqual(await more, { kind: 'appended', revision: 2 });
    equal((await all(store.readAll(null, ''))).length, 43);
  },

  'lets exactly one racer win each revision': async (_, open) => {
    const races = fc.record({
      writers: fc.integer({ min: 2, max: 8 }),
      appendsEach: fc.integer({ min: 1, max: 5 }),
      scheduler: fc.scheduler(),
    });
    await fc.assert(
      fc.asyncProperty(races, async ({ writers, appendsEach, scheduler }) => {
        await using(open, async ({ store }) => {
          const writing = Array.from({ length: writers }, () => write(store, appendsEach));
          const won = await scheduler.waitFor(Promise.all(writing));
          const revisions = won.flat().toSorted((a, b) => a - b);
          const expected = Array.from(revisions.keys());
          equal(expected.length, writers * appendsEach);
          deepEqual(revisions, expected);
          const stored = await all(store.read(stream));
          deepEqual(valuesOf(stored, 'revision'), expected);
          equal(new Set(idsOf(stored)).size, expected.length);
        });

        async function write(store: EventStore, count: number): Promise<number[]> {
          const revisions: number[] = [];
          while (revisions.length < count) {
            const last = await scheduler.schedule(store.readLast(stream), 'read');
            const result = await scheduler.schedule(
              store.append(stream, [anEvent()], headOf(last)),
              'append',
            );
            if (result.kind === 'appended') revisions.push(result.revision);
          }
          return revisions;
        }
      }),
      { numRuns: 30, endOnFailure: true },
    );
  },
};
