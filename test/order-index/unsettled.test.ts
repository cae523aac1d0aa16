import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import type { UnsettledNotice } from '../../src/order-index/types.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { bodyOf, inboxWorld, order, orderNo, payment, vouchedBy } from '../inbox/world.ts';

const seed = 4_207;
const by = 'li.wei';

/** Bodies that come to every standing: applied, waiting for an order, unreadable, unvouched. */
const bodies = [payment, bodyOf('T2', 'O9'), '{', bodyOf('T3', 'O8'), '"no"', bodyOf('T4')];

async function allUnsettled(orders: PaymentOrders, limit: number): Promise<UnsettledNotice[]> {
  const all: UnsettledNotice[] = [];
  for (let after: string | undefined; ;) {
    const { notices, cursor } = await orders.unsettledNotices({ limit, after });
    all.push(...notices);
    if (cursor === null) return all;
    after = cursor;
  }
}

describe('the notices that nobody settled', () => {
  test('are those of the inbox that wait or are held, the oldest first, page by page', async () => {
    const step = fc.record({
      at: fc.nat(bodies.length - 1),
      act: fc.constantFrom('receive', 'receive', 'receive unvouched', 'retry', 'discard'),
      passedMs: fc.constantFrom(0, 1, 60_000),
    });
    const steps = fc.array(step, { minLength: 1, maxLength: 12 });
    const seen = new Set<string>();
    const property = fc.asyncProperty(
      steps,
      fc.integer({ min: 1, max: 3 }),
      async (given, limit) => {
        const { runtime, orders, inbox } = await inboxWorld();
        await orders.create(order);
        for (const { at, act, passedMs } of given) {
          await runtime.advance(passedMs);
          const body = bodies[at] ?? '';
          const ids = await Array.fromAsync(inbox.noticeIds());
          const id = ids[at];
          if (act.startsWith('receive')) {
            await inbox.receive(act === 'receive' ? { body, vouchedBy } : { body });
          } else if (id !== undefined && act === 'retry') await inbox.retry(id, { by });
          else if (id !== undefined) await inbox.discard(id, { by, reason: 'a test' });
        }
        const found = await allUnsettled(orders, limit);
        const views = await Array.fromAsync(inbox.list());
        const wanted = views.filter(({ status }) => status === 'waiting' || status === 'held');
        const place = ({ since, noticeId }: UnsettledNotice) => `${since} ${noticeId}`;
        expect(found).toEqual(found.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)));
        const named = found.map(({ noticeId, status }) => [noticeId, status]).toSorted();
        expect(named).toEqual(wanted.map(({ noticeId, status }) => [noticeId, status]).toSorted());
        const { notices } = await orders.countAttention();
        expect(notices).toEqual({
          waiting: found.filter(({ status }) => status === 'waiting').length,
          held: found.filter(({ status }) => status === 'held').length,
          since: found[0]?.since ?? null,
        });
        for (const { status } of found) seen.add(status);
        await orders.close();
      },
    );
    await fc.assert(property, { numRuns: 60, seed });
    expect([...seen].toSorted()).toEqual(['held', 'waiting']);
  });

  test('can be asked for by whom they wait for', async () => {
    // given: one that waits for its order, and one that nobody can read
    const { orders, inbox } = await inboxWorld();
    await inbox.receive({ body: bodyOf('T1', orderNo), vouchedBy });
    await inbox.receive({ body: '{', vouchedBy });
    // when
    const [held, waiting] = await Promise.all([
      orders.unsettledNotices({ status: 'held' }),
      orders.unsettledNotices({ status: 'waiting' }),
    ]);
    // then
    expect(held.notices.map(({ status }) => status)).toEqual(['held']);
    expect(waiting.notices.map(({ status }) => status)).toEqual(['waiting']);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['a standing that is settled', 'status', { status: 'applied' }],
    ['a page of nothing', 'limit', { limit: 0 }],
    ['a page of too much', 'limit', { limit: 1_001 }],
    ['a cursor that nobody gave', 'after', { after: 'x' }],
    ['an unknown field', 'colour', { colour: 'red' }],
  ])('refuses %s by the name of the field', async (_, field, options) => {
    await using orders = await openPaymentOrders({ store: 'memory:' });
    await expect(orders.unsettledNotices(options)).rejects.toMatchObject({
      ...{ code: 'invalid-input', field },
    });
  });
});
