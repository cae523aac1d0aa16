import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  MaxAppendSizeExceededError,
  NotFoundError,
  NotLeaderError,
  StreamDeletedError,
  StreamNotFoundError,
  TimeoutError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
  binaryEvent,
} from '@eventstore/db-client';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ServiceError } from '@grpc/grpc-js';
import { credentials, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import {
  anEvent,
  failureOf,
  isPending,
  serverAndClient,
  someEvents,
  started,
  taken,
  viaAppend,
} from './support.ts';

const stream = 'paymentOrder-1';
const options = { expectedRevision: 'no_stream', ...viaAppend } as const;
const batchOptions = { expectedRevision: 'no_stream' } as const;

const classes = [
  [status.ABORTED, TimeoutError],
  [status.UNAVAILABLE, UnavailableError],
  [status.CANCELLED, CancelledError],
  [status.UNAUTHENTICATED, AccessDeniedError],
  [status.DEADLINE_EXCEEDED, DeadlineExceededError],
  [status.NOT_FOUND, NotFoundError],
  [status.UNKNOWN, UnknownError],
  [status.INTERNAL, UnknownError],
  [status.RESOURCE_EXHAUSTED, UnknownError],
  [status.PERMISSION_DENIED, UnknownError],
] as const;

describe('the status of a call', () => {
  test.each(classes.map(([code, type]) => [status[code], code, type] as const))(
    '%s of an append has its own class in the client, committed or not',
    async (_name, code, type) => {
      const { server, client } = await serverAndClient();
      for (const commits of [false, true]) {
        server.faults.onAppend({ kind: 'status', code, commits });
        const error = await failureOf(client.appendToStream(stream, anEvent(), options));
        expect(error).toBeInstanceOf(type);
        expect(error).toMatchObject({ code });
        expect(server.streams.events(stream)).toHaveLength(commits ? 1 : 0);
      }
      expect(server.appendCalls.map(({ outcome }) => outcome)).toEqual(['not-stored', 'appended']);
      expect(server.faults.pending()).toBe(0);
    },
  );

  test.each(classes.map(([code, type]) => [status[code], code, type] as const))(
    '%s of a read has its own class in the client',
    async (_name, code, type) => {
      const { server, client } = await serverAndClient();
      server.seed(stream, [{}, {}]);
      server.faults.onRead({ kind: 'status', code, afterEvents: 1 });
      expect(await failureOf(taken(client.readStream(stream)))).toBeInstanceOf(type);
      expect(await taken(client.readStream(stream))).toHaveLength(2);
    },
  );
});

describe('the trailers of an error', () => {
  test('report a deleted stream to a read and to a delete', async () => {
    const { client } = await serverAndClient();
    await client.appendToStream(stream, anEvent(), options);
    await client.tombstoneStream(stream, { expectedRevision: 0n });
    for (const call of [
      () => taken(client.readStream(stream)),
      () => client.deleteStream(stream),
    ]) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(StreamDeletedError);
      expect(error).toMatchObject({ streamName: stream, code: status.FAILED_PRECONDITION });
    }
  });

  test('report the revision that a delete or a tombstone met', async () => {
    const { client } = await serverAndClient();
    await client.appendToStream(stream, someEvents(3), options);
    const expectation = { expectedRevision: 7n };
    for (const call of [
      () => client.deleteStream(stream, expectation),
      () => client.tombstoneStream(stream, expectation),
    ]) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ expectedVersion: 7n, actualVersion: 2n, streamName: stream });
    }
    const onNothing = await failureOf(client.deleteStream('nothing', expectation));
    expect(onNothing).toMatchObject({ actualVersion: 'no_stream' });
  });

  test('report the size limit of an append, of which nothing is stored', async () => {
    const { server, client } = await serverAndClient({ maxAppendSizeBytes: 2_000 });
    const tooMuch = [anEvent(), binaryEvent({ type: 'Big', data: new Uint8Array(2_000) })];
    for (const way of [options, batchOptions]) {
      const error = await failureOf(client.appendToStream(stream, tooMuch, way));
      expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
      expect(error).toMatchObject({ maxAppendSize: 2_000 });
    }
    expect(server.streams.names()).toEqual([]);
    await client.appendToStream(stream, anEvent(), options);
  });

  test('name the leader', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'not-leader' });
    const error = await failureOf(client.appendToStream(stream, anEvent(), options));
    expect(error).toBeInstanceOf(NotLeaderError);
    expect(error).toMatchObject({ leader: { address: '127.0.0.1', port: server.port } });
  });

  test('can leave out the leader, which makes client 6.2.1 throw', async () => {
    const server = await started();
    server.faults.onAppend({ kind: 'not-leader', trailers: false });
    const bare = new streamsGrpc.StreamsClient(
      `127.0.0.1:${server.port}`,
      credentials.createInsecure(),
    );
    const error = await new Promise<ServiceError | null>((resolve) => {
      bare.append(resolve).end();
    });
    bare.close();
    expect(error?.metadata.getMap()).toMatchObject({ exception: 'not-leader' });
    expect(error?.metadata.get('leader-endpoint-host')).toEqual([]);
  });
});

describe('the server', () => {
  test('answers a message over 16 MiB with RESOURCE_EXHAUSTED', async () => {
    const { client } = await serverAndClient();
    const event = binaryEvent({ type: 'Huge', data: new Uint8Array(16.5 * 1024 * 1024) });
    const error = await failureOf(client.appendToStream(stream, event, options));
    expect(error).toBeInstanceOf(UnknownError);
    expect(error).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      message: expect.stringContaining('exceeds the maximum configured message size') as unknown,
    });
  });
});

describe.each([
  ['an id that is not a UUID', { id: 'not-a-uuid' }],
  ['an empty type', { type: '' }],
])('%s', (_name, wrong) => {
  test('is answered as an error of the server, and nothing is stored', async () => {
    const { server, client } = await serverAndClient();
    const event = { ...anEvent(), ...wrong };

    const byAppend = await failureOf(client.appendToStream(stream, event, options));
    const byBatch = await failureOf(client.appendToStream(stream, event, batchOptions));

    expect(byAppend).toMatchObject({
      code: status.UNKNOWN,
      message: expect.stringContaining('Exception was thrown by handler.') as unknown,
    });
    expect(byBatch).toMatchObject({
      type: 'unknown',
      message: expect.stringContaining('Could not recognize') as unknown,
    });
    expect(server.streams.names()).toEqual([]);
    await client.appendToStream(stream, anEvent(), options);
  });
});

describe('an append on a batch stream', () => {
  test('gets a timeout without a code, and does not recognise a busy server', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'status', code: status.ABORTED, commits: false });
    const details = 'Server Is Not Ready';
    const timeout = await failureOf(client.appendToStream(stream, anEvent(), batchOptions));
    expect(timeout).toBeInstanceOf(DeadlineExceededError);
    expect(timeout).toMatchObject({ code: undefined });
    server.faults.onAppend({ kind: 'status', code: status.UNAVAILABLE, details, commits: false });
    const busy = await failureOf(client.appendToStream(stream, anEvent(), batchOptions));
    expect(busy).toBeInstanceOf(UnknownError);
    expect(busy).toMatchObject({ message: `Could not recognize ${details}` });
    await client.appendToStream(stream, anEvent(), batchOptions);
  });

  test('gets the failure of the whole call', async () => {
    const { server, client } = await serverAndClient();
    const code = status.UNAVAILABLE;
    server.faults.onAppend({ kind: 'status', code, commits: true, wholeCall: true });
    const error = await failureOf(client.appendToStream(stream, anEvent(), batchOptions));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(server.streams.events(stream)).toHaveLength(1);
  });

  test('stays pending after an end without an answer', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'end', commits: true });
    expect(await isPending(client.appendToStream(stream, anEvent(), batchOptions))).toBe(true);
  });

  test('uses Append where the server does not announce BatchAppend', async () => {
    const { server, client } = await serverAndClient({ withoutBatchAppend: true });
    await client.appendToStream(stream, anEvent(), batchOptions);
    expect(server.appendCalls.map(({ via }) => via)).toEqual(['append']);
  });

  test('stays pending while the server features are not answered', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onFeatures({ kind: 'silence' });
    expect(await isPending(client.appendToStream(stream, anEvent(), batchOptions))).toBe(true);
    expect(server.appendCalls).toEqual([]);
  });

  test('gets the raw error of failed server features', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onFeatures({ kind: 'status', code: status.INTERNAL });
    const error = await failureOf(client.appendToStream(stream, anEvent(), batchOptions));
    expect(error).toMatchObject({ code: status.INTERNAL });
  });
});

test('reports a missing stream by a message, which the client turns into an error', async () => {
  const { client } = await serverAndClient();
  const error = await failureOf(taken(client.readStream('nothing')));
  expect(error).toBeInstanceOf(StreamNotFoundError);
  expect(error).toMatchObject({ streamName: 'nothing' });
});
