import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyOf, envelope, http, open, rawServer } from './support.ts';
import { billEntry, billInstant } from '../../src/gateway/bill-rows.ts';
import { instantIn } from '../../src/local-time.ts';
import { instantOf } from '../../src/runtime.ts';
import type { HttpGatewayOptions } from '../../src/gateway/http-gateway.ts';

/** False for the hours that China's clocks skipped or showed twice until 1991. */
function isTime(written: string): boolean {
  try {
    return instantIn(written, 'Asia/Shanghai') !== '';
  } catch {
    return false;
  }
}

const sample = {
  etc_order_no: 'PY20201231112338656491666',
  biz_type: '01',
  biz_time: '2021-02-02 00:00:00',
  pay_channel: '支付宝正扫',
  amount: '1000.00',
  fee_amount: '6.00',
  currency: 'cny',
  status: 'succeeded',
};
const request = { day: '2021-02-02', type: 'payment' } as const;

async function answerTo(bytes: Buffer, options: Partial<HttpGatewayOptions> = {}) {
  const server = await rawServer((socket) => socket.write(bytes));
  const answer = await open(server.url, options).queryBill(request);
  return { answer, server };
}

const said = (data: unknown, changes: Record<string, unknown> = {}) =>
  http(envelope({ data, ...changes }));

describe('a question for a bill', () => {
  test('asks for one day in China, whole, and reads its rows as they are written', async () => {
    const refund = { ...sample, biz_type: '02', etc_refund_no: 'RFD20210101302338656491258' };
    const { answer, server } = await answerTo(said([sample, { ...refund, fee_amount: '' }]));
    const { params, apiCode } = bodyOf(server.requests[0] ?? '');
    expect(apiCode).toBe('payment.bill.query');
    expect(params).toEqual({
      bill_begin_date: '2021-02-02 00:00:00',
      bill_end_date: '2021-02-02 23:59:59',
      biz_type: '01',
    });
    const row = {
      ...{ orderNo: sample.etc_order_no, type: 'payment', bizTime: '2021-02-02 00:00:00' },
      ...{ payChannel: '支付宝正扫', amount: '1000.00', feeAmount: '6.00', currency: 'cny' },
      status: 'succeeded',
    };
    const refundRow = { ...row, type: 'refund', refundNo: 'RFD20210101302338656491258' };
    expect(answer).toMatchObject({
      ...{ status: 'read', rule: 'bill-read', responseCode: '000', httpStatus: 200 },
      entries: [
        { kind: 'row', line: 1, row },
        { kind: 'row', line: 2, row: { ...refundRow, feeAmount: undefined } },
      ],
    });
    expect(answer.answerSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['2021-02-30', 'payment', 'day'],
    ['2021-2-3', 'payment', 'day'],
    ['2021-02-02 00:00:00', 'payment', 'day'],
    ['20210202', 'payment', 'day'],
    ['2021-02-02', '01', 'type'],
    ['2021-02-02', 'toString', 'type'],
  ])(
    'refuses day %s, type %s by the name of the field, before it connects',
    async (day, type, field) => {
      const server = await rawServer(() => undefined);
      // As a caller in JavaScript may.
      const asked = open(server.url).queryBill({ day, type: type as 'payment' });
      await expect(asked).rejects.toMatchObject({ code: 'invalid-input', field });
      expect(server.connections()).toBe(0);
    },
  );

  test('reads an empty bill as one without rows', async () => {
    expect((await answerTo(said([]))).answer).toMatchObject({ status: 'read', entries: [] });
  });

  test('names a row that cannot be read, and reads the others', async () => {
    const { answer } = await answerTo(said([sample, { ...sample, amount: 1000 }, null, sample]));
    expect(answer).toMatchObject({
      status: 'read',
      entries: [
        { kind: 'row', line: 1 },
        { kind: 'bad-row', line: 2, problem: 'amount: must be text' },
        { kind: 'bad-row', line: 3, problem: 'is not an object' },
        { kind: 'row', line: 4 },
      ],
    });
  });

  test.each([
    ['null', said(null), 'bill-missing'],
    ['missing', said(undefined), 'bill-missing'],
    ['an object', said(sample), 'bill-not-an-array'],
    ['a text', said('[]'), 'bill-not-an-array'],
    ['cut off', http(envelope({ data: [sample] }).slice(0, -1)), 'answer-unreadable'],
    [
      'there twice',
      http(envelope({ data: [sample] }).replace('"data"', '"data":[],"data"')),
      'answer-unreadable',
    ],
    ['beside HTTP 500', http(envelope({ data: [] }), { status: '500 No' }), 'http-5xx'],
  ])('does not take data that is %s for a bill', async (_what, bytes, rule) => {
    const { answer } = await answerTo(bytes);
    expect(answer).toMatchObject({ status: 'unknown', rule });
    expect(answer).not.toHaveProperty('entries');
  });

  test.each([
    ['400002', 'unavailable', 'call-disabled'],
    ['401002', 'unavailable', 'permission-missing'],
    ['404001', 'unavailable', 'api-code-unknown'],
    ['500', 'unknown', 'system-error'],
    ['500006', 'unknown', 'business-answer-timeout'],
  ])('takes code %s for %s', async (responseCode, status, rule) => {
    const { answer } = await answerTo(said([sample], { responseCode }));
    expect(answer).toMatchObject({ status, rule });
    expect(answer).not.toHaveProperty('entries');
  });

  test('reads thousands of rows, up to the limit of bytes and no further', async () => {
    const bytes = said(Array.from({ length: 2_000 }, () => sample));
    const { answer } = await answerTo(bytes);
    expect(answer).toMatchObject({ status: 'read' });
    expect('entries' in answer ? answer.entries.length : 0).toBe(2_000);
    const small = await answerTo(bytes, { limits: { billBytesMax: 65_536 } });
    expect(small.answer).toMatchObject({ status: 'unknown', rule: 'answer-too-large' });
  });
});

describe('a row of a bill', () => {
  const problemOf = (change: Record<string, unknown>) => {
    const entry = billEntry({ ...sample, ...change }, 7);
    expect(entry.line).toBe(7);
    return entry.kind === 'bad-row' ? entry.problem : null;
  };

  test.each([
    ['etc_order_no', undefined],
    ['etc_order_no', ''],
    ['etc_order_no', '../x'],
    ['etc_order_no', 'O'.repeat(33)],
    ['etc_order_no', 17],
    ['biz_type', '1'],
    ['biz_type', '04'],
    ['biz_type', 'toString'],
    ['biz_time', '2021/2/2 0:00'],
    ['biz_time', '2021-02-02T00:00:00Z'],
    ['amount', '1,000.00'],
    ['amount', '-1.00'],
    ['amount', '1e3'],
    ['amount', ' 1.00'],
    ['amount', ''],
    ['amount', '１.00'],
    ['amount', '1.234'],
    ['amount', '90071992547409.92'],
    ['biz_time', '2021-02-30 00:00:00'],
    ['biz_time', '2021-02-02 24:00:00'],
    ['biz_time', '2021-02-02 00:60:00'],
    ['currency', 'zzz'],
    ['currency', '¥'],
    ['currency', undefined],
    ['status', 'SUCCEEDED'],
    ['status', 'canceled'],
    ['fee_amount', 'free'],
    ['etc_refund_no', '../x'],
  ])('is bad for its %s %j, which is named and not repeated', (column, value) => {
    const problem = problemOf({ [column]: value });
    expect(problem).toMatch(new RegExp(`^${column}: (must|is)`));
    if (typeof value === 'string' && value.length > 3) expect(problem).not.toContain(value);
  });

  test('is bad as a refund without a number', () => {
    expect(problemOf({ biz_type: '02' })).toMatch(/^etc_refund_no: is missing/);
  });

  test('may lack what a bill may lack, and have other columns', () => {
    const lacking = { etc_refund_no: '', pay_channel: undefined, fee_amount: null, more: {} };
    expect(problemOf(lacking)).toBeNull();
  });

  test('has the instant that China time means', () => {
    const seconds = fc.integer({ min: 0, max: 4_102_444_799 });
    fc.assert(
      fc.property(seconds, (second) => {
        const written = instantOf(second * 1_000)
          .slice(0, 19)
          .replace('T', ' ');
        fc.pre(isTime(written));
        expect(billInstant(written)).toBe(instantIn(written, 'Asia/Shanghai'));
      }),
      { numRuns: 300 },
    );
    expect(billInstant('2021-02-02 00:00:00')).toBe('2021-02-01T16:00:00.000Z');
  });

  test('masks a card number in the one column that is free text', () => {
    expect(billEntry({ ...sample, pay_channel: '4111111111111111' }, 1)).toMatchObject({
      row: { payChannel: '[masked]' },
    });
  });
});
