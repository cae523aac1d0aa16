import { once } from 'node:events';
import {
  DeadlineExceededError,
  StreamNotFoundError,
  TimeoutError,
  UnavailableError,
} from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { startCluster, startProxy } from './index.ts';
import {
  anEvent,
  clientOf,
  failureOf,
  isPending,
  serverAndClient,
  someEvents,
  started,
  storedIds,
  taken,
  viaAppend,
} from './support.ts';
import { until } from '../../test/until.ts';

const stream = 'paymentOrder-1';
const options = { expectedRevision: 'no_stream', ...viaAppend } as const;
/** grpc-js shares a connection between channels whose target, options and credentials are equal. */
const ownConnection = '&keepAliveInterval=10001';
const briefly = { ...options, deadline: 150 };

async function withOne() {
  const opened = await serverAndClient();
  const event = anEvent();
  await opened.client.appendToStream(stream, event, options);
  return { ...opened, event };
}

describe('the proxy', () => {
  test('passes and counts bytes', async () => {
    const { server } = await withOne();
    expect(server.network.counts).toMatchObject({ accepted: 1, open: 1, resets: 0 });
    expect(server.network.counts.bytesUp).toBeGreaterThan(100);
    expect(server.network.counts.bytesDown).toBeGreaterThan(50);
  });

  test('sees one connection for two equal clients, and two where an option differs', async () => {
    const { server } = await withOne();
    server.seed('another', [{}]);
    await taken(clientOf(server).readStream('another'));
    expect(server.network.counts.accepted).toBe(1);
    await taken(clientOf(server, ownConnection).readStream('another'));
    expect(server.network.counts.accepted).toBe(2);
  });

  test('swallows every byte as a black hole, and recovers', async () => {
    const { server, client, event } = await withOne();
    await server.network.setMode('blackhole');
    const error = await failureOf(client.appendToStream('paymentOrder-2', event, briefly));
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(await isPending(taken(clientOf(server).readStream(stream)))).toBe(true);
    expect(server.network.counts.bytesSwallowed).toBeGreaterThan(0);
    expect(server.streams.names()).toEqual([stream]);
    await server.network.setMode('pass');
    await client.appendToStream('paymentOrder-2', event, options).catch(() => undefined);
    await client.appendToStream('paymentOrder-2', event, options);
    expect(storedIds(server, 'paymentOrder-2')).toEqual([event.id]);
  });

  test('accepts connections in silence and leaves open ones alone', async () => {
    const { server, client, event } = await withOne();
    await server.network.setMode('silent');
    await client.appendToStream(stream, event, options);
    const other = clientOf(server, ownConnection);
    const error = await failureOf(other.appendToStream(stream, event, briefly));
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(await isPending(taken(other.readStream(stream)))).toBe(true);
  });

  test('resets open and new connections', async () => {
    const { server, client, event } = await withOne();
    await server.network.setMode('reset');
    const error = await failureOf(client.appendToStream(stream, event, options));
    expect(error).toBeInstanceOf(UnavailableError);
    await server.network.setMode('pass');
    await client.appendToStream(stream, event, options);
  });

  test('refuses new connections while open ones go on', async () => {
    const { server, client, event } = await withOne();
    await server.network.setMode('refuse');
    await client.appendToStream(stream, event, options);
    const other = clientOf(server, ownConnection);
    const error = await failureOf(other.appendToStream(stream, event, options));
    expect(error).toBeInstanceOf(UnavailableError);
    await server.network.setMode('pass');
    await other.appendToStream(stream, event, options);
    expect(server.network.port).toBe(server.port);
  });

  test('works in front of any server', async () => {
    const server = await started();
    const proxy = await startProxy(server.port);
    onTestFinished(() => proxy.close());
    const connectionString = `esdb://127.0.0.1:${proxy.port}?tls=false`;
    const client = clientOf({ connectionString });
    await client.appendToStream(stream, anEvent(), options);
    proxy.resetAll();
    expect(proxy.counts.resets).toBe(1);
    expect(server.streams.events(stream)).toHaveLength(1);
  });
});

describe.each([true, false])('a restart (hard: %s)', (hard) => {
  test('keeps port and data, drops subscriptions, and lets the same client go on', async () => {
    const { server, client, event } = await withOne();
    const { port } = server;
    const subscription = client.subscribeToAll();
    const seen: string[] = [];
    for (const happening of ['error', 'end', 'close'] as const) {
      subscription.on(happening, () => seen.push(happening));
    }
    const dropped = failureOf(once(subscription, 'never'));
    await until(() => server.subscriptionCount === 1);

    await server.restart({ hard });

    expect(await dropped).toMatchObject({ type: 'unavailable' });
    expect(seen).toEqual(['error']);
    expect(server.port).toBe(port);
    const found = await taken(clientOf(server).readStream(stream));
    expect(found.map((each) => each.event?.id)).toEqual([event.id]);
    await client.appendToStream(stream, event, options).catch(() => undefined);
    expect((await client.appendToStream(stream, event, options)).nextExpectedRevision).toBe(0n);
  });

  test('refuses connections in between', async () => {
    const { server, client, event } = await withOne();
    await server.stop({ hard });
    const error = await failureOf(client.appendToStream(stream, event, options));
    expect(error).toBeInstanceOf(UnavailableError);
    await server.start();
    await client.appendToStream(stream, event, options);
  });
});

describe('a server that stops or starts', () => {
  test('ends appends in flight as timed out, is not ready for a while, then drops the connection', async () => {
    const { server, client } = await serverAndClient({ stoppingMs: 1_000 });
    const waiting = { kind: 'delay', ms: 30_000 } as const;
    server.faults.onAppend(waiting);
    server.faults.onAppend({ kind: 'silence', commits: true });
    const delayed = failureOf(client.appendToStream(stream, anEvent(), options));
    const silent = failureOf(client.appendToStream('paymentOrder-2', anEvent(), options));
    await until(() => server.faults.pending() === 0);

    const stopping = server.stop();
    const late = await failureOf(client.appendToStream('paymentOrder-3', anEvent(), options));
    const batch = await failureOf(clientOf(server).appendToStream('paymentOrder-3', anEvent()));
    const read = await failureOf(taken(client.readStream(stream)));
    await stopping;
    const refused = await failureOf(client.appendToStream('paymentOrder-3', anEvent(), options));

    for (const error of [await delayed, await silent]) {
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error).toMatchObject({
        message: expect.stringContaining('Request canceled by server') as unknown,
      });
    }
    for (const error of [late, read]) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect(String(error)).toContain('Server Is Not Ready');
    }
    expect(String(batch)).toContain('Could not recognize Server Is Not Ready');
    expect(refused).toBeInstanceOf(UnavailableError);
    expect(server.streams.names()).toEqual(['paymentOrder-2']);
  });

  test('refuses connections, then is not ready, then answers', async () => {
    const clock = simulatedRuntime();
    const { server, client } = await serverAndClient({ clock, startingMs: 3_000 });

    const early = await failureOf(client.appendToStream(stream, anEvent(), options));
    await clock.advance(3_000);
    await client.appendToStream(stream, anEvent(), options);

    expect(String(early)).toContain('Server Is Not Ready');
    expect(server.streams.events(stream)).toHaveLength(1);
  });
});

describe('a server whose calls wait in disorder', () => {
  test('stores appends made at once in another order, each whole', async () => {
    const { server, client } = await serverAndClient({ disorderMs: 50 });
    const names = Array.from({ length: 50 }, (_, index) => `s-${index}`);

    await Promise.all(names.map((name) => client.appendToStream(name, someEvents(3), options)));

    const stored = server.streams.all().map((event) => event.stream);
    const order = stored.filter((_, index) => index % 3 === 0);
    expect(stored).toEqual(order.flatMap((name) => [name, name, name]));
    expect(order.toSorted()).toEqual(names.toSorted());
    expect(order).not.toEqual(names);
  });

  test('may not see a soft-deleted stream at once that was written again', async () => {
    const { client } = await serverAndClient({ disorderMs: 5 });
    await client.appendToStream(stream, anEvent(), options);
    await client.deleteStream(stream);
    await client.appendToStream(stream, anEvent(), options);

    const atOnce = await failureOf(taken(client.readStream(stream)));
    const later = await taken(client.readStream(stream));

    expect(atOnce).toBeInstanceOf(StreamNotFoundError);
    expect(later).toHaveLength(1);
  });
});

describe('a cluster', () => {
  async function twoNodes() {
    const cluster = await startCluster();
    onTestFinished(() => cluster.stop());
    const [follower] = cluster.followers();
    if (follower === undefined) throw new Error('a cluster of two has a follower');
    return { cluster, leader: cluster.leader(), follower };
  }

  test('redirects a writer from the follower to the leader', async () => {
    const { leader, follower } = await twoNodes();
    const client = clientOf(follower);
    const error = await failureOf(client.appendToStream(stream, anEvent(), options));
    expect(error).toMatchObject({ type: 'not-leader', leader: { port: leader.port } });
    await client.appendToStream(stream, anEvent(), options);
    expect(follower.appendCalls.map(({ outcome }) => outcome)).toEqual(['refused']);
    expect(leader.appendCalls.map(({ outcome }) => outcome)).toEqual(['appended']);
  });

  test('redirects a batch stream and a delete too', async () => {
    const { leader, follower } = await twoNodes();
    const batching = clientOf(follower);
    const noStream = { expectedRevision: 'no_stream' } as const;
    const refused = await failureOf(batching.appendToStream(stream, anEvent(), noStream));
    expect(refused).toMatchObject({ type: 'not-leader', leader: { port: leader.port } });
    const deleting = await failureOf(clientOf(follower).deleteStream(stream));
    expect(deleting).toMatchObject({ type: 'not-leader' });
  });

  test('lets a follower answer reads that do not require the leader', async () => {
    const { leader, follower } = await twoNodes();
    leader.seed(stream, [{}]);
    expect(await taken(clientOf(follower).readStream(stream))).toHaveLength(1);
    const strict = clientOf(follower);
    const reading = taken(strict.readStream(stream, { requiresLeader: true }));
    expect(await failureOf(reading)).toMatchObject({ type: 'not-leader' });
    expect(await taken(strict.readStream(stream, { requiresLeader: true }))).toHaveLength(1);
    const subscribing = taken(clientOf(follower).subscribeToAll({ requiresLeader: true }), 1);
    expect(await failureOf(subscribing)).toMatchObject({ type: 'not-leader' });
  });

  test('is found by gossip, also after an election', async () => {
    const { cluster, leader, follower } = await twoNodes();
    const client = clientOf(cluster);
    await client.appendToStream(stream, anEvent(), options);
    expect(leader.appendCalls).toHaveLength(1);
    cluster.elect(follower);
    await leader.stop({ hard: true });
    const event = anEvent();
    const next = { ...options, expectedRevision: 0n };
    await client.appendToStream(stream, event, next).catch(() => undefined);
    await client.appendToStream(stream, event, next);
    expect(storedIds(follower, stream)).toContain(event.id);
  });

  test('is not found while gossip fails', async () => {
    const { cluster } = await twoNodes();
    for (const node of cluster.nodes) {
      node.faults.onGossip({ kind: 'status', code: status.UNAVAILABLE });
    }
    const client = clientOf(cluster, '&maxDiscoverAttempts=1');
    const error = await failureOf(client.appendToStream(stream, anEvent(), options));
    expect(error).toMatchObject({ message: 'Failed to discover after 1 attempts.' });
    await client.appendToStream(stream, anEvent(), options);
  });

  test('is found by discovery through one node', async () => {
    const { leader, follower } = await twoNodes();
    const connectionString = `esdb+discover://127.0.0.1:${follower.port}?tls=false`;
    await clientOf({ connectionString }).appendToStream(stream, anEvent(), options);
    expect(leader.appendCalls).toHaveLength(1);
  });
});
