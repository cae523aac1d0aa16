import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import type { Translation } from '../../src/inbox/types.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { scriptedGateway } from '../../src/testing/scripted-gateway.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { order, orderNo, orderTypes } from './world.ts';

const amount = { amountMinor: 12_800, currency: 'CNY' };
const body = JSON.stringify({ kind: 'fact', orderNo, type: 'PaymentSucceeded', fact: amount });
const translate = (notice: { readonly body: string }) => JSON.parse(notice.body) as Translation;
const other = { ...order, orderNo: 'O2' };
const confirmed: QueryAnswer = { status: 'succeeded', rule: 'succeeded', amount: '128.00' };

/** Two orders and a notice for the first one that nothing vouches for; recovery asks about it. */
async function asking(
  status: (question: number) => Promise<QueryAnswer>,
  isDead: (type: string) => boolean = () => false,
) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  const store = withWays(memory, {
    append: (stream, events, expected) =>
      events.some(({ type }) => isDead(type))
        ? new Promise<never>(() => undefined)
        : memory.append(stream, events, expected),
  });
  const gateway = scriptedGateway(memory, () => Promise.reject(new Error('no call')), status);
  const open = async (of = memory) => {
    const orders = await openPaymentOrders({ store: of, runtime, gateway });
    return { orders, inbox: orders.inbox({ translate }) };
  };
  const { orders, inbox } = await open(store);
  await orders.create(order);
  await orders.create(other);
  const { noticeId } = await inbox.receive({ body });
  await orders.startRecovery({ only: 'notices' });
  return { runtime, memory, orders, inbox, noticeId, open };
}

const facts = ['PaymentOrderCreated', 'PaymentOrderCreated', 'StatusReported', 'PaymentSucceeded'];

describe('a confirmed notice whose process died between the fact and the mark', () => {
  const dead = async () => {
    let answer = confirmed;
    const first = await asking(
      () => Promise.resolve(answer),
      (type) => type === 'NoticeApplied',
    );
    await first.runtime.advance(6_000);
    answer = { status: 'unavailable', rule: 'call-disabled' };
    expect(await orderTypes(first.memory)).toEqual(facts);
    return { ...first, ...(await first.open()) };
  };

  test('is applied by recovery, and the platform is not asked again', async () => {
    const { orders, inbox, noticeId, memory } = await dead();
    await orders.recoverOnce({ only: 'notices' });
    expect(await inbox.get(noticeId)).toMatchObject({
      ...{ status: 'applied', vouchedBy: 'payment.order.query' },
      applied: { orderNo, kind: 'accepted' },
    });
    expect(await orderTypes(memory)).toEqual(facts);
  });

  test('is not discarded', async () => {
    const { inbox, noticeId } = await dead();
    const receipt = await inbox.discard(noticeId, { by: 'li', reason: 'unknown sender' });
    expect(receipt).toMatchObject({ kind: 'rejected', status: 'applied' });
  });

  test('is not led to another order', async () => {
    const { orders, inbox, noticeId } = await dead();
    const to = { by: 'li', vouchedBy: 'bill', orderNo: other.orderNo };
    expect(await inbox.retry(noticeId, to)).toMatchObject({ kind: 'duplicate', status: 'applied' });
    expect((await orders.get(other.orderNo))?.state).toBe('created');
  });
});

describe('a notice that an operator decides about while it is asked about', () => {
  const meanwhile = async () => {
    let answer: (given: QueryAnswer) => void = () => undefined;
    const first = await asking(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    await first.runtime.advance(5_100);
    const go = async () => {
      answer(confirmed);
      await first.runtime.advance(60_000);
    };
    return { ...first, go };
  };

  test('stays discarded', async () => {
    const { orders, inbox, noticeId, memory, go } = await meanwhile();
    await inbox.discard(noticeId, { by: 'li', reason: 'unknown sender' });
    await go();
    expect((await inbox.get(noticeId))?.status).toBe('discarded');
    // What the platform said itself counts.
    expect((await orders.get(orderNo))?.state).toBe('paid');
    expect(await orderTypes(memory)).toEqual(facts.slice(0, 3));
  });

  test('is applied to the order that the operator named, and to no other', async () => {
    const { orders, inbox, noticeId, go } = await meanwhile();
    await inbox.retry(noticeId, { by: 'li', vouchedBy: 'bill', orderNo: other.orderNo });
    await go();
    expect(await inbox.get(noticeId)).toMatchObject({
      ...{ status: 'applied', applied: { orderNo: other.orderNo } },
    });
    const types = (await orders.history(orderNo)).map(({ type }) => type);
    expect(types).toEqual(['PaymentOrderCreated', 'StatusReported']);
  });
});
