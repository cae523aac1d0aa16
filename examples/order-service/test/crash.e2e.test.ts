import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentOrders } from 'payment-order-machine';
import type { Place } from './service-process.ts';
import { call, newPlace, provider, until } from './service-process.ts';

const order = { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' };

let place: Place;
beforeEach(async () => {
  place = await newPlace();
});
afterEach(async () => {
  await place.remove();
});

const calls = () => place.sandbox.requests.length;

describe('the service, killed during a cancel', () => {
  test('loses nothing it acknowledged, and continues the cancel after its restart', async () => {
    const first = await place.start();
    const created = await call(first, 'POST', '/orders', { key: 'k1', body: order });
    expect(created.status).toBe(201);
    const notice = { type: 'payment.closed', noticeNo: 'n1', orderNo: 'LATER', cause: 'expired' };
    const kept = await call(first, 'POST', '/webhooks/payments', { token: provider, body: notice });
    expect(kept).toMatchObject({ status: 200, body: { status: 'waiting' } });

    // The platform cancels and gives no answer, so the killed process never learns the outcome.
    place.sandbox.set('O1', { faults: ['silent-after'] });
    const body = { reason: 'changed my mind' };
    const cancelling = call(first, 'POST', '/orders/O1/cancel', { key: 'k2', body }).catch(
      () => 'cut off',
    );
    await until(() => Promise.resolve(calls() === 1 || null));
    first.child.kill('SIGKILL');
    expect(await cancelling).toBe('cut off');
    expect(await first.ended).toBeNull();

    const second = await place.start();
    // The client got no answer and repeats its request; no call is made twice.
    const again = await call(second, 'POST', '/orders/O1/cancel', { key: 'k2', body });
    expect(again).toMatchObject({ status: 202, body: { kind: 'duplicate' } });
    expect(calls()).toBe(1);
    // At its deadline the attempt is abandoned. Then the platform is asked, and says that it ran.
    await until(async () => {
      const asked = await call(second, 'GET', '/orders/O1');
      return asked.body['state'] === 'cancelled' || null;
    });
    expect(place.sandbox.requests.map(({ apiCode }) => apiCode)).toEqual([
      'payment.order.cancel',
      'payment.order.query',
    ]);
    const closed = { ...notice, noticeNo: 'n2', orderNo: 'O1', cause: 'closed-by-platform' };
    await call(second, 'POST', '/webhooks/payments', { token: provider, body: closed });
    const later = { ...order, orderNo: 'LATER' };
    expect(await call(second, 'POST', '/orders', { key: 'k3', body: later })).toMatchObject({
      status: 201,
      body: { order: { state: 'cancelled' } },
    });
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);

    await using orders = await openPaymentOrders({
      store: `sqlite:${place.directory}/orders.db`,
      readOnly: true,
    });
    // The witness of the first answer, before the crash.
    const { revision, hash } = created.body as { revision: number; hash: string };
    expect(await orders.verify('O1', { revision, hash })).toMatchObject({ ok: true });
    expect((await orders.history('O1')).map(({ type }) => type)).toEqual([
      'PaymentOrderCreated',
      'CancelRequested',
      'CancelOutcomeUnknown',
      'StatusReported',
      'ClosedAtGateway',
    ]);
    const notices = await Array.fromAsync(orders.inbox().list());
    expect(notices.map(({ status }) => status)).toEqual(['applied', 'applied']);
  });
});

describe('the service, stopped by a signal', () => {
  test('answers open requests, records their outcomes, and exits with 0', async () => {
    const service = await place.start();
    await call(service, 'POST', '/orders', { key: 'k1', body: order });
    place.sandbox.set('O1', { faults: ['delay:1000'] });
    const cancelling = call(service, 'POST', '/orders/O1/cancel', { key: 'k2' });
    await until(() => Promise.resolve(calls() === 1 || null));
    service.child.kill('SIGTERM');
    expect(await cancelling).toMatchObject({
      status: 200,
      body: { order: { state: 'cancelled' } },
    });
    expect(await service.ended).toBe(0);
    await expect(call(service, 'GET', '/health')).rejects.toThrow();
    for (const name of readdirSync(place.directory)) {
      expect(statSync(join(place.directory, name)).mode & 0o077, name).toBe(0);
    }
  });
});
