import { describe, expect, test } from 'vitest';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { compileMachine } from '../../src/history/machine.ts';
import type { Witness } from '../../src/history/event.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { chainLink } from '../../src/history/chain.ts';
import type { ChainedMetadata } from '../../src/history/chain.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { withWays } from '../event-store/with-ways.ts';
import { always, order, orderNo, reason, world } from '../payment-orders/world.ts';

const compiled = compileMachine();
const stream = `paymentOrder-${orderNo}`;

async function recordedHistory() {
  const { orders, store } = await world(always('confirmed'));
  await orders.create(order);
  await orders.startPayment(orderNo);
  await orders.cancel(orderNo, { reason, actor: { kind: 'customer', id: 'u-7' } });
  const { revision, hash } = await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
  const events: RecordedEvent[] = [];
  for await (const event of store.read(stream)) events.push(event);
  return { store, events, witness: { revision, hash } };
}

const holding = (store: EventStore, events: readonly RecordedEvent[]) =>
  withWays(store, {
    async *read() {
      yield* await Promise.resolve(events);
    },
  });

const faultsOf = async (
  change: (events: RecordedEvent[]) => readonly RecordedEvent[],
  kept?: (witness: Witness) => Witness,
) => {
  const { store, events, witness } = await recordedHistory();
  const tampered = holding(store, change(events));
  const { faults } = await verifyOrder(tampered, compiled, orderNo, kept?.(witness));
  return faults.map(({ revision, code }) => `${String(revision)} ${code}`);
};

const at = (events: readonly RecordedEvent[], revision: number): RecordedEvent => {
  const event = events[revision];
  if (event === undefined) throw new Error(`there is no revision ${revision}`);
  return event;
};

describe('verify', () => {
  test('finds nothing in a recorded history, with and without its witness', async () => {
    expect(await faultsOf((events) => events)).toEqual([]);
    expect(
      await faultsOf(
        (events) => events,
        (witness) => witness,
      ),
    ).toEqual([]);
  });

  test('names a removed, a swapped, an inserted and a foreign event with its revision', async () => {
    expect(await faultsOf((events) => events.toSpliced(2, 1))).toContain('2 not-contiguous');
    expect(await faultsOf((events) => events.toSpliced(0, 1))).toContain('0 not-contiguous');
    const swapped = (events: RecordedEvent[]) => [
      ...[at(events, 0), { ...at(events, 2), revision: 1 }, { ...at(events, 1), revision: 2 }],
    ];
    expect(await faultsOf(swapped)).toContain('1 link-altered');
    const inserted = (events: RecordedEvent[]) => [
      ...[...events, { ...at(events, 4), revision: 5 }],
    ];
    expect(await faultsOf(inserted)).toContain('5 link-altered');
    const foreign = (events: RecordedEvent[]) =>
      events.with(1, { ...at(events, 1), type: 'SomethingElse' });
    expect(await faultsOf(foreign)).toEqual(['1 link-altered', '1 unknown-event-type']);
    const future = (events: RecordedEvent[]) =>
      events.with(1, {
        ...at(events, 1),
        metadata: { ...at(events, 1).metadata, schemaVersion: 2 },
      });
    expect(await faultsOf(future)).toEqual(['1 metadata-altered', '1 unknown-schema-version']);
    const renamed = (events: RecordedEvent[]) =>
      events.map((event) => ({ ...event, stream: 'paymentOrder-O2' }));
    expect(await faultsOf(renamed)).toContain('0 illegal-history');
  });

  test('finds a lost tail, and a history rewritten with its chain, by the witness alone', async () => {
    const cut = (events: RecordedEvent[]) => events.slice(0, 3);
    expect(await faultsOf(cut)).toEqual([]);
    expect(await faultsOf(cut, (witness) => witness)).toEqual(['null tail-lost']);
    const rewritten = (events: RecordedEvent[]) => {
      const last = decodeEvent(at(events, 4));
      const { format, salt, salts, dataHash, metadataHash, prevHash, hash, ...metadata } =
        last.metadata;
      const data = { transactionNo: 'T2', factId: 'T2' };
      const chained: ChainedMetadata = metadata;
      const link = chainLink({ ...last, data, metadata: chained }, () => salt.repeat(9), prevHash);
      expect(format).toBe(2);
      expect(salts).not.toEqual(link.salts);
      expect([dataHash, metadataHash, hash].includes(link.hash)).toBe(false);
      const rewrittenMetadata = { ...at(events, 4).metadata, ...link };
      return events.with(4, { ...at(events, 4), data, metadata: rewrittenMetadata });
    };
    expect(await faultsOf(rewritten)).toEqual([]);
    expect(await faultsOf(rewritten, (witness) => witness)).toEqual(['4 witness-differs']);
  });
});
