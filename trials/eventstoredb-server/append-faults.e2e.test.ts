import { DeadlineExceededError, UnavailableError } from '@eventstore/db-client';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type { ServiceError } from '@grpc/grpc-js';
import { Metadata, credentials, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import {
  anEvent,
  clientOf,
  failureOf,
  isPending,
  serverAndClient,
  started,
  storedIds,
  viaAppend,
  viaBatchAppend,
} from './support.ts';
import { until } from '../../test/until.ts';
import { identifierOf, uuidOf } from './messages.ts';

const stream = 'paymentOrder-1';
const options = { expectedRevision: 'no_stream', ...viaAppend } as const;
/** Long enough for a busy machine to send the append, and shorter than every delay below. */
const briefly = { ...options, deadline: 1_000 };

describe.each([
  ['Append', viaAppend],
  ['BatchAppend', viaBatchAppend],
])('an append by %s that meets a fault', (_name, via) => {
  const noStream = { expectedRevision: 'no_stream', ...via } as const;

  test('is recognised by the retry after a commit and a reset connection', async () => {
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

  test('can be answered with a forged wrong expected version', async () => {
    const { server, client } = await serverAndClient();
    const fault = { kind: 'wrong-expected-version', commits: true, current: 6n } as const;
    server.faults.onAppend(fault);
    const error = await failureOf(client.appendToStream(stream, anEvent(), noStream));
    expect(error).toMatchObject({ type: 'wrong-expected-version', actualVersion: 6n });
    expect(server.streams.events(stream)).toHaveLength(1);
  });

  test('can be answered without a position', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'no-position' });
    const result = await client.appendToStream(stream, anEvent(), noStream);
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 0n, position: undefined });
  });

  test('can be delayed', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'delay', ms: 500 });
    expect(await isPending(client.appendToStream(stream, anEvent(), noStream), 30)).toBe(true);
    await until(() => server.streams.events(stream).length === 1);
  });
});

describe('an append without an answer', () => {
  test.each([true, false])('ends at its deadline (committed: %s)', async (commits) => {
    const { server, client } = await serverAndClient();
    const event = anEvent();
    server.faults.onAppend({ kind: 'silence', commits });
    const error = await failureOf(client.appendToStream(stream, event, briefly));
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(storedIds(server, stream)).toEqual(commits ? [event.id] : []);
    await client.appendToStream(stream, event, options);
    expect(storedIds(server, stream)).toEqual([event.id]);
  });

  test('never ends on a batch stream', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'silence', commits: true });
    const work = client.appendToStream(stream, anEvent(), {
      expectedRevision: 'no_stream',
      deadline: 50,
    });
    expect(await isPending(work, 300)).toBe(true);
  });
});

test('reports UNIMPLEMENTED for an Append that ended with OK and no answer', async () => {
  const { server, client } = await serverAndClient();
  server.faults.onAppend({ kind: 'end', commits: true });
  const error = await failureOf(client.appendToStream(stream, anEvent(), options));
  expect(error).toMatchObject({ type: 'unknown', code: 12 });
  expect(server.streams.events(stream)).toHaveLength(1);
});

test('stores nothing of an append that is delayed beyond its deadline', async () => {
  const { server, client } = await serverAndClient();
  server.faults.onAppend({ kind: 'delay', ms: 3_000 });
  const error = await failureOf(client.appendToStream(stream, anEvent(), briefly));
  expect(error).toBeInstanceOf(DeadlineExceededError);
  await until(() => server.appendCalls.length === 1);
  expect(server.appendCalls[0]?.outcome).toBe('not-stored');
});

test('stores nothing of a batch whose call is cut off while it is sent', async () => {
  const server = await started();
  const bare = new streamsGrpc.StreamsClient(
    `127.0.0.1:${server.port}`,
    credentials.createInsecure(),
  );
  onTestFinished(() => {
    bare.close();
  });
  const cutOff = async (number: number): Promise<ServiceError | null> => {
    const ended = Promise.withResolvers<ServiceError | null>();
    const isLate = number % 2 === 0;
    const deadline = isLate ? Date.now() + (number % 30) : Infinity;
    const call = bare.append(new Metadata(), { deadline }, ended.resolve);
    call.write(requestFor(`s-${number}`));
    const sent = server.network.counts.bytesUp;
    for (let events = 0; events <= number % 5; events += 1) call.write(requestOf(anEvent()));
    // A part of the batch is on its way or has arrived, and its end never comes.
    if (!isLate) await until(() => server.network.counts.bytesUp > sent);
    if (!isLate) call.cancel();
    return ended.promise;
  };

  const errors: (ServiceError | null)[] = [];
  for (let round = 0; round < 30; round += 1) {
    const numbers = Array.from({ length: 20 }, (_, index) => round * 20 + index);
    errors.push(...(await Promise.all(numbers.map(cutOff))));
  }
  await clientOf(server).appendToStream('the last', anEvent(), options);

  expect(new Set(errors.map((error) => error?.code))).toEqual(
    new Set([status.CANCELLED, status.DEADLINE_EXCEEDED]),
  );
  expect(server.streams.names()).toEqual(['the last']);
});

test('stores a late commit after the caller gave up', async () => {
  const { server, client } = await serverAndClient();
  server.faults.onAppend({ kind: 'late-commit', ms: 300 });
  const event = anEvent();
  const error = await failureOf(client.appendToStream(stream, event, briefly));
  expect(error).toBeInstanceOf(DeadlineExceededError);
  expect(server.streams.events(stream)).toHaveLength(0);
  await until(() => server.streams.events(stream).length === 1);
  await client.appendToStream(stream, event, options);
  expect(storedIds(server, stream)).toEqual([event.id]);
});

test('starves appends with as many subscriptions as a connection has streams', async () => {
  const { server, client } = await serverAndClient({ maxConcurrentStreams: 3 });
  const subscriptions = Array.from({ length: 3 }, () => client.subscribeToAll());
  await until(() => server.subscriptionCount === 3);
  const error = await failureOf(client.appendToStream(stream, anEvent(), briefly));
  expect(error).toBeInstanceOf(DeadlineExceededError);
  await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
  await until(() => server.subscriptionCount === 0);
  await client.appendToStream(stream, anEvent(), options);
});

test('delays by the clock that it was given', async () => {
  const clock = simulatedRuntime();
  const { server, client } = await serverAndClient({ clock });
  server.faults.onAppend({ kind: 'delay', ms: 3_600_000 });
  const work = client.appendToStream(stream, anEvent(), options);
  await until(() => clock.pendingTimers() === 1);
  await clock.advance(3_600_000);
  expect((await work).success).toBe(true);
  expect(server.streams.events(stream)[0]?.createdMs).toBe(clock.now());
});

function requestFor(name: string) {
  const streamOptions = new streamsPb.AppendReq.Options()
    .setStreamIdentifier(identifierOf(name))
    .setNoStream(new sharedPb.Empty());
  return new streamsPb.AppendReq().setOptions(streamOptions);
}

function requestOf({ id, type }: { readonly id: string; readonly type: string }) {
  const message = new streamsPb.AppendReq.ProposedMessage()
    .setId(uuidOf(id))
    .setData(Buffer.from('{}'));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return new streamsPb.AppendReq().setProposedMessage(message);
}
