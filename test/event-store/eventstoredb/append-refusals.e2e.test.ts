import { EventStoreDBClient } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { startCluster } from '../../../trials/eventstoredb-server/index.ts';
import { appendStatus, aStore, serverAndStore, shortLimits } from './support.ts';
import { all, anEvent, idsOf, put, someEvents } from '../support.ts';

const stream = 'paymentOrder-1';

describe('an append to EventStoreDB that stored nothing says so', () => {
  test('row 6: while the server is down, and is stored once it is up again', async () => {
    const { server, store } = await serverAndStore({ appendBudgetMs: 400 });
    await put(store, stream, [anEvent()]);
    await server.stop({ hard: true });
    const batch = someEvents(2);
    await expect(store.append(stream, batch, 0)).rejects.toMatchObject({
      code: expect.stringMatching(/^(store-unavailable|append-outcome-unknown)$/) as unknown,
    });
    // Now it is known that nobody listens.
    await expect(store.append(stream, batch, 0)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('refused') as unknown,
    });
    await server.start();
    expect(await store.append(stream, batch, 0)).toMatchObject({ revision: 2 });
    expect(idsOf(server.streams.events(stream)).slice(1)).toEqual(idsOf(batch));
  });

  test('row 6: and waits for a server that comes back in time', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, [anEvent()]);
    await server.stop({ hard: true });
    const appending = store.append(stream, [anEvent()], 0);
    await server.start();
    expect(await appending).toMatchObject({ kind: 'appended', revision: 1 });
  });

  test('row 12: larger than the server takes', async () => {
    const { server, store } = await serverAndStore({}, { maxAppendSizeBytes: 10_000 });
    const large = [anEvent({ text: 'x'.repeat(20_000) })];
    await expect(store.append(stream, large, 'no-stream')).rejects.toMatchObject({
      code: 'event-too-large',
      message: expect.stringContaining('10000') as unknown,
    });
    expect(server.appendCalls).toHaveLength(1);
    expect(idsOf(server.streams.events(stream))).toEqual([]);
    await put(store, stream, [anEvent()]);
  });

  test('row 13: larger than a message may be is never sent', async () => {
    const { server, store } = await serverAndStore();
    const large = Array.from({ length: 8 }, () => anEvent({ text: 'x'.repeat(200_000) }));
    await expect(store.append(stream, large, 'no-stream')).rejects.toMatchObject({
      code: 'event-too-large',
    });
    expect(server.appendCalls).toEqual([]);
  });

  test.each([
    [status.INVALID_ARGUMENT, 'Event exceeds the maximum append event size of 1000'],
    [status.RESOURCE_EXHAUSTED, 'Received message larger than max (20 vs. 10)'],
  ])('row 14: an event larger than the server takes, told by code %i', async (code, details) => {
    const { server, store } = await serverAndStore();
    server.faults.onAppend(appendStatus(code, false, details));
    await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject({
      code: 'event-too-large',
    });
    expect(server.appendCalls).toHaveLength(1);
  });

  test('row 24: what JSON cannot keep is never sent', async () => {
    const { server, store } = await serverAndStore();
    // Not true: that is the test.
    const data = { amount: 1n } as never;
    await expect(store.append(stream, [{ ...anEvent(), data }], 'no-stream')).rejects.toMatchObject(
      { code: 'invalid-event' },
    );
    expect(server.appendCalls).toEqual([]);
  });

  test.each([status.INVALID_ARGUMENT, status.UNIMPLEMENTED, status.PERMISSION_DENIED])(
    'refused for good by code %i: it is not tried again',
    async (code) => {
      const { server, store } = await serverAndStore();
      server.faults.onAppend(appendStatus(code, false));
      await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject({
        code: code === status.PERMISSION_DENIED ? 'store-denied' : 'store-unavailable',
        message: expect.stringContaining('Nothing was stored') as unknown,
      });
      expect(server.appendCalls).toHaveLength(1);
    },
  );

  test('too much at once: the limit is named', async () => {
    const { store } = await serverAndStore({ appendsMax: 3 });
    const settled = await Promise.allSettled(
      Array.from({ length: 5 }, (_, at) => store.append(`s-${at}`, [anEvent()], 'no-stream')),
    );
    expect(settled.map((each) => each.status)).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
    ]);
    expect(settled[4]).toMatchObject({ reason: { code: 'store-unavailable' } });
  });

  test('to a stream of the system: it is refused by name', async () => {
    const { server, store } = await serverAndStore();
    for (const name of ['$all', '$$paymentOrder-1', '$']) {
      await expect(store.append(name, [anEvent()], 'no-stream')).rejects.toMatchObject({
        code: 'invalid-input',
        field: 'stream',
      });
    }
    expect(server.appendCalls).toEqual([]);
  });
});

describe('an append to EventStoreDB', () => {
  test('row 3: goes on after many ends without a reply, with a new client', async () => {
    const { server, store } = await serverAndStore({ failuresMax: 1 });
    const { accepted } = server.network.counts;
    server.faults.onAppend({ kind: 'end', commits: false }, { times: 2 });
    const batches = Array.from({ length: 10 }, () => someEvents(1));
    const results = await Promise.all(
      batches.map((batch, at) => store.append(`s-${at}`, batch, 'no-stream')),
    );
    expect(results.every(({ kind }) => kind === 'appended')).toBe(true);
    expect(server.streams.all()).toHaveLength(10);
    expect(server.network.counts.accepted).toBeGreaterThan(accepted);
  });

  test('row 4: is untouched by what befalls another store of the process', async () => {
    const { server, store } = await serverAndStore();
    const other = await serverAndStore();
    other.server.faults.onAppend({ kind: 'end', commits: false }, { times: 99 });
    const ill = other.store.append(stream, [anEvent()], 'no-stream').catch(() => undefined);
    for (let count = 0; count < 20; count++) await put(store, stream, [anEvent()]);
    other.server.network.resetAll();
    for (let count = 0; count < 20; count++) await put(store, stream, [anEvent()]);
    expect(server.appendCalls).toHaveLength(40);
    expect(server.appendCalls.every(({ via }) => via === 'append')).toBe(true);
    await other.store.close();
    await ill;
  });

  test('rows 1 and 6: loses nothing when connections break under many at once', async () => {
    const { server, store } = await serverAndStore();
    const batches = Array.from({ length: 200 }, () => someEvents(2));
    const appending = Promise.all(
      batches.map((batch, at) => store.append(`s-${at}`, batch, 'no-stream')),
    );
    for (let breaks = 0; breaks < 5; breaks++) {
      await new Promise((resolve) => setTimeout(resolve, 15));
      server.network.resetAll();
    }
    expect((await appending).every(({ kind }) => kind === 'appended')).toBe(true);
    expect(idsOf(server.streams.all()).toSorted()).toEqual(batches.flatMap(idsOf).toSorted());
  });

  test('row 7: follows the leader, and goes back when it dies', async () => {
    const cluster = await startCluster({ nodes: 2 });
    try {
      const [first, second] = cluster.nodes;
      if (first === undefined || second === undefined) throw new Error('there are two nodes');
      const store = await aStore(first.connectionString);
      await put(store, stream, [anEvent()]);
      cluster.elect(second);
      await put(store, stream, [anEvent()]);
      expect(second.appendCalls.at(-1)).toMatchObject({ outcome: 'appended' });
      cluster.elect(first);
      await second.stop({ hard: true });
      await put(store, stream, [anEvent()]);
      expect(await all(store.read(stream))).toHaveLength(3);
    } finally {
      await cluster.stop();
    }
  });

  test('names a soft-deleted stream, in which the numbering goes on', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(3));
    await EventStoreDBClient.connectionString(server.connectionString).deleteStream(stream);
    expect(await all(store.read(stream))).toEqual([]);
    await expect(store.append(stream, someEvents(2), 'no-stream')).rejects.toMatchObject({
      code: 'store-corrupt',
      stream,
      revision: 4,
      message: expect.stringContaining('deleted') as unknown,
    });
    await expect(all(store.read(stream))).rejects.toMatchObject({
      code: 'not-contiguous',
      stream,
      revision: 0,
    });
  });

  test('names a stream deleted for ever', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(3));
    await EventStoreDBClient.connectionString(server.connectionString).tombstoneStream(stream);
    const error = { code: 'store-corrupt', stream };
    await expect(store.append(stream, someEvents(2), 2)).rejects.toMatchObject(error);
    await expect(all(store.read(stream))).rejects.toMatchObject(error);
    await expect(store.readLast(stream)).rejects.toMatchObject(error);
  });

  test('ends within its budget when nothing helps', async () => {
    const { server, store } = await serverAndStore({ appendBudgetMs: 500 });
    server.faults.onAppend({ kind: 'silence', commits: false }, { times: 99 });
    const fromMs = performance.now();
    await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toBeDefined();
    const { watchdogMarginMs = 0 } = shortLimits;
    expect(performance.now() - fromMs).toBeLessThan(500 + watchdogMarginMs + 200);
  });
});
