import { EventStoreDBClient } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../../src/errors.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';
import { startCluster } from '../../../trials/eventstoredb-server/index.ts';
import { appendStatus, aStore, serverAndStore } from './support.ts';
import { until } from '../../until.ts';

const stream = 'paymentOrder-1';

describe('an append that EventStoreDB refuses', () => {
  test('reports that nothing was stored once no server is listening (row 6)', async () => {
    const { server, store, settled } = await serverAndStore();
    await put(store, stream, [anEvent()]);
    await server.stop({ hard: true });
    const batch = someEvents(2);
    let error: unknown;
    await until(async () => {
      error = await store.append(stream, batch, 0).catch((reason: unknown) => reason);
      // The first try may still meet the connection that broke.
      return error instanceof PaymentOrderError && error.code === 'store-unavailable';
    });
    expect(error).toMatchObject({
      message: expect.stringMatching(/refused.*nothing was stored$/) as unknown,
    });
    await server.start();
    expect(await settled.append(stream, batch, 0)).toMatchObject({ revision: 2 });
    expect(idsOf(server.streams.events(stream)).slice(1)).toEqual(idsOf(batch));
  });

  test('is reported as too large for the server (row 12)', async () => {
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

  test('is not sent where it is larger than a message may be (row 13)', async () => {
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
  ])(
    'is reported as too large where the server answers code %i (row 14)',
    async (code, details) => {
      const { server, store } = await serverAndStore();
      server.faults.onAppend(appendStatus(code, false, details));
      await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject({
        code: 'event-too-large',
      });
      expect(server.appendCalls).toHaveLength(1);
    },
  );

  test('is not sent where JSON cannot keep its data (row 24)', async () => {
    const { server, store } = await serverAndStore();
    // Not true: that is the test.
    const data = { amount: 1n } as never;
    await expect(store.append(stream, [{ ...anEvent(), data }], 'no-stream')).rejects.toMatchObject(
      { code: 'invalid-event' },
    );
    expect(server.appendCalls).toEqual([]);
  });

  test.each([status.INVALID_ARGUMENT, status.UNIMPLEMENTED, status.PERMISSION_DENIED])(
    'is final where the server answers code %i',
    async (code) => {
      const { server, store } = await serverAndStore();
      server.faults.onAppend(appendStatus(code, false));
      await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject({
        code: code === status.PERMISSION_DENIED ? 'store-denied' : 'store-unavailable',
        message: expect.stringContaining('nothing was stored') as unknown,
      });
      expect(server.appendCalls).toHaveLength(1);
    },
  );

  test('names the limit where too many are in flight', async () => {
    const { store } = await serverAndStore({ appendsMax: 3 });
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, (_, at) => store.append(`s-${at}`, [anEvent()], 'no-stream')),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(3);
    expect(results[4]).toMatchObject({
      reason: {
        code: 'store-unavailable',
        message: expect.stringContaining('3 appends') as unknown,
      },
    });
  });

  test('names the field where the stream belongs to the system', async () => {
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
  test('is untouched by the faults of another store in the process (row 4)', async () => {
    const { server, store } = await serverAndStore();
    const other = await serverAndStore();
    other.server.faults.onAppend({ kind: 'end', commits: false }, { times: 99 });
    for (let count = 0; count < 20; count++) {
      const failing = expect(
        other.store.append(stream, [anEvent()], 'no-stream'),
      ).rejects.toMatchObject({ code: 'append-outcome-unknown' });
      await put(store, stream, [anEvent()]);
      await failing;
    }
    other.server.network.resetAll();
    for (let count = 0; count < 20; count++) await put(store, stream, [anEvent()]);
    expect(server.appendCalls).toHaveLength(40);
    expect(server.appendCalls.every(({ via }) => via === 'append')).toBe(true);
  });

  test('follows the leader, and returns when that dies (row 7)', async () => {
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

  test('reports a soft-deleted stream, which keeps its numbering', async () => {
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

  test('reports a stream that was deleted with a tombstone', async () => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(3));
    await EventStoreDBClient.connectionString(server.connectionString).tombstoneStream(stream);
    const error = { code: 'store-corrupt', stream };
    await expect(store.append(stream, someEvents(2), 2)).rejects.toMatchObject(error);
    await expect(all(store.read(stream))).rejects.toMatchObject(error);
    await expect(store.readLast(stream)).rejects.toMatchObject(error);
  });
});
