import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawNotices } from '../../src/cli/raw-notices.ts';
import { openPaymentOrders } from '../../src/index.ts';
import type { Translate } from '../../src/index.ts';
import { sha256 } from '../../src/text.ts';
import { aHistory } from '../timeline/histories.ts';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

const body = '{"etc_biz_no":"O1","msg":"CANARY-payer"}';
const noticeId = sha256(body);

const translate: Translate = () => ({
  ...{ kind: 'fact', orderNo: 'O1', type: 'PaymentDeclined', fact: { code: '余额不足' } },
});

let here: Desk;

beforeAll(async () => {
  here = desk();
  here.env['PAYMENT_ORDER_STORE'] = 'sqlite:orders.db';
  await here.run('create', 'O1', '--process-bill-no', 'F1');
  await using orders = await openPaymentOrders({ store: `sqlite:${here.path('orders.db')}` });
  const received = await orders.inbox({ translate }).receive({ body, vouchedBy: 'mTLS bank' });
  expect(received).toMatchObject({ status: 'applied' });
});

afterAll(() => here.remove());

describe('a package of an order with a notice', () => {
  test('withholds the raw notice unless it is asked for', async () => {
    const written = await here.json('export', 'O1', '--bundle', 'plain');
    expect(written).toMatchObject({ code: 0 });
    expect(written.body).not.toHaveProperty('missing');
    expect(here.has(`plain/notice-${noticeId}.txt`)).toBe(false);
    expect(readFileSync(here.path('plain/timeline.csv'), 'utf8')).toContain(noticeId);
  });

  test('holds it byte for byte with --with-notices, and proves it without the store', async () => {
    const written = await here.run('export', 'O1', '--bundle', 'whole', '--with-notices');
    expect(written).toMatchObject({ code: 0 });
    expect(written.stdout).toContain('1 notice included\n');
    expect(readFileSync(here.path(`whole/notice-${noticeId}.txt`), 'utf8')).toBe(body);
    const verified = await here.run('verify', '--bundle', 'whole', '--store', 'sqlite:absent.db');
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toContain(`notice ${noticeId}: the body matches the id in an event\n`);
  });

  test('is replaced by another export, notices and all', async () => {
    await here.run('export', 'O1', '--bundle', 'twice', '--with-notices');
    const again = await here.run('export', 'O1', '--bundle', 'twice', '--force');
    expect(again).toMatchObject({ code: 0 });
    expect(here.has(`twice/notice-${noticeId}.txt`)).toBe(false);
  });

  test.each([
    ['--html', 'o1.html', '--with-notices'],
    ['--bundle', 'other', '--with-notices', '--redact', 'reason'],
  ])('is refused as wrong usage with %s %s %s', async (...args) => {
    const refused = await here.run('export', 'O1', ...args);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--with-notices');
  });
});

test('a notice that the store does not hold hinders no other one', async () => {
  const elsewhere = sha256('of another store');
  const events = aHistory([
    ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
    ['PaymentDeclined', {}, 'created', { metadata: { noticeId: elsewhere } }],
    ['PaymentDeclined', {}, 'created', { metadata: { noticeId } }],
    ['PaymentDeclined', {}, 'created', { metadata: { noticeId: 'altered' } }],
  ]);
  await using orders = await openPaymentOrders({ store: 'memory:' });
  await orders.inbox({ translate }).receive({ body });
  const { bodies, missing } = await rawNotices(orders, events);
  expect([...bodies.keys()]).toEqual([noticeId]);
  expect(missing).toEqual([elsewhere, 'altered']);
});
