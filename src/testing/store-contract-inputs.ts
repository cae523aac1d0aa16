import { deepEqual, ok } from 'node:assert/strict';
import type { PaymentOrderError } from '../errors.ts';
import type { EventStore, Json, PreparedEvent } from '../event-store/event-store.ts';
import { all, anEvent, put, someEvents, rejects, valuesOf } from './store-contract-support.ts';
import type { StorePromises } from './store-contract-support.ts';

const stream = 'paymentOrder-1';
const loneSurrogates = ['\ud800', '\udfff', 'a\ud83d', '\ude00b', 'x\udc00\ud800y'];

/** What a store refuses, by name and with nothing stored. */
export const inputPromises: StorePromises = {
  'refuses data and metadata that JSON cannot keep, by place': async ({ store }) => {
    for (const [value, place] of notJson()) {
      for (const field of ['data', 'metadata'] as const) {
        const event = { ...anEvent(), [field]: { items: [{ value }] } };
        await refused(store, [anEvent(), event], `events[1].${field}.items[0].value${place}`);
      }
    }
    await nothingStored(store);
  },

  'refuses data that is not an object': async ({ store }) => {
    for (const data of [null, [], 'text', 1, undefined, new Date(0), new Map(), () => 0]) {
      await refused(store, [{ ...anEvent(), data: unchecked(data) }], 'events[0].data');
    }
    await nothingStored(store);
  },

  'refuses any JSON with a lone surrogate in it': async ({ store }) => {
    for (const text of loneSurrogates) {
      for (const data of [{ [text]: 1 }, { text }, { a: [[{ b: text }]] }]) {
        await refused(store, [anEvent(data)], 'events[0].data');
      }
    }
    await nothingStored(store);
  },

  'refuses what is nested too deep or in a circle': async ({ store }) => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const objects = wrapped({}, 200_000, (value) => ({ value }));
    // Small in memory, 2 to the power of 40 when written out.
    const shared = wrapped(1, 40, (value) => [value, value]);
    for (const data of [nested(65), nested(200_000), circle, objects]) {
      await refused(store, [anEvent(unchecked({ data }))], 'events[0].data');
    }
    await refused(store, [anEvent(unchecked({ shared }))], '', 'event-too-large');
    await nothingStored(store);
    await put(store, stream, [anEvent({ data: nested(63) })]);
    deepEqual((await store.readLast(stream))?.data, { data: nested(63) });
  },

  'refuses what is too large, and keeps what just fits': async ({ store }) => {
    const tooLarge = [
      [anEvent({ text: 'x'.repeat(256 * 1024) })],
      [anEvent({ text: '付'.repeat(90_000) })],
      [anEvent({ text: 'x'.repeat(50_000_000) })],
      [anEvent({ ['k'.repeat(300_000)]: 1 })],
      [anEvent({ list: Array.from({ length: 300_000 }, () => 1) })],
      Array.from({ length: 4 }, () => anEvent({ text: 'x'.repeat(240_000) })),
    ];
    for (const batch of tooLarge) await refused(store, batch, '', 'event-too-large');
    await nothingStored(store);
    const fits = Array.from({ length: 3 }, () => anEvent({ text: 'x'.repeat(261_900) }));
    await put(store, stream, fits);
    deepEqual(valuesOf(await all(store.read(stream)), 'data'), valuesOf(fits, 'data'));
  },

  'refuses ids that are not UUIDs in lower case': async ({ store }) => {
    const good = anEvent().id;
    const bad = [
      '',
      '..',
      `${good}\0`,
      `${good}\n`,
      good.toUpperCase(),
      ` ${good}`,
      'x'.repeat(36),
    ].concat([`{${good}}`, good.replaceAll('-', ''), '\ud800', good.slice(1)]);
    for (const id of [...bad, unchecked(7), unchecked(undefined)]) {
      await refused(store, [{ ...anEvent(), id }], 'events[0].id');
    }
    const twice = anEvent();
    await refused(store, [twice, anEvent(), twice], 'events[2].id');
    await nothingStored(store);
  },

  'refuses types without text that can be kept': async ({ store }) => {
    const bad = ['', 'a\0b', 'x'.repeat(201), unchecked(null), unchecked(7), ...loneSurrogates];
    for (const type of bad) await refused(store, [{ ...anEvent(), type }], 'events[0].type');
    await nothingStored(store);
  },

  'refuses batches of no event, too many, or none at all': async ({ store }) => {
    const none = unchecked(null);
    for (const batch of [[], someEvents(101), unchecked('events'), [none]]) {
      await refused(store, batch, '');
    }
    await nothingStored(store);
  },

  'refuses stream names and prefixes that cannot be kept apart': async ({ store }) => {
    const bad = ['a\0b', '\0', 'x'.repeat(201), unchecked(7), unchecked(null), ...loneSurrogates];
    for (const name of [...bad, '']) {
      const uses = [
        () => store.append(name, [anEvent()], 'no-stream'),
        () => all(store.read(name)),
        () => store.readLast(name),
      ];
      for (const use of uses) await invalid(use, 'stream');
    }
    for (const prefix of bad) {
      await invalid(() => all(store.readAll(null, prefix)), 'prefix');
      await invalid(() => all(store.streams(prefix)), 'prefix');
      await invalid(() => all(store.subscribe(null, prefix, AbortSignal.abort())), 'prefix');
      await invalid(() => all(store.readAll(null, ['a', prefix])), 'prefix');
    }
    await invalid(() => all(store.readAll(null, [])), 'prefix');
    await nothingStored(store);
  },

  'refuses malformed revisions and positions': async ({ store }) => {
    for (const number of [-1, -0, 0.5, NaN, Infinity, 2 ** 53, unchecked('1'), unchecked(null)]) {
      await invalid(() => store.append(stream, [anEvent()], number), 'expected');
      await invalid(() => all(store.read(stream, number)), 'fromRevision');
    }
    const any = unchecked('any');
    await invalid(() => store.append(stream, [anEvent()], any), 'expected');
    for (const position of ['', ' ', 'x', '-1', '1.5', '1e3', '9'.repeat(40), unchecked(1)]) {
      await invalid(() => all(store.readAll(position, '')), 'afterPosition');
      const { signal } = new AbortController();
      await invalid(() => all(store.subscribe(position, '', signal)), 'afterPosition');
      await invalid(() => store.placeAt(position), 'position');
    }
    await invalid(() => store.placeAt(unchecked(null)), 'position');
    await nothingStored(store);
  },

  'names the place of what it refuses, never the value': async ({ store }) => {
    const secret = 'canary-4111111111111111';
    const data = unchecked({ card: `${secret}\ud800` });
    const error = await refused(store, [anEvent(data)], 'events[0].data.card');
    ok(!String(error).includes(secret));
  },
};

function notJson(): readonly (readonly [unknown, string])[] {
  const sparse: unknown[] = [1];
  sparse.length = 3;
  return [
    [undefined, ' '],
    [NaN, ' '],
    [Infinity, ' '],
    [-0, ' '],
    [1n, ' '],
    [Symbol('x'), ' '],
    [() => 0, ' '],
    [new Date(0), ' '],
    [new Map(), ' '],
    [new Uint8Array(2), ' '],
    [Object(1), ' '],
    [sparse, ' '],
    [[1, undefined], '[1] '],
    [Object.assign([1], { extra: 1 }), ' '],
    [{ [Symbol('x')]: 1 }, ' '],
    [{ toJSON: () => 1 }, '.toJSON '],
    [{ 'odd name': -0 }, '["odd name"] '],
  ];
}

async function refused(
  store: EventStore,
  events: readonly PreparedEvent[],
  place: string,
  code = 'invalid-event',
): Promise<PaymentOrderError> {
  return rejects(store.append(stream, events, 'no-stream'), { code, says: place });
}

async function invalid(use: () => Promise<unknown>, field: string): Promise<void> {
  await rejects(use(), { code: 'invalid-input', field });
}

async function nothingStored(store: EventStore): Promise<void> {
  deepEqual(await all(store.readAll(null, '')), []);
}

function nested(depth: number): Json {
  return wrapped([], depth - 1, (inner) => [inner]);
}

function wrapped(inner: Json, times: number, wrap: (inner: Json) => Json): Json {
  let value = inner;
  for (let time = 0; time < times; time++) value = wrap(value);
  return value;
}

/** What a caller without types might pass, wherever. */
function unchecked(value: unknown): never {
  // Not true: that is the test.
  return value as never;
}
