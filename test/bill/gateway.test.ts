import { describe, expect, test } from 'vitest';
import { daysOf } from '../../src/bill/days.ts';
import { billFromGateway } from '../../src/bill/gateway.ts';
import type { BillAnswer, BillRequest, BillRow } from '../../src/gateway/cancel-gateway.ts';
import { connect, start } from '../sandbox/support.ts';
import { systemRuntime } from '../gateway/support.ts';

const row: BillRow = {
  ...{ orderNo: 'O1', type: 'payment', bizTime: '2021-02-02 00:00:00', amount: '1.00' },
  ...{ currency: 'cny', status: 'succeeded' },
};

function scripted(answerTo: (request: BillRequest) => BillAnswer) {
  const asked: string[] = [];
  const queryBill = (request: BillRequest) => {
    asked.push(`${request.day} ${request.type}`);
    return Promise.resolve(answerTo(request));
  };
  const errors: unknown[] = [];
  return { asked, errors, queryBill, onError: (error: unknown) => errors.push(error) };
}

const days = daysOf({ from: '2021-02-27', to: '2021-03-01' });

describe('the bills of a gateway', () => {
  test('are asked for a day and a type at a time, and counted on', async () => {
    const entries = [
      { kind: 'row', line: 1, row },
      { kind: 'bad-row', line: 2, problem: 'is not JSON' },
    ] as const;
    const gateway = scripted(() => ({ status: 'read', rule: 'bill-read', entries }));
    const items = await Array.fromAsync(billFromGateway(gateway, days));
    expect(gateway.asked).toEqual([
      ...['2021-02-27 payment', '2021-02-27 refund', '2021-02-28 payment'],
      ...['2021-02-28 refund', '2021-03-01 payment', '2021-03-01 refund'],
    ]);
    expect(items.map((item) => 'line' in item && item.line)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  });

  test('are unread for the day that was not answered, and the others are read', async () => {
    const gateway = scripted(({ day, type }) =>
      day === '2021-02-28' && type === 'refund'
        ? { status: 'unknown', rule: 'answer-too-large' }
        : { status: 'read', rule: 'bill-read', entries: [] },
    );
    expect(await Array.fromAsync(billFromGateway(gateway, days))).toEqual([
      {
        ...{ kind: 'unread', day: '2021-02-28', type: 'refund' },
        ...{ status: 'unknown', rule: 'answer-too-large' },
      },
    ]);
    expect(gateway.asked).toHaveLength(6);
  });

  test('are unread for all days, and asked for once, where the call may not be made', async () => {
    const gateway = scripted(() => ({ status: 'unavailable', rule: 'call-disabled' }));
    const items = await Array.fromAsync(billFromGateway(gateway, days));
    expect(items).toHaveLength(6);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(['unread']));
    expect(gateway.asked).toEqual(['2021-02-27 payment']);
  });

  test('are read from the sandbox over HTTP', async () => {
    const runtime = { ...systemRuntime, now: () => Date.parse('2021-02-28T12:00:00+08:00') };
    const sandbox = await start({ runtime });
    sandbox.set('O1', { status: 'paid', amount: '106.09', refund: { refundNo: 'RFD1' } });
    const gateway = connect(sandbox, { runtime });
    const asking = { queryBill: gateway.queryBill.bind(gateway), onError: () => undefined };
    const items = await Array.fromAsync(billFromGateway(asking, days));
    expect(items).toMatchObject([
      { line: 1, given: { row: { type: 'payment', orderNo: 'O1', amount: '106.09' } } },
      { line: 2, given: { row: { type: 'refund', refundNo: 'RFD1', amount: '106.09' } } },
    ]);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('secret-1234')), 'query-failed'],
    ['answers nothing', () => Promise.resolve(undefined), 'unreadable-answer'],
    ['gives no rows', () => Promise.resolve({ status: 'read', rule: 'x' }), 'unreadable-answer'],
    [
      'names no rule',
      () => Promise.resolve({ status: 'unknown', rule: 'a b' }),
      'unreadable-answer',
    ],
  ])('are unread and reported where the port %s', async (_what, answer, rule) => {
    const { errors, onError } = scripted(() => ({ status: 'unknown', rule: 'x' }));
    // A port in JavaScript may give anything.
    const asking = { queryBill: answer as never, onError };
    const items = await Array.fromAsync(billFromGateway(asking, days.slice(0, 1)));
    expect(items).toMatchObject([
      { kind: 'unread', day: '2021-02-27', type: 'payment', status: 'unknown', rule },
      { kind: 'unread', type: 'refund' },
    ]);
    expect(errors).toMatchObject([{ code: 'gateway-failed' }, { code: 'gateway-failed' }]);
    expect(String(errors[0])).not.toContain('1234');
  });
});

describe('the days of a bill', () => {
  test.each([
    ['2021-02-30', '2021-03-01', 'from'],
    ['2021-02-27', '20210301', 'to'],
    ['2021-02-27', '2021-02-26', 'to'],
    ['2021-02-27', '2022-02-28', 'to'],
  ])('are refused by name: %s to %s', (from, to, field) => {
    expect(() => daysOf({ from, to })).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    );
  });

  test('are a leap year at most', () => {
    expect(daysOf({ from: '2024-01-01', to: '2024-12-31' })).toHaveLength(366);
  });
});
