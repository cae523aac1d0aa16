import { describe, expect, test } from 'vitest';
import { billNotice } from '../../src/inbox/bill-notice.ts';
import { parseNotice } from '../../src/inbox/input.ts';
import { appendToNotice } from '../../src/inbox/notice.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { sha256 } from '../../src/text.ts';
import { storedBody } from '../../src/inbox/body.ts';
import { inboxWorld, openInbox, order, orderNo, translate } from './world.ts';

const notice = billNotice({
  ...{ orderNo, type: 'PaymentSucceeded' },
  fact: { occurredAt: '2021-02-02T04:00:00.000Z', amountMinor: 12_800, currency: 'CNY' },
});
const noticeId = sha256(notice.body);

/** As a process leaves it that dies when it has kept the notice. */
async function keptAlone() {
  const { runtime, memory } = await inboxWorld();
  const { bytes, delivery } = parseNotice(notice);
  const body = storedBody(bytes);
  const received = { type: 'NoticeReceived', body, bytes: bytes.length, delivery } as const;
  await appendToNotice({ store: memory, runtime }, noticeId, received);
  return { runtime, memory };
}

describe('a notice that a bill made', () => {
  test('is the same whatever the order of its fields is', () => {
    const again = billNotice({
      ...{ orderNo, type: 'PaymentSucceeded' },
      fact: { currency: 'CNY', occurredAt: '2021-02-02T04:00:00.000Z', amountMinor: 12_800 },
    });
    expect(again.body).toBe(notice.body);
    expect(notice.body).toBe(
      '{"bill":1,"orderNo":"O1","type":"PaymentSucceeded","fact":{"amountMinor":12800,' +
        '"currency":"CNY","occurredAt":"2021-02-02T04:00:00.000Z"}}',
    );
  });

  test.each([
    [
      'a process with a translator of its own',
      () => ({ kind: 'unreadable', problem: 'x' }) as const,
    ],
    ['a process without a translator', undefined],
  ])('is applied after a crash by %s', async (_who, translate) => {
    const { runtime, memory } = await keptAlone();
    const { orders, inbox } = await openInbox(memory, runtime, translate && { translate });
    await orders.create(order);
    expect(await orders.recoverOnce({ only: 'notices' })).toMatchObject({
      notices: { waiting: 1, applied: 1 },
    });
    expect((await orders.get(orderNo))?.state).toBe('paid');
    expect(await inbox.get(noticeId)).toMatchObject({ status: 'applied', source: 'bill' });
  });

  test('is led to another order by an operator, and asks no translator then', async () => {
    const { runtime, memory } = await keptAlone();
    const { orders, inbox } = await openInbox(memory, runtime);
    await orders.create({ ...order, orderNo: 'O2' });
    const receipt = await inbox.retry(noticeId, { by: 'li.wei', orderNo: 'O2' });
    expect(receipt).toMatchObject({ status: 'applied', applied: { orderNo: 'O2' } });
  });

  test.each([
    ['with', (orders: PaymentOrders) => orders.inbox({ translate })],
    ['without', (orders: PaymentOrders) => orders.inbox()],
  ])('is applied although a stranger posted its body first, %s a translator', async (_, open) => {
    const { orders } = await inboxWorld();
    await orders.create(order);
    const inbox = open(orders);
    const strangers = await inbox.receive({ body: notice.body });
    await inbox.discard(strangers.noticeId, { by: 'li.wei', reason: 'nobody vouches for it' });
    expect(await inbox.receive(notice)).toMatchObject({ status: 'applied', vouchedBy: 'bill' });
  });

  test('is left to the translator where it only looks like one', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    for (const [given, code] of [
      [{ ...notice, source: 'notice' }, 'unreadable'],
      [{ ...notice, body: `${notice.body} `, vouchedBy: undefined }, 'unreadable'],
      [{ ...notice, body: '{"bill":2}' }, 'unreadable'],
      [{ ...notice, body: 'no JSON' }, 'unreadable'],
    ] as const) {
      expect(await inbox.receive(given)).toMatchObject({ status: 'held', code });
    }
    expect((await orders.get(orderNo))?.state).toBe('created');
  });

  test('is held where it tells what no order can know', async () => {
    const { inbox } = await inboxWorld();
    for (const part of ['"currency"', '"PaymentSucceeded"', '"O1"']) {
      const body = notice.body.replace(part, part.replace('"', '"../'));
      expect(await inbox.receive({ ...notice, body })).toMatchObject({ code: 'unreadable' });
    }
  });
});
