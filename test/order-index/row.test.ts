import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { streamOf } from '../../src/history/event.ts';
import { foldOrder } from '../../src/order-index/row.ts';
import type { OrderRow } from '../../src/order-index/types.ts';
import { validHistories } from '../../src/testing/histories.ts';
import type { History } from '../../src/testing/replayed-order.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { schemaVersion } from '../../src/order-index/schema.ts';
import { goldenNames, readGolden } from '../history/golden.ts';
import { fullFolds, writer } from './world.ts';

const usual: History = [
  { type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' },
  { type: 'PaymentStarted' },
  { type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor: 100, currency: 'CNY' },
];

async function eventsOf(history: History): Promise<readonly RecordedEvent[]> {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const { next } = writer(store, runtime, 'O1', history);
  while (await next()) await runtime.advance(1_000);
  return Array.fromAsync(store.read(streamOf('O1')));
}

const rowOf = (events: readonly RecordedEvent[]): OrderRow | null =>
  events.reduce<OrderRow | null>(foldOrder, null);

describe('a row', () => {
  test('shows after any history what the whole fold shows, also kept as JSON between events', async () => {
    const property = fc.asyncProperty(
      validHistories({ eventsMax: 60 }),
      fc.array(fc.nat(90_000)),
      async (history, waits) => {
        const runtime = simulatedRuntime();
        const store = openMemoryStore(runtime);
        const { next } = writer(store, runtime, 'O1', history);
        let row: OrderRow | null = null;
        for (let count = 0; await next(); count += 1) {
          const last = await store.readLast(streamOf('O1'));
          if (last === null) throw new Error('nothing was written');
          row = foldOrder(JSON.parse(JSON.stringify(row)) as OrderRow | null, last);
          await runtime.advance(waits[count % Math.max(1, waits.length)] ?? 0);
        }
        const { anomaliesSince, known, ...shown } = row ?? rowOf([]) ?? {};
        expect([shown]).toEqual(await fullFolds(store));
        expect(anomaliesSince).toHaveLength(known?.anomalies.length ?? -1);
      },
    );
    await fc.assert(property, { numRuns: 300, seed: 1_115 });
  });

  test('changes by an event once, however often it comes', async () => {
    const events = await eventsOf(usual);
    const row = rowOf(events);
    expect(events.reduce<OrderRow | null>(foldOrder, row)).toBe(row);
  });

  test('marks an event that cannot be read, and goes on with the next one', async () => {
    const [created, started, paid] = await eventsOf(usual);
    if (created === undefined || started === undefined || paid === undefined) throw new Error();
    const row = rowOf([created, { ...started, type: 'Unheard' }, paid]);
    expect(row).toMatchObject({
      ...{ stateDetail: 'paid', revision: 2, transactionNos: ['T1'] },
      unreadable: { revision: 1, since: started.metadata['recordedAt'] },
    });
  });

  test('marks a gap, and a history that begins without its creation', async () => {
    const [created, , paid] = await eventsOf(usual);
    if (created === undefined || paid === undefined) throw new Error();
    expect(rowOf([created, paid])).toMatchObject({ unreadable: { revision: 2 } });
    expect(rowOf([paid])).toMatchObject({ orderNo: 'O1', unreadable: { revision: 2 } });
  });

  test('has another version of the schema as soon as any golden history is shown in another way', () => {
    const rows = goldenNames().map((name) => rowOf(readGolden(name).events));
    const digest = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16);
    // Raise schemaVersion together with the digest: indexes are then built again.
    expect([schemaVersion, digest]).toEqual([3, '435586868e445007']);
  });

  test.each([
    [
      'an event of another order',
      (event: RecordedEvent) => ({ ...event, stream: 'paymentOrder-O2' }),
    ],
    ['an event of another stream', (event: RecordedEvent) => ({ ...event, stream: 'other-O1' })],
  ])('refuses %s', async (_, altered) => {
    const [created, started] = await eventsOf(usual);
    if (created === undefined || started === undefined) throw new Error();
    const refused = () => foldOrder(rowOf([created]), altered(started));
    expect(refused).toThrow(expect.objectContaining({ code: 'invalid-input', field: 'event' }));
  });
});
