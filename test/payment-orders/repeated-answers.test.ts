import { describe, expect, test } from 'vitest';
import { asked, told } from './asked.ts';
import { expectTruthful, orderNo, reason } from './world.ts';

describe('an answer against a payment', () => {
  test.each(['canceled', 'failed'] as const)(
    'opens an anomaly and is recorded, once, however often it is asked for: %s',
    async (status) => {
      const { orders, path } = await asked(['refused'], status);
      const payment = { transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' };
      await orders.recordPaymentSucceeded(orderNo, payment);
      for (let times = 0; times < 5; times += 1) await orders.ask(orderNo);
      const { state, anomalies } = (await orders.get(orderNo)) ?? {};
      expect(state).toBe('paid');
      expect(anomalies?.map(({ code }) => code)).toEqual(['contradicted']);
      expect(await path()).toEqual(['PaymentSucceeded', 'StatusReported']);
    },
  );

  test('opens it where the payment came after the same answer, and once', async () => {
    const { orders, path } = await asked(['refused'], 'canceled');
    await orders.ask(orderNo);
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    for (let times = 0; times < 5; times += 1) await orders.ask(orderNo);
    const codes = (await orders.get(orderNo))?.anomalies.map(({ code }) => code);
    expect(codes).toEqual(['paid-after-cancel', 'contradicted']);
    expect(await path()).toEqual(['StatusReported', 'PaymentSucceeded', 'StatusReported']);
  });

  test('opens it again after the payment was taken back and came again', async () => {
    const { orders } = await asked(['refused'], 'canceled');
    const { revision } = await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    await orders.ask(orderNo);
    await orders.retractFact(orderNo, { revision, evidence: 'another order', by: 'li' });
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T2' });
    for (let times = 0; times < 5; times += 1) await orders.ask(orderNo);
    const { anomalies = [] } = (await orders.get(orderNo)) ?? {};
    expect(anomalies.filter(({ code }) => code === 'contradicted')).toHaveLength(2);
  });
});

describe('an answer that leaves a doubt, and that its wait did not ask for', () => {
  test('takes at most one question from the wait, whatever is answered in turn', async () => {
    const { orders, gateway, path, store } = await asked(['outcome-unknown'], (question) =>
      Promise.resolve(
        told((['unknown', 'pending', 'unavailable'] as const)[question % 3] ?? 'unknown'),
      ),
    );
    await orders.cancel(orderNo, { reason });
    expect(await orders.ask(orderNo)).toMatchObject({ kind: 'recorded' });
    const before = await orders.get(orderNo);
    for (let times = 0; times < 20; times += 1) {
      expect(await orders.ask(orderNo)).toMatchObject({ kind: 'not-recorded' });
    }
    expect(gateway.questions).toHaveLength(21);
    expect(await orders.get(orderNo)).toEqual(before);
    expect(before?.stateDetail).toBe('cancelling.inDoubt');
    expect(await path()).toEqual(['CancelRequested', 'CancelOutcomeUnknown', 'StatusReported']);
    await expectTruthful(store, gateway.calls);
  });

  test('ends the doubt where it can', async () => {
    const { runtime, orders, state } = await asked(['outcome-unknown'], 'pending');
    await orders.cancel(orderNo, { reason });
    await runtime.advance(120_000);
    expect(await orders.ask(orderNo)).toMatchObject({ kind: 'recorded' });
    expect(await state()).toBe('cancelling.backingOff');
  });

  test('is kept where a person is waited for', async () => {
    const { runtime, orders, state } = await asked(['outcome-unknown'], 'unknown', {
      retryPolicy: { notExecutedMs: [], unknownMs: [], jitter: 0 },
    });
    await orders.cancel(orderNo, { reason });
    await runtime.advance(1_000);
    expect(await state()).toBe('cancelling.needsReview');
    expect(await orders.ask(orderNo)).toMatchObject({ kind: 'recorded' });
    expect(await orders.ask(orderNo)).toMatchObject({ kind: 'not-recorded' });
  });
});
