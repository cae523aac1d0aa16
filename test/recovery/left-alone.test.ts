import { describe, expect, onTestFinished, test } from 'vitest';
import { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { OpenOptions } from '../../src/index.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { fillWithDue } from '../payment-orders/waiting-orders.ts';
import { answered } from '../payment-orders/world.ts';

const minute = 60_000;

function portOf(identity: string, outcome: CancelOutcome['kind'] = 'confirmed') {
  const calls: string[] = [];
  const port: CancelGateway = {
    identity,
    attemptMs: 15_000,
    cancel: ({ orderNo }) => {
      calls.push(orderNo);
      return Promise.resolve({ ...answered(outcome), sentAt: '2026-11-29T10:00:00.000Z' });
    },
    close: () => Promise.resolve(),
  };
  return { port, calls };
}

/** Merchant B's order is due, and so is one that records no gateway. */
async function ordersOfOthers() {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  let reads = 0;
  const store = withWays(memory, {
    read: (...range) => {
      reads += 1;
      return memory.read(...range);
    },
  });
  const open = async (options: Partial<OpenOptions>) => {
    const orders = await openPaymentOrders({ store, runtime, ...options });
    onTestFinished(() => orders.close());
    return orders;
  };
  const failing = portOf('account-b', 'not-executed');
  const service = await open({ gateways: { b: failing.port } });
  await service.create({ orderNo: 'B1', processBillNo: 'F1' });
  await service.cancel('B1');
  await fillWithDue(runtime, memory, 1);
  await runtime.advance(minute);
  return { runtime, store, open, reads: () => reads };
}

describe('recovery of a process without the gateway of an order', () => {
  test('leaves the order alone, says so, and does not look at it again and again', async () => {
    const { runtime, open, reads } = await ordersOfOthers();
    const { port, calls } = portOf('account-a');
    const worker = await open({ gateways: { a: port } });

    await worker.startRecovery();
    await runtime.advance(minute);
    const readAtFirst = reads();
    await runtime.advance(30 * minute);

    expect(calls).toEqual([]);
    expect(worker.recovery).toMatchObject({
      ...{ waiting: 2, due: 0, fired: 0 },
      leftAlone: { others: 1, noGateway: 1 },
    });
    expect(reads()).toBe(readAtFirst);
  });

  test('forgets it once another process has settled it', async () => {
    const { runtime, open } = await ordersOfOthers();
    const worker = await open({ gateways: { a: portOf('account-a').port } });
    await worker.startRecovery();
    await runtime.advance(minute);
    const { port, calls } = portOf('account-b');
    const other = await open({ gateways: { b: port }, adopt: true });

    await other.startRecovery();
    await runtime.advance(10 * minute);

    expect(calls.toSorted()).toEqual(['B1', 'D0']);
    expect(worker.recovery).toMatchObject({
      ...{ waiting: 0, leftAlone: { others: 0, noGateway: 0 } },
    });
  });

  test.each([0, 1, 2, 3, 4])(
    'forgets it also where it is settled while it is read for time %i',
    async (held) => {
      const { runtime, open, store } = await ordersOfOthers();
      const { promise: settled, resolve } = Promise.withResolvers<undefined>();
      let reads = 0;
      const slow = withWays(store, {
        async *read(...range) {
          const isHeld = (reads += 1) > held;
          const events = await Array.fromAsync(store.read(...range));
          if (isHeld) await settled;
          yield* events;
        },
      });
      const worker = await open({ store: slow, gateways: { a: portOf('account-a').port } });
      await worker.startRecovery();
      const other = await open({ gateways: { b: portOf('account-b').port }, adopt: true });
      await other.startRecovery();
      await runtime.advance(minute);

      resolve(undefined);
      await runtime.advance(minute);

      expect(worker.recovery).toMatchObject({
        ...{ waiting: 0, due: 0, inFlight: 0, leftAlone: { others: 0, noGateway: 0 } },
      });
    },
  );

  test('counts it where it works once', async () => {
    const { open } = await ordersOfOthers();
    const worker = await open({ gateways: { a: portOf('account-a').port } });

    const recovered = await worker.recoverOnce();

    expect(recovered).toEqual({
      ...{ waiting: 2, fired: 0 },
      leftAlone: { others: 1, noGateway: 1 },
    });
  });
});

test('recovery calls and asks the gateway for which another process adopted the order meanwhile', async () => {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  await fillWithDue(runtime, store, 1);
  await runtime.advance(10);
  const asked: string[] = [];
  const askable = (identity: string, outcome: CancelOutcome['kind']) => {
    const { port, calls } = portOf(identity, outcome);
    const query: CancelGateway['query'] = () => {
      asked.push(identity);
      return Promise.resolve({ status: 'pending', rule: 'scripted' });
    };
    return { port: { ...port, query }, calls };
  };
  const retryPolicy = { ...defaultRetryPolicy, notExecutedMs: [1, 1, 1] };
  const other = await openPaymentOrders({
    ...{ store, runtime, retryPolicy },
    ...{ gateways: { b: askable('account-b', 'not-executed').port }, adopt: true },
  });
  onTestFinished(() => other.close());
  let isFirst = true;
  const raced = withWays(store, {
    append: async (...batch) => {
      if (isFirst && batch[0] === 'paymentOrder-D0') {
        isFirst = false;
        await other.recoverOnce();
        await new Promise<void>((later) => runtime.setTimer(10, later));
      }
      return store.append(...batch);
    },
  });
  const [a, b] = [askable('account-a', 'refused'), askable('account-b', 'refused')];
  const worker = await openPaymentOrders({
    ...{ store: raced, runtime, gateways: { a: a.port, b: b.port }, adopt: 'a' },
  });
  onTestFinished(() => worker.close());

  await worker.startRecovery();
  await runtime.advance(minute);

  expect({ a: a.calls, b: b.calls, asked }).toEqual({ a: [], b: ['D0'], asked: ['account-b'] });
});
