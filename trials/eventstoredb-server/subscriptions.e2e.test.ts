import { END, eventTypeFilter, excludeSystemEvents, streamNameFilter } from '@eventstore/db-client';
import type { EventStoreDBClient, Filter, Position } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { failureOf, isPending, serverAndClient, taken } from './support.ts';
import { until } from '../../test/until.ts';

const prefixes = ['paymentOrder-'];

type Seen = { kind: string; revision?: number; position?: Position };

/** Follows `$all` and records what comes, in order. */
function follow(client: EventStoreDBClient, filter?: Filter, from?: Position) {
  const seen: Seen[] = [];
  const subscription = client.subscribeToAll({
    ...(from === undefined ? {} : { fromPosition: from }),
    ...(filter === undefined ? {} : { filter }),
  });
  subscription.on('confirmation', () => seen.push({ kind: 'confirmation' }));
  subscription.on('caughtUp', () => seen.push({ kind: 'caughtUp' }));
  subscription.on('end', () => seen.push({ kind: 'end' }));
  subscription.on('error', () => seen.push({ kind: 'error' }));
  subscription.on('data', ({ event }) =>
    seen.push({ kind: event?.streamId ?? '', revision: Number(event?.revision) }),
  );
  return { seen, subscription };
}

function checkpointsOf(options: Parameters<typeof streamNameFilter>[0]) {
  const positions: Position[] = [];
  const filter = streamNameFilter({
    ...options,
    checkpointReached: (_subscription, position) => {
      positions.push(position);
    },
  });
  return { positions, filter };
}

describe('a subscription', () => {
  test('is confirmed, catches up, reports it, and then gets new events', async () => {
    const { server, client } = await serverAndClient();
    server.seed('paymentOrder-1', [{}, {}]);
    const { seen, subscription } = follow(client);
    await until(() => seen.some(({ kind }) => kind === 'caughtUp'));
    server.seed('paymentOrder-1', [{}]);
    await until(() => seen.length === 5);
    expect(seen.map(({ kind, revision }) => revision ?? kind)).toEqual([
      'confirmation',
      0,
      1,
      'caughtUp',
      2,
    ]);
    expect(server.subscriptionCount).toBe(1);
    await subscription.unsubscribe();
    await until(() => server.subscriptionCount === 0);
  });

  test('starts after its revision in a stream, or at the next event', async () => {
    const { server, client } = await serverAndClient();
    server.seed('paymentOrder-1', [{}, {}, {}]);
    const after = client.subscribeToStream('paymentOrder-1', { fromRevision: 0n });
    expect((await taken(after, 2)).map(({ event }) => event?.revision)).toEqual([1n, 2n]);
    const atEnd = client.subscribeToStream('paymentOrder-1', { fromRevision: END });
    const next = taken(atEnd, 1);
    await until(() => server.subscriptionCount === 2);
    server.seed('paymentOrder-1', [{}]);
    expect((await next).map(({ event }) => event?.revision)).toEqual([3n]);
    await Promise.all([after.unsubscribe(), atEnd.unsubscribe()]);
  });

  test('waits for a stream that does not exist yet', async () => {
    const { server, client } = await serverAndClient();
    const subscription = client.subscribeToStream('later');
    const first = taken(subscription, 1);
    await until(() => server.subscriptionCount === 1);
    server.seed('later', [{}]);
    expect((await first).map(({ event }) => event?.revision)).toEqual([0n]);
    await subscription.unsubscribe();
  });

  test('starts after its position in $all', async () => {
    const { server, client } = await serverAndClient();
    server.seed('paymentOrder-1', [{}, {}]);
    const commit = server.streams.all()[0]?.position ?? 0n;
    const { seen, subscription } = follow(client, undefined, { commit, prepare: commit });
    await until(() => seen.some(({ kind }) => kind === 'caughtUp'));
    expect(seen.flatMap(({ revision }) => revision ?? [])).toEqual([1]);
    await subscription.unsubscribe();
  });
});

describe('a filter', () => {
  const filters: readonly [string, Filter, readonly string[]][] = [
    ['stream prefixes', streamNameFilter({ prefixes }), ['paymentOrder-1']],
    ['a stream pattern', streamNameFilter({ regex: '^invoice' }), ['invoice-1']],
    ['type prefixes', eventTypeFilter({ prefixes: ['For', 'See'] }), []],
    ['no system events', excludeSystemEvents(), []],
  ];
  test.each(filters)(
    'lets through the events that it names, by %s',
    async (_name, filter, only) => {
      const { server, client } = await serverAndClient();
      server.seed('paymentOrder-1', [{}]);
      server.noise(8);
      server.seed('paymentOrder-1', [{}]);
      const { seen, subscription } = follow(client, filter);
      await until(() => seen.some(({ kind }) => kind === 'caughtUp'));
      const events = seen.filter(({ revision }) => revision !== undefined);
      const streams = new Set(events.map(({ kind }) => kind));
      const foreign = ['invoice-1', 'paymentorder-x', 'paymentOrderX-1'];
      const expected = only.length > 0 ? only : ['paymentOrder-1', ...foreign];
      expect(streams).toEqual(new Set(expected));
      await subscription.unsubscribe();
    },
  );

  test('gives a checkpoint every interval × window events, and one on going live', async () => {
    const { server, client } = await serverAndClient();
    server.noise(25);
    const options = { prefixes, maxSearchWindow: 5, checkpointInterval: 2 };
    const { positions, filter } = checkpointsOf(options);
    const { seen, subscription } = follow(client, filter);
    await until(() => seen.some(({ kind }) => kind === 'caughtUp'));
    const all = server.streams.all();
    const [second, newest] = [all[10], all[24]].map((event) => event?.position);
    // While it catches up, a server says where the page began; then, which event it looked at.
    expect(positions).toEqual([
      { commit: 0n, prepare: 0n },
      { commit: second, prepare: 0n },
      { commit: newest, prepare: newest },
    ]);
    server.noise(10);
    await until(() => positions.length === 4);
    const { commit, prepare } = positions[3] ?? {};
    expect(commit).toBe(prepare);
    await subscription.unsubscribe();
  });

  test('has a default window of 32 events', async () => {
    const { server, client } = await serverAndClient();
    server.noise(33);
    const { positions, filter } = checkpointsOf({ prefixes });
    const { subscription } = follow(client, filter);
    await until(() => positions.length === 2);
    const all = server.streams.all();
    expect(positions.map(({ commit }) => commit)).toEqual([0n, all[32]?.position]);
    await subscription.unsubscribe();
  });

  test('resumes from a checkpoint without a repeated or a lost event', async () => {
    const { server, client } = await serverAndClient();
    server.seed('paymentOrder-1', [{}]);
    server.noise(3);
    const { positions, filter } = checkpointsOf({ prefixes });
    const first = follow(client, filter);
    await until(() => positions.length === 1);
    await first.subscription.unsubscribe();
    server.seed('paymentOrder-1', [{}]);
    const second = follow(client, streamNameFilter({ prefixes }), positions[0]);
    await until(() => second.seen.some(({ kind }) => kind === 'caughtUp'));
    expect(second.seen.flatMap(({ revision }) => revision ?? [])).toEqual([1]);
    await second.subscription.unsubscribe();
  });

  test('can be answered with the checkpoint of a faulty server', async () => {
    const { server, client } = await serverAndClient();
    const max = 2n ** 64n - 1n;
    server.faults.onSubscribe({ kind: 'checkpoint', commit: max, prepare: max });
    const { positions, filter } = checkpointsOf({ prefixes });
    const { subscription } = follow(client, filter);
    await until(() => positions.length === 1);
    expect(positions).toEqual([{ commit: max, prepare: max }]);
    await subscription.unsubscribe();
  });
});

describe('a broken subscription', () => {
  async function running() {
    const opened = await serverAndClient();
    opened.server.seed('paymentOrder-1', [{}]);
    const followed = follow(opened.client);
    await until(() => followed.seen.some(({ kind }) => kind === 'caughtUp'));
    return { ...opened, ...followed };
  }

  test('shows an error', async () => {
    const { server, seen } = await running();
    server.breakSubscriptions({ kind: 'status', code: status.UNAVAILABLE });
    await until(() => seen.some(({ kind }) => kind === 'error'));
    expect(server.subscriptionCount).toBe(0);
  });

  test('shows a plain end', async () => {
    const { server, seen } = await running();
    server.breakSubscriptions({ kind: 'end' });
    await until(() => seen.some(({ kind }) => kind === 'end'));
    expect(seen.some(({ kind }) => kind === 'error')).toBe(false);
  });

  test('shows an error where its connection is reset', async () => {
    const { server, seen } = await running();
    server.breakSubscriptions({ kind: 'reset' });
    await until(() => seen.some(({ kind }) => kind === 'error'));
  });

  test('shows nothing where it stalls, while others go on', async () => {
    const { server, client, seen, subscription } = await running();
    server.breakSubscriptions({ kind: 'stall' });
    const other = follow(client);
    await until(() => other.seen.some(({ kind }) => kind === 'caughtUp'));
    server.seed('paymentOrder-1', [{}]);
    await until(() => other.seen.some(({ revision }) => revision === 1));
    expect(seen).toHaveLength(3);
    await Promise.all([subscription.unsubscribe(), other.subscription.unsubscribe()]);
  });

  test('can break before or after events, stall, or be delayed', async () => {
    const { server, client } = await serverAndClient();
    server.seed('paymentOrder-1', [{}, {}, {}]);
    server.faults.onSubscribe({ kind: 'end', afterEvents: 2 });
    expect(await taken(client.subscribeToAll())).toHaveLength(2);
    server.faults.onSubscribe({ kind: 'status', code: status.CANCELLED });
    expect(await failureOf(taken(client.subscribeToAll()))).toMatchObject({ type: 'cancelled' });
    server.faults.onSubscribe({ kind: 'stall' });
    const stalled = client.subscribeToAll();
    expect(await isPending(taken(stalled, 1))).toBe(true);
    server.faults.onSubscribe({ kind: 'delay', ms: 50 });
    const late = client.subscribeToAll();
    expect(await taken(late, 3)).toHaveLength(3);
    await Promise.all([stalled.unsubscribe(), late.unsubscribe()]);
  });
});
