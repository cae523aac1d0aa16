import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { Firing } from '../../src/index.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { attemptsAtOnceMax } from '../../src/recovery/due.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { fillWithDue, fillWithWaiting } from '../payment-orders/waiting-orders.ts';
import { answered } from '../payment-orders/world.ts';

const due = 200;

/** 200 due orders, and a gateway that answers when it is told to. */
async function dueOrders(ways: (memory: EventStore) => Partial<EventStore> = () => ({})) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  await fillWithDue(runtime, memory, due);
  await runtime.advance(10);
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  let calls = 0;
  const gateway = {
    identity: 'scripted',
    attemptMs: 15_000,
    cancel: async (): Promise<CancelOutcome> => {
      calls += 1;
      arrive(undefined);
      await released;
      return answered('confirmed');
    },
    close: () => Promise.resolve(),
  };
  const errors: unknown[] = [];
  const orders = await openPaymentOrders({
    store: withWays(memory, ways(memory)),
    gateway,
    runtime,
    onError: (error) => errors.push(error),
  });
  return {
    runtime,
    memory,
    orders,
    arrived,
    errors,
    release: () => {
      release(undefined);
    },
    calls: () => calls,
  };
}

describe('recoverOnce', () => {
  test('begins nothing after its signal, and awaits what is out', async () => {
    const { orders, arrived, release, calls } = await dueOrders();
    const stopping = new AbortController();
    const recovering = orders.recoverOnce({ signal: stopping.signal });
    await arrived;

    stopping.abort();
    release();

    const { waiting, fired } = await recovering;
    const cancelled = await Array.fromAsync(orders.list({ state: 'cancelled' }));
    expect(waiting).toBe(due);
    expect(fired).toBe(calls());
    expect(fired).toBeLessThanOrEqual(attemptsAtOnceMax);
    expect(cancelled).toHaveLength(fired);
  });

  test('begins nothing after close began, which awaits what is out', async () => {
    const { memory, runtime, orders, arrived, release, calls } = await dueOrders();
    const recovering = orders.recoverOnce();
    await arrived;

    const closed = orders.close();
    release();
    await closed;

    const { fired } = await recovering;
    const reader = await openPaymentOrders({ store: memory, runtime });
    const cancelled = await Array.fromAsync(reader.list({ state: 'cancelled' }));
    expect(fired).toBe(calls());
    expect(fired).toBeLessThanOrEqual(attemptsAtOnceMax);
    expect(cancelled).toHaveLength(fired);
  });

  test('stores nothing and calls nobody if its signal was aborted before', async () => {
    const { orders, memory, calls } = await dueOrders();
    const before = await Array.fromAsync(memory.readAll(null, ''));

    const recovered = await orders.recoverOnce({ signal: AbortSignal.abort() });

    expect(recovered).toEqual({ waiting: 0, fired: 0 });
    expect(calls()).toBe(0);
    expect(await Array.fromAsync(memory.readAll(null, ''))).toEqual(before);
  });

  test('fires nothing for an order that was being read when the signal came', async () => {
    const stopping = new AbortController();
    const { orders, calls } = await dueOrders((memory) => ({
      async *read(...range) {
        yield* memory.read(...range);
        stopping.abort();
      },
    }));

    const { fired } = await orders.recoverOnce({ signal: stopping.signal });

    expect({ fired, calls: calls() }).toEqual({ fired: 0, calls: 0 });
  });

  test('reports each timer that it fired, and what came of it', async () => {
    const { orders, release } = await dueOrders();
    const firings: Firing[] = [];
    release();

    const { fired } = await orders.recoverOnce({ onFired: (firing) => firings.push(firing) });

    expect(fired).toBe(due);
    expect(new Set(firings.map(({ orderNo }) => orderNo)).size).toBe(due);
    expect(firings[0]).toMatchObject({
      orderNo: 'D0',
      event: 'CancelRetryDue',
      attempt: 2,
      answer: 'confirmed',
      order: { orderNo: 'D0', state: 'cancelled' },
    });
  });

  test('reports an attempt whose outcome could not be recorded as still in flight', async () => {
    const { orders, release, errors } = await dueOrders((memory) => ({
      append: (stream, batch, expected) => {
        const isOutcome = batch[0]?.type === 'CancelConfirmed';
        if (isOutcome) return Promise.reject(new PaymentOrderError('store-corrupt', 'no more'));
        return memory.append(stream, batch, expected);
      },
    }));
    const answers = new Set<string>();
    release();

    const { fired } = await orders.recoverOnce({ onFired: ({ answer }) => answers.add(answer) });

    expect([...answers]).toEqual(['in-flight']);
    expect(errors).toHaveLength(due);
    expect(fired).toBe(due);
  });

  test('goes on where its listener throws', async () => {
    const { orders, release, errors } = await dueOrders();
    release();

    const { fired } = await orders.recoverOnce({
      onFired: () => {
        throw new Error('the listener is broken');
      },
    });

    expect(fired).toBe(due);
    expect(errors).toHaveLength(due);
  });
});

describe('startRecovery', () => {
  test('reports what its worker fires, also an attempt that was given up', async () => {
    const runtime = simulatedRuntime();
    const store = openMemoryStore(runtime);
    const gateway = {
      identity: 'scripted',
      attemptMs: 15_000,
      cancel: () => new Promise<CancelOutcome>(() => undefined),
      close: () => Promise.resolve(),
    };
    const dying = simulatedRuntime();
    const dead = await openPaymentOrders({ store, gateway, runtime: dying });
    await dead.create({ orderNo: 'O1', processBillNo: 'F1' });
    await dead.cancel('O1', { wait: false });
    const confirming = { ...gateway, cancel: () => Promise.resolve(answered('confirmed')) };
    const worker = await openPaymentOrders({ store, gateway: confirming, runtime });
    const firings: Firing[] = [];

    await worker.startRecovery({ onFired: (firing) => firings.push(firing) });
    await runtime.advance(60_000);

    expect(firings).toMatchObject([
      { event: 'CancelOutcomeUnknown', attempt: 1, answer: 'unknown' },
      { event: 'CancelRetryDue', attempt: 2, answer: 'confirmed' },
    ]);
    await worker.close();
  });

  test('begins no attempt after close began', async () => {
    const { runtime, orders, arrived, release, calls } = await dueOrders();
    await orders.startRecovery();
    await arrived;

    const closed = orders.close();
    release();
    await runtime.advance(60_000);
    await closed;

    expect(calls()).toBeLessThanOrEqual(attemptsAtOnceMax);
  });

  test('ends its first look at the store when close begins', async () => {
    const runtime = simulatedRuntime();
    const memory = openMemoryStore(runtime);
    await fillWithWaiting(runtime, [memory], 100);
    let events = 0;
    let close: Promise<void> | undefined;
    const store = withWays(memory, {
      async *readAll(...range) {
        for await (const event of memory.readAll(...range)) {
          events += 1;
          if (events === 10) close = orders.close();
          yield event;
        }
      },
    });
    const gateway = {
      identity: 'scripted',
      attemptMs: 15_000,
      cancel: () => Promise.resolve(answered('confirmed')),
      close: () => Promise.resolve(),
    };
    const orders = await openPaymentOrders({ store, gateway, runtime });

    await orders.startRecovery();
    await close;

    expect(events).toBe(10);
  });
});
