import { verify as cryptoVerify } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { bodyOf, envelope, http, keys, manualRuntime, open, rawServer } from './support.ts';
import type { GatewayWarning } from '../../src/gateway/cancel-gateway.ts';
import type { HttpGatewayOptions } from '../../src/gateway/http-gateway.ts';

const orderNo = 'PY20201231112338656491666';
const processBillNo = 'F20210222151600564862';
const report = {
  etc_order_no: orderNo,
  pay_channel: 'wx_pub',
  pay_amt: '106.09',
  status: 'succeeded',
};
const said = (data: unknown, changes: Record<string, unknown> = {}) =>
  http(envelope({ data, ...changes }));

async function answerTo(bytes: Buffer, options: Partial<HttpGatewayOptions> = {}) {
  const server = await rawServer((socket) => socket.write(bytes));
  const answer = await open(server.url, options).query({ orderNo, processBillNo });
  return { answer, server };
}

describe('a question over HTTP', () => {
  test('posts the signed envelope once, and gives the status with its evidence', async () => {
    const { answer, server } = await answerTo(said(report));
    expect(answer).toMatchObject({
      ...{ status: 'succeeded', rule: 'succeeded', httpStatus: 200, responseCode: '000' },
      ...{ amount: '106.09', payChannel: 'wx_pub', responseMsg: '成功' },
      requestId: '42dd6c6e-247e-487f-87e8-dd97067b877b',
    });
    expect(answer.requestSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(answer.answerSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(answer.sentAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.durationMs).toBeGreaterThanOrEqual(0);
    expect(server.requests).toHaveLength(1);
    const { sign, params, ...fields } = bodyOf(server.requests[0] ?? '');
    expect(params).toEqual({ etc_order_no: orderNo, etc_process_bill_no: processBillNo });
    const { nonce, timestamp } = answer;
    const appId = 'OIG0AF4DMOK2VC2N';
    expect(fields).toEqual({ appId, apiCode: 'payment.order.query', nonce, timestamp });
    const text = `apiCode=payment.order.query&appId=${appId}&etc_order_no=${orderNo}&etc_process_bill_no=${processBillNo}&nonce=${String(nonce)}&timestamp=${String(timestamp)}`;
    const signature = Buffer.from(String(sign), 'base64');
    expect(cryptoVerify('sha1', Buffer.from(text), keys.publicKey, signature)).toBe(true);
  });

  test('needs no process bill', async () => {
    const server = await rawServer((socket) => socket.write(said(report)));
    await open(server.url).query({ orderNo });
    expect(bodyOf(server.requests[0] ?? '')['params']).toEqual({ etc_order_no: orderNo });
  });

  test('refuses bad parameters by name before it connects', async () => {
    const server = await rawServer(() => undefined);
    const gateway = open(server.url);
    for (const [request, field] of [
      [{ orderNo: '' }, 'orderNo'],
      [{ orderNo: 'O'.repeat(33) }, 'orderNo'],
      [{ orderNo: 'O\ud800' }, 'orderNo'],
      [{ orderNo, processBillNo: '' }, 'processBillNo'],
    ] as const) {
      await expect(gateway.query(request)).rejects.toMatchObject({ code: 'invalid-input', field });
    }
    expect(server.connections()).toBe(0);
  });

  test.each(['pending', 'succeeded', 'failed', 'canceled'])('takes status %s', async (status) => {
    const { answer } = await answerTo(said({ ...report, status }));
    expect(answer).toMatchObject({ status, rule: status });
  });

  test.each([
    ['cancelled', 'status-unknown'],
    ['CLOSED', 'status-unknown'],
    ['Succeeded', 'status-unknown'],
    [' succeeded', 'status-unknown'],
    ['', 'status-unknown'],
    ['toString', 'status-unknown'],
    [true, 'status-unknown'],
    [['succeeded'], 'status-unknown'],
    [null, 'status-missing'],
    [undefined, 'status-missing'],
  ])('learns nothing from status %j', async (status, rule) => {
    const { answer } = await answerTo(said({ ...report, status }));
    expect(answer).toMatchObject({ status: 'unknown', rule, responseCode: '000' });
  });

  test.each([
    ['null', null, 'data-missing'],
    ['missing', undefined, 'data-missing'],
    ['an array', [report], 'data-not-an-object'],
    ['a text', 'succeeded', 'data-not-an-object'],
    ['a number', 0, 'data-not-an-object'],
    ['without an order', { ...report, etc_order_no: undefined }, 'order-missing'],
    ['with the order null', { ...report, etc_order_no: null }, 'order-missing'],
    ['with the order empty', { ...report, etc_order_no: '' }, 'order-missing'],
  ])('learns nothing from data that is %s', async (_what, data, rule) => {
    const { answer } = await answerTo(said(data));
    expect(answer).toMatchObject({ status: 'unknown', rule });
  });

  test.each([
    ['HTTP 500', http('', { status: '500 Oh no' }), 'http-5xx'],
    ['HTML', http('<!doctype html>'), 'answer-unreadable'],
    ['{}', http('{}'), 'answer-not-an-envelope'],
    ['64 KiB and more', said({ ...report, more: 'x'.repeat(65_536) }), 'answer-too-large'],
    [
      'a status twice',
      http(envelope({ data: report }).replace('"status"', '"status":"pending","status"')),
      'answer-unreadable',
    ],
  ])('learns nothing from %s', async (_what, bytes, rule) => {
    const { answer } = await answerTo(bytes);
    expect(answer).toMatchObject({ status: 'unknown', rule });
  });

  test('learns nothing where no answer comes within its limit', async () => {
    const runtime = manualRuntime();
    const server = await rawServer(() => {
      runtime.fire();
    });
    const answer = await open(server.url, { runtime }).query({ orderNo });
    expect(answer).toMatchObject({ status: 'unknown', rule: 'answer-timeout' });
    expect(server.requests).toHaveLength(1);
  });

  test('learns nothing where nobody listens', async () => {
    const answer = await open('http://127.0.0.1:1').query({ orderNo });
    expect(answer).toMatchObject({ status: 'unknown', rule: 'connection-refused' });
    expect(answer.sentAt).toBeUndefined();
  });
});

describe("another order's status", () => {
  const other = { ...report, etc_order_no: 'O2', pay_amt: '999.99', pay_channel: 'other' };

  test.each([
    ['of another order', other],
    ['of an order whose number is a number', { ...other, etc_order_no: 2 }],
    ['of a number that differs in case', { ...other, etc_order_no: orderNo.toLowerCase() }],
    ['of a number with a blank', { ...other, etc_order_no: `${orderNo} ` }],
  ])('is never used: %s', async (_what, data) => {
    const { answer } = await answerTo(said(data));
    expect(answer).toMatchObject({ status: 'unknown', rule: 'order-differs' });
    // Nothing of the other order is kept.
    expect(answer.amount).toBeUndefined();
    expect(JSON.stringify(answer)).not.toMatch(/999\.99|"other"|"O2/);
  });
});

describe('the evidence of a question', () => {
  test('keeps an amount as it was written, also one that is a number', async () => {
    const text = envelope({ data: report }).replace('"106.09"', '106.10');
    expect((await answerTo(http(text))).answer.amount).toBe('106.10');
  });

  test.each([
    ['a card number', '4111111111111111', '[masked]'],
    ['a card number in groups', '4111 1111 1111 1111', '[masked]'],
    ['control characters', 'wx\u0000_\u202epub', 'wx_pub'],
    ['a long text', 'ab '.repeat(100), 'ab '.repeat(22).slice(0, 64)],
    ['an object', {}, undefined],
    ['null', null, undefined],
  ])('masks and cuts %s', async (_what, given, kept) => {
    const data = { ...report, pay_amt: given, pay_channel: given, currency: given };
    const { answer } = await answerTo(said(data));
    expect([answer.amount, answer.payChannel, answer.currency]).toEqual([kept, kept, kept]);
    expect(answer.status).toBe('succeeded');
  });

  test('holds nothing of data that comes with another code', async () => {
    const { answer } = await answerTo(said(report, { responseCode: '500' }));
    expect(answer).toMatchObject({ status: 'unknown', rule: 'system-error' });
    expect(answer.amount).toBeUndefined();
  });

  test('warns about the clock where the timestamp is refused', async () => {
    const onWarning = vi.fn<(warning: GatewayWarning) => void>();
    await answerTo(said(null, { responseCode: '403001' }), { onWarning });
    expect(onWarning.mock.calls.map(([{ code }]) => code)).toEqual(['clock-refused']);
  });
});
