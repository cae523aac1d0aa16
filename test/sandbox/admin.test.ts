import { describe, expect, test, vi } from 'vitest';
import { sample, yes } from '../gateway/support.ts';
import { callRaw, connect, start } from './support.ts';

describe('the admin API', () => {
  test('shows an order, sets its state and plans its faults', async () => {
    const onPaid = vi.fn();
    const sandbox = await start({ onPaid });
    const page = `${sandbox.url}/sandbox/orders/${sample.orderNo}`;
    expect(await callRaw(page, 'GET')).toMatchObject({ status: 404 });

    const faults = ['http-500', 'reset-after'];
    const set = await callRaw(page, 'POST', { faults });
    expect(set).toMatchObject({ status: 200, json: { status: 'open', faultsLeft: 2 } });
    const gateway = connect(sandbox);
    expect(await gateway.cancel(sample, yes)).toMatchObject({ rule: 'http-5xx' });
    expect(await gateway.cancel(sample, yes)).toMatchObject({ rule: 'connection-lost' });
    expect(await callRaw(page, 'GET')).toMatchObject({
      status: 200,
      json: { orderNo: sample.orderNo, status: 'closed', requests: 2, executions: 1 },
    });

    await callRaw(page, 'POST', { status: 'paid' });
    expect(onPaid.mock.calls).toEqual([[sample.orderNo]]);
    expect(sandbox.order(sample.orderNo)?.status).toBe('paid');
  });

  test.each([
    ['a body that is not JSON', 'status=paid'],
    ['an unknown state', { status: 'cancelled' }],
    ['an unknown field', { state: 'paid' }],
    ['an unknown fault', { faults: ['unknown'] }],
    ['faults as text', { faults: 'ok' }],
  ])('refuses %s and changes nothing', async (_name, body) => {
    const sandbox = await start();
    const answer = await callRaw(`${sandbox.url}/sandbox/orders/O1`, 'POST', body);
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ error: expect.any(String) as string });
    expect(sandbox.order('O1')).toBeUndefined();
  });

  test('answers no other page or method, and no browser', async () => {
    const { url } = await start();
    expect((await callRaw(`${url}/sandbox/orders/..%2f`, 'GET')).status).toBe(404);
    expect((await callRaw(`${url}/sandbox/`, 'GET')).status).toBe(404);
    expect((await callRaw(`${url}/sandbox/orders/O1`, 'DELETE')).status).toBe(405);
    const origin = { origin: 'https://evil.example' };
    const answer = await callRaw(`${url}/sandbox/orders/O1`, 'POST', { status: 'paid' }, origin);
    expect(answer.status).toBe(403);
  });
});
