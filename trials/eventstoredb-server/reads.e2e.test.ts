import { BACKWARDS, END, START } from '@eventstore/db-client';
import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import {
  anEvent,
  clientOf,
  failureOf,
  idsOf,
  serverAndClient,
  someEvents,
  started,
  taken,
  viaAppend,
} from './support.ts';

const stream = 'paymentOrder-1';
const sentinel = 2n ** 64n - 1n;

const revisionsOf = (found: readonly (ResolvedEvent | AllStreamResolvedEvent)[]) =>
  found.map(({ event, link }) => Number((link ?? event)?.revision));

async function withFive() {
  const opened = await serverAndClient();
  const events = someEvents(5);
  await opened.client.appendToStream(stream, events, {
    expectedRevision: 'no_stream',
    ...viaAppend,
  });
  return { ...opened, events };
}

describe('a read of a stream', () => {
  test('returns what was appended, with position and time', async () => {
    const { server, client, events } = await withFive();
    const found = await taken(client.readStream(stream));
    expect(idsOf(found.flatMap(({ event }) => event ?? []))).toEqual(idsOf(events));
    const [first] = found;
    expect(first?.event).toMatchObject({
      streamId: stream,
      revision: 0n,
      type: 'SomethingHappened',
      isJson: true,
      data: events[0]?.data,
      metadata: events[0]?.metadata,
    });
    const [stored] = server.streams.events(stream);
    expect(first?.event?.created).toEqual(new Date(stored?.createdMs ?? 0));
    expect(first?.event).toMatchObject({ position: { commit: stored?.position } });
  });

  test('returns ids in lower case, and recognises them in either case', async () => {
    const { server, client } = await serverAndClient();
    const event = { ...anEvent(), id: 'ABCDEF01-2345-4678-9ABC-DEF012345678' };
    const options = { expectedRevision: 'no_stream', ...viaAppend } as const;
    await client.appendToStream(stream, event, options);
    await client.appendToStream(stream, { ...event, id: event.id.toLowerCase() }, options);
    const [found] = await taken(client.readStream(stream));
    expect(found?.event?.id).toBe(event.id.toLowerCase());
    expect(server.streams.events(stream)).toHaveLength(1);
  });

  test('starts at a revision, forwards and backwards, and stops at a count', async () => {
    const { client } = await withFive();
    const read = async (options: Parameters<typeof client.readStream>[1]) =>
      revisionsOf(await taken(client.readStream(stream, options)));
    expect(await read({ fromRevision: 3n })).toEqual([3, 4]);
    expect(await read({ fromRevision: START, maxCount: 2 })).toEqual([0, 1]);
    expect(await read({ fromRevision: 9n })).toEqual([]);
    expect(await read({ fromRevision: END })).toEqual([]);
    expect(await read({ direction: BACKWARDS, fromRevision: END })).toEqual([4, 3, 2, 1, 0]);
    expect(await read({ direction: BACKWARDS, fromRevision: END, maxCount: 1 })).toEqual([4]);
    expect(await read({ direction: BACKWARDS, fromRevision: 1n })).toEqual([1, 0]);
    expect(await read({ direction: BACKWARDS, fromRevision: START })).toEqual([0]);
  });

  test('leaves out events that metadata hides', async () => {
    const { client } = await withFive();
    await client.setStreamMetadata(stream, { truncateBefore: 2 });
    expect(revisionsOf(await taken(client.readStream(stream)))).toEqual([2, 3, 4]);
    await client.setStreamMetadata(stream, { maxCount: 1 });
    expect(revisionsOf(await taken(client.readStream(stream)))).toEqual([4]);
  });

  test('reports a soft-deleted stream as not found', async () => {
    const { client } = await withFive();
    await client.deleteStream(stream);
    const error = await failureOf(taken(client.readStream(stream)));
    expect(error).toMatchObject({ type: 'stream-not-found', streamName: stream });
  });

  test('has no position on a server configured as an old one', async () => {
    const server = await started({ streamReadsWithoutPosition: true });
    server.seed(stream, [{}]);
    const client = clientOf(server);
    const [found] = await taken(client.readStream(stream));
    expect(found?.event).toMatchObject({ position: { commit: sentinel, prepare: sentinel } });
    const [inAll] = await taken(client.readAll());
    expect(inAll?.event?.position.commit).toBe(server.streams.all()[0]?.position);
  });

  test('waits for a slow reader and loses nothing', async () => {
    const { server, client } = await serverAndClient();
    const text = 'x'.repeat(4_096);
    server.seed(
      stream,
      Array.from({ length: 2_000 }, () => ({ data: { text } })),
    );
    const reading = client.readStream(stream);
    let count = 0;
    for await (const found of reading) {
      if (count === 20) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(server.network.counts.bytesDown).toBeLessThan(4_000_000);
      }
      expect(found.event?.revision).toBe(BigInt(count));
      count += 1;
    }
    expect(count).toBe(2_000);
  });
});

describe('a read of $all', () => {
  test('goes forwards from a position and backwards before it, in log order', async () => {
    const { server, client } = await withFive();
    server.noise(4);
    const everything = await taken(client.readAll());
    const positions = everything.map(({ event }) => event?.position.commit ?? 0n);
    expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
    expect(everything).toHaveLength(9);
    const third = positions[2] ?? 0n;
    const fromPosition = { commit: third, prepare: third };
    const forwards = await taken(client.readAll({ fromPosition, maxCount: 2 }));
    expect(forwards.map(({ event }) => event?.position.commit)).toEqual(positions.slice(2, 4));
    const back = await taken(client.readAll({ fromPosition, direction: BACKWARDS }));
    expect(revisionsOf(back)).toEqual([1, 0]);
    const [last] = await taken(client.readAll({ fromPosition: END, direction: BACKWARDS }), 1);
    expect(last?.event?.position.commit).toBe(positions.at(-1));
  });

  test('is refused from a position at which no record begins, and empty past the end', async () => {
    const { server, client } = await withFive();
    const [first, second] = server.streams.all().map(({ position }) => position);
    const between = ((first ?? 0n) + (second ?? 0n)) / 2n;
    const from = (commit: bigint) => ({ fromPosition: { commit, prepare: commit } });
    const invalid = {
      code: status.INVALID_ARGUMENT,
      message: expect.stringContaining('Trying to read from an invalid position.') as unknown,
    };

    expect(await failureOf(taken(client.readAll(from(between))))).toMatchObject(invalid);
    expect(await failureOf(taken(client.subscribeToAll(from(between))))).toMatchObject(invalid);
    expect(await taken(client.readAll(from(10n ** 15n)))).toEqual([]);
  });

  test('still shows deleted events', async () => {
    const { client } = await withFive();
    await client.deleteStream(stream);
    const streams = (await taken(client.readAll())).map(({ event }) => event?.streamId);
    expect(streams.filter((name) => name === stream)).toHaveLength(5);
    expect(streams).toContain(`$$${stream}`);
  });
});

describe('a link', () => {
  test('is resolved on demand, and to nothing where its target is missing', async () => {
    const { server, client } = await withFive();
    server.link('$ce-paymentOrder', stream, 1);
    server.link('$ce-paymentOrder', 'gone', 7);
    const raw = await taken(client.readStream('$ce-paymentOrder'));
    expect(raw.map(({ event }) => event?.type)).toEqual(['$>', '$>']);
    const resolved = await taken(client.readStream('$ce-paymentOrder', { resolveLinkTos: true }));
    expect(resolved.map(({ event }) => event?.streamId)).toEqual([stream, undefined]);
    expect(resolved.map(({ link }) => link?.streamId)).toEqual(Array(2).fill('$ce-paymentOrder'));
  });
});

describe('a read that meets a fault', () => {
  test('can end early without an error, and the next one is complete', async () => {
    const { server, client } = await withFive();
    server.faults.onRead({ kind: 'end', afterEvents: 2 });
    expect(await taken(client.readStream(stream))).toHaveLength(2);
    expect(await taken(client.readStream(stream))).toHaveLength(5);
  });

  test('fails with its connection', async () => {
    const { server, client } = await withFive();
    server.faults.onRead({ kind: 'reset', afterEvents: 2 });
    expect(await failureOf(taken(client.readStream(stream)))).toMatchObject({
      type: 'unavailable',
    });
  });

  test('stalls until it is cancelled', async () => {
    const { server, client } = await withFive();
    server.faults.onRead({ kind: 'stall', afterEvents: 3 }, { stream });
    const reading = client.readStream(stream);
    expect(await taken(reading, 3)).toHaveLength(3);
    await reading.cancel();
  });

  test('meets only faults of its stream', async () => {
    const { server, client } = await withFive();
    server.seed('another', [{}]);
    server.faults.onRead({ kind: 'end' }, { stream: 'another', times: 2 });
    expect(await taken(client.readStream(stream))).toHaveLength(5);
    expect(await taken(client.readStream('another'))).toHaveLength(0);
    expect(server.faults.pending()).toBe(1);
    server.faults.clear();
    expect(await taken(client.readStream('another'))).toHaveLength(1);
  });
});

test('carries out 500 appends at once over 100 streams', async () => {
  const { server, client } = await serverAndClient();
  const appends = Array.from({ length: 500 }, (_, index) =>
    client.appendToStream(`s-${index}`, anEvent(), { expectedRevision: 'no_stream', ...viaAppend }),
  );
  await Promise.all(appends);
  expect(server.streams.all()).toHaveLength(500);
});
