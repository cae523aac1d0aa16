import { describe, expect, test } from 'vitest';
import { always, answered, order, orderNo, reason, world } from './world.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const payment = { transactionNo: 'T1', ...money };
const retract = (revision: number) => ({ revision, evidence: 'it paid O2', by: '张三' });
const codes = (anomalies: readonly { readonly code: string }[]) =>
  anomalies.map(({ code }) => code);

describe('a failed order', () => {
  test('is cancelled at the gateway, and a refusal leads back to failed', async () => {
    const { orders, gateway } = await world((call) =>
      Promise.resolve(answered(call === 1 ? 'refused' : 'confirmed')),
    );
    await orders.create(order);
    await orders.startPayment(orderNo);
    await orders.recordPaymentFailed(orderNo, { code: '余额不足' });

    const refused = await orders.cancel(orderNo, { reason });
    const confirmed = await orders.cancel(orderNo, { reason });

    expect(gateway.calls).toHaveLength(2);
    expect(refused).toMatchObject({ kind: 'accepted', order: { state: 'failed', closed: true } });
    expect(confirmed).toMatchObject({ kind: 'accepted', order: { state: 'cancelled' } });
  });

  test('that is known to be closed answers a cancel as a repeat, and calls nobody', async () => {
    const { orders, gateway } = await world(always('confirmed'));
    await orders.create(order);
    await orders.recordPaymentFailed(orderNo);
    await orders.recordClosedAtGateway(orderNo, { cause: 'expired' });

    const { kind, order: after } = await orders.cancel(orderNo, { reason });

    expect({ kind, state: after.state }).toEqual({ kind: 'duplicate', state: 'failed' });
    expect(gateway.calls).toHaveLength(0);
    expect((await orders.explain(orderNo, 'RequestCancel'))?.code).toBe('already-cancelled');
  });
});

describe('a payer who tries again', () => {
  test('ends in paid without an anomaly', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create({ ...order, ...money });
    await orders.startPayment(orderNo);
    const declined = { code: '余额不足' };
    const first = await orders.recordPaymentDeclined(orderNo, {
      ...{ ...declined, occurredAt: '2026-11-23T10:00:00+08:00' },
    });
    const second = await orders.recordPaymentDeclined(orderNo, {
      ...{ ...declined, occurredAt: '2026-11-23T10:01:00+08:00' },
    });
    const repeated = await orders.recordPaymentDeclined(orderNo, {
      ...{ ...declined, occurredAt: '2026-11-23T02:01:00Z', message: 'told again' },
    });
    const { order: after } = await orders.recordPaymentSucceeded(orderNo, payment);

    expect([first.kind, second.kind, repeated.kind]).toEqual(['accepted', 'accepted', 'duplicate']);
    expect(second.order.state).toBe('paying');
    expect(after).toMatchObject({ state: 'paid', anomalies: [], received: [money] });
  });

  test('is not contradicted by a failure that occurred before, but by one without a time', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    await orders.recordPaymentSucceeded(orderNo, {
      ...{ ...payment, occurredAt: '2026-11-23T10:05:00+08:00' },
    });
    const before = { code: 'E1', occurredAt: '2026-11-23T10:00:00+08:00' };
    const early = await orders.recordPaymentFailed(orderNo, before);
    const untimed = await orders.recordPaymentFailed(orderNo, { code: 'E2' });

    expect(early.order.anomalies).toEqual([]);
    expect(codes(untimed.order.anomalies)).toEqual(['contradicted']);
  });
});

describe('a payment on the wrong order', () => {
  test('is retracted, and the order is where it was', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    await orders.startPayment(orderNo);
    await orders.recordPaymentSucceeded(orderNo, payment);

    const { order: after } = await orders.retractFact(orderNo, retract(2));

    expect(after).toMatchObject({ state: 'paying', needsAttention: null, received: [] });
    expect(after.payments).toEqual([]);
    const repeated = await orders.recordPaymentSucceeded(orderNo, payment);
    expect(repeated).toMatchObject({ kind: 'duplicate', retracted: true });
    expect(repeated.order.state).toBe('paying');
    expect(await orders.verify(orderNo)).toMatchObject({ ok: true, events: 4 });
  });

  test('needs review where a cancel was open, and calls nobody', async () => {
    const { orders, gateway, runtime } = await world(always('outcome-unknown'));
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const paid = await orders.recordPaymentSucceeded(orderNo, payment);
    expect(codes(paid.order.anomalies)).toEqual(['cancel-unresolved']);

    const { order: after } = await orders.retractFact(orderNo, retract(3));
    await runtime.advance(86_400_000);
    await orders.recoverOnce();

    expect(after).toMatchObject({
      ...{ stateDetail: 'cancelling.needsReview', needsAttention: [{ why: 'needs-review' }] },
      anomalies: [{ code: 'cancel-unresolved', acknowledged: false, retracted: true }],
    });
    expect(after.allowed).toEqual(['RetryCancel', 'ResolveCancel', 'RetractFact']);
    expect(gateway.calls).toHaveLength(1);
  });

  test('counts again when its retraction is retracted', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    const paid = await orders.recordPaymentSucceeded(orderNo, payment);
    await orders.retractFact(orderNo, retract(1));

    const { order: after } = await orders.retractFact(orderNo, retract(2));

    expect(after).toMatchObject({ state: 'paid', payments: paid.order.payments });
    expect(await orders.recordPaymentSucceeded(orderNo, payment)).toMatchObject({
      kind: 'duplicate',
    });
    expect(await orders.recordPaymentSucceeded(orderNo, payment)).not.toHaveProperty('retracted');
  });

  test('is rejected where the revision holds no fact, or one that does not count', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    await orders.recordPaymentSucceeded(orderNo, payment);
    const rejected = (revision: number) => orders.retractFact(orderNo, retract(revision));

    expect(await rejected(0)).toMatchObject({ kind: 'rejected', code: 'not-retractable' });
    expect(await rejected(99)).toMatchObject({ kind: 'rejected', code: 'not-retractable' });
    expect(await rejected(1)).toMatchObject({ kind: 'accepted' });
    expect(await rejected(1)).toMatchObject({ kind: 'rejected', code: 'already-retracted' });
  });
});

describe('money that goes back', () => {
  const refund = { refundNo: 'R1', ...money };

  test('is recorded in every state, and told apart from what came', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create({ ...order, ...money });
    await orders.recordPaymentSucceeded(orderNo, payment);

    const { order: after } = await orders.recordPaymentRefunded(orderNo, refund);

    expect(after).toMatchObject({ state: 'paid', received: [money], refunded: [money] });
    expect(after).toMatchObject({ refunds: [refund], anomalies: [] });
    expect((await orders.recordPaymentRefunded(orderNo, refund)).kind).toBe('duplicate');
  });

  test('is too much once the payment is retracted', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    await orders.recordPaymentSucceeded(orderNo, payment);
    await orders.recordPaymentRefunded(orderNo, refund);

    const { order: after } = await orders.retractFact(orderNo, retract(1));

    expect(after).toMatchObject({ state: 'created', needsAttention: [{ why: 'anomaly' }] });
    expect(after.anomalies).toMatchObject([{ code: 'refund-mismatch', revision: 2 }]);
  });

  test('counts the first amount of a number, and mismatches nothing where no amount came', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    await orders.recordPaymentRefunded(orderNo, refund);
    const other = { ...refund, amountMinor: 1 };

    const { order: after } = await orders.recordPaymentRefunded(orderNo, other);

    expect(after).toMatchObject({ received: null, refunded: [money], refunds: [refund, other] });
    expect(codes(after.anomalies)).toEqual(['contradicted']);
  });
});

describe('a late answer against what an operator resolved', () => {
  test.each([
    ['open', 'confirmed'],
    ['cancelled', 'not-executed'],
  ] as const)('is an anomaly: resolved %s, answered %s', async (resolution, kind) => {
    const late = Promise.withResolvers<ReturnType<typeof answered>>();
    const { orders, runtime } = await world(() => late.promise);
    await orders.create(order);
    await orders.cancel(orderNo, { reason, wait: false });
    await runtime.advance(30_000);
    await orders.recoverOnce();
    await orders.resolveCancel(orderNo, { resolution, evidence: 'bill', by: '张三' });

    late.resolve(answered(kind));
    await runtime.advance(1);

    const after = await orders.get(orderNo);
    expect(after).toMatchObject({
      ...{ state: 'cancelled', needsAttention: [{ why: 'anomaly' }] },
      anomalies: [{ code: 'resolution-contradicted' }],
    });
  });
});

describe('a doubt that a closing made moot', () => {
  test('is not shown in the cancelled order', async () => {
    const { orders } = await world(always('outcome-unknown'));
    await orders.create(order);
    const doubtful = await orders.cancel(orderNo, { reason });
    const closed = await orders.recordClosedAtGateway(orderNo, { cause: 'expired' });

    expect(doubtful.order.cancel).toMatchObject({ inDoubt: true });
    expect(closed.order).toMatchObject({ state: 'cancelled', cancel: { inDoubt: false } });
    expect(closed.order.cancel?.attempts).toEqual([{ attempt: 1, answer: 'unknown' }]);
  });
});
