import { describe, expect, onTestFinished, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { instantOf } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { fillWithDue, fillWithWaiting } from '../payment-orders/waiting-orders.ts';
import { answered } from '../payment-orders/world.ts';

const second = 1_000;
const minute = 60 * second;

/** A worker over a memory store; its gateway answers when the test says so. */
async function workerOver(ways: (memory: EventStore) => Partial<EventStore> = () => ({})) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const gateway: CancelGateway = {
    identity: 'A'.repeat(16),
    attemptMs: 15_000,
    cancel: async (): Promise<CancelOutcome> => {
      await released;
      return answered('confirmed');
    },
    close: () => Promise.resolve(),
  };
  const orders = await openPaymentOrders({
    ...{ store: withWays(memory, ways(memory)), gateway, runtime },
    onError: () => undefined,
  });
  onTestFinished(() => {
    release(undefined);
    return orders.close();
  });
  return {
    ...{ runtime, memory, orders },
    release: () => {
      release(undefined);
    },
  };
}

describe('the status of recovery', () => {
  test('is off until it is started, and stopped once the orders are closed', async () => {
    const { orders } = await workerOver();

    const before = orders.recovery;
    await orders.startRecovery();
    const started = orders.recovery;
    await orders.close();

    expect(before).toMatchObject({ phase: 'off', startedAt: null, position: null, lagMs: null });
    expect(started.phase).toBe('following');
    expect(orders.recovery).toMatchObject({ phase: 'stopped', lagMs: null });
  });

  test('is off again where the store could not be read', async () => {
    let isBroken = true;
    const { orders } = await workerOver((memory) => ({
      readAll: (...range) => {
        if (isBroken) throw new PaymentOrderError('store-unavailable', 'not now');
        return memory.readAll(...range);
      },
    }));

    const failed = await orders.startRecovery().catch((error: unknown) => error);
    const after = orders.recovery;
    isBroken = false;
    await orders.startRecovery();

    expect(failed).toMatchObject({ code: 'store-unavailable' });
    expect(after).toMatchObject({ phase: 'off', startedAt: null });
    expect(orders.recovery.phase).toBe('following');
  });

  test('is reading, and ever later, until the store was read once', async () => {
    const { promise: held, resolve: goOn } = Promise.withResolvers<undefined>();
    const { runtime, orders } = await workerOver((memory) => ({
      async *readAll(...range) {
        await held;
        yield* memory.readAll(...range);
      },
    }));

    const starting = orders.startRecovery();
    await runtime.advance(7 * second);
    const reading = orders.recovery;
    goOn(undefined);
    await starting;

    expect(reading).toMatchObject({ phase: 'reading', lagMs: 7 * second, waiting: 0 });
    expect(reading.startedAt).toBe(instantOf(runtime.now() - 7 * second));
    expect(orders.recovery).toMatchObject({ phase: 'following', lagMs: 0 });
  });

  test('counts who waits, who is due, and who is worked on', async () => {
    const { runtime, memory, orders, release } = await workerOver();
    await fillWithWaiting(runtime, [memory], 5);
    await fillWithDue(runtime, memory, 40);
    await runtime.advance(10);

    await orders.startRecovery();
    await runtime.advance(0);
    const held = orders.recovery;
    release();
    await runtime.advance(second);

    // Five in doubt were read and wait for their time; of those due, 32 are called for at once.
    expect(held).toMatchObject({ waiting: 45, due: 8, inFlight: 32, fired: 0, lastFiring: null });
    expect(orders.recovery).toMatchObject({ waiting: 5, due: 0, inFlight: 0, fired: 40 });
  });

  test('names the newest firing, also one of recoverOnce', async () => {
    const { runtime, memory, orders, release } = await workerOver();
    await fillWithDue(runtime, memory, 1);
    await runtime.advance(10);
    release();

    await orders.recoverOnce();

    expect(orders.recovery).toMatchObject({
      ...{ phase: 'off', fired: 1 },
      lastFiring: {
        ...{ at: instantOf(runtime.now()), orderNo: 'D0', event: 'CancelRetryDue' },
        ...{ attempt: 2, answer: 'confirmed' },
      },
    });
  });

  test('says how long after its recording the newest event was seen, for a minute', async () => {
    const { runtime, memory, orders } = await workerOver((memory) => ({
      async *subscribe(...range) {
        for await (const event of memory.subscribe(...range)) {
          // A store that shows its events late.
          await new Promise<void>((show) => runtime.setTimer(3 * second, show));
          yield event;
        }
      },
    }));
    await orders.startRecovery();
    const atFirst = orders.recovery.lagMs;

    await fillWithWaiting(runtime, [memory], 1);
    await runtime.advance(10 * second);
    const late = orders.recovery;
    await runtime.advance(minute);

    // Its three events were recorded at once, and shown one after the other.
    expect([atFirst, late.lagMs, orders.recovery.lagMs]).toEqual([0, 9 * second, 0]);
    expect(late.position).toBe((await memory.readLast('paymentOrder-W0'))?.position);
  });

  test('is interrupted, and ever later, until the store is followed again', async () => {
    const { promise: held, resolve: goOn } = Promise.withResolvers<undefined>();
    const store = { isBroken: false };
    const { runtime, orders } = await workerOver((memory) => ({
      async *subscribe(...range) {
        // At first it gives no event, until it breaks.
        await held;
        if (store.isBroken) throw new PaymentOrderError('store-unavailable', 'not now');
        yield* memory.subscribe(...range);
      },
    }));
    await orders.startRecovery();
    await runtime.advance(minute);
    const quiet = orders.recovery;

    store.isBroken = true;
    goOn(undefined);
    await runtime.advance(18 * second);
    const interrupted = orders.recovery;
    store.isBroken = false;
    await runtime.advance(20 * second);

    expect(quiet).toMatchObject({ phase: 'following', lagMs: 0 });
    expect(interrupted).toMatchObject({ phase: 'interrupted', lagMs: 18 * second });
    expect(orders.recovery).toMatchObject({ phase: 'following', lagMs: 0 });
  });

  test('tells of notices apart, and of no orders where only notices are settled', async () => {
    const { orders } = await workerOver();

    await orders.startRecovery({ only: 'notices' });

    expect(orders.recovery).toMatchObject({
      ...{ phase: 'following', waiting: 0 },
      notices: { waiting: 0, due: 0, inFlight: 0 },
    });
  });

  test('is frozen, with all that is in it', async () => {
    const { orders } = await workerOver();
    const status = orders.recovery;

    const parts = [status, status.leftAlone, status.gateways, ...status.gateways];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
    expect(status.gateways).toEqual([
      { name: 'default', appId: 'A'.repeat(16), state: 'up', since: null, rule: null, waiting: 0 },
    ]);
  });
});
