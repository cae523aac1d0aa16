import { describe, expect, onTestFinished, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { saveCheckpoint } from '../../src/recovery/checkpoint.ts';
import { followedOrders } from '../../src/recovery/followed.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered, order, orderNo } from '../payment-orders/world.ts';
import { fillWithWaiting } from '../payment-orders/waiting-orders.ts';

const gatewayOf = (answer: () => Promise<CancelOutcome>): CancelGateway => ({
  identity: 'scripted',
  attemptMs: 15_000,
  cancel: answer,
  close: () => Promise.resolve(),
});
const confirming = gatewayOf(() => Promise.resolve(answered('confirmed')));
const blocked = gatewayOf(() => Promise.resolve(answered('blocked')));

const second = 1_000;
const minute = 60 * second;

/** A memory store that counts how often a history is read. */
function countingStore() {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  const reads = new Map<string, number>();
  const store = withWays(memory, {
    read: (stream, from) => {
      reads.set(stream, (reads.get(stream) ?? 0) + 1);
      return memory.read(stream, from);
    },
  });
  return { runtime, memory, store, reads };
}

async function opened(...[options]: Parameters<typeof openPaymentOrders>) {
  const orders = await openPaymentOrders(options);
  onTestFinished(() => orders.close());
  return orders;
}

/** An order whose cancel stopped: an operator must decide. */
async function needingReview() {
  const { runtime, memory, store, reads } = countingStore();
  const service = await openPaymentOrders({ store: memory, gateway: blocked, runtime });
  await service.create(order);
  const { order: stopped } = await service.cancel(orderNo);
  expect(stopped.stateDetail).toBe('cancelling.needsReview');
  return { runtime, memory, store, reads, service };
}

describe('waiting orders', () => {
  test('are read once, however long they wait', async () => {
    const { runtime, memory, store, reads } = countingStore();
    await fillWithWaiting(runtime, [memory], 50);
    const worker = await opened({ store, gateway: confirming, runtime });

    await worker.startRecovery();
    await runtime.advance(30 * minute);

    expect(reads.size).toBe(50);
    expect([...reads.values()]).toEqual(Array(50).fill(1));
  });

  test('are read again within a minute, each once, when the clock was set', async () => {
    const { runtime, memory, store, reads } = countingStore();
    await fillWithWaiting(runtime, [memory], 50);
    const worker = await opened({ store, gateway: confirming, runtime });
    await worker.startRecovery();
    await runtime.advance(10 * minute);

    runtime.setNow(runtime.now() + 20 * minute);
    await runtime.advance(minute);

    expect([...reads.values()]).toEqual(Array(50).fill(2));
  });

  test('are not forgotten where a stale read, when their time comes, shows nothing to wait for', async () => {
    const runtime = simulatedRuntime();
    const memory = openMemoryStore(runtime);
    let isStale = false;
    const store = withWays(memory, {
      read: async function* (stream, from) {
        for await (const event of memory.read(stream, from)) {
          if (!isStale || event.revision === 0) yield event;
        }
      },
    });
    const outcomes = [answered('not-executed'), answered('confirmed')];
    const gateway = gatewayOf(() => Promise.resolve(outcomes.shift() ?? answered('blocked')));
    const worker = await opened({ store, gateway, runtime });
    await worker.startRecovery();
    await worker.create(order);
    await worker.cancel(orderNo);
    await runtime.advance(100);

    isStale = true;
    await runtime.advance(3 * second);
    isStale = false;
    await runtime.advance(minute);

    expect((await worker.get(orderNo))?.state).toBe('cancelled');
  });

  test('do not all look at the clock at the same moment in every process', async () => {
    const waits = new Set<number>();
    for (const seed of [1, 2, 3]) {
      const plain = simulatedRuntime({ seed });
      const runtime = {
        ...plain,
        setTimer: (ms: number, run: () => void) => {
          if (ms > 10 * second && ms <= minute) waits.add(ms);
          return plain.setTimer(ms, run);
        },
      };
      const store = openMemoryStore(plain);
      await fillWithWaiting(plain, [store], 1);
      const worker = await opened({ store, gateway: confirming, runtime });
      await worker.startRecovery();
      await plain.advance(second);
    }

    expect(waits.size).toBe(3);
    for (const ms of waits) {
      expect(ms).toBeGreaterThanOrEqual(30 * second);
      expect(ms).toBeLessThanOrEqual(minute);
    }
  });

  test('are what the clock is watched for: without them nothing wakes the process', async () => {
    const { runtime, memory, store } = countingStore();
    const worker = await opened({ store, gateway: confirming, runtime });

    await worker.startRecovery();
    expect(runtime.pendingTimers()).toBe(0);

    await fillWithWaiting(runtime, [memory], 1);
    await runtime.advance(second);
    expect(runtime.pendingTimers()).toBe(2);
  });
});

describe('an order that needs review', () => {
  test('does not count as waiting, and is not read', async () => {
    const { runtime, store, reads } = await needingReview();
    const worker = await opened({ store, gateway: confirming, runtime });

    const recovered = await worker.recoverOnce();
    await worker.startRecovery();
    await runtime.advance(10 * minute);

    expect(recovered).toEqual({ waiting: 0, fired: 0 });
    expect(reads.size).toBe(0);
  });

  test('waits again once an operator retries it in a process that dies', async () => {
    const { runtime, memory, store } = await needingReview();
    const worker = await opened({ store, gateway: confirming, runtime });
    await worker.startRecovery();
    await runtime.advance(minute);
    const never = gatewayOf(() => new Promise(() => undefined));
    const dying = await openPaymentOrders({ store: memory, gateway: never, runtime });

    await dying.retryCancel(orderNo, { wait: false });
    await runtime.advance(5 * minute);

    expect((await worker.get(orderNo))?.state).toBe('cancelled');
  });

  test('may stand in a checkpoint, where earlier versions counted it', async () => {
    const { runtime, memory, store } = await needingReview();
    const orders = new Set([orderNo]);
    const position = (await memory.readLast(`paymentOrder-${orderNo}`))?.position ?? null;
    await saveCheckpoint(
      memory,
      runtime,
      { followed: followedOrders, names: orders, position },
      () => undefined,
    );
    const worker = await opened({ store, gateway: confirming, runtime });

    expect((await memory.readLast(followedOrders.checkpoints))?.data).toEqual({
      position,
      orders: [orderNo],
    });
    expect(await worker.checkStore()).toEqual([]);
    expect(await worker.recoverOnce()).toEqual({ waiting: 1, fired: 0 });
  });
});
