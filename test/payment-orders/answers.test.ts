import { describe, expect, test } from 'vitest';
import type { CancelGateway, QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { asked, told } from './asked.ts';
import type { Status } from './asked.ts';
import { orderNo } from './world.ts';

describe('an answer', () => {
  test.each<readonly [string, CancelGateway['query'], string, string]>([
    ['throws', () => Promise.reject(new Error('secret')), 'query-failed', 'threw'],
    ['gives nothing', () => Promise.resolve(undefined as never), 'unreadable-answer', 'status'],
    [
      'gives a status that does not exist',
      () => Promise.resolve({ status: 'cancelled' as never, rule: 'x' }),
      ...(['unreadable-answer', 'status'] as const),
    ],
  ])('is `unknown` where the port %s, and is reported', async (_what, query, rule, said) => {
    const { orders, gateway, errors } = await asked(['refused'], null);
    Object.assign(gateway, { query });
    const { kind, answer } = await orders.ask(orderNo);
    expect({ kind, ...answer }).toMatchObject({ kind: 'recorded', status: 'unknown', rule });
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).toContain(said);
    expect(JSON.stringify(await orders.history(orderNo))).not.toContain('secret');
  });

  test('about another order is reported loudly, and never applied', async () => {
    const { orders, errors } = await asked(['refused'], () =>
      Promise.resolve({ status: 'unknown', rule: 'order-differs', requestId: 'R1' }),
    );
    const { answer, order: after } = await orders.ask(orderNo);
    expect(answer).toMatchObject({ status: 'unknown', rule: 'order-differs', requestId: 'R1' });
    expect(after.state).toBe('paying');
    expect(errors).toMatchObject([{ code: 'wrong-order-answered' }]);
  });

  test('about another order is never applied, even where its port says how that one ended', async () => {
    const { orders, path } = await asked(['refused'], () =>
      Promise.resolve(told('succeeded', { rule: 'order-differs', amount: '128.00' })),
    );
    const { answer, order: after } = await orders.ask(orderNo);
    expect(answer).toMatchObject({ status: 'unknown', rule: 'order-differs' });
    expect(answer.amount).toBeUndefined();
    expect(after.state).toBe('paying');
    expect(await path()).toEqual(['StatusReported']);
  });

  test('is `unknown` where none comes', async () => {
    const never: Status = () => Promise.race([]);
    const { runtime, orders } = await asked(['refused'], never);
    const asking = orders.ask(orderNo);
    await runtime.advance(40_000);
    expect((await asking).answer).toMatchObject({ status: 'unknown', rule: 'query-unanswered' });
  });

  test('keeps evidence that fits, and reports what does not', async () => {
    const odd = { responseMsg: 'x'.repeat(600), amount: '106.09', currency: 'cny' };
    const { orders, errors } = await asked(['refused'], () =>
      Promise.resolve(told('pending', odd)),
    );
    const { answer } = await orders.ask(orderNo);
    expect(answer).toMatchObject({
      ...{ amount: '106.09', amountCurrency: 'cny', amountMinor: 10_609, currency: 'CNY' },
      responseMsg: 'x'.repeat(512),
    });
    expect(String(errors[0])).toContain('responseMsg');
  });

  test.each(['1e3', '-1', '0x10', '1.005', '１２', ''])(
    'keeps the amount %s as it is written, and reads none from it',
    async (amount) => {
      const { orders } = await asked(['refused'], () =>
        Promise.resolve(told('succeeded', { amount })),
      );
      const { answer, order: after } = await orders.ask(orderNo);
      expect(answer.amount).toBe(amount);
      expect(answer.amountMinor).toBeUndefined();
      expect(after).toMatchObject({ state: 'paid', anomalies: [], received: null });
    },
  );

  test('of another amount is paid, with an anomaly', async () => {
    const { orders } = await asked(['refused'], () =>
      Promise.resolve(told('succeeded', { amount: '0.01' })),
    );
    const { order: after } = await orders.ask(orderNo);
    expect(after).toMatchObject({ state: 'paid', anomalies: [{ code: 'amount-mismatch' }] });
  });

  test('that says what is known is recorded once', async () => {
    const { orders } = await asked(['refused'], 'succeeded');
    const kinds = [];
    for (let each = 0; each < 3; each += 1) kinds.push((await orders.ask(orderNo)).kind);
    expect(kinds).toEqual(['recorded', 'not-recorded', 'not-recorded']);
  });

  test('that settles nothing is dropped where the order has moved on meanwhile', async () => {
    let answer: (given: QueryAnswer) => void = () => undefined;
    const later: Status = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const { orders, path } = await asked(['refused'], later);
    const asking = orders.ask(orderNo);
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    answer(told('pending'));
    expect(await asking).toMatchObject({ kind: 'not-recorded', order: { state: 'paid' } });
    expect(await path()).toEqual(['PaymentSucceeded']);
  });

  test('contradicts nothing that was recorded after it was asked for', async () => {
    let answer: (given: QueryAnswer) => void = () => undefined;
    const later: Status = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const { orders } = await asked(['refused'], later);
    const asking = orders.ask(orderNo);
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    answer(told('failed'));
    expect((await asking).order).toMatchObject({ state: 'paid', anomalies: [] });
  });

  test('names who asked, and is the platform itself where nobody is named', async () => {
    const { orders } = await asked(['refused'], 'pending');
    await orders.ask(orderNo, { actor: { kind: 'operator', id: 'li.wei' }, correlationId: 'C1' });
    const { metadata } = (await orders.history(orderNo)).at(-1) ?? {};
    expect(metadata).toMatchObject({
      ...{ actor: { kind: 'operator', id: 'li.wei' }, source: 'query', $correlationId: 'C1' },
    });
  });
});
