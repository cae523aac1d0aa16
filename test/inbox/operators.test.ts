import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/text.ts';
import { inboxWorld, order, orderNo, payment, vouchedBy } from './world.ts';

describe('an order that cannot take the fact', () => {
  test('leaves the notice held, until an operator leads it elsewhere', async () => {
    const { orders, inbox, memory } = await inboxWorld();
    await orders.create(order);
    await orders.create({ ...order, orderNo: 'O2' });
    const last = await memory.readLast(`paymentOrder-${orderNo}`);
    if (last === null) throw new TypeError('it was created');
    // What another version wrote cannot be folded.
    const unknown = { ...last, id: crypto.randomUUID(), type: 'OfTheFuture' };
    await memory.append(`paymentOrder-${orderNo}`, [unknown], 0);

    const { noticeId, ...held } = await inbox.receive({ body: payment, vouchedBy });
    const retried = await inbox.retry(noticeId, { by: 'li', orderNo: 'O2' });

    expect(held).toMatchObject({
      ...{ status: 'held', code: 'refused' },
      problem: 'order O1 cannot take the fact (unknown-event-type)',
    });
    expect(retried).toMatchObject({ status: 'applied', orderNo: 'O2' });
    expect((await orders.get('O2'))?.state).toBe('paid');
  });
});

describe('an operator', () => {
  test('discards a notice with a reason, and its repeats stay discarded', async () => {
    const { inbox } = await inboxWorld();
    const { noticeId } = await inbox.receive({ body: 'x', vouchedBy });

    const receipt = await inbox.discard(noticeId, { by: 'li', reason: 'of another service' });
    const again = await inbox.discard(noticeId, { by: 'li', reason: 'again' });
    const repeated = await inbox.receive({ body: 'x', vouchedBy });

    expect(receipt).toMatchObject({ kind: 'accepted', status: 'discarded', code: null });
    expect(again).toEqual({ ...receipt, kind: 'duplicate' });
    expect(repeated).toEqual({ ...receipt, kind: 'duplicate' });
  });

  test('does not discard the true notice with the one that nobody vouched for', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    const { noticeId } = await inbox.receive({ body: payment });
    await inbox.discard(noticeId, { by: 'li', reason: 'from a stranger' });

    const receipt = await inbox.receive({ body: payment, vouchedBy });

    expect(receipt).toMatchObject({ kind: 'duplicate', status: 'applied' });
  });

  test('cannot discard what is applied', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    const { noticeId } = await inbox.receive({ body: payment, vouchedBy });

    const receipt = await inbox.discard(noticeId, { by: 'li', reason: 'wrong order' });

    expect(receipt).toMatchObject({ kind: 'rejected', status: 'applied' });
  });

  test('brings a discarded notice back', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    const { noticeId } = await inbox.receive({ body: '{"refunded":"R1"}', vouchedBy });
    await inbox.discard(noticeId, { by: 'li', reason: 'unknown' });

    const receipt = await inbox.retry(noticeId, { by: 'li', orderNo });

    expect(receipt).toMatchObject({ kind: 'accepted', status: 'applied', orderNo });
  });

  test.each(['retry', 'discard'] as const)(
    'is told where there is nothing to %s',
    async (method) => {
      const { inbox } = await inboxWorld();
      const id = sha256('never came');
      const done =
        method === 'retry'
          ? inbox.retry(id, { by: 'li' })
          : inbox.discard(id, { by: 'li', reason: 'x' });

      await expect(done).rejects.toMatchObject({ code: 'notice-not-found' });
      expect(await inbox.get(id)).toBeNull();
    },
  );
});
