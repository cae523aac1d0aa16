import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../../src/event-store/event-store.ts';
import type { StreamFault } from '../../../trials/eventstoredb-server/index.ts';
import { serverAndStore } from './support.ts';
import { until } from '../../until.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
  take,
} from '../../../src/testing/store-contract-support.ts';

const stream = 'paymentOrder-1';
const prefix = 'paymentOrder-';

const breaks: readonly (readonly [title: string, fault: StreamFault])[] = [
  ['the server cancels (row 5)', { kind: 'status', code: status.CANCELLED }],
  ['the server is unavailable (row 5)', { kind: 'status', code: status.UNAVAILABLE }],
  ['the connection is reset (row 5)', { kind: 'reset' }],
  ['the node is no longer the leader (row 7)', { kind: 'not-leader' }],
  ['the node does not name the new leader (row 7)', { kind: 'not-leader', trailers: false }],
  ['the server falls silent (row 22)', { kind: 'stall' }],
  ['the server has an internal error', { kind: 'status', code: status.INTERNAL }],
];

const allBreaks: typeof breaks = [...breaks, ['the call ends cleanly (row 5)', { kind: 'end' }]];

/** Only silence needs a short limit; the others must not be cut off on a busy machine. */
function limitsFor({ kind }: StreamFault) {
  return kind === 'stall' ? { readIdleMs: 400, silenceMs: 400 } : {};
}

describe('reading from EventStoreDB', () => {
  test.each(breaks)(
    'gives each event of a stream once and in order though %s',
    async (_, fault) => {
      const { server, store } = await serverAndStore(limitsFor(fault));
      const given = someEvents(20);
      await put(store, stream, given);
      for (const afterEvents of [0, 7, 3]) server.faults.onRead({ ...fault, afterEvents });
      expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(given));
      expect(server.faults.pending()).toBe(0);
    },
  );

  test.each(breaks)('gives the last event though %s', async (_, fault) => {
    const { server, store } = await serverAndStore(limitsFor(fault));
    const given = someEvents(3);
    await put(store, stream, given);
    server.faults.onRead(fault, { times: 2 });
    expect((await store.readLast(stream))?.id).toBe(given[2]?.id);
  });

  test.each(allBreaks)(
    'gives each event of all streams once and in order though %s',
    async (_, fault) => {
      const { server, store } = await serverAndStore(limitsFor(fault));
      const given = someEvents(20);
      await put(store, stream, given);
      server.noise(30);
      for (const afterEvents of [0, 7, 3]) server.faults.onSubscribe({ ...fault, afterEvents });
      expect(idsOf(await all(store.readAll(null, prefix)))).toEqual(idsOf(given));
    },
  );

  test.each(allBreaks)(
    'gives a subscription each event once and in order though %s',
    async (_, fault) => {
      const { server, store, settled } = await serverAndStore(limitsFor(fault));
      const given = someEvents(30);
      await put(store, stream, given.slice(0, 10));
      for (const afterEvents of [0, 4]) server.faults.onSubscribe({ ...fault, afterEvents });
      const seen: string[] = [];
      const ending = new AbortController();
      for await (const { id } of store.subscribe(null, prefix, ending.signal)) {
        seen.push(id);
        const next = given[seen.length];
        if (next === undefined) ending.abort();
        else if (seen.length >= 10) await put(settled, stream, [next]);
        if (seen.length % 7 === 0) server.breakSubscriptions(fault);
      }
      expect(seen).toEqual(idsOf(given));
      await until(() => server.subscriptionCount === 0);
    },
  );

  test('goes on with a subscription over two restarts of the server (row 5)', async () => {
    const { server, store, settled } = await serverAndStore();
    const given = someEvents(9);
    const following = take(store.subscribe(null, prefix, new AbortController().signal), 9);
    for (const [index, event] of given.entries()) {
      await put(settled, stream, [event]);
      if (index % 4 === 2) await server.restart({ hard: index > 4 });
    }
    expect(idsOf(await following)).toEqual(idsOf(given));
  });

  test('goes on after a network that swallows every byte for a while (row 23)', async () => {
    const { server, store, settled } = await serverAndStore({
      appendTryMs: 300,
      readIdleMs: 300,
      silenceMs: 300,
    });
    const given = someEvents(6);
    const following = take(store.subscribe(null, prefix, new AbortController().signal), 6);
    await put(settled, stream, given.slice(0, 3));
    await server.network.setMode('blackhole');
    const appending = settled.append(stream, given.slice(3), 2);
    const reading = all(store.read(stream));
    await until(() => server.network.counts.bytesSwallowed > 0);
    await server.network.setMode('pass');
    expect(await appending).toMatchObject({ kind: 'appended', revision: 5 });
    expect(idsOf((await reading).slice(0, 3))).toEqual(idsOf(given.slice(0, 3)));
    expect(idsOf(await following)).toEqual(idsOf(given));
  });

  test('ends at its limit where no answer comes (row 22)', async () => {
    const { server, store } = await serverAndStore({ readRetryMs: 500, readIdleMs: 100 });
    await server.network.setMode('silent');
    server.network.resetAll();
    const message = expect.stringContaining(stream) as unknown;
    const error = { code: 'store-unavailable', message };
    await expect(all(store.read(stream))).rejects.toMatchObject(error);
    await expect(store.readLast(stream)).rejects.toMatchObject(error);
    await expect(all(store.readAll(null, prefix))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
  });
});

describe('a subscription to EventStoreDB', () => {
  test('pulls no more than it hands out (row 11)', async () => {
    const { server, store } = await serverAndStore();
    const text = 'x'.repeat(4_000);
    for (let from = 0; from < 2_000; from += 100) {
      await put(
        store,
        stream,
        Array.from({ length: 100 }, () => anEvent({ text })),
      );
    }
    const before = server.network.counts.bytesDown;
    const ending = new AbortController();
    const slow = store.subscribe(null, prefix, ending.signal)[Symbol.asyncIterator]();
    for (let count = 0; count < 5; count++) {
      await slow.next();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // Far less than the 8 MB that there are: some buffers of HTTP/2 and TCP on the way.
    expect(server.network.counts.bytesDown - before).toBeLessThan(4_000_000);
    let seen = 5;
    for (; seen < 2_000; seen++)
      expect((await slow.next()).value).toMatchObject({ revision: seen });
    ending.abort();
    expect(await slow.next()).toEqual({ done: true, value: undefined });
  });

  test('is replaced when it hears nothing, after the last position it saw', async () => {
    const { server, store } = await serverAndStore({ silenceMs: 60 });
    await put(store, stream, someEvents(3));
    server.noise(100);
    const ending = new AbortController();
    const seen: RecordedEvent[] = [];
    const following = (async () => {
      for await (const event of store.subscribe(null, prefix, ending.signal)) seen.push(event);
    })();
    await until(() => seen.length === 3);
    // Taken by the next three subscriptions.
    server.faults.onSubscribe({ kind: 'delay', ms: 1 }, { times: 3 });
    await until(() => server.faults.pending() === 0);
    const late = anEvent();
    await put(store, stream, [late]);
    await until(() => seen.length === 4);
    ending.abort();
    await following;
    expect(seen.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
    await until(() => server.subscriptionCount === 0);
  });

  test.each([2n ** 64n - 1n, 2n ** 63n])(
    'does not take %d for a position, as servers before 24.10.5 send it',
    async (commit) => {
      const { server, store } = await serverAndStore({ silenceMs: 50 });
      const forged = { kind: 'checkpoint', commit, prepare: commit } as const;
      server.faults.onSubscribe(forged, { times: 3 });
      server.noise(10);
      expect(await all(store.readAll(null, prefix))).toEqual([]);
      const following = take(store.subscribe(null, prefix, new AbortController().signal), 2);
      await until(() => server.subscriptionCount === 1);
      const [first, second] = [anEvent(), anEvent()];
      await put(store, stream, [first]);
      server.breakSubscriptions({ kind: 'end' });
      await put(store, stream, [second]);
      expect(idsOf(await following)).toEqual([first.id, second.id]);
    },
  );

  test('ends with store-denied where the right is missing', async () => {
    const { server, store } = await serverAndStore();
    server.faults.onSubscribe({ kind: 'status', code: status.PERMISSION_DENIED });
    const { signal } = new AbortController();
    await expect(all(store.subscribe(null, prefix, signal))).rejects.toMatchObject({
      code: 'store-denied',
      message: expect.stringContaining('denied') as unknown,
    });
  });

  test('leaves no call open on the server, however it is left (row 26)', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(50));
    const { signal } = new AbortController();
    for (let round = 0; round < 30; round++) {
      expect(await take(store.subscribe(null, prefix, signal), 2)).toHaveLength(2);
      expect(await take(store.read(stream), 2)).toHaveLength(2);
      expect(await take(store.readAll(null, prefix), 2)).toHaveLength(2);
      const idle = store.subscribe(null, 'nothing-', AbortSignal.timeout(1));
      expect(await all(idle)).toEqual([]);
    }
    await until(() => server.subscriptionCount === 0);
  });

  test('leaves room for appends, and names the limit of subscriptions (row 27)', async () => {
    const { server, store } = await serverAndStore({}, { maxConcurrentStreams: 20 });
    const ending = new AbortController();
    const following = Array.from({ length: 50 }, () =>
      all(store.subscribe(null, prefix, ending.signal)),
    );
    await until(() => server.subscriptionCount === 20);
    // Without room they would end at their deadline.
    for (let count = 0; count < 20; count++) await put(store, stream, [anEvent()]);
    await expect(all(store.subscribe(null, prefix, ending.signal))).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('50') as unknown,
    });
    ending.abort();
    await Promise.all(following);
    expect(await all(store.readAll(null, prefix))).toHaveLength(20);
  });
});
