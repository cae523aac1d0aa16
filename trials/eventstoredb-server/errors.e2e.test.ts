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

describe('a status', () => {
  test.each(classes.map(([code, type]) => [status[code], code, type] as const))(
    '%s of an append is told apart by the client, committed or not',
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
    '%s of a read is told apart by the client',
    async (_name, code, type) => {
      const { server, client } = await serverAndClient();
      server.seed(stream, [{}, {}]);
      server.faults.onRead({ kind: 'status', code, afterEvents: 1 });
      expect(await failureOf(taken(client.readStream(stream)))).toBeInstanceOf(type);
      expect(await taken(client.readStream(stream))).toHaveLength(2);
    },
  );
});

describe('trailers', () => {
  test('say that a stream is deleted, to a reader and to one who deletes', async () => {
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

  test('say which revision a delete or a tombstone met', async () => {
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

  test('say how much one append may hold, and nothing of it is stored', async () => {
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

  test('say who leads', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'not-leader' });
    const error = await failureOf(client.appendToStream(stream, anEvent(), options));
    expect(error).toBeInstanceOf(NotLeaderError);
    expect(error).toMatchObject({ leader: { address: '127.0.0.1', port: server.port } });
  });

  test('can leave out who leads, which the client of 6.2.1 does not survive', async () => {
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

describe('a message of over 16 MiB', () => {
  test('is RESOURCE_EXHAUSTED', async () => {
    const { client } = await serverAndClient();
    const event = binaryEvent({ type: 'Huge', data: new Uint8Array(16.5 * 1024 * 1024) });
    const error = await failureOf(client.appendToStream(stream, event, options));
    expect(error).toBeInstanceOf(UnknownError);
    expect(error).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });
});

describe('an id that is no UUID', () => {
  test('is INVALID_ARGUMENT, and nothing is stored', async () => {
    const { server, client } = await serverAndClient();
    const event = { ...anEvent(), id: 'no-uuid' };
    const error = await failureOf(client.appendToStream(stream, event, options));
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(server.streams.names()).toEqual([]);
  });
});

describe('on a batch stream', () => {
  test('a timeout has no code, and a busy server is not recognised', async () => {
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

  test('a failure of the whole call reaches the append', async () => {
    const { server, client } = await serverAndClient();
    const code = status.UNAVAILABLE;
    server.faults.onAppend({ kind: 'status', code, commits: true, wholeCall: true });
    const error = await failureOf(client.appendToStream(stream, anEvent(), batchOptions));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(server.streams.events(stream)).toHaveLength(1);
  });

  test('an end without an answer leaves the append pending', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onAppend({ kind: 'end', commits: true });
    expect(await isPending(client.appendToStream(stream, anEvent(), batchOptions))).toBe(true);
  });

  test('is not taken where the server does not say that it has one', async () => {
    const { server, client } = await serverAndClient({ withoutBatchAppend: true });
    await client.appendToStream(stream, anEvent(), batchOptions);
    expect(server.appendCalls.map(({ via }) => via)).toEqual(['append']);
  });

  test('a look at the features that is never answered leaves the append pending', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onFeatures({ kind: 'silence' });
    expect(await isPending(client.appendToStream(stream, anEvent(), batchOptions))).toBe(true);
    expect(server.appendCalls).toEqual([]);
  });

  test('a failed look at the features reaches the append raw', async () => {
    const { server, client } = await serverAndClient();
    server.faults.onFeatures({ kind: 'status', code: status.INTERNAL });
    const error = await failureOf(client.appendToStream(stream, anEvent(), batchOptions));
    expect(error).toMatchObject({ code: status.INTERNAL });
  });
});

test('a missing stream is a message, which the client makes an error of', async () => {
  const { client } = await serverAndClient();
  const error = await failureOf(taken(client.readStream('nothing')));
  expect(error).toBeInstanceOf(StreamNotFoundError);
  expect(error).toMatchObject({ streamName: 'nothing' });
});
