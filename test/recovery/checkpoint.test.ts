import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { checkpointFaults } from '../../src/recovery/checkpoint-check.ts';
import { eventDigest } from '../../src/history/chain.ts';
import { lastCheckpoint, saveCheckpoint } from '../../src/recovery/checkpoint.ts';
import type { Waiting } from '../../src/recovery/checkpoint.ts';
import { followedNotices, followedOrders } from '../../src/recovery/followed.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { sha256 } from '../../src/text.ts';
import { withWays } from '../event-store/with-ways.ts';

const runtime = simulatedRuntime();

const { checkpoints } = followedOrders;

const waitingOrders = (count: number, position: string): Waiting => ({
  followed: followedOrders,
  names: new Set(Array.from({ length: count }, (_, index) => `${position}-${index}`)),
  position,
});

const saved = (store: EventStore, waiting: Waiting, errors: unknown[] = []) =>
  saveCheckpoint(store, runtime, waiting, (error) => errors.push(error));

/** A store whose appends fail after the first `count`. */
function failingAfter(memory: EventStore, count: number): EventStore {
  let left = count;
  return withWays(memory, {
    append: (...batch) => {
      left -= 1;
      if (left >= 0) return memory.append(...batch);
      return Promise.reject(new PaymentOrderError('store-unavailable', 'cut short'));
    },
  });
}

async function readBack(store: EventStore, followed = followedOrders) {
  const last = await lastCheckpoint(store, followed);
  if (last.kind !== 'whole') return last.kind;
  return { followed, position: last.position, names: new Set(last.names) };
}

describe('a checkpoint', () => {
  test('of few orders is one event, as earlier versions wrote and read it', async () => {
    const store = openMemoryStore(runtime);

    await saved(store, waitingOrders(2, '7'));

    const events = await Array.fromAsync(store.read(checkpoints));
    expect(events.map(({ data }) => data)).toEqual([{ position: '7', orders: ['7-0', '7-1'] }]);
  });

  test('of more orders than an event can hold is read back whole', async () => {
    const store = openMemoryStore(runtime);
    const waiting = waitingOrders(12_345, '7');

    await saved(store, waiting);

    expect(await readBack(store)).toEqual(waiting);
    expect((await store.readLast(checkpoints))?.revision).toBe(2);
  });

  test('of notices stands in a stream of its own, whole however many wait', async () => {
    const store = openMemoryStore(runtime);
    const ids = Array.from({ length: 6_001 }, (_, index) => sha256(String(index)));
    const waiting = { followed: followedNotices, names: new Set(ids), position: '7' };
    await saved(store, waitingOrders(1, '7'));

    await saved(store, waiting);

    expect(await readBack(store, followedNotices)).toEqual(waiting);
    expect(await readBack(store)).toEqual(waitingOrders(1, '7'));
    expect((await store.readLast('paymentNoticeRecovery'))?.revision).toBe(2);
  });

  test('is the newest that was written whole, wherever writing was cut short', async () => {
    const thousands = fc.integer({ min: 0, max: 13 });
    const writing = fc.record({ thousands, cutAt: fc.nat(3) });
    const written = fc.asyncProperty(fc.array(writing, { maxLength: 5 }), async (writings) => {
      const store = openMemoryStore(runtime);
      let newest: Waiting | 'none' = 'none';
      for (const [index, { thousands, cutAt }] of writings.entries()) {
        const waiting = waitingOrders(thousands * 1_000, String(index));

        await saved(failingAfter(store, cutAt), waiting);

        if (cutAt >= Math.max(1, Math.ceil(thousands / 5))) newest = waiting;
      }
      expect(await readBack(store)).toEqual(newest);
    });
    await fc.assert(written, { numRuns: 25 });
  });

  test('of two processes that write at once is that of one of them', async () => {
    const store = openMemoryStore(runtime);
    const [one, other] = [waitingOrders(12_000, '1'), waitingOrders(11_000, '2')];
    await saved(store, one);

    await Promise.all([saved(store, one), saved(store, other)]);

    expect([one, other]).toContainEqual(await readBack(store));
  });

  test('that lacks a part is reported, and not used', async () => {
    const store = openMemoryStore(runtime);
    const id = runtime.newId();
    const data = { position: null, orders: [], part: { number: 3, of: 3, before: null } };
    const checkpoint = { id, type: 'RecoveryCheckpoint', data };
    const metadata = { digest: eventDigest({ ...checkpoint, stream: checkpoints, revision: 0 }) };
    await store.append(checkpoints, [{ ...checkpoint, metadata }], 'no-stream');

    expect(await readBack(store)).toBe('broken');
    expect(await checkpointFaults(store, followedOrders)).toEqual([
      expect.stringContaining('lacks a part'),
    ]);
  });
});
