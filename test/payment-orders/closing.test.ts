import { describe, expect, test } from 'vitest';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { withWays } from '../event-store/with-ways.ts';
import { always, answered, order, orderNo, world } from './world.ts';

test('a signal ends the wait of its caller, and the outcome of the call is still recorded', async () => {
  const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
  const { orders } = await world(() => promise);
  await orders.create(order);
  const controller = new AbortController();
  const cancelled = orders.cancel(orderNo, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(cancelled).rejects.toThrow('enough');
  resolve(answered('confirmed'));
  await expect.poll(async () => (await orders.get(orderNo))?.state).toBe('cancelled');
});

describe('a service that closes', () => {
  test('awaits the call in flight and its outcome, and then rejects everything', async () => {
    const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
    const { orders, open } = await world(() => promise);
    await orders.create(order);
    expect((await orders.cancel(orderNo, { wait: false })).order.state).toBe('cancelling');
    const closed = orders.close();
    resolve(answered('confirmed'));
    await closed;
    await expect(orders.get(orderNo)).rejects.toMatchObject({ code: 'store-closed' });
    expect((await (await open()).get(orderNo))?.state).toBe('cancelled');
  });

  test('awaits an append whose caller left, and the call that it began', async () => {
    const { runtime, store, gateway } = await world(always('confirmed'));
    const slow = withWays(store, {
      append: async (...batch) => {
        await new Promise<void>((resolve) => runtime.setTimer(1_000, resolve));
        return store.append(...batch);
      },
    });
    await (await openPaymentOrders({ store, runtime })).create(order);
    const orders = await openPaymentOrders({ store: slow, gateway, runtime });
    const controller = new AbortController();
    const cancelled = orders.cancel(orderNo, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(cancelled).rejects.toThrow('enough');
    const closed = orders.close();
    await runtime.advance(5_000);
    await closed;
    const reader = await openPaymentOrders({ store, runtime });
    expect((await reader.get(orderNo))?.state).toBe('cancelled');
  });
});
