import { expect, onTestFinished, test } from 'vitest';
import type { CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { serverAndStore } from '../event-store/eventstoredb/support.ts';
import { answered } from '../payment-orders/world.ts';
import { until } from '../until.ts';

const gateway: CancelGateway = {
  identity: 'scripted',
  attemptMs: 15_000,
  cancel: () => Promise.resolve(answered('confirmed')),
  close: () => Promise.resolve(),
};

// The adapter subscribes again by itself, so no error reaches recovery.
test('recovery on EventStoreDB is interrupted while the server is away, and follows it again', async () => {
  const { server, store } = await serverAndStore({ readIdleMs: 500, silenceMs: 500 });
  const orders = await openPaymentOrders({ store, gateway, onError: () => undefined });
  onTestFinished(() => orders.close());
  await orders.startRecovery();
  await until(() => server.subscriptionCount > 0);
  const before = orders.recovery;

  await server.network.setMode('blackhole');
  await until(() => orders.recovery.phase === 'interrupted');
  await until(() => (orders.recovery.lagMs ?? 0) > 1_000);
  const during = orders.recovery;
  await server.network.setMode('pass');
  await until(() => orders.recovery.phase === 'following');

  expect([before.phase, during.phase]).toEqual(['following', 'interrupted']);
  expect(orders.recovery.lagMs).toBe(0);
});
