import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentOrders, systemRuntime } from 'payment-order-machine';
import { startSandbox } from 'payment-order-machine/sandbox';
import type { SandboxOptions } from 'payment-order-machine/sandbox';
import type { TestService } from './in-process.ts';
import { buildService } from '../service.ts';
import { callers, isProvider, newTestService, operator, platformKeys } from './in-process.ts';
import { provider } from './in-process.ts';

const order = { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' };
const paid = { type: 'payment.succeeded', orderNo: 'O1', noticeNo: 'n1', transactionNo: 'T1' };

let service: TestService;
beforeEach(() => {
  service = newTestService();
});
afterEach(async () => {
  await service.remove();
});

const create = () => service.send('POST', '/orders', { key: 'create-1', body: order });
const notify = (body: object | string) =>
  service.send('POST', '/webhooks/payments', { token: provider, body });
const fromPlatform = (body: object | string) =>
  service.send('POST', '/webhooks/platform', { token: 'none', body });
const stateOf = async (orderNo = 'O1') =>
  (await service.send('GET', `/orders/${orderNo}`, { token: operator })).body['state'];
const held = async () => {
  const { body } = await service.send('GET', '/notices', { token: operator });
  return body['notices'] as readonly Readonly<Record<string, unknown>>[];
};
const asOperator = (path: string, body: object) =>
  service.send('POST', path, { token: operator, body });

describe("the provider's webhook", () => {
  test('keeps a notice that comes before its order, and records it when the order is created', async () => {
    expect(await notify(paid)).toMatchObject({ status: 200, body: { status: 'waiting' } });
    expect((await service.send('GET', '/orders/O1')).status).toBe(404);
    await service.restart();
    const created = await create();
    expect(created).toMatchObject({ status: 201, body: { revision: 1, order: { state: 'paid' } } });
    expect(await notify(paid)).toMatchObject({ status: 200, body: { status: 'applied' } });
    expect((await service.send('GET', '/orders/O1')).body).toMatchObject({ revision: 1 });
  });

  test('records what waits, at start, if another instance created the order', async () => {
    await notify(paid);
    await using other = await openPaymentOrders({ store: service.store });
    await other.create({ ...order, actor: { kind: 'customer', id: 'u-7' } });
    await service.restart();
    expect(await stateOf()).toBe('paid');
  });

  test.each([
    ['an amount with decimals', { amountMinor: '128.00', currency: 'CNY' }, 'held'],
    ['an amount of 0', { amountMinor: 0, currency: 'CNY' }, 'applied'],
    ['a currency in lower case', { amountMinor: 12_800, currency: 'cny' }, 'applied'],
    ['a time without a zone', { occurredAt: '2021-02-22 15:16:00' }, 'applied'],
    ['a time in digits alone', { occurredAt: '20210303155105238' }, 'applied'],
    ['a transaction number with slashes', { transactionNo: '2026/11/29+=' }, 'applied'],
    ['a code in Chinese', { type: 'payment.failed', code: '余额不足' }, 'applied'],
    [
      'a code with blanks',
      { type: 'payment.declined', code: '51 : Insufficient funds' },
      'applied',
    ],
    ['an unknown type', { type: 'payment.lost' }, 'held'],
    ['an unknown field', { payer: '张三' }, 'held'],
    ['a time that does not exist', { occurredAt: '2021-02-30 15:16:00' }, 'held'],
    ['an order that cannot be', { orderNo: '../O1' }, 'held'],
  ])('acknowledges a notice with %s, and loses none', async (_what, change, status) => {
    await create();
    const { transactionNo, ...others } = { ...paid, ...change };
    const body = others.type === 'payment.succeeded' ? { ...others, transactionNo } : others;

    expect(await notify(body)).toMatchObject({ status: 200, body: { status } });

    expect(await held()).toHaveLength(status === 'held' ? 1 : 0);
    const { body: shown } = await service.send('GET', '/orders/O1');
    expect(shown['revision']).toBe(status === 'held' ? 0 : 1);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'payment=succeeded'],
    ['a key twice', JSON.stringify(paid).replace('{', '{"orderNo":"O2",')],
    ['over 64 KiB', JSON.stringify({ ...paid, message: 'x'.repeat(70_000) })],
  ])('acknowledges a body with %s, and holds it', async (_what, body) => {
    expect(await notify(body)).toMatchObject({ status: 200, body: { status: 'held' } });
    expect(await held()).toMatchObject([{ code: 'unreadable' }]);
  });

  test('is for the provider alone', async () => {
    const { status } = await service.send('POST', '/webhooks/payments', { body: paid });
    expect(status).toBe(401);
    expect(await held()).toEqual([]);
  });
});

const ofPlatform = {
  ...{ api_callback_code: 'create_order', status: 'succeeded', etc_biz_no: 'O1' },
  ...{ biz_amt: '128.00', time: '20210303155105238' },
};

test('a notice that could not be kept is not acknowledged, so that its sender repeats it', async () => {
  const orders = await openPaymentOrders({ store: 'memory:' });
  const app = buildService({ orders, platform: {}, callers, isProvider });
  await orders.close();

  const [ours, platforms] = await Promise.all([
    app.inject({
      ...{ method: 'POST', url: '/webhooks/payments', payload: paid },
      headers: { authorization: `Bearer ${provider}` },
    }),
    app.inject({ method: 'POST', url: '/webhooks/platform', payload: ofPlatform }),
  ]);

  expect([ours.statusCode, platforms.statusCode]).toEqual([503, 503]);
  expect(platforms.json()).not.toHaveProperty('response_code');
  await app.close();
});

describe("the platform's webhook", () => {
  test('acknowledges an unsigned notice, holds it, and applies it once an operator vouches', async () => {
    await create();
    expect(await fromPlatform(ofPlatform)).toEqual({
      status: 200,
      body: { response_code: '000' },
    });
    expect(await stateOf()).toBe('created');
    const [notice] = await held();
    expect(notice).toMatchObject({ code: 'unvouched', orderNo: 'O1', type: 'PaymentSucceeded' });

    const path = `/notices/${String(notice?.['noticeId'])}/retry`;
    const tried = await asOperator(path, { vouchedBy: 'bill of 2021-03-03, line 7' });

    expect(tried).toMatchObject({ status: 200, body: { status: 'applied' } });
    expect(await stateOf()).toBe('paid');
    expect(await held()).toEqual([]);
  });

  test("acknowledges the platform's samples, and keeps each of them", async () => {
    const time = '20210303155105238';
    const samples = [
      { ...ofPlatform, etc_biz_no: 'PY20201231112338656491666', biz_amt: '106.09', time },
      { ...ofPlatform, status: 'failed', msg: '余额不足', etc_biz_no: 'O20201109150635695000001' },
      ...['launch_revert', 'launch_refund'].map((code) => ({
        ...ofPlatform,
        ...{ api_callback_code: code, etc_biz_no: 'RFD20210101302338656491258', time },
      })),
      { api_callback_code: 'another_service', status: 'succeeded', time },
    ];
    for (const sample of samples)
      expect((await fromPlatform(sample)).body).toEqual({ response_code: '000' });

    const unvouched = { code: 'unvouched', status: 'held' };
    const unreadable = { code: 'unreadable', status: 'held' };
    expect(await held()).toMatchObject([
      { ...unvouched, type: 'PaymentSucceeded', orderNo: 'PY20201231112338656491666' },
      { ...unvouched, type: 'PaymentFailed', orderNo: 'O20201109150635695000001' },
      ...[unreadable, unreadable, unreadable],
    ]);
  });

  test('holds a refund until an operator names its order', async () => {
    await create();
    const refund = { ...ofPlatform, api_callback_code: 'launch_revert', etc_biz_no: 'RFD1' };
    await fromPlatform(refund);
    const [notice] = await held();
    const id = String(notice?.['noticeId']);

    const tried = await asOperator(`/notices/${id}/retry`, { vouchedBy: 'bill', orderNo: 'O1' });

    expect(tried).toMatchObject({ body: { status: 'applied', type: 'PaymentRefunded' } });
  });

  test('shows an operator what was posted, who may discard it with a reason', async () => {
    await fromPlatform('<xml>paid</xml>');
    const [notice] = await held();
    const path = `/notices/${String(notice?.['noticeId'])}`;
    const shown = await service.send('GET', path, { token: operator });
    expect(shown.body).toMatchObject({ code: 'unreadable', body: { text: '<xml>paid</xml>' } });

    const discarded = await asOperator(`${path}/discard`, { reason: 'not of this platform' });

    expect(discarded).toMatchObject({ status: 200, body: { status: 'discarded' } });
    expect(await held()).toEqual([]);
    expect((await asOperator(`/notices/${'0'.repeat(64)}/retry`, {})).status).toBe(404);
  });

  /** A sandbox that posts to the service, on a socket. */
  const sandboxOf = async (options: Partial<SandboxOptions> = {}) => {
    const port = await service.listen();
    const sandbox = await startSandbox({
      ...{ runtime: systemRuntime(), callerPublicKey: platformKeys.publicKey },
      ...{ noticePrivateKey: platformKeys.privateKey, ...options },
    });
    return { sandbox, notifyUrl: `http://127.0.0.1:${port}/webhooks/platform` };
  };
  const told = (count: number) => {
    let seen = 0;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const onNotice = () => {
      seen += 1;
      if (seen === count) resolve(undefined);
    };
    return { promise, onNotice };
  };

  test('applies a notice that the platform signed, once, however often it comes', async () => {
    await create();
    const { promise, onNotice } = told(2);
    const { sandbox, notifyUrl } = await sandboxOf({ onNotice });
    const notices = ['signed+twice'];
    sandbox.set('O1', { notifyUrl, notices, amount: '128.00', status: 'paid' });
    await promise;
    await sandbox.close();

    expect(sandbox.notices.map(({ answer }) => answer)).toEqual(['acknowledged', 'acknowledged']);
    const { body } = await service.send('GET', '/orders/O1');
    expect(body).toMatchObject({ state: 'paid', anomalies: [], revision: 1 });
    expect(await held()).toEqual([]);
  });

  test('never applies a forged one, whoever vouches for it', async () => {
    await create();
    const { promise, onNotice } = told(1);
    const { sandbox, notifyUrl } = await sandboxOf({ onNotice });
    sandbox.set('O1', { notifyUrl, notices: ['forged'], status: 'paid' });
    await promise;
    await sandbox.close();
    const [notice] = await held();
    expect(notice).toMatchObject({ code: 'forged' });

    const path = `/notices/${String(notice?.['noticeId'])}/retry`;
    await asOperator(path, { vouchedBy: 'bill', orderNo: 'O1' });
    await notify(sandbox.notices[0]?.body ?? '');

    expect(await held()).toMatchObject([{ code: 'forged' }]);
    expect(await stateOf()).toBe('created');
  });
});
