import { describe, expect, test } from 'vitest';
import type { JsonObject, RecordedEvent } from '../../src/event-store/event-store.ts';
import { decodeEvent, readableEvent } from '../../src/history/codec.ts';
import { encodeEvent } from '../../src/history/encode.ts';
import { always, order, orderNo, world } from '../payment-orders/world.ts';
import { without } from './chain-events.ts';
import { at, readGolden } from './golden.ts';

describe('decoding an event with an unknown field', () => {
  test.each(['data', 'metadata'] as const)(
    'refuses it by its place, and does not repeat the field name in its %s',
    async (part) => {
      const { orders, store } = await world(always('confirmed'));
      await orders.create(order);
      const recorded = await store.readLast(`paymentOrder-${orderNo}`);
      if (recorded === null) throw new Error('nothing was stored');
      const odd: JsonObject = { ...recorded[part], 'password=hunter2': 1 };
      const read = () => decodeEvent({ ...recorded, [part]: odd });
      expect(read).toThrow(`revision 0: ${part} holds an unknown field`);
      expect(read).not.toThrow('hunter2');
    },
  );
});

describe('decoding an event that this version cannot read', () => {
  const event = at(readGolden('closings').events, 1);
  const place = `stream ${event.stream}, revision 1`;

  test.each<[string, Partial<RecordedEvent>, object]>([
    [
      'of a type that is not known',
      { type: 'PaymentUndone' },
      {
        code: 'unknown-event-type',
        message:
          `${place} holds an event of a type that this version does not know; ` +
          'read it with the version that wrote it, or a newer one',
      },
    ],
    [
      'of a schema version that is not known yet',
      { metadata: { ...event.metadata, schemaVersion: 4 } },
      {
        code: 'unknown-schema-version',
        message:
          `${place} holds ClosedAtGateway in schema version 4, ` +
          'this version reads up to 3; update the module',
      },
    ],
    [
      'with a field of another type',
      { data: { ...event.data, code: 7 } },
      {
        ...{ code: 'invalid-event', field: 'data.code' },
        message: `${place}: data.code Invalid input: expected string, received number`,
      },
    ],
    [
      'with metadata that is not whole',
      { metadata: { ...event.metadata, machine: { version: '1' } } },
      {
        ...{ code: 'invalid-event', field: 'metadata.machine.hash' },
        message: `${place}: metadata.machine.hash Invalid input: expected string, received undefined`,
      },
    ],
  ])('refuses it by its place: %s', (_, change, error) => {
    const { stream } = event;
    expect(() => decodeEvent({ ...event, ...change })).toThrow(
      expect.objectContaining({ stream, revision: 1, ...error }),
    );
  });

  test('needs the salt of an event', () => {
    const metadata = without(event.metadata, 'salt');
    const missing = expect.objectContaining({
      code: 'invalid-event',
      field: 'metadata.salt',
    }) as Error;
    expect(() => decodeEvent({ ...event, metadata })).toThrow(missing);
  });

  test('refuses a format of hashes that it does not know, and says what to do', () => {
    const metadata = { ...event.metadata, format: 3 };
    expect(() => decodeEvent({ ...event, metadata })).toThrow(
      expect.objectContaining({
        code: 'invalid-event',
        field: 'metadata.format',
        problem: 'must be a format of hashes that this version knows; update the module',
      }),
    );
  });

  test('puts a placeholder where a text is withheld, and leaves a withheld digest out', () => {
    const seal = 'ab'.repeat(32);
    const data = without(event.data, 'factId');
    const withheld = { data: { factId: seal }, metadata: { 'actor.id': seal, noticeId: seal } };
    const metadata = { ...event.metadata, actor: { kind: 'customer' } };
    const shown = decodeEvent({ ...event, data, metadata, withheld });
    expect(shown.data).toEqual({ ...data, factId: 'withheld-abababababab' });
    expect(shown.metadata.actor).toEqual({ kind: 'customer', id: 'withheld-abababababab' });
    expect(shown.metadata).not.toHaveProperty('noticeId');
  });

  test('gives an event without a position an empty one', () => {
    expect(decodeEvent(event).position).toBe(event.position);
    expect(decodeEvent({ ...event, position: undefined }).position).toBe('');
  });

  test('gives null instead of an error to a reader of readable events', () => {
    const { data, metadata } = event;
    expect(readableEvent(event)).toEqual({ type: 'ClosedAtGateway', ...data });
    expect(readableEvent({ ...event, type: 'PaymentUndone' })).toBeNull();
    expect(readableEvent({ ...event, data: { ...data, code: 7 } })).toBeNull();
    expect(readableEvent({ ...event, data: null as never })).toBeNull();
    // Where the version was withheld, or is none, the data may still be today's.
    for (const schemaVersion of [undefined, null, '2', 0, -1]) {
      const odd = { ...metadata, schemaVersion };
      expect(readableEvent({ ...event, metadata: odd }), String(schemaVersion)).toEqual({
        ...{ type: 'ClosedAtGateway', ...data },
      });
    }
    const older = { ...metadata, schemaVersion: 1 };
    expect(readableEvent({ ...event, metadata: older, data: { code: 'X' } })).toEqual({
      ...{ type: 'ClosedAtGateway', code: 'X', cause: 'unstated' },
    });
  });
});

describe('encoding an event', () => {
  const { stored, prepared } = encodeEvent(
    'b1d1c9d5-0c0f-4c62-9a3c-2f0f4f7a1a11',
    { type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1', currency: undefined },
    {
      ...{ recordedAt: '2026-11-23T02:02:03.004Z', actor: undefined, source: 'command' },
      ...{ $correlationId: 'c', from: null, to: 'created', schemaVersion: 1 },
      machine: { version: '1', hash: '0'.repeat(64) },
    },
    { stream: 'paymentOrder-O1', revision: 0, prevHash: '0'.repeat(64) },
    { randomHex: (bytes) => 'ab'.repeat(bytes) },
  );

  test('gives the event as it will read back, without absent fields', () => {
    expect(prepared).toMatchObject({ data: stored.data, metadata: stored.metadata });
    expect(stored.data).toEqual({ orderNo: 'O1', processBillNo: 'F1' });
    expect(stored.data).not.toHaveProperty('currency');
    expect(stored.metadata).not.toHaveProperty('actor');
    expect(stored.metadata.salt).toBe('ab'.repeat(16));
    // Only the store knows where it will stand among all events.
    expect(stored.position).toBe('');
    expect(stored.event).toEqual({
      type: 'PaymentOrderCreated',
      orderNo: 'O1',
      processBillNo: 'F1',
    });
    expect(decodeEvent({ ...stored, ...prepared, position: '1' }).event).toEqual(stored.event);
  });
});
