import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { sha256 } from '../../src/text.ts';
import { withWays } from '../event-store/with-ways.ts';
import { inboxWorld, noticeTypes, openInbox, order, orderNo } from './world.ts';
import { payment, translate, vouchedBy } from './world.ts';

const withoutMarks = (memory: EventStore) =>
  withWays(memory, {
    append: (stream, batch, expected) =>
      batch.some(({ type }) => type === 'NoticeApplied')
        ? Promise.reject(new TypeError('it died'))
        : memory.append(stream, batch, expected),
  });

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

  test('does not lead a notice elsewhere that its order already holds', async () => {
    const { orders, memory, runtime } = await inboxWorld();
    await orders.create(order);
    await orders.create({ ...order, orderNo: 'O2' });
    const dead = await openInbox(memory, runtime, { store: withoutMarks });
    // It dies between the fact and the mark that says so.
    await expect(dead.inbox.receive({ body: payment, vouchedBy })).rejects.toThrow('it died');

    const { inbox } = await openInbox(memory, runtime);
    const receipt = await inbox.retry(sha256(payment), { by: 'li', orderNo: 'O2' });

    expect(receipt).toMatchObject({ kind: 'duplicate', status: 'applied', orderNo });
    expect((await orders.get('O2'))?.state).toBe('created');
  });

  test('cannot vouch for a forged notice, whatever translator reads it again', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    const forged = { body: payment, vouchedBy, signature: 'forged' };
    const { noticeId } = await inbox.receive(forged);
    // It knows the format and no signatures.
    const blind = orders.inbox({
      translate: (notice) => translate({ ...notice, signature: undefined }),
    });

    const receipt = await blind.retry(noticeId, { by: 'li', vouchedBy: 'li' });
    const again = await blind.receive(forged);
    const trueOne = await blind.receive({ body: payment, vouchedBy });

    expect([receipt, again]).toMatchObject([
      { status: 'held', code: 'forged', vouchedBy: null },
      { status: 'held', code: 'forged', vouchedBy: null },
    ]);
    expect(trueOne).toMatchObject({ status: 'applied' });
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

describe('an operator who saw a revision of a notice', () => {
  const moved = (revision: number) => ({ code: 'revision-moved', revision });
  const held = async () => {
    const here = await inboxWorld();
    await here.orders.create(order);
    const { noticeId } = await here.inbox.receive({ body: payment });
    const seen = (await here.inbox.get(noticeId))?.events.at(-1)?.revision;
    return { ...here, noticeId, seen };
  };

  test('tries it again while that is the last one', async () => {
    const { inbox, noticeId, seen } = await held();

    const receipt = await inbox.retry(noticeId, { by: 'li', vouchedBy: 'bill', ifRevision: seen });

    expect(receipt).toMatchObject({ kind: 'accepted', status: 'applied' });
  });

  test('does not undo what another one did meanwhile, and nothing is recorded', async () => {
    const { inbox, memory, noticeId, seen } = await held();
    await inbox.discard(noticeId, { by: 'wang', reason: 'a test', ifRevision: seen });
    const types = await noticeTypes(memory);

    const retried = inbox.retry(noticeId, { by: 'li', vouchedBy: 'bill', ifRevision: seen });
    const discarded = inbox.discard(noticeId, { by: 'li', reason: 'spam', ifRevision: seen });

    await expect(retried).rejects.toMatchObject(moved(2));
    await expect(discarded).rejects.toMatchObject(moved(2));
    expect(await noticeTypes(memory)).toEqual(types);
  });

  test('sees that it moved, where looking at it again led further than what was seen', async () => {
    const { orders, inbox } = await inboxWorld();
    const { noticeId } = await inbox.receive({ body: payment, vouchedBy });
    const seen = (await inbox.get(noticeId))?.events.at(-1)?.revision;
    await orders.create(order);

    const discarded = inbox.discard(noticeId, { by: 'li', reason: 'x', ifRevision: seen });

    await expect(discarded).rejects.toMatchObject({ code: 'revision-moved' });
    expect((await inbox.get(noticeId))?.status).toBe('applied');
  });

  test('of two at once acts alone', async () => {
    const { inbox, memory, noticeId, seen } = await held();

    const both = await Promise.allSettled([
      inbox.discard(noticeId, { by: 'li', reason: 'x', ifRevision: seen }),
      inbox.retry(noticeId, { by: 'wang', vouchedBy: 'bill', ifRevision: seen }),
    ]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const types = await noticeTypes(memory);
    expect(types.filter((type) => /Discarded|Retried/.test(type))).toHaveLength(1);
  });

  test('gives a whole number that a stream can have', async () => {
    const { inbox, noticeId } = await held();

    for (const ifRevision of [-1, 0.5, Number.NaN]) {
      await expect(inbox.retry(noticeId, { by: 'li', ifRevision })).rejects.toMatchObject({
        ...{ code: 'invalid-input', field: 'ifRevision' },
      });
    }
  });
});
