import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { AppendFault, EventStoreDbServer } from '../../../trials/eventstoredb-server/index.ts';
import { appendStatus, serverAndStore } from './support.ts';
import { until } from './until.ts';
import { all, anEvent, idsOf, put, someEvents } from '../support.ts';

const stream = 'paymentOrder-1';

function storedIds(server: EventStoreDbServer): string[] {
  return idsOf(server.streams.events(stream));
}

/** Nothing but the classic RPC, and never but the same ids at the same revision. */
function expectSameBytes(server: EventStoreDbServer, ids: readonly string[]): void {
  for (const call of server.appendCalls) {
    expect(call).toMatchObject({ via: 'append', stream, ids });
    expect(call.expected).toEqual(server.appendCalls[0]?.expected);
  }
}

const passing: readonly (readonly [title: string, fault: AppendFault])[] = [
  ['row 1: commit, then a reset', { kind: 'reset', commits: true }],
  ['row 1: a reset, and no commit', { kind: 'reset', commits: false }],
  ['row 2: commit, and no reply', { kind: 'silence', commits: true }],
  ['row 3: commit, and an end with OK without a reply', { kind: 'end', commits: true }],
  ['row 3: an end with OK without a reply, and no commit', { kind: 'end', commits: false }],
  ['row 8: deadline exceeded before the commit', { kind: 'delay', ms: 400 }],
  ['row 8: deadline exceeded, and committed later', { kind: 'late-commit', ms: 30 }],
  ['row 8: deadline exceeded by the server', appendStatus(status.DEADLINE_EXCEEDED, true)],
  ['row 9: server timeout after the commit', appendStatus(status.ABORTED, true)],
  ['row 9: server timeout before the commit', appendStatus(status.ABORTED, false)],
  ['row 10: not ready', appendStatus(status.UNAVAILABLE, false, 'Server Is Not Ready')],
  ['row 10: busy', appendStatus(status.UNAVAILABLE, false, 'Server Is Busy')],
  ['the node shuts down', appendStatus(status.CANCELLED, true)],
  ['an internal error', appendStatus(status.INTERNAL, true)],
  ['an unknown error', appendStatus(status.UNKNOWN, false)],
  ['exhausted resources', appendStatus(status.RESOURCE_EXHAUSTED, false)],
  ['row 7: not leader', { kind: 'not-leader' }],
  ['row 7: not leader, and not told who is', { kind: 'not-leader', trailers: false }],
];

describe('an append to EventStoreDB is stored once and acknowledged', () => {
  test.each(passing)('%s', async (_, fault) => {
    const { server, store } = await serverAndStore();
    await put(store, stream, someEvents(2));
    const batch = someEvents(3);
    server.appendCalls.length = 0;
    server.faults.onAppend(fault);
    const result = await store.append(stream, batch, 1);
    expect(result).toMatchObject({ kind: 'appended', revision: 4, settled: 'after-doubt' });
    const stored = await all(store.read(stream));
    expect(idsOf(stored.slice(2))).toEqual(idsOf(batch));
    expect(result).toMatchObject({ position: stored.at(-1)?.position });
    await until(() => server.appendCalls.length > 1);
    expectSameBytes(server, idsOf(batch));
  });

  test.each(passing)('three times in a row, %s', async (_, fault) => {
    const { server, store } = await serverAndStore();
    const batch = someEvents(2);
    server.faults.onAppend(fault, { times: 3 });
    expect(await store.append(stream, batch, 'no-stream')).toMatchObject({ revision: 1 });
    expect(storedIds(server)).toEqual(idsOf(batch));
    expectSameBytes(server, idsOf(batch));
  });
});

describe('an append to EventStoreDB in doubt', () => {
  test('row 1: finds its own events where the server only says that it is late', async () => {
    const { server, store } = await serverAndStore();
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'reset', commits: true });
    server.faults.onAppend({ kind: 'wrong-expected-version', commits: false, current: 1n });
    expect(await store.append(stream, batch, 'no-stream')).toMatchObject({
      kind: 'appended',
      revision: 1,
      settled: 'after-doubt',
    });
    expect(storedIds(server)).toEqual(idsOf(batch));
  });

  test('row 1: is a conflict where a rival’s events stand in its place', async () => {
    const { server, store } = await serverAndStore();
    server.faults.onAppend({ kind: 'reset', commits: false });
    const appending = store.append(stream, someEvents(2), 'no-stream');
    const rival = { metadata: {} };
    server.seed(stream, [rival, rival, rival]);
    expect(await appending).toEqual({ kind: 'conflict' });
    expect(storedIds(server)).toHaveLength(3);
  });

  test('finds its own events also behind which others have written', async () => {
    const { server, store } = await serverAndStore();
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'silence', commits: true });
    const appending = store.append(stream, batch, 'no-stream');
    server.faults.onAppend({ kind: 'wrong-expected-version', commits: false, current: 4n });
    expect(await appending).toMatchObject({ kind: 'appended', revision: 1 });
  });

  test('says the outcome is unknown when the budget ends, and the same batch settles it', async () => {
    const { server, store } = await serverAndStore({ appendBudgetMs: 300 });
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'silence', commits: true }, { times: 9 });
    await expect(store.append(stream, batch, 'no-stream')).rejects.toMatchObject({
      code: 'append-outcome-unknown',
      stream,
    });
    server.faults.clear();
    expect(await store.append(stream, batch, 'no-stream')).toMatchObject({ revision: 1 });
    expect(storedIds(server)).toEqual(idsOf(batch));
  });

  test('stays in doubt when a later try certainly stored nothing', async () => {
    const { server, store } = await serverAndStore({ appendBudgetMs: 300 });
    server.faults.onAppend({ kind: 'reset', commits: true });
    server.faults.onAppend(appendStatus(status.UNAVAILABLE, false, 'Server Is Busy'), {
      times: 99,
    });
    await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject({
      code: 'append-outcome-unknown',
    });
  });

  test('stays in doubt while what the stream holds cannot be read', async () => {
    const { server, store } = await serverAndStore({ appendBudgetMs: 400 });
    const batch = someEvents(2);
    server.faults.onAppend({ kind: 'silence', commits: true });
    const late: AppendFault = { kind: 'wrong-expected-version', commits: false, current: 1n };
    server.faults.onAppend(late, { times: 99 });
    server.faults.onRead({ kind: 'status', code: status.UNAVAILABLE }, { times: 99 });
    await expect(store.append(stream, batch, 'no-stream')).rejects.toMatchObject({
      code: 'append-outcome-unknown',
    });
  });

  test('takes the position from the stream where the answer has none', async () => {
    const { server, store } = await serverAndStore();
    const batch = someEvents(2);
    const first = await store.append(stream, batch, 'no-stream');
    server.faults.onAppend({ kind: 'no-position' });
    expect(await store.append(stream, batch, 'no-stream')).toEqual({
      ...first,
      settled: 'after-doubt',
    });
  });
});
