import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentOrders } from 'payment-order-machine';
import type { OnFailure } from '../fact-inbox.ts';
import { openFactInbox } from '../fact-inbox.ts';
import { KeptFacts } from '../kept-facts.ts';
import type { TestService } from './in-process.ts';
import { newTestService, provider } from './in-process.ts';

const order = (orderNo: string) => ({ orderNo, processBillNo: 'F1' });
const paid = (orderNo: string) => ({
  ...{ type: 'payment.succeeded' as const, orderNo },
  ...{ noticeNo: `n-${orderNo}`, transactionNo: 'T1' },
});

let service: TestService;
beforeEach(() => {
  service = newTestService();
});
afterEach(async () => {
  await service.remove();
});

/** Changes the file as damage, or another version of the service, might. */
function change(file: string, ...statements: readonly string[]): void {
  const database = new DatabaseSync(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

const insert = (key: string, fact: string) =>
  `INSERT INTO kept_facts (key, order_no, fact) VALUES ('${key}', 'O1', ${fact})`;

/** What a row may hold that this version cannot read. */
const unreadable = [
  insert('not JSON', `'{"type":"payment.succeeded","orderNo":"O1"'`),
  insert('empty', `''`),
  insert('another version', `'{"type":"payment.reversed","orderNo":"O1","noticeNo":"n9"}'`),
  insert('not UTF-8', `CAST(x'ff00fe' AS TEXT)`),
  insert('deep', `replace(hex(zeroblob(100000)), '0', '[')`),
  insert('of a bad value', `'{"type":"payment.failed","orderNo":"O1","noticeNo":"n 9"}'`),
];

const keysIn = (file: string) => {
  const kept = new KeptFacts(file);
  const keys = Array.from(kept.all(), ({ key }) => key);
  kept.close();
  return keys;
};

describe('a kept fact that cannot be read', () => {
  const noticed = (orderNo: string) =>
    service.send('POST', '/webhooks/payments', { token: provider, body: paid(orderNo) });

  test('stays, and keeps neither the service nor other facts from their orders', async () => {
    await noticed('O1');
    change(service.keptFile, 'UPDATE kept_facts SET rowid = 1000', ...unreadable);
    await using another = await openPaymentOrders({ store: service.store });
    await another.create({ ...order('O1'), actor: { kind: 'customer', id: 'u-7' } });

    await service.restart();

    expect((await service.send('GET', '/orders/O1')).body).toMatchObject({ state: 'paid' });
    expect(keysIn(service.keptFile)).toHaveLength(unreadable.length);
  });

  test('does not break the creation of its order', async () => {
    await noticed('O1');
    change(service.keptFile, ...unreadable);

    const created = await service.send('POST', '/orders', { key: 'k1', body: order('O1') });

    expect(created).toMatchObject({ status: 201, body: { order: { state: 'paid' } } });
    expect(keysIn(service.keptFile)).toHaveLength(unreadable.length);
  });

  test('is reported with its key, and without its text', async () => {
    await noticed('O2');
    change(service.keptFile, ...unreadable);
    await using orders = await openPaymentOrders({ store: 'memory:' });
    await orders.create(order('O1'));
    const reported: { readonly key: string | undefined; readonly text: string }[] = [];
    const onFailure: OnFailure = (error, fact) =>
      reported.push({ key: fact?.key, text: String(error) });
    const kept = new KeptFacts(service.keptFile);

    await openFactInbox(orders, kept, onFailure).deliverAll();

    kept.close();
    expect(reported.map(({ key }) => key)).toEqual([
      'not JSON',
      'empty',
      'another version',
      'not UTF-8',
      'deep',
      'of a bad value',
    ]);
    for (const { text } of reported) expect(text).not.toMatch(/n9|reversed/);
  });
});

test('kept facts that cannot be read at all are reported, and nothing is thrown', async () => {
  await using orders = await openPaymentOrders({ store: 'memory:' });
  await service.send('GET', '/health');
  const kept = new KeptFacts(service.keptFile);
  const reported: unknown[] = [];
  const inbox = openFactInbox(orders, kept, (_, fact) => reported.push(fact));
  kept.close();

  await inbox.deliverAll();

  expect(await inbox.deliverTo('O1')).toBe(false);
  expect(reported).toEqual([null, null]);
});

test('more kept facts than are read at once are all delivered', async () => {
  const orderNos = Array.from({ length: 250 }, (_, index) => `O${index}`);
  await service.send('GET', '/health');
  const kept = new KeptFacts(service.keptFile);
  for (const orderNo of orderNos) kept.keep(paid(orderNo));
  await using orders = await openPaymentOrders({ store: 'memory:' });
  for (const orderNo of orderNos) if (orderNo !== 'O7') await orders.create(order(orderNo));

  await openFactInbox(orders, kept, () => undefined).deliverAll();

  expect(Array.from(kept.all(), ({ orderNo }) => orderNo)).toEqual(['O7']);
  kept.close();
});

test('an order whose history is damaged keeps neither the service nor other facts from theirs', async () => {
  for (const orderNo of ['O1', 'O2']) {
    await service.send('POST', '/orders', { key: `create-${orderNo}`, body: order(orderNo) });
  }
  const kept = new KeptFacts(service.keptFile);
  for (const orderNo of ['O1', 'O2']) kept.keep(paid(orderNo));
  kept.close();
  const file = service.store.slice('sqlite:'.length);
  change(file, `UPDATE events SET data = '{' WHERE stream = 'paymentOrder-O1'`);

  await service.restart();

  expect((await service.send('GET', '/orders/O1')).status).toBe(500);
  expect((await service.send('GET', '/orders/O2')).body).toMatchObject({ state: 'paid' });
  expect(keysIn(service.keptFile)).toHaveLength(1);
});
