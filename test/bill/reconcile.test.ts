import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ReconcileOptions } from '../../src/bill/types.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { OpenOptions } from '../../src/open-options.ts';
import { at, back, bizTime, cny, day, paid } from './support.ts';
import { billWorld, createPaid, eventIds, shown } from './world.ts';

describe('reconciling', () => {
  test('records the payment that is missing here, with its source, and finds nothing after that', async () => {
    const { orders, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    rows.push(paid('O1', 100));

    const first = await reconcile({ actor: { kind: 'operator', id: 'li.wei' } });

    expect(first).toEqual([
      {
        ...{ kind: 'payment-missing-here', orderNo: 'O1', refundNo: null, isOrderKnown: true },
        ...{ here: [], there: [cny(100)], status: 'succeeded', row: { line: 1, occurredAt: at } },
        ...{ recorded: 'fact', remains: false },
      },
    ]);
    const [, fact] = await orders.history('O1');
    expect(fact).toMatchObject({
      type: 'PaymentSucceeded',
      data: { amountMinor: 100, currency: 'CNY', occurredAt: at },
      metadata: { source: 'bill', vouchedBy: 'bill', actor: { kind: 'operator', id: 'li.wei' } },
    });
    expect(fact?.data).not.toHaveProperty('transactionNo');
    expect(await orders.get('O1')).toMatchObject({ state: 'paid', anomalies: [] });
    expect(await reconcile()).toEqual([]);
  });

  test('records the refund that is missing here', async () => {
    const { orders, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1', [100]);
    rows.push(paid('O1', 100), back('O1', 'R1', 40));

    expect(shown(await reconcile())).toEqual(['O1 refund-missing-here: fact']);
    expect((await orders.get('O1'))?.refunds).toMatchObject([{ refundNo: 'R1', amountMinor: 40 }]);
    expect(await reconcile()).toEqual([]);
  });

  test('keeps a payment of an order that does not exist until it is created, and once', async () => {
    const { orders, open, memory, rows, reconcile } = await billWorld();
    rows.push(paid('O1', 100), back('O1', 'R1', 40));

    const first = await reconcile();
    const kept = await eventIds(memory);
    const second = await reconcile();

    expect(shown(first)).toEqual([
      'O1 payment-missing-here: notice, remains',
      'O1 refund-missing-here: notice, remains',
    ]);
    expect(shown(second)).toEqual([
      'O1 payment-missing-here: before, remains',
      'O1 refund-missing-here: before, remains',
    ]);
    expect(await eventIds(memory)).toEqual(kept);
    // By another process, which has no translator.
    await createPaid(await open(), 'O1');
    expect(await orders.get('O1')).toMatchObject({ state: 'paid', refunds: [{ refundNo: 'R1' }] });
    expect(await reconcile()).toEqual([]);
  });

  test('opens an anomaly where the bill has another amount, once', async () => {
    const { orders, memory, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1', [100]);
    await orders.recordPaymentRefunded('O1', { refundNo: 'R1', ...cny(40), occurredAt: at });
    rows.push(paid('O1', 90), back('O1', 'R1', 41));

    const first = await reconcile();
    const kept = await eventIds(memory);
    const second = await reconcile();

    expect(shown(first)).toEqual([
      'O1 payment-differs: fact, remains',
      'O1 refund-differs: fact, remains',
    ]);
    const { anomalies = [] } = (await orders.get('O1')) ?? {};
    expect(anomalies.map(({ code }) => code)).toEqual([
      ...['amount-mismatch', 'contradicted', 'contradicted'],
    ]);
    expect(shown(second)).toEqual([
      'O1 payment-differs: before, remains',
      'O1 refund-differs: before, remains',
    ]);
    expect(await eventIds(memory)).toEqual(kept);
  });

  test('opens an anomaly where an order was paid twice in the bill, by the sum', async () => {
    const { orders, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1', [100]);
    await createPaid(orders, 'O2');
    rows.push(paid('O1', 100), paid('O1', 100), paid('O2', 100), paid('O2', 100));

    expect(shown(await reconcile())).toEqual([
      'O1 payment-differs: fact, remains',
      'O2 payment-missing-here: fact',
    ]);
    const codesOf = async (orderNo: string) =>
      (await orders.get(orderNo))?.anomalies.map(({ code }) => code);
    expect(await codesOf('O1')).toEqual(['amount-mismatch', 'contradicted']);
    expect(await codesOf('O2')).toEqual(['amount-mismatch']);
    expect(shown(await reconcile())).toEqual(['O1 payment-differs: before, remains']);
  });

  test('records each currency that the bill names for one order, and says that it still differs', async () => {
    const { orders, memory, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    rows.push(paid('O1', 100), paid('O1', 100, { currency: 'USD' }));

    expect(shown(await reconcile())).toEqual(['O1 payment-missing-here: fact, remains']);
    const kept = await eventIds(memory);
    expect(shown(await reconcile())).toEqual(['O1 payment-differs: before, remains']);
    expect(await eventIds(memory)).toEqual(kept);
  });

  test('records that a payment failed there, and nothing of one that is absent or pending', async () => {
    const { orders, memory, rows, reconcile } = await billWorld();
    for (const orderNo of ['O1', 'O2', 'O3']) await createPaid(orders, orderNo, [100]);
    rows.push(paid('O1', 100, { status: 'failed' }), paid('O2', 100, { status: 'pending' }));

    const first = await reconcile();
    const kept = await eventIds(memory);

    expect(shown(first)).toEqual([
      'O1 payment-missing-there: fact, remains',
      'O2 payment-missing-there: none, remains',
      'O3 payment-missing-there: none, remains',
    ]);
    expect(await orders.get('O1')).toMatchObject({
      state: 'paid',
      anomalies: [{ code: 'contradicted' }],
    });
    expect(shown(await reconcile())[0]).toBe('O1 payment-missing-there: before, remains');
    expect(await eventIds(memory)).toEqual(kept);
  });

  test('never records again what an operator retracted or discarded, and shows it each time', async () => {
    const { orders, memory, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    rows.push(paid('O1', 100), paid('O2', 100));
    await reconcile();
    await orders.retractFact('O1', { revision: 1, evidence: 'of another shop', by: 'li.wei' });
    const [waiting] = await Array.fromAsync(orders.inbox().list({ status: 'waiting' }));
    await orders.inbox().discard(waiting?.noticeId ?? '', { by: 'li.wei', reason: 'as well' });
    const kept = await eventIds(memory);

    for (const record of [true, false, true]) {
      expect(shown(await reconcile({ record }))).toEqual([
        'O1 payment-missing-here: withdrawn, remains',
        'O2 payment-missing-here: withdrawn, remains',
      ]);
    }
    expect(await eventIds(memory)).toEqual(kept);
    await createPaid(orders, 'O2');
    expect(shown(await reconcile())).toContain('O2 payment-missing-here: withdrawn, remains');
    expect((await orders.get('O2'))?.state).toBe('created');
  });

  test('records a payment that a retracted fact of another source named: the bill says it too', async () => {
    const { orders, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    await orders.recordPaymentSucceeded('O1', { transactionNo: 'T1', ...cny(100) });
    await orders.retractFact('O1', { revision: 1, evidence: 'mistyped', by: 'li.wei' });
    rows.push(paid('O1', 100));

    expect(shown(await reconcile())).toEqual(['O1 payment-missing-here: fact']);
    expect((await orders.get('O1'))?.state).toBe('paid');
  });

  test('records nothing where it only looks, and says what stands in the way', async () => {
    const { orders, memory, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    rows.push(paid('O1', 100), paid('O9', 100));
    const before = await eventIds(memory);

    expect(shown(await reconcile({ record: false }))).toEqual([
      'O1 payment-missing-here: none, remains',
      'O9 payment-missing-here: none, remains',
    ]);
    expect(await eventIds(memory)).toEqual(before);
    await reconcile();
    expect(shown(await reconcile({ record: false }))).toEqual([
      'O9 payment-missing-here: before, remains',
    ]);
  });

  test('counts a payment that a question or an operator found as one of unknown amount', async () => {
    const { orders, rows, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    await orders.recordPaymentSucceeded('O1', {});
    await createPaid(orders, 'O2');
    await orders.recordPaymentSucceeded('O2', { transactionNo: 'T1', ...cny(60) });
    await orders.recordPaymentSucceeded('O2', { transactionNo: 'T2', ...cny(40) });
    rows.push(paid('O1', 77), paid('O2', 40), paid('O2', 60));

    expect(await reconcile()).toEqual([]);
  });

  test('says by the time of each payment whether a bill must name it', async () => {
    const { orders, reconcile } = await billWorld();
    await createPaid(orders, 'O1');
    const early = { ...cny(60), occurredAt: '2021-02-01T15:59:59.000Z' };
    await orders.recordPaymentSucceeded('O1', { transactionNo: 'T1', ...early });
    await orders.recordPaymentSucceeded('O1', { transactionNo: 'T2', ...cny(40), occurredAt: at });

    expect(await reconcile()).toMatchObject([{ kind: 'payment-missing-there', here: [cny(40)] }]);
    expect(await reconcile({ from: '2021-02-01', to: '2021-02-01' })).toMatchObject([
      { kind: 'payment-missing-there', here: [cny(60)] },
    ]);
  });
});

describe('reconciling the bill of one of several gateways', () => {
  /** O1 is an order of gateway a, O2 of gateway b. Both asked for 1.00, and neither is paid here. */
  async function twoMerchants() {
    const here = await billWorld();
    const { runtime, memory } = here;
    const open = (options: Partial<OpenOptions>) =>
      openPaymentOrders({ store: memory, runtime, ...options });
    const a = { ...here.gateway, identity: 'APP-A' };
    const b = { ...here.gateway, identity: 'APP-B' };
    const orders = await open({ gateways: { a, b } });
    for (const [orderNo, gateway] of [
      ['O1', 'a'],
      ['O2', 'b'],
    ] as const) {
      await orders.create({ orderNo, processBillNo: 'F1', ...cny(100), gateway });
    }
    const reconcile = async (options: Partial<ReconcileOptions>, by = orders) =>
      shown(await Array.fromAsync(by.reconcile({ ...day, ...options })));
    return { ...here, open, orders, reconcile };
  }

  test('compares the orders of that gateway alone', async () => {
    const { orders, rows, reconcile } = await twoMerchants();
    await orders.recordPaymentSucceeded('O2', { ...cny(100), occurredAt: at });
    rows.push(paid('O1', 100));

    expect(await reconcile({ gateway: 'a' })).toEqual(['O1 payment-missing-here: fact']);
  });

  test('records nothing in an order of another gateway that has the same number', async () => {
    const { orders, memory, rows, reconcile } = await twoMerchants();
    rows.push(paid('O2', 100));
    const before = await eventIds(memory);

    expect(await reconcile({ gateway: 'a' })).toEqual([
      'O2 payment-missing-here: other-gateway, remains',
    ]);
    expect(await eventIds(memory)).toEqual(before);
    expect(await orders.get('O2')).toMatchObject({ state: 'created', payments: [] });
  });

  test('needs its name where the process has several', async () => {
    const { reconcile } = await twoMerchants();
    for (const gateway of [undefined, 'c']) {
      await expect(reconcile({ gateway })).rejects.toMatchObject({
        ...{ code: 'invalid-input', field: 'gateway' },
      });
    }
  });

  test('reads a file by the name alone where the process has no gateway', async () => {
    const { open, reconcile } = await twoMerchants();
    const without = await open({});
    const bill = join(mkdtempSync(join(tmpdir(), 'payment-order-bill-')), 'bill.csv');
    onTestFinished(() => {
      rmSync(dirname(bill), { recursive: true });
    });
    const line = (orderNo: string) => `${orderNo},01,${bizTime},1.00,cny,succeeded`;
    const columns = 'etc_order_no,biz_type,biz_time,amount,currency,status';
    writeFileSync(bill, [columns, line('O1'), line('O2'), ''].join('\n'));

    expect(await reconcile({ bill, gateway: 'b', record: false }, without)).toEqual([
      'O1 payment-missing-here: other-gateway, remains',
      'O2 payment-missing-here: none, remains',
    ]);
    expect(await reconcile({ bill, record: false }, without)).toEqual([
      'O1 payment-missing-here: none, remains',
      'O2 payment-missing-here: none, remains',
    ]);
  });
});
