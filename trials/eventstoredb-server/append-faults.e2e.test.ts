import { DeadlineExceededError, UnavailableError } from '@eventstore/db-client';
import { describe, expect, test } from 'vitest';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import {
  anEvent,
  failureOf,
  isPending,
  serverAndClient,
  storedIds,
  viaAppend,
  viaBatchAppend,
} from './support.ts';
import { until } from '../../test/until.ts';

const stream = 'paymentOrder-1';
const options = { expectedRevision: 'no_stream', ...viaAppend } as const;
const briefly = { ...options, deadline: 100 };

describe.each([
  ['Append', viaAppend],
  ['BatchAppend', viaBatchAppend],
])('by %s', (_name, via) => {
  const noStream = { expectedRevision: 'no_stream', ...via } as const;

  test('a commit whose connection is reset before the answer is found by the retry', async () => {
    const { server, client } = await serverAndClient();
    const event = anEvent();
    server.faults.onAppend({ kind: 'reset', commits: true });
    const error = await failureOf(client.appendToStream(stream, event, noStream));
    expect(error).toBeInstanceOf(UnavailableError);
    const again = await client.appendToStream(stream, event, noStream);
    expect(again.nextExpectedRevision).toBe(0n);
    expect(storedIds(server, stream)).toEqual([event.id]);
    expect(server.appendCalls.map(({ outcome }) => outcome)).toEqual(['appended', 'idempotent']);
    expect(server.appendCalls.map(({ fault }) => fault)).toEqual(['reset', undefined]);
  });

  test('a forged wrong expected version is an answer like any other', async () => {
    const { server, client } = await serverAndClient();
    const fault = { kind: 'wrong-expected-version', commits: true, current: 6n } as const;
    server.faults.onAppend(fault);
    const error = await failureOf(client.appendToStream(stream, anEvent(), noStream));
    expect(error).toMatchObject({ type: 'wrong-expected-version', actualVersion: 6n });
    expect(server.streams.events(stream)).toHaveLength(1);
  });

  test('a commit can be answered without a position', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'no-position' });
    const result = await client.appendToStream(stream, anEvent(), noStream);
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 0n, position: undefined });
  });

  test('an append can be late', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'delay', ms: 60 });
    expect(await isPending(client.appendToStream(stream, anEvent(), noStream), 30)).toBe(true);
    await until(() => server.streams.events(stream).length === 1);
  });
});

describe('silence', () => {
  test.each([true, false])('ends at the deadline (committed: %s)', async (commits) => {
    const { server, client } = await serverAndClient();
    const event = anEvent();
    server.faults.onAppend({ kind: 'silence', commits });
    const error = await failureOf(client.appendToStream(stream, event, briefly));
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(storedIds(server, stream)).toEqual(commits ? [event.id] : []);
    await client.appendToStream(stream, event, options);
    expect(storedIds(server, stream)).toEqual([event.id]);
  });

  test('on a batch stream ends never', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'silence', commits: true });
    const work = client.appendToStream(stream, anEvent(), {
      ...{ expectedRevision: 'no_stream', deadline: 50 },
    });
    expect(await isPending(work, 300)).toBe(true);
  });
});

test('an OK without an answer is UNIMPLEMENTED to an Append, whatever was stored', async () => {
  const { server, client } = await serverAndClient();
  server.faults.onAppend({ kind: 'end', commits: true });
  const error = await failureOf(client.appendToStream(stream, anEvent(), options));
  expect(error).toMatchObject({ type: 'unknown', code: 12 });
  expect(server.streams.events(stream)).toHaveLength(1);
});

test('an append delayed beyond its deadline stores nothing', async () => {
  const { server, client } = await serverAndClient();
  server.faults.onAppend({ kind: 'delay', ms: 200 });
  const error = await failureOf(client.appendToStream(stream, anEvent(), briefly));
  expect(error).toBeInstanceOf(DeadlineExceededError);
  await until(() => server.appendCalls.length === 1);
  expect(server.appendCalls[0]?.outcome).toBe('not-stored');
});

test('a late commit is stored after the caller gave up', async () => {
  const { server, client } = await serverAndClient();
  server.faults.onAppend({ kind: 'late-commit', ms: 50 });
  const event = anEvent();
  const error = await failureOf(client.appendToStream(stream, event, briefly));
  expect(error).toBeInstanceOf(DeadlineExceededError);
  expect(server.streams.events(stream)).toHaveLength(0);
  await until(() => server.streams.events(stream).length === 1);
  await client.appendToStream(stream, event, options);
  expect(storedIds(server, stream)).toEqual([event.id]);
});

test('as many subscriptions as a connection has streams starve its appends', async () => {
  const { server, client } = await serverAndClient({ maxConcurrentStreams: 3 });
  const subscriptions = Array.from({ length: 3 }, () => client.subscribeToAll());
  await until(() => server.subscriptionCount === 3);
  const error = await failureOf(client.appendToStream(stream, anEvent(), briefly));
  expect(error).toBeInstanceOf(DeadlineExceededError);
  await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
  await until(() => server.subscriptionCount === 0);
  await client.appendToStream(stream, anEvent(), options);
});

test('delays follow the clock that is passed', async () => {
  const clock = simulatedRuntime();
  const { server, client } = await serverAndClient({ clock });
  server.faults.onAppend({ kind: 'delay', ms: 3_600_000 });
  const work = client.appendToStream(stream, anEvent(), options);
  await until(() => clock.pendingTimers() === 1);
  await clock.advance(3_600_000);
  expect((await work).success).toBe(true);
  expect(server.streams.events(stream)[0]?.createdMs).toBe(clock.now());
});
