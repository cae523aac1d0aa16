import { describe, expect, test } from 'vitest';
import type { SeedEvent } from '../../../trials/eventstoredb-server/index.ts';
import { serverAndStore } from './support.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
  take,
} from '../../../src/testing/store-contract-support.ts';

const stream = 'paymentOrder-1';
const good: SeedEvent = { metadata: {} };

describe('an event in EventStoreDB', () => {
  test.each<[string, SeedEvent, string]>([
    ['text that is not JSON', { ...good, bytes: Buffer.from('{"canary') }, 'data'],
    ['JSON that is not an object', { ...good, bytes: Buffer.from('[1]') }, 'data'],
    ['a JSON string', { ...good, bytes: Buffer.from('"canary"') }, 'data'],
    ['JSON null', { ...good, bytes: Buffer.from('null') }, 'data'],
    ['no data', { ...good, bytes: Buffer.from('') }, 'data'],
    ['bytes', { ...good, contentType: 'application/octet-stream' }, 'data'],
    ['no metadata', {}, 'metadata'],
    ['metadata that is not an object', { metadata: 'canary' }, 'metadata'],
  ])('is reported with its place where it is %s', async (_, event, field) => {
    const { server, store } = await serverAndStore();
    server.seed(stream, [good, event]);
    const message = expect.stringMatching(new RegExp(`^(?!.*canary).*${field}`)) as unknown;
    const error = { code: 'store-corrupt', stream, revision: 1, message };
    await expect(all(store.read(stream))).rejects.toMatchObject(error);
    await expect(store.readLast(stream)).rejects.toMatchObject(error);
    await expect(all(store.readAll(null, stream))).rejects.toMatchObject(error);
    const { signal } = new AbortController();
    await expect(all(store.subscribe(null, stream, signal))).rejects.toMatchObject(error);
    expect(await take(store.read(stream), 1)).toHaveLength(1);
  });
});

describe('an EventStoreDB store', () => {
  test('reads all streams except those of the system with an empty prefix', async () => {
    const { server, store } = await serverAndStore();
    server.seed('$stats-1', [{}]);
    server.seed('$$other', [{}]);
    server.seed('other', [good]);
    await put(store, stream, someEvents(2));
    const events = await all(store.readAll(null, ''));
    expect(events.map((event) => event.stream)).toEqual(['other', stream, stream]);
    expect(await all(store.streams(''))).toEqual(['other', stream]);
    expect((await take(store.subscribe(null, '', new AbortController().signal), 3)).length).toBe(3);
  });

  test('passes the events of others in few messages', async () => {
    const { server, store } = await serverAndStore();
    server.noise(60_000);
    await put(store, stream, someEvents(2));
    const before = server.network.counts.bytesDown;

    const names = await all(store.streams('paymentOrder-'));

    expect(names).toEqual([stream]);
    // A message for 4,096 events; the events themselves would be some megabytes.
    expect(server.network.counts.bytesDown - before).toBeLessThan(2_500);
  });

  test.each<[string, SeedEvent]>([
    ['JSON that is no object', { bytes: Buffer.from('[1]') }],
    ['bytes', { bytes: Buffer.from([0xff]), contentType: 'application/octet-stream' }],
    ['nothing', { bytes: Buffer.from('') }],
  ])('finds an event of others that holds %s at its position', async (_, event) => {
    const { server, store } = await serverAndStore();
    server.seed('invoice-1', [good, event]);
    const reached: string[] = [];
    expect(await all(store.readAll(null, stream, (at) => reached.push(at)))).toEqual([]);

    const place = await store.placeAt(reached.at(-1) ?? '');

    const [, last] = server.streams.all();
    const { id, type } = last ?? {};
    expect(place).toEqual({ stream: 'invoice-1', revision: 1, id, type });
  });

  test('looks past thousands of events, and goes on after each place that it names', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(2));
    server.noise(20_000);
    const [last] = someEvents(1, 2);
    await put(store, stream, last === undefined ? [] : [last]);
    const reached: string[] = [];

    const events = await all(store.readAll(null, stream, (at) => reached.push(at)));

    // A slow reader finds several places named at once, and learns the last of them.
    expect(reached.length).toBeGreaterThan(0);
    for (const position of reached) {
      const later = await all(store.readAll(position, stream));
      expect(later).toEqual(events.slice(events.length - later.length));
      const following = store.subscribe(position, stream, new AbortController().signal);
      expect(await take(following, later.length)).toEqual(later);
    }
  });

  test('knows no event at a position of another log, and refuses to read on after it', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(3));
    const [first, second] = server.streams.all().map(({ position }) => position);
    const between = ((first ?? 0n) + (second ?? 0n)) / 2n;
    const position = `${between}/${between}`;
    const refused = { code: 'invalid-input', field: 'afterPosition' };

    expect(await store.placeAt(position)).toBeNull();
    await expect(all(store.readAll(position, ''))).rejects.toMatchObject(refused);
    const following = store.subscribe(position, '', new AbortController().signal);
    await expect(all(following)).rejects.toMatchObject(refused);
  });

  test('reads an empty server as empty', async () => {
    const { store } = await serverAndStore();
    expect(await all(store.readAll(null, ''))).toEqual([]);
    expect(await all(store.streams(''))).toEqual([]);
  });

  test('reads up to the head while others append more events', async () => {
    const { server, store } = await serverAndStore();
    const given = someEvents(40);
    for (const event of given) {
      await put(store, stream, [event]);
      server.noise(30);
    }
    const seen: string[] = [];
    for await (const { id } of store.readAll(null, 'paymentOrder-')) {
      seen.push(id);
      await put(store, 'paymentOrder-2', [anEvent()]);
      server.noise(5);
    }
    expect(seen).toEqual(idsOf(given));
    const { position } = (await all(store.readAll(null, stream)))[19] ?? {};
    const later = await all(store.readAll(position ?? null, stream));
    expect(idsOf(later)).toEqual(idsOf(given.slice(20)));
  });

  test('reads positions from all streams where an old server leaves them out of a stream', async () => {
    const { store } = await serverAndStore({}, { streamReadsWithoutPosition: true });
    await put(store, stream, someEvents(2));
    const [first] = await all(store.read(stream));
    await expect(all(store.readAll(first?.position ?? null, ''))).rejects.toMatchObject({
      code: 'invalid-input',
      field: 'afterPosition',
    });
    const [one, two] = await all(store.readAll(null, ''));
    expect(await all(store.readAll(one?.position ?? null, ''))).toEqual([two]);
  });

  test('never uses a persistent subscription (row 25)', async () => {
    const { readdirSync, readFileSync } = await import('node:fs');
    const directory = new URL('../../../src/event-store/eventstoredb/', import.meta.url);
    const sources = readdirSync(directory);
    expect(sources.length).toBeGreaterThan(5);
    for (const name of sources) {
      expect(readFileSync(new URL(name, directory), 'utf8')).not.toMatch(/persistent/i);
    }
  });
});
