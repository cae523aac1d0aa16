import { StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import { describe, expect, test } from 'vitest';
import {
  anEvent,
  failureOf,
  idsOf,
  serverAndClient,
  someEvents,
  storedIds,
  viaAppend,
  viaBatchAppend,
} from './support.ts';

const stream = 'paymentOrder-1';

/** What a server does with an append, row by row, for both calls of the real client. */
describe.each([
  ['Append', viaAppend],
  ['BatchAppend', viaBatchAppend],
])('an append by %s', (name, via) => {
  const noStream = { expectedRevision: 'no_stream', ...via } as const;
  const any = { expectedRevision: 'any', ...via } as const;
  const exists = { expectedRevision: 'stream_exists', ...via } as const;
  const at = (expectedRevision: bigint) => ({ expectedRevision, ...via });

  test('uses the call it is meant to use', async () => {
    const { server, client } = await serverAndClient();
    await client.appendToStream(stream, anEvent(), noStream);
    const expected = name === 'Append' ? 'append' : 'batch-append';
    expect(server.appendCalls.map((call) => call.via)).toEqual([expected]);
  });

  test('returns the revision and the position of its last event', async () => {
    const { server, client } = await serverAndClient();
    const first = await client.appendToStream(stream, someEvents(3), noStream);
    const second = await client.appendToStream(stream, someEvents(2), at(2n));
    expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 4n]);
    const position = server.streams.all().at(-1)?.position;
    expect(second.position).toEqual({ commit: position, prepare: position });
  });

  test('is refused for ever by a tombstoned stream', async () => {
    const { client } = await serverAndClient();
    await client.appendToStream(stream, anEvent(), noStream);
    await client.tombstoneStream(stream);
    for (const options of [noStream, any, exists, at(0n)]) {
      const error = await failureOf(client.appendToStream(stream, anEvent(), options));
      expect(error).toBeInstanceOf(StreamDeletedError);
      expect(error).toMatchObject({ streamName: stream });
    }
  });

  test('is refused where it expects a later revision than there is', async () => {
    const { client } = await serverAndClient();
    const onNothing = await failureOf(client.appendToStream(stream, anEvent(), at(0n)));
    expect(onNothing).toBeInstanceOf(WrongExpectedVersionError);
    expect(onNothing).toMatchObject({ expectedVersion: 0n, actualVersion: 'no_stream' });
    await client.appendToStream(stream, anEvent(), noStream);
    const ahead = await failureOf(client.appendToStream(stream, anEvent(), at(5n)));
    expect(ahead).toMatchObject({ streamName: stream, expectedVersion: 5n, actualVersion: 0n });
  });

  test('stores the same id a second time at the head', async () => {
    const { server, client } = await serverAndClient();
    const event = anEvent();
    await client.appendToStream(stream, event, noStream);
    const again = await client.appendToStream(stream, event, at(0n));
    expect(again.nextExpectedRevision).toBe(1n);
    expect(storedIds(server, stream)).toEqual([event.id, event.id]);
  });

  test('succeeds again with its own last revision, not the head', async () => {
    const { server, client } = await serverAndClient();
    const events = someEvents(2);
    const first = await client.appendToStream(stream, events, noStream);
    await client.appendToStream(stream, someEvents(3), at(1n));
    const again = await client.appendToStream(stream, events, noStream);
    expect(again).toEqual(first);
    expect(again.nextExpectedRevision).toBe(1n);
    expect(server.streams.events(stream)).toHaveLength(5);
    expect(server.appendCalls.at(-1)?.outcome).toBe('idempotent');
  });

  test('succeeds again in the middle of a stream', async () => {
    const { client } = await serverAndClient();
    const events = someEvents(2);
    await client.appendToStream(stream, someEvents(2), noStream);
    await client.appendToStream(stream, events, at(1n));
    await client.appendToStream(stream, anEvent(), at(3n));
    const again = await client.appendToStream(stream, events, at(1n));
    expect(again.nextExpectedRevision).toBe(3n);
  });

  test('is refused with the head where another first id stands in its place', async () => {
    const { client } = await serverAndClient();
    await client.appendToStream(stream, someEvents(3), noStream);
    const error = await failureOf(client.appendToStream(stream, anEvent(), noStream));
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error).toMatchObject({ expectedVersion: 'no_stream', actualVersion: 2n });
  });

  test('is refused where it repeats a batch in part or goes on after it', async () => {
    const { server, client } = await serverAndClient();
    const events = someEvents(2);
    const [first] = events;
    await client.appendToStream(stream, events, noStream);
    for (const batch of [
      [first ?? anEvent(), anEvent()],
      [...events, anEvent()],
    ]) {
      const error = await failureOf(client.appendToStream(stream, batch, noStream));
      expect(error).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
    }
    expect(storedIds(server, stream)).toEqual(idsOf(events));
  });

  test('succeeds with the last revision of a prefix that it repeats', async () => {
    const { client } = await serverAndClient();
    const events = someEvents(3);
    await client.appendToStream(stream, events, noStream);
    const again = await client.appendToStream(stream, events.slice(0, 2), noStream);
    expect(again.nextExpectedRevision).toBe(1n);
  });

  test('continues the numbering of a soft-deleted stream', async () => {
    const { client } = await serverAndClient();
    await client.appendToStream(stream, someEvents(2), noStream);
    await client.deleteStream(stream);
    const event = anEvent();
    const result = await client.appendToStream(stream, event, noStream);
    expect(result.nextExpectedRevision).toBe(2n);
    const visible = [];
    for await (const { event: seen } of client.readStream(stream)) visible.push(seen?.revision);
    expect(visible).toEqual([2n]);
  });

  test('is recognised on a soft-deleted stream, without a position', async () => {
    const { server, client } = await serverAndClient();
    const events = someEvents(2);
    await client.appendToStream(stream, events, noStream);
    await client.deleteStream(stream);

    const again = await client.appendToStream(stream, events, noStream);

    expect(again).toMatchObject({ success: true, nextExpectedRevision: 1n, position: undefined });
    expect(storedIds(server, stream)).toEqual(idsOf(events));
  });

  test('recognises its ids at any revision only while they are cached', async () => {
    const { server, client } = await serverAndClient();
    const events = someEvents(2);
    await client.appendToStream(stream, events, any);
    const again = await client.appendToStream(stream, events, any);
    expect(again.nextExpectedRevision).toBe(1n);
    const partly = [...events, anEvent()];
    const error = await failureOf(client.appendToStream(stream, partly, any));
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    await server.restart();
    await client.appendToStream('another', anEvent(), any).catch(() => undefined);
    const afterRestart = await client.appendToStream(stream, events, any);
    expect(afterRestart.nextExpectedRevision).toBe(3n);
  });

  test('requires an existing stream that is not deleted where it says so', async () => {
    const { client } = await serverAndClient();
    const missing = await failureOf(client.appendToStream(stream, anEvent(), exists));
    expect(missing).toMatchObject({ expectedVersion: 'stream_exists', actualVersion: 'no_stream' });
    await client.setStreamMetadata('with-metadata', { owner: 'us' });
    await client.appendToStream('with-metadata', anEvent(), exists);
    await client.appendToStream(stream, anEvent(), noStream);
    await client.appendToStream(stream, anEvent(), exists);
    await client.deleteStream(stream);
    const deleted = await failureOf(client.appendToStream(stream, anEvent(), exists));
    expect(deleted).toBeInstanceOf(StreamDeletedError);
  });

  test('accepts an id of another stream, and at any revision every time', async () => {
    const { server, client } = await serverAndClient();
    const event = anEvent();
    await client.appendToStream('first', event, any);
    await client.appendToStream('second', event, any);
    await client.appendToStream('second', event, any);
    expect(storedIds(server, 'second')).toEqual([event.id, event.id]);
    await client.appendToStream('third', event, noStream);
    await client.appendToStream('third', event, noStream);
    expect(storedIds(server, 'third')).toEqual([event.id]);
  });

  test('checks the revision of an append without events and stores nothing', async () => {
    const { server, client } = await serverAndClient();
    const onNothing = await client.appendToStream(stream, [], noStream);
    expect(onNothing).toMatchObject({ success: true, nextExpectedRevision: 0n });
    expect(onNothing.position).toBeDefined();
    expect(server.streams.names()).toEqual([]);
    await client.appendToStream(stream, someEvents(2), noStream);
    const done = await client.appendToStream(stream, [], at(1n));
    expect(done.nextExpectedRevision).toBe(1n);
    const error = await failureOf(client.appendToStream(stream, [], at(0n)));
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(server.streams.events(stream)).toHaveLength(2);
  });

  test('lets one of many racing appends win', async () => {
    const { server, client } = await serverAndClient();
    const rivals = Array.from({ length: 20 }, () =>
      client.appendToStream(stream, someEvents(2), noStream),
    );
    const results = await Promise.allSettled(rivals);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(server.streams.events(stream)).toHaveLength(2);
  });
});

test('recognises the same append at a revision after a restart', async () => {
  const { server, client } = await serverAndClient();
  const event = anEvent();
  const options = { expectedRevision: 'no_stream', ...viaAppend } as const;
  await client.appendToStream(stream, event, options);
  await server.restart({ hard: true });
  await client.appendToStream(stream, event, options).catch(() => undefined);
  await client.appendToStream(stream, event, options);
  expect(storedIds(server, stream)).toEqual([event.id]);
});
