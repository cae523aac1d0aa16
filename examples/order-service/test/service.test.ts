import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentOrders } from 'payment-order-machine';
import type { TestService } from './in-process.ts';
import { newTestService, provider } from './in-process.ts';

const order = { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' };
const paid = { type: 'payment.succeeded', orderNo: 'O1', noticeNo: 'n1', transactionNo: 'T1' };

let service: TestService;
beforeEach(() => {
  service = newTestService();
});
afterEach(async () => {
  await service.remove();
});

const create = (key = 'create-1') => service.send('POST', '/orders', { key, body: order });
const notify = (body: object) =>
  service.send('POST', '/webhooks/payments', { token: provider, body });

describe('a command', () => {
  test('runs once per Idempotency-Key', async () => {
    await create();
    const cancel = () => service.send('POST', '/orders/O1/cancel', { key: 'c1', body: {} });
    const first = await cancel();
    expect(first).toMatchObject({ status: 200, body: { kind: 'accepted', revision: 2 } });
    expect(await cancel()).toMatchObject({ status: 200, body: { kind: 'duplicate', revision: 2 } });
    const other = await service.send('POST', '/orders/O1/cancel', {
      key: 'c1',
      body: { reason: 'another' },
    });
    expect(other).toMatchObject({ status: 422, body: { code: 'command-id-reused' } });
  });

  test('is answered with 409 and recorded with its caller if it is rejected', async () => {
    await notify(paid);
    await create();
    const late = await service.send('POST', '/orders/O1/cancel', { key: 'c1', body: {} });
    expect(late).toMatchObject({ status: 409, body: { kind: 'rejected', code: 'already-paid' } });
    await using orders = await openPaymentOrders({ store: service.store, readOnly: true });
    expect((await orders.history('O1')).at(-1)).toMatchObject({
      type: 'CommandRejected',
      metadata: { actor: { kind: 'customer', id: 'u-7' } },
    });
  });

  test('is answered with 202 if its cancel stays open', async () => {
    const doubtful = newTestService('outcome-unknown');
    await doubtful.send('POST', '/orders', { key: 'k1', body: order });
    const answer = await doubtful.send('POST', '/orders/O1/cancel', { key: 'k2' });
    await doubtful.remove();
    expect(answer).toMatchObject({
      status: 202,
      body: { order: { stateDetail: 'cancelling.inDoubt' } },
    });
  });

  test.each([
    ['no key', { body: order }, 400],
    ['a key that is too long', { key: 'k'.repeat(129), body: order }, 400],
    ['an unknown caller', { key: 'k1', body: order, token: 'customer-token-00003' }, 401],
    ['the secret of the provider', { key: 'k1', body: order, token: provider }, 401],
    [
      'an actor of its own',
      { key: 'k1', body: { ...order, actor: { kind: 'root', id: 'x' } } },
      400,
    ],
    ['half an amount', { key: 'k1', body: { ...order, currency: undefined } }, 400],
    ['no body', { key: 'k1' }, 400],
  ])('is refused with %s, before anything is stored', async (_, request, status) => {
    expect((await service.send('POST', '/orders', request)).status).toBe(status);
    expect((await service.send('GET', '/orders/O1')).status).toBe(404);
  });
});

test('the service reports that it is alive and ready', async () => {
  expect(await service.send('GET', '/health')).toEqual({ status: 200, body: { status: 'alive' } });
  expect(await service.send('GET', '/ready')).toEqual({ status: 200, body: { status: 'ready' } });
});
