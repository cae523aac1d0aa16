import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import type { Translation } from '../../src/inbox/types.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { scriptedGateway } from '../../src/testing/scripted-gateway.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { noticeTypes, order, orderNo, orderTypes, translate as translateOfHouse } from './world.ts';

const amount = { amountMinor: 12_800, currency: 'CNY' };

/** A translator of notices that say everything in their body. */
const translate = ({ body }: { readonly body: string }): Translation =>
  JSON.parse(body) as Translation;

const bodyOf = (type: string, fact: object = {}, ofOrder = orderNo) =>
  JSON.stringify({ kind: 'fact', orderNo: ofOrder, type, fact });

const paid = bodyOf('PaymentSucceeded', amount);

/** An inbox over a gateway that can be asked; recovery runs. */
async function asking(status: (question: number) => QueryAnswer) {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const gateway = scriptedGateway(
    store,
    () => Promise.reject(new Error('no call')),
    (question) => Promise.resolve(status(question)),
  );
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const orders = await openPaymentOrders({ store, runtime, gateway, onError });
  await orders.create(order);
  const inbox = orders.inbox({ translate });
  await orders.startRecovery();
  return { runtime, store, gateway, errors, orders, inbox };
}

const told = (status: QueryAnswer['status'], more: Partial<QueryAnswer> = {}): QueryAnswer => ({
  ...{ status, rule: status },
  ...more,
});

describe('a notice that nothing vouches for', () => {
  test.each([
    ['a payment', paid, 'succeeded', 'paid'],
    ['a failure', bodyOf('PaymentFailed', { code: 'E1' }), 'failed', 'failed'],
    ['a close', bodyOf('ClosedAtGateway', { cause: 'expired' }), 'canceled', 'cancelled'],
  ] as const)(
    'is applied once the platform confirms it: %s',
    async (_what, body, status, state) => {
      const { runtime, orders, inbox, gateway } = await asking(() =>
        told(status, status === 'succeeded' ? { amount: '128.00' } : {}),
      );
      const receipt = await inbox.receive({ body });
      expect(receipt).toMatchObject({ status: 'waiting', vouchedBy: null });
      expect(gateway.questions).toEqual([]);
      await runtime.advance(6_000);
      expect(await inbox.get(receipt.noticeId)).toMatchObject({
        ...{ status: 'applied', vouchedBy: 'payment.order.query', needsAttention: false },
      });
      expect(await orders.get(orderNo)).toMatchObject({ state, anomalies: [] });
      expect(gateway.questions).toHaveLength(1);
      for await (const { faults } of orders.verifyAll()) expect(faults).toEqual([]);
      for await (const { faults } of inbox.verifyAll()) expect(faults).toEqual([]);
    },
  );

  test.each([
    ['another status', paid, told('canceled'), 'the platform reports canceled'],
    ['another amount', paid, told('succeeded', { amount: '0.01' }), 'does not report its amount'],
    ['no amount', paid, told('succeeded'), 'does not report its amount'],
    ['that it may not be asked', paid, told('unavailable'), 'the platform reports unavailable'],
    [
      'no number, where the notice gives one',
      bodyOf('PaymentSucceeded', { ...amount, transactionNo: 'T1' }),
      told('succeeded', { amount: '128.00' }),
      'does not report transaction numbers',
    ],
  ] as const)('is held where the platform reports %s', async (_what, body, answer, said) => {
    const { runtime, inbox, orders } = await asking(() => answer);
    const { noticeId } = await inbox.receive({ body });
    await runtime.advance(6_000);
    const notice = await inbox.get(noticeId);
    expect(notice).toMatchObject({ status: 'held', code: 'unvouched', needsAttention: true });
    expect(notice?.problem).toContain(said);
    // What the platform said itself counts, whatever the notice says.
    const isPaid = answer.status === 'succeeded';
    expect((await orders.get(orderNo))?.state === 'paid').toBe(isPaid);
  });

  test.each([
    ['a refund', bodyOf('PaymentRefunded', { refundNo: 'R1', ...amount })],
    ['a decline', bodyOf('PaymentDeclined')],
  ])('is held without a question where no status says it: %s', async (_what, body) => {
    const { inbox, gateway } = await asking(() => told('succeeded'));
    expect(await inbox.receive({ body })).toMatchObject({ status: 'held', code: 'unvouched' });
    expect(gateway.questions).toEqual([]);
  });

  test('waits for an order that does not exist yet, and is held after an hour', async () => {
    const { runtime, inbox, gateway, orders } = await asking(() =>
      told('succeeded', { amount: '128.00' }),
    );
    const [early, lost] = ['O2', 'O404'].map((of) => bodyOf('PaymentSucceeded', amount, of));
    const { noticeId } = await inbox.receive({ body: early ?? '' });
    const { noticeId: lostId } = await inbox.receive({ body: lost ?? '' });
    await runtime.advance(6_000);
    expect(await inbox.get(noticeId)).toMatchObject({ status: 'waiting' });
    expect(gateway.questions).toEqual([]);
    await orders.create({ ...order, orderNo: 'O2' });
    await runtime.advance(15_000);
    expect(await inbox.get(noticeId)).toMatchObject({ status: 'applied' });
    expect((await orders.get('O2'))?.state).toBe('paid');
    await runtime.advance(3 * 3_600_000);
    expect(await inbox.get(lostId)).toMatchObject({ status: 'held', code: 'unvouched' });
  });

  test('is asked about again while the platform does not know, for an hour', async () => {
    const { runtime, store, inbox, gateway } = await asking(() => told('pending'));
    const { noticeId } = await inbox.receive({ body: paid });
    await runtime.advance(30 * 60_000);
    expect(await inbox.get(noticeId)).toMatchObject({ status: 'waiting' });
    await runtime.advance(24 * 60 * 60_000);
    expect(await inbox.get(noticeId)).toMatchObject({ status: 'held', code: 'unvouched' });
    expect(gateway.questions.length).toBeLessThanOrEqual(12);
    // The same answer again is not recorded again.
    expect(await orderTypes(store)).toEqual(['PaymentOrderCreated', 'StatusReported']);
  });

  test.each([
    ['PaymentSucceeded', 'succeeded', amount],
    ['PaymentFailed', 'failed', {}],
    ['ClosedAtGateway', 'canceled', {}],
  ] as const)(
    'tells no more than the platform, once, whoever makes up the rest: %s',
    async (...of) => {
      const [type, status, fact] = of;
      const { runtime, orders, inbox } = await asking(() => told(status, { amount: '128.00' }));
      const ids: string[] = [];
      for (let each = 0; each < 5; each += 1) {
        const own = type === 'ClosedAtGateway' ? { code: `${each}`, cause: 'expired' } : {};
        const made = type === 'PaymentFailed' ? { code: `${each}` } : own;
        const occurredAt = `2099-01-01T00:00:0${each}.000Z`;
        const rest = { ...made, occurredAt, factId: `${each}`, message: `${each}` };
        ids.push((await inbox.receive({ body: bodyOf(type, { ...fact, ...rest }) })).noticeId);
      }
      await runtime.advance(60_000);
      for (const id of ids) expect((await inbox.get(id))?.status).toBe('applied');
      const facts = (await orders.history(orderNo)).filter((event) => event.type === type);
      expect(facts.map(({ data }) => ({ ...data, factId: undefined }))).toEqual([
        type === 'ClosedAtGateway' ? { cause: 'unstated' } : fact,
      ]);
      expect(facts[0]?.metadata.occurredAt).toBeUndefined();
    },
  );

  test('is never asked about where a signature was found invalid', async () => {
    const { runtime, inbox, gateway } = await asking(() => told('succeeded'));
    const forged = { body: JSON.stringify({ kind: 'forged', problem: 'no' }) };
    expect(await inbox.receive(forged)).toMatchObject({ status: 'held', code: 'forged' });
    await runtime.advance(60_000);
    expect(gateway.questions).toEqual([]);
  });

  test('is held at once where nobody can be asked', async () => {
    const runtime = simulatedRuntime();
    const store = openMemoryStore(runtime);
    await using orders = await openPaymentOrders({ store, runtime });
    await orders.create(order);
    const inbox = orders.inbox({ translate: translateOfHouse });
    expect(await inbox.receive({ body: '{"failed":1,"order":"O1"}' })).toMatchObject({
      ...{ status: 'held', code: 'unvouched' },
    });
    expect(await noticeTypes(store)).toEqual(['NoticeReceived', 'NoticeHeld']);
  });

  test('is asked about one after the other, however many come at once', async () => {
    const { runtime, store, inbox, gateway, orders } = await asking(() =>
      told('succeeded', { amount: '128.00' }),
    );
    for (let each = 0; each < 20; each += 1) {
      await inbox.receive({ body: bodyOf('PaymentSucceeded', { ...amount, message: `${each}` }) });
    }
    await runtime.advance(5_100);
    const asked = gateway.questions.length;
    expect(asked).toBeLessThan(5);
    await runtime.advance(60_000);
    expect(gateway.questions).toHaveLength(20);
    expect((await orders.get(orderNo))?.payments).toHaveLength(1);
    const types = await orderTypes(store);
    expect(types.filter((type) => type === 'StatusReported')).toHaveLength(1);
  });
});
