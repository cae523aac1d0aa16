import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/text.ts';
import {
  inboxWorld,
  noticeTypes,
  order,
  orderNo,
  orderTypes,
  payment,
  vouchedBy,
} from './world.ts';

describe('a notice that is vouched for', () => {
  test('becomes a fact that names it', async () => {
    const { orders, inbox, memory } = await inboxWorld();
    await orders.create(order);

    const receipt = await inbox.receive({ body: payment, vouchedBy, source: 'platform' });

    const noticeId = sha256(payment);
    const [, fact] = await orders.history(orderNo);
    expect(fact).toMatchObject({
      type: 'PaymentSucceeded',
      metadata: { noticeId, vouchedBy, source: 'platform' },
    });
    expect(receipt).toMatchObject({
      ...{ kind: 'accepted', noticeId, status: 'applied', code: null, problem: null, orderNo },
      applied: { orderNo, kind: 'accepted', revision: 1, hash: fact?.metadata.hash, vouchedBy },
    });
    expect(await noticeTypes(memory)).toEqual(['NoticeReceived', 'NoticeApplied']);
    expect((await orders.get(orderNo))?.state).toBe('paid');
  });

  test('is applied once, however often it comes', async () => {
    const { orders, inbox, memory } = await inboxWorld();
    await orders.create(order);
    const first = await inbox.receive({ body: payment, vouchedBy });

    const again = await inbox.receive({ body: Buffer.from(payment) });

    expect(again).toEqual({ ...first, kind: 'duplicate' });
    expect(await orderTypes(memory)).toEqual(['PaymentOrderCreated', 'PaymentSucceeded']);
  });

  test('is marked as a duplicate where the order knows its fact', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    const { revision, hash } = await orders.startPayment(orderNo, {
      actor: { kind: 'x', id: 'x' },
    });

    const { status, applied } = await inbox.receive({ body: payment, vouchedBy });

    expect({ status, applied }).toEqual({
      status: 'applied',
      applied: { orderNo, kind: 'duplicate', revision, hash, vouchedBy },
    });
  });

  test('waits for its order, which finds it when it is created', async () => {
    const { orders, inbox, memory } = await inboxWorld();
    const { status, problem } = await inbox.receive({ body: payment, vouchedBy });

    const receipt = await orders.create(order);

    expect({ status, problem }).toEqual({
      status: 'waiting',
      problem: 'order O1 does not exist yet',
    });
    expect(receipt.order.state).toBe('paid');
    expect(receipt).toMatchObject({ kind: 'accepted', revision: 1, hash: receipt.order.hash });
    expect((await inbox.get(sha256(payment)))?.status).toBe('applied');
    expect(await noticeTypes(memory)).toEqual(['NoticeReceived', 'NoticeWaits', 'NoticeApplied']);
  });
});

describe('a notice that nothing vouches for', () => {
  test('changes no order, and needs attention', async () => {
    const { orders, inbox, memory } = await inboxWorld();
    await orders.create(order);

    const receipt = await inbox.receive({ body: payment });

    expect(receipt).toMatchObject({ status: 'held', code: 'unvouched', orderNo, vouchedBy: null });
    expect(await orderTypes(memory)).toEqual(['PaymentOrderCreated']);
    expect(await Array.fromAsync(inbox.list({ attention: true }))).toHaveLength(1);
  });

  test.each([{ vouchedBy }, { signature: 'genuine' }])(
    'does not block its true sender, who comes with %o',
    async (brought) => {
      const { orders, inbox } = await inboxWorld();
      await orders.create(order);
      await inbox.receive({ body: payment });

      const receipt = await inbox.receive({ body: payment, ...brought });

      expect(receipt).toMatchObject({ kind: 'duplicate', status: 'applied' });
      expect((await orders.get(orderNo))?.state).toBe('paid');
    },
  );

  test('is applied where an operator vouches for it, who is named with the fact', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    const { noticeId } = await inbox.receive({ body: payment });

    const kept = await inbox.retry(noticeId, { by: 'li.wei' });
    const receipt = await inbox.retry(noticeId, { by: 'li.wei', vouchedBy: 'bill of Monday' });

    expect(kept).toMatchObject({ status: 'held', code: 'unvouched' });
    expect(receipt).toMatchObject({ kind: 'accepted', status: 'applied' });
    expect((await orders.history(orderNo)).at(-1)?.metadata).toMatchObject({
      actor: { kind: 'operator', id: 'li.wei' },
      vouchedBy: 'bill of Monday',
      noticeId,
    });
  });
});

describe('a forged notice', () => {
  test.each([{ vouchedBy }, {}])('is kept and never applied, with %o', async (brought) => {
    const { orders, inbox, memory } = await inboxWorld();
    await orders.create(order);

    const receipt = await inbox.receive({ body: payment, signature: 'forged', ...brought });
    const retried = await inbox.retry(receipt.noticeId, { by: 'li', vouchedBy: 'I do' });

    expect(receipt).toMatchObject({ status: 'held', code: 'forged', vouchedBy: null });
    expect(retried).toMatchObject({ status: 'held', code: 'forged' });
    expect(await orderTypes(memory)).toEqual(['PaymentOrderCreated']);
  });

  test('does not block the true one, and forged repeats store nothing', async () => {
    const { orders, inbox, memory } = await inboxWorld();
    await orders.create(order);
    await inbox.receive({ body: payment, signature: 'forged' });
    const before = await noticeTypes(memory);

    for (let index = 0; index < 5; index += 1) {
      await inbox.receive({ body: payment, signature: `forged-${index}`, vouchedBy });
    }
    const repeated = await noticeTypes(memory);
    const receipt = await inbox.receive({ body: payment, signature: 'genuine' });

    expect(repeated).toEqual(before);
    expect(receipt).toMatchObject({ status: 'applied', vouchedBy: 'key-1' });
  });
});
