import { describe, expect, test, vi } from 'vitest';
import { parseFaultPlan, parseFaults, queryFaultMeanings } from '../../src/sandbox/faults.ts';
import type { QueryFaultName } from '../../src/sandbox/faults.ts';
import { sandboxApiCodes } from '../../src/sandbox/checks.ts';
import { manualRuntime, sample, systemRuntime, yes } from '../gateway/support.ts';
import { callRaw, connect, start } from './support.ts';

const { orderNo } = sample;

describe('the sandbox answers a question', () => {
  test.each([
    ['open', 'pending'],
    ['paid', 'succeeded'],
    ['failed', 'failed'],
    ['closed', 'canceled'],
  ] as const)('about an order that is %s with %s', async (status, reported) => {
    const sandbox = await start();
    sandbox.set(orderNo, { status, amount: '106.09' });
    const answer = await connect(sandbox).query({ orderNo });
    expect(answer).toMatchObject({ status: reported, amount: '106.09', payChannel: 'wx_pub' });
  });

  test('and changes nothing: no order, no count, no status', async () => {
    const sandbox = await start();
    const gateway = connect(sandbox);
    expect(await gateway.query({ orderNo })).toMatchObject({ status: 'pending' });
    expect(sandbox.order(orderNo)).toBeUndefined();
    sandbox.set(orderNo, {});
    const before = sandbox.order(orderNo);
    await gateway.query({ orderNo });
    expect(sandbox.order(orderNo)).toEqual(before);
    expect(sandbox.requests.map(({ apiCode }) => apiCode)).toEqual([
      ...['payment.order.query', 'payment.order.query'],
    ]);
  });

  test('about an unknown order without data where only registered orders exist', async () => {
    const sandbox = await start({ orders: 'registered' });
    expect(await connect(sandbox).query({ orderNo })).toMatchObject({ rule: 'data-missing' });
  });

  test('with a status that lags behind a close by the time given, and not behind a payment', async () => {
    let nowMs = 1_700_000_000_000;
    const runtime = { ...systemRuntime, now: () => nowMs };
    const sandbox = await start({ runtime, statusLagMs: 5_000 });
    const gateway = connect(sandbox, { runtime });
    const statusOf = async (no: string) => (await gateway.query({ orderNo: no })).status;
    await gateway.cancel(sample, yes);
    sandbox.set('O2', { statusLagMs: 60_000, status: 'closed' });
    sandbox.pay('O3');
    expect([await statusOf(orderNo), await statusOf('O3')]).toEqual(['pending', 'succeeded']);
    nowMs += 4_999;
    expect(await statusOf(orderNo)).toBe('pending');
    nowMs += 1;
    expect([await statusOf(orderNo), await statusOf('O2')]).toEqual(['canceled', 'pending']);
    nowMs += 55_000;
    expect(await statusOf('O2')).toBe('canceled');
  });

  test('that is disabled with 400002, and only that one', async () => {
    const sandbox = await start({ disabledCalls: ['payment.order.query'] });
    const gateway = connect(sandbox);
    const request = { day: '2026-11-29', type: 'payment' } as const;
    const disabled = { status: 'unavailable', rule: 'call-disabled' };
    expect(await gateway.query({ orderNo })).toMatchObject(disabled);
    expect(await gateway.queryBill(request)).toMatchObject({ status: 'read' });
    expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
    const none = connect(await start({ disabledCalls: sandboxApiCodes }));
    expect(await none.queryBill(request)).toMatchObject(disabled);
    expect(await none.cancel(sample, yes)).toMatchObject({ rule: 'call-disabled' });
  });
});

/** A head that arrives in time or not makes two rules of one fault. */
const incomplete: unknown = expect.stringMatching(/^(?:answer|body)-timeout$/);

const rules: Readonly<Record<QueryFaultName, unknown>> = {
  ok: 'succeeded',
  silent: 'answer-timeout',
  reset: 'connection-lost',
  truncated: 'answer-truncated',
  'http-500': 'http-5xx',
  html: 'answer-unreadable',
  'slow-bytes': incomplete,
  'odd-words': 'succeeded',
  'odd-status': 'status-unknown',
  'null-status': 'status-missing',
  'other-order': 'order-differs',
  'no-data': 'data-missing',
  array: 'data-not-an-object',
};

describe('a fault of a question', () => {
  test.each(Object.entries(rules))(
    '%s is classified by its rule, and used up',
    async (name, rule) => {
      const runtime = manualRuntime();
      const isSlow = ['silent', 'slow-bytes'].includes(name);
      const onAnswered = vi.fn();
      if (isSlow) onAnswered.mockImplementationOnce(() => setImmediate(runtime.fire));
      const sandbox = await start({ onAnswered });
      sandbox.set(orderNo, { status: 'paid', queryFaults: [name] });
      const gateway = connect(sandbox, { runtime });
      expect(await gateway.query({ orderNo })).toMatchObject({ rule });
      expect(await gateway.query({ orderNo })).toMatchObject({ rule: 'succeeded' });
      expect(sandbox.requests.map(({ fault }) => fault)).toEqual([name, 'ok']);
      expect(Object.keys(rules)).toEqual(Object.keys(queryFaultMeanings));
    },
  );

  test('takes no step of the plan for cancels, nor the other way round', async () => {
    const faults = parseFaultPlan('*=http-500;query:*=code:404001,ok;bill:*=no-data,bad-row');
    const sandbox = await start({ faults });
    const gateway = connect(sandbox);
    expect(await gateway.cancel(sample, yes)).toMatchObject({ rule: 'http-5xx' });
    expect(await gateway.query({ orderNo })).toMatchObject({ status: 'unavailable' });
    expect(await gateway.query({ orderNo })).toMatchObject({ status: 'pending' });
    const request = { day: '2026-11-29', type: 'payment' } as const;
    expect(await gateway.queryBill(request)).toMatchObject({ rule: 'bill-missing' });
    expect(await gateway.queryBill(request)).toMatchObject({
      entries: [{ kind: 'bad-row', line: 1 }],
    });
    expect(await gateway.queryBill(request)).toMatchObject({ status: 'read', entries: [] });
  });

  test('has a vocabulary of its own', () => {
    expect(parseFaults(['delay:5+silent'], 'query')).toEqual([{ name: 'silent', delayMs: 5 }]);
    expect(() => parseFaults(['paid-during'], 'query')).toThrow('unknown fault');
    expect(() => parseFaults(['odd-status'])).toThrow('unknown fault');
    expect(() => parseFaultPlan('query:O1=paid-during')).toThrow('unknown fault');
    expect(() => parseFaultPlan('bill:*=odd-status')).toThrow('unknown fault');
  });
});

describe('an order that is opened with auto_cancel', () => {
  test('closes the other open orders of its process bill, and nothing else', async () => {
    const sandbox = await start();
    const gateway = connect(sandbox);
    for (const no of ['O1', 'O2', 'O3']) sandbox.set(no, { processBillNo: 'F1' });
    sandbox.set('O4', { processBillNo: 'F2' });
    sandbox.pay('O2');
    sandbox.set('O5', { processBillNo: 'F1', autoCancel: true });
    const statuses = [];
    for (const no of ['O1', 'O2', 'O3', 'O4', 'O5']) {
      statuses.push((await gateway.query({ orderNo: no })).status);
    }
    expect(statuses).toEqual(['canceled', 'succeeded', 'canceled', 'pending', 'pending']);
    // Closed by somebody else: our cancel is refused, and no notice tells why.
    const request = { orderNo: 'O1', processBillNo: 'F1', attempt: 1, correlationId: 'C1' };
    expect(await gateway.cancel(request, yes)).toMatchObject({ kind: 'refused' });
    expect(sandbox.notices).toEqual([]);
  });

  test('finds the orders that a cancel made known', async () => {
    const sandbox = await start({ faults: { '*': ['http-500'] } });
    const request = { orderNo: 'O1', processBillNo: 'F1', attempt: 1, correlationId: 'C1' };
    await connect(sandbox).cancel(request, yes);
    const page = `${sandbox.url}/sandbox/orders/O2`;
    await callRaw(page, 'POST', { processBillNo: 'F1', autoCancel: true });
    expect(sandbox.order('O1')).toMatchObject({ status: 'closed' });
  });

  test('needs a process bill', async () => {
    const sandbox = await start();
    expect(() => {
      sandbox.set('O1', { autoCancel: true });
    }).toThrow('autoCancel');
    expect(sandbox.order('O1')).toBeUndefined();
  });
});

describe('a bill of the sandbox', () => {
  test("lists the day's payments and refunds in China time, and never what is closed", async () => {
    let nowMs = Date.parse('2021-02-01T23:59:59.999+08:00');
    const runtime = { ...systemRuntime, now: () => nowMs };
    const sandbox = await start({ runtime });
    sandbox.set('O0', { status: 'paid', amount: '1.00' });
    nowMs += 1;
    sandbox.set('O1', { status: 'paid', amount: '1000.00' });
    sandbox.set('O2', { status: 'failed', amount: '2.00' });
    sandbox.set('O3', { status: 'closed', amount: '3.00' });
    sandbox.set('O4', { amount: '4.00' });
    nowMs += 86_399_999;
    sandbox.set('O1', { refund: { refundNo: 'RFD1', amount: '0.50' } });
    const gateway = connect(sandbox, { runtime });
    const rowsOf = async (type: 'payment' | 'refund' | 'split', day = '2021-02-02') => {
      const answer = await gateway.queryBill({ day, type });
      return answer.status === 'read' ? answer.entries : answer;
    };
    const row = { type: 'payment', bizTime: '2021-02-02 00:00:00', currency: 'cny' };
    expect(await rowsOf('payment')).toMatchObject([
      { line: 1, row: { ...row, orderNo: 'O1', amount: '1000.00', status: 'succeeded' } },
      { line: 2, row: { ...row, orderNo: 'O2', amount: '2.00', status: 'failed' } },
    ]);
    const refund = { orderNo: 'O1', refundNo: 'RFD1', amount: '0.50', status: 'succeeded' };
    expect(await rowsOf('refund')).toMatchObject([
      { line: 1, row: { ...refund, type: 'refund', bizTime: '2021-02-02 23:59:59' } },
    ]);
    expect(await rowsOf('split')).toEqual([]);
    expect(await rowsOf('payment', '2021-02-01')).toMatchObject([{ row: { orderNo: 'O0' } }]);
    expect(await rowsOf('payment', '2021-02-03')).toEqual([]);
  });
});
