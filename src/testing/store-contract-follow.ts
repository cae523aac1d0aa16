import { deepEqual, equal, ok, partialDeepStrictEqual } from 'node:assert/strict';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { all, anEvent, idsOf, put, someEvents, take, rejects } from './store-contract-support.ts';
import type { StorePromises } from './store-contract-support.ts';

const stream = 'paymentOrder-1';

/** What `subscribe` and `close` promise. */
export const followPromises: StorePromises = {
  'follows with earlier and later events, each once and in order': async ({ store }) => {
    const given = someEvents(40);
    for (const event of given.slice(0, 20)) await put(store, stream, [event]);
    const seen: string[] = [];
    const ending = new AbortController();
    for await (const event of store.subscribe(null, 'paymentOrder-', ending.signal)) {
      seen.push(event.id);
      const next = given[19 + seen.length];
      if (next === undefined) {
        if (seen.length === given.length) ending.abort();
        continue;
      }
      await put(store, stream, [next]);
      await put(store, 'other-1', [anEvent()]);
    }
    deepEqual(seen, idsOf(given));
  },

  'follows on after a position': async ({ store }) => {
    await put(store, stream, someEvents(5));
    const [, , third] = await all(store.readAll(null, ''));
    const following = take(
      store.subscribe(third?.position ?? null, '', new AbortController().signal),
      4,
    );
    await put(store, 'other-1', someEvents(2));
    deepEqual(
      (await following).map((event) => [event.stream, event.revision]),
      [
        [stream, 3],
        [stream, 4],
        ['other-1', 0],
        ['other-1', 1],
      ],
    );
  },

  'wakes a waiting follower, and ends it on abort': async ({ store }) => {
    const ending = new AbortController();
    const iterator = store.subscribe(null, '', ending.signal)[Symbol.asyncIterator]();
    const first = iterator.next();
    await pause();
    const event = anEvent();
    await put(store, stream, [event]);
    partialDeepStrictEqual((await first).value, { id: event.id });
    const second = iterator.next();
    await pause();
    ending.abort();
    deepEqual(await second, { done: true, value: undefined });
  },

  'yields no more to a follower who aborts among many': async ({ store }) => {
    await put(store, stream, someEvents(10));
    const ending = new AbortController();
    let seen = 0;
    for await (const { revision } of store.subscribe(null, '', ending.signal)) {
      equal(revision, seen);
      seen += 1;
      if (seen === 3) ending.abort();
    }
    equal(seen, 3);
  },

  'yields nothing to a follower whose signal has aborted': async ({ store }) => {
    await put(store, stream, [anEvent()]);
    deepEqual(await all(store.subscribe(null, '', AbortSignal.abort())), []);
  },

  'lets every loop be left early': async ({ store }) => {
    await put(store, stream, someEvents(10));
    const { signal } = new AbortController();
    equal((await take(store.read(stream), 2)).length, 2);
    equal((await take(store.readAll(null, ''), 2)).length, 2);
    equal((await take(store.subscribe(null, '', signal), 2)).length, 2);
    await put(store, stream, [anEvent()]);
    equal((await all(store.read(stream))).length, 11);
  },

  'ends followers when it closes': async ({ store }) => {
    const following = store.subscribe(null, '', new AbortController().signal);
    const iterator = following[Symbol.asyncIterator]();
    const events = someEvents(2);
    await put(store, stream, events);
    for (const { id } of events) partialDeepStrictEqual((await iterator.next()).value, { id });
    const next = iterator.next();
    await store.close();
    deepEqual(await next, { done: true, value: undefined });
  },

  'stores what was given to it before it closes': async ({ store, reopen }) => {
    const batches = Array.from({ length: 10 }, () => someEvents(2));
    const pending = batches.map((batch, index) => store.append(`s-${index}`, batch, 'no-stream'));
    await store.close();
    const results = await Promise.all(pending);
    ok(results.every((result) => result.kind === 'appended'));
    if (reopen === undefined) return;
    const again = await reopen();
    const stored = idsOf(await all(again.readAll(null, '')));
    deepEqual(stored.toSorted(), batches.flatMap(idsOf).toSorted());
    await again.close();
  },

  'says it is closed, and closes again without harm': async ({ store }) => {
    await put(store, stream, [anEvent()]);
    await Promise.all([store.close(), store.close()]);
    await store.close();
    for (const use of everyUse(store)) await rejects(use(), { code: 'store-closed' });
  },
};

function everyUse(store: EventStore): (() => Promise<unknown>)[] {
  const { signal } = new AbortController();
  return [
    () => store.append(stream, [anEvent()], 0),
    () => all<RecordedEvent>(store.read(stream)),
    () => store.readLast(stream),
    () => all(store.readAll(null, '')),
    () => all(store.subscribe(null, '', signal)),
    () => store.placeAt('1'),
    () => all(store.streams('')),
  ];
}

/** Lets a store that is quick enough begin to wait; a slow one keeps the promise as well. */
async function pause(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
