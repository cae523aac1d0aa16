import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { always, expectTruthful, order, orderNo, world } from './world.ts';

async function orderInWorld() {
  const here = await world(always('refused'));
  await here.orders.create(order);
  return here;
}

describe('a fact', () => {
  test.each(['余额不足', '51 : Insufficient funds', '2026/11/29+=', '张三', '=1+1', '../../x'])(
    'keeps %s as it came, in every field that others name things in',
    async (name) => {
      const { orders, store, gateway } = await orderInWorld();
      const options = {
        ...{ commandId: name, correlationId: name, causationId: name, source: name },
        actor: { kind: 'customer', id: name },
      };

      await orders.recordPaymentFailed(orderNo, { code: name, factId: name, ...options });
      await orders.recordPaymentSucceeded(orderNo, { transactionNo: name, ...options });

      const [, failed, succeeded] = await orders.history(orderNo);
      expect(failed?.data).toEqual({ code: name, factId: name });
      expect(succeeded?.data).toMatchObject({ transactionNo: name });
      expect(succeeded?.metadata).toMatchObject({
        ...{ commandId: name, $correlationId: name, $causationId: name, source: name },
        actor: { id: name },
      });
      expect((await orders.get(orderNo))?.payments).toMatchObject([{ transactionNo: name }]);
      await expectTruthful(store, gateway.calls);
    },
  );

  test('keeps an amount of 0, which then differs from that of the order', async () => {
    const { orders } = await orderInWorld();
    const fact = { transactionNo: 'T1', amountMinor: -0, currency: 'CNY' };
    const { order: paid } = await orders.recordPaymentSucceeded(orderNo, fact);
    expect(paid.payments).toEqual([{ transactionNo: 'T1', amountMinor: 0, currency: 'CNY' }]);
    expect(paid.anomalies).toMatchObject([{ code: 'amount-mismatch' }]);
  });

  test.each([
    ['cny', 'CNY'],
    ['Cny', 'CNY'],
    ['xqz', 'XQZ'],
  ])('stores the currency %s as %s', async (currency, stored) => {
    const { orders } = await orderInWorld();
    const fact = { transactionNo: 'T1', amountMinor: 12_800, currency };
    const { order: paid } = await orders.recordPaymentSucceeded(orderNo, fact);
    expect(paid.payments).toMatchObject([{ currency: stored }]);
  });

  test.each(['ＣＮＹ', 'CN', 'ßs', 'CNY ', ''])('refuses %j as a currency', async (currency) => {
    const { orders } = await orderInWorld();
    const fact = { transactionNo: 'T1', amountMinor: 1, currency };
    await expect(orders.recordPaymentSucceeded(orderNo, fact)).rejects.toMatchObject({
      code: 'invalid-input',
      field: 'currency',
    });
  });

  test('names the helper that reads an amount or a local time', async () => {
    const { orders } = await orderInWorld();
    // No compiler stops a caller in JavaScript.
    const fact = { transactionNo: 'T1', amountMinor: '128.00', currency: 'CNY' };
    const asText = orders.recordPaymentSucceeded(orderNo, fact as never);
    await expect(asText).rejects.toMatchObject({ field: 'amountMinor' });
    await expect(asText).rejects.toThrow('minorUnits');
    for (const occurredAt of ['2021-02-22 15:16:00', '20210303155105238']) {
      const local = orders.recordPaymentFailed(orderNo, { occurredAt });
      await expect(local).rejects.toMatchObject({ field: 'occurredAt' });
      await expect(local).rejects.toThrow('instantIn');
    }
  });
});

describe('a malformed traceparent', () => {
  const trace = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;

  test.each(['x', '', 7, null, trace.toUpperCase().replace('00', 'FF'), `${trace}\n`])(
    'is dropped and reported, and nothing is refused: %j',
    async (traceparent) => {
      const { orders, errors } = await orderInWorld();
      // As above: a caller in JavaScript.
      const options = { traceparent } as never;

      const started = await orders.startPayment(orderNo, options);
      const failed = await orders.recordPaymentFailed(orderNo, options);

      expect([started.kind, failed.kind]).toEqual(['accepted', 'accepted']);
      const recorded = await orders.history(orderNo);
      expect(recorded.map(({ metadata }) => metadata.traceparent)).toEqual(
        recorded.map(() => undefined),
      );
      expect(errors).toEqual([expect.any(PaymentOrderError), expect.any(PaymentOrderError)]);
      expect(errors).toMatchObject([
        { code: 'invalid-traceparent', field: 'traceparent' },
        { code: 'invalid-traceparent', field: 'traceparent' },
      ]);
    },
  );

  test('is not confused with a good one, which is recorded', async () => {
    const { orders, errors } = await orderInWorld();
    await orders.startPayment(orderNo, { traceparent: trace });
    expect((await orders.history(orderNo)).at(-1)?.metadata.traceparent).toBe(trace);
    expect(errors).toEqual([]);
  });
});

describe('a command', () => {
  test('stores a currency in capitals, and takes only one in use', async () => {
    const { orders } = await world(always('refused'));
    const created = await orders.create({ ...order, currency: 'cny' });
    expect(created.order.currency).toBe('CNY');
    expect((await orders.create(order)).kind).toBe('duplicate');
    const unknown = orders.create({ ...order, currency: 'xqz' });
    await expect(unknown).rejects.toMatchObject({ field: 'currency' });
  });
});
