import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { streamOf } from '../../src/history/event.ts';
import { compileMachine } from '../../src/history/machine.ts';
import type { Witness } from '../../src/history/event.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { openPaymentOrders, upcastEvent } from '../../src/index.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { at, readGolden } from './golden.ts';

/** Recorded when ClosedAtGateway had schema version 1. */
const file = join(import.meta.dirname, 'recorded', 'closed-at-gateway-1.json');
// Written by this module's store, and never altered since.
const recorded = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly witness: Witness;
  readonly events: readonly RecordedEvent[];
};

async function storeWith(events: readonly RecordedEvent[]) {
  const store = openMemoryStore(simulatedRuntime());
  const prepared = events.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  const { kind } = await store.append(streamOf('O1'), prepared, 'no-stream');
  expect(kind).toBe('appended');
  return store;
}

const openRecorded = async () => {
  const store = await storeWith(recorded.events);
  return openPaymentOrders({ store, runtime: simulatedRuntime({ seed: 2 }) });
};

describe('upcasting an event of an older schema version', () => {
  test("folds it in today's version, and gives it back as it was stored", async () => {
    const orders = await openRecorded();
    const order = await orders.get('O1');
    expect(order).toMatchObject({ state: 'paid', revision: recorded.witness.revision });
    expect(order?.anomalies).toMatchObject([{ code: 'paid-after-cancel' }]);
    const closed = (await orders.history('O1'))[2];
    if (closed === undefined) throw new Error('revision 2 is there');
    expect(closed.metadata.schemaVersion).toBe(1);
    expect(closed.data).not.toHaveProperty('cause');
    expect(upcastEvent(closed)).toEqual({
      ...{ type: 'ClosedAtGateway', code: 'EXPIRED', cause: 'unstated' },
      factId: closed.data['factId'],
    });
  });

  test('verifies it by the hashes of the stored data, with its witness', async () => {
    const orders = await openRecorded();
    expect(await orders.verify('O1', recorded.witness)).toMatchObject({ ok: true, events: 5 });
  });

  test.each([
    ['data stored again in the new version', 2, { cause: 'unstated' }, 'data-altered'],
    ['data that the old version did not have', 1, { cause: 'expired' }, 'invalid-event'],
  ])('finds it altered: %s', async (_, schemaVersion, added, code) => {
    const events = recorded.events.map((event) =>
      event.revision === 2
        ? {
            ...event,
            data: { ...event.data, ...added },
            metadata: { ...event.metadata, schemaVersion },
          }
        : event,
    );
    const store = withWays(openMemoryStore(simulatedRuntime()), {
      async *read() {
        yield* await Promise.resolve(events);
      },
    });
    const { faults } = await verifyOrder(store, compileMachine(), 'O1');
    expect(faults.map((fault) => `${String(fault.revision)} ${fault.code}`)).toContain(`2 ${code}`);
  });

  test('recognises its fact when it comes again, and records a stated cause as new', async () => {
    const orders = await openRecorded();
    const again = { code: 'EXPIRED', occurredAt: '2025-11-12T23:59:59+08:00' };
    expect((await orders.recordClosedAtGateway('O1', again)).kind).toBe('duplicate');
    expect((await orders.recordClosedAtGateway('O1', { factId: 'bill:7' })).kind).toBe('duplicate');
    const stated = { factId: 'bill:7', cause: 'expired' } as const;
    expect((await orders.recordClosedAtGateway('O1', stated)).kind).toBe('accepted');
    expect((await orders.recordClosedAtGateway('O1', stated)).kind).toBe('duplicate');
    const { metadata, data } = (await orders.history('O1')).at(-1) ?? {};
    expect({ version: metadata?.schemaVersion, data }).toEqual({ version: 3, data: stated });
    expect(await orders.verify('O1', recorded.witness)).toMatchObject({ ok: true, events: 6 });
  });

  test('folds a rejection of version 1, and refuses in it what only version 2 may say', () => {
    const { events } = readGolden('facts');
    const rejected = events.filter(({ type }) => type === 'CommandRejected');
    expect(rejected.map((event) => decodeEvent(event).metadata.schemaVersion)).toEqual([1, 1]);
    const { events: today } = readGolden('rejections');
    const last = at(today, today.length - 1);
    expect(decodeEvent(last).metadata.schemaVersion).toBe(2);
    expect(decodeEvent(last).event).toMatchObject({ isLastRecorded: true });
    const older = { ...last, metadata: { ...last.metadata, schemaVersion: 1 } };
    expect(() => decodeEvent(older)).toThrow(expect.objectContaining({ code: 'invalid-event' }));
  });

  test('refuses a schema version that is newer than this version reads', () => {
    const future = recorded.events.map((event) => ({
      ...event,
      metadata: { ...event.metadata, schemaVersion: 4 },
    }));
    expect(() => future.map(decodeEvent)).toThrow(
      expect.objectContaining({ code: 'unknown-schema-version', revision: 0 }),
    );
  });
});
