import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { Runtime } from '../../../src/runtime.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';
import type { AppendFault, EventStoreDbServer } from '../../../trials/eventstoredb-server/index.ts';
import { appendStatus, aServer, aStore, serverAndStore } from './support.ts';
import { until } from '../../until.ts';

const stream = 'paymentOrder-1';

function storedIds(server: EventStoreDbServer): string[] {
  return idsOf(server.streams.events(stream));
}

/** Only the classic Append call, and always the same ids at the same revision. */
function expectSameBytes(server: EventStoreDbServer, ids: readonly string[]): void {
  for (const call of server.appendCalls) {
    expect(call).toMatchObject({ via: 'append', stream, ids });
    expect(call.expected).toEqual(server.appendCalls[0]?.expected);
  }
}

const passing: readonly (readonly [title: string, fault: AppendFault])[] = [
  ['a commit, then a reset (row 1)', { kind: 'reset', commits: true }],
  ['a reset without a commit (row 1)', { kind: 'reset', commits: false }],
  ['a commit without a reply (row 2)', { kind: 'silence', commits: true }],
  ['a commit, then OK without a reply (row 3)', { kind: 'end', commits: true }],
  ['OK without a reply or a commit (row 3)', { kind: 'end', commits: false }],
  ['a deadline exceeded before the commit (row 8)', { kind: 'delay', ms: 1_000 }],
  ['a deadline exceeded, and a later commit (row 8)', { kind: 'late-commit', ms: 30 }],
  ['a deadline exceeded by the server (row 8)', appendStatus(status.DEADLINE_EXCEEDED, true)],
  ['a server timeout after the commit (row 9)', appendStatus(status.ABORTED, true)],
  ['a server timeout before the commit (row 9)', appendStatus(status.ABORTED, false)],
  ['a server not ready (row 10)', appendStatus(status.UNAVAILABLE, false, 'Server Is Not Ready')],
  ['a busy server (row 10)', appendStatus(status.UNAVAILABLE, false, 'Server Is Busy')],
  ['a node that shuts down', appendStatus(status.CANCELLED, true)],
  ['an internal error', appendStatus(status.INTERNAL, true)],
  ['an unknown error', appendStatus(status.UNKNOWN, false)],
  ['exhausted resources', appendStatus(status.RESOURCE_EXHAUSTED, false)],
  ['a node that is not the leader (row 7)', { kind: 'not-leader' }],
  ['a node that does not name the leader (row 7)', { kind: 'not-leader', trailers: false }],
];

/** Only silence needs a short deadline; a healthy try may then need more than one on a busy machine. */
function limitsFor({ kind }: AppendFault) {
  const isSilent = kind === 'silence' || kind === 'delay' || kind === 'late-commit';
  return isSilent ? { appendTryMs: 300, watchdogMarginMs: 200 } : {};
}

describe('a settled append to EventStoreDB', () => {
  test.each(passing)('stores and acknowledges the batch once after %s', async (_, fault) => {
    const { server, store, settled } = await serverAndStore(limitsFor(fault));
    server.seed(stream, [{ metadata: {} }, { metadata: {} }]);
    const batch = someEvents(3);
    server.faults.onAppend(fault);
    const result = await settled.append(stream, batch, 1);
    expect(result).toMatchObject({ kind: 'appended', revision: 4, settled: 'after-doubt' });
    const stored = await all(store.read(stream));
    expect(idsOf(stored.slice(2))).toEqual(idsOf(batch));
    expect(result).toMatchObject({ position: stored.at(-1)?.position });
    await until(() => server.appendCalls.length > 1);
    expectSameBytes(server, idsOf(batch));
  });

  test.each(passing)('stores the batch once after three times %s', async (_, fault) => {
    const { server, settled } = await serverAndStore(limitsFor(fault));
    const batch = someEvents(2);
    server.faults.onAppend(fault, { times: 3 });
    expect(await settled.append(stream, batch, 'no-stream')).toMatchObject({ revision: 1 });
    expect(storedIds(server)).toEqual(idsOf(batch));
    expectSameBytes(server, idsOf(batch));
  });

  test('finds its own events where the server only reports a later revision (row 1)', async () => {
    const { server, settled } = await serverAndStore();
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'reset', commits: true });
    server.faults.onAppend({ kind: 'wrong-expected-version', commits: false, current: 1n });
    expect(await settled.append(stream, batch, 'no-stream')).toMatchObject({
      kind: 'appended',
      revision: 1,
      settled: 'after-doubt',
    });
    expect(storedIds(server)).toEqual(idsOf(batch));
  });

  test('reports a conflict where a rival’s events stand in its place (row 1)', async () => {
    const { server, settled } = await serverAndStore();
    server.faults.onAppend({ kind: 'reset', commits: false });
    const appending = settled.append(stream, someEvents(2), 'no-stream');
    const rival = { metadata: {} };
    server.seed(stream, [rival, rival, rival]);
    expect(await appending).toEqual({ kind: 'conflict' });
    expect(storedIds(server)).toHaveLength(3);
  });

  test('finds its own events also before those of others', async () => {
    const { server, settled } = await serverAndStore({ appendTryMs: 300 });
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'silence', commits: true });
    server.faults.onAppend({ kind: 'wrong-expected-version', commits: false, current: 4n });
    expect(await settled.append(stream, batch, 'no-stream')).toMatchObject({
      kind: 'appended',
      revision: 1,
    });
  });

  test('waits for a server that comes back (row 6)', async () => {
    const { server, settled } = await serverAndStore();
    await put(settled, stream, [anEvent()]);
    await server.stop({ hard: true });
    const appending = settled.append(stream, [anEvent()], 0);
    await server.start();
    expect(await appending).toMatchObject({ kind: 'appended', revision: 1 });
  });

  test('goes on with a new client after many ends without a reply (row 3)', async () => {
    const { server, settled } = await serverAndStore({ failuresMax: 1 });
    const { accepted } = server.network.counts;
    server.faults.onAppend({ kind: 'end', commits: false }, { times: 2 });
    const batches = Array.from({ length: 10 }, () => someEvents(1));
    const results = await Promise.all(
      batches.map((batch, at) => settled.append(`s-${at}`, batch, 'no-stream')),
    );
    expect(results.every(({ kind }) => kind === 'appended')).toBe(true);
    expect(server.streams.all()).toHaveLength(10);
    expect(server.network.counts.accepted).toBeGreaterThan(accepted);
  });

  test('loses nothing when connections break under many appends (rows 1 and 6)', async () => {
    const { server, settled } = await serverAndStore();
    const batches = Array.from({ length: 200 }, () => someEvents(2));
    const appending = Promise.all(
      batches.map((batch, at) => settled.append(`s-${at}`, batch, 'no-stream')),
    );
    for (let breaks = 1; breaks <= 5; breaks++) {
      await until(() => server.appendCalls.length >= breaks * 30);
      server.network.resetAll();
    }
    expect((await appending).every(({ kind }) => kind === 'appended')).toBe(true);
    expect(idsOf(server.streams.all()).toSorted()).toEqual(batches.flatMap(idsOf).toSorted());
  });
});

describe('one try of an append to EventStoreDB', () => {
  test.each(passing)('throws a retryable error and sends once after %s', async (_, fault) => {
    const { server, store } = await serverAndStore(limitsFor(fault));
    server.faults.onAppend(fault);
    await expect(store.append(stream, someEvents(2), 'no-stream')).rejects.toMatchObject({
      code: expect.stringMatching(/^(append-outcome-unknown|store-unavailable)$/) as unknown,
      stream,
    });
    expect(server.appendCalls.length).toBeLessThanOrEqual(1);
  });

  test('reports an unknown outcome, and the same batch again settles it', async () => {
    const { server, store } = await serverAndStore({ appendTryMs: 300 });
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'silence', commits: true });
    await expect(store.append(stream, batch, 'no-stream')).rejects.toMatchObject({
      code: 'append-outcome-unknown',
      stream,
      message: expect.stringContaining('unknown whether the events were stored') as unknown,
    });
    await until(async () => {
      const again = await store.append(stream, batch, 'no-stream').catch(() => null);
      if (again !== null) expect(again).toMatchObject({ kind: 'appended', revision: 1 });
      return again !== null;
    });
    expect(storedIds(server)).toEqual(idsOf(batch));
  });

  test('looks for its own ids before it reports a conflict', async () => {
    const { server, store } = await serverAndStore();
    const batch = someEvents(2);
    const first = await store.append(stream, batch, 'no-stream');
    server.faults.onAppend({ kind: 'wrong-expected-version', commits: false, current: 1n });
    expect(await store.append(stream, batch, 'no-stream')).toEqual({
      ...first,
      settled: 'after-doubt',
    });
    server.faults.onAppend({ kind: 'wrong-expected-version', commits: false, current: 1n });
    expect(await store.append(stream, someEvents(2), 'no-stream')).toEqual({ kind: 'conflict' });
  });

  test('stays in doubt while the stream cannot be read back', async () => {
    const { server, store } = await serverAndStore();
    server.faults.onAppend({ kind: 'wrong-expected-version', commits: false, current: 1n });
    server.faults.onRead({ kind: 'status', code: status.UNAVAILABLE });
    await expect(store.append(stream, someEvents(2), 'no-stream')).rejects.toMatchObject({
      code: 'append-outcome-unknown',
    });
  });

  test('takes the position from the stream where the reply has none', async () => {
    const { server, store } = await serverAndStore();
    const batch = someEvents(2);
    const first = await store.append(stream, batch, 'no-stream');
    server.faults.onAppend({ kind: 'no-position' });
    expect(await store.append(stream, batch, 'no-stream')).toEqual({
      ...first,
      settled: 'after-doubt',
    });
  });

  test('is ended by its own watchdog where the client never answers', async () => {
    const hourMs = 3_600_000;
    const watchdogs = new Set<() => void>();
    const real = systemRuntime();
    const runtime: Runtime = {
      ...real,
      setTimer: (delayMs, run) => {
        if (delayMs < hourMs) return real.setTimer(delayMs, run);
        watchdogs.add(run);
        return () => watchdogs.delete(run);
      },
    };
    const server = await aServer();
    const store = await aStore(server.connectionString, { appendTryMs: hourMs }, runtime);
    server.faults.onAppend({ kind: 'silence', commits: false });
    const appending = store.append(stream, [anEvent()], 'no-stream');
    const failing = expect(appending).rejects.toMatchObject({
      code: 'append-outcome-unknown',
      message: expect.stringContaining('did not answer') as unknown,
    });
    await until(() => server.appendCalls.length === 1);
    for (const bark of watchdogs) bark();
    await failing;
  });
});
