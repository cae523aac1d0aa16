import { describe, expect, test } from 'vitest';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { PreparedEvent } from '../../src/event-store/event-store.ts';
import {
  always,
  answered,
  expectTruthful,
  order,
  orderNo,
  reason,
  turnOfTheLoop,
  world,
} from './world.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };

const path = async (orders: PaymentOrders) =>
  (await orders.history(orderNo)).map(({ type, metadata }) => `${type} ${metadata.to}`);

describe('an order', () => {
  test('is created and paid, and every receipt carries the head as a witness', async () => {
    const { orders } = await world(always('confirmed'));
    const created = await orders.create(order);
    const started = await orders.startPayment(orderNo);
    const paid = await orders.recordPaymentSucceeded(orderNo, {
      transactionNo: 'T1',
      ...money,
      occurredAt: '2026-11-23T10:02:03.004+08:00',
    });
    expect([created, started, paid].map(({ kind, revision }) => [kind, revision])).toEqual([
      ...[
        ['accepted', 0],
        ['accepted', 1],
        ['accepted', 2],
      ],
    ]);
    const history = await orders.history(orderNo);
    expect(history.map(({ metadata }) => metadata.hash)).toEqual([
      created.hash,
      started.hash,
      paid.hash,
    ]);
    expect(history[2]?.metadata.occurredAt).toBe('2026-11-23T02:02:03.004Z');
    expect(paid.order).toMatchObject({ state: 'paid', closed: true, needsAttention: null });
    expect((await orders.verify(orderNo, created)).ok).toBe(true);
  });

  test('is cancelled by one call that carries its numbers, amount, reason, attempt and trace', async () => {
    const { orders, gateway } = await world(always('confirmed'));
    await orders.create(order);
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const options = { correlationId: 'corr-1', traceparent };
    const receipt = await orders.cancel(orderNo, { reason, ...options });
    expect(receipt).toMatchObject({ kind: 'accepted', revision: 2, order: { state: 'cancelled' } });
    expect(gateway.calls.map(({ request }) => request)).toEqual([
      {
        ...{ orderNo, processBillNo: order.processBillNo, reason, attempt: 1 },
        ...{ ...money, correlationId: 'corr-1', traceparent },
      },
    ]);
    expect(gateway.violations).toEqual([]);
  });

  test('returns to its state before when the gateway refuses', async () => {
    const { orders } = await world(always('refused'));
    await orders.create(order);
    await orders.startPayment(orderNo);
    expect((await orders.cancel(orderNo)).order.state).toBe('paying');
    expect((await orders.cancel(orderNo)).order).toMatchObject({
      state: 'paying',
      cancel: { attempts: [{ attempt: 2, answer: 'refused' }] },
    });
  });

  test('keeps a payment that arrives while the cancel is in flight', async () => {
    const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
    const { orders, store, gateway } = await world(() => promise);
    await orders.create(order);
    const cancelled = orders.cancel(orderNo, { reason });
    await turnOfTheLoop();
    const paid = await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...money });
    expect(paid.order.stateDetail).toBe('cancelling.requesting');
    resolve(answered('refused'));
    expect((await cancelled).order).toMatchObject({ state: 'paid', anomalies: [] });
    await expectTruthful(store, gateway.calls);
  });

  test('shows both if it was cancelled and paid', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    await orders.cancel(orderNo);
    const { order: late } = await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    expect(late).toMatchObject({
      state: 'paid',
      needsAttention: [{ why: 'anomaly', number: 1, code: 'paid-after-cancel' }],
      allowed: ['RetractFact', 'AcknowledgeAnomaly'],
      anomalies: [{ number: 1, code: 'paid-after-cancel', acknowledged: false }],
    });
    const acknowledged = await orders.acknowledgeAnomaly(orderNo, {
      number: 1,
      by: 'operator-1',
      note: 'refunded as R-17',
    });
    expect(acknowledged.order.needsAttention).toBeNull();
  });
});

describe('a cancel in doubt', () => {
  test('stays in doubt after a refused probe, until an operator gives evidence', async () => {
    const { orders, runtime, gateway, store } = await world((call) =>
      Promise.resolve(answered(call === 1 ? 'outcome-unknown' : 'refused')),
    );
    await orders.create(order);
    expect((await orders.cancel(orderNo, { reason })).order.stateDetail).toBe('cancelling.inDoubt');
    await orders.startRecovery();
    await runtime.advance(7_000);
    expect(gateway.calls).toHaveLength(2);
    const doubtful = await orders.get(orderNo);
    expect(doubtful).toMatchObject({
      stateDetail: 'cancelling.inDoubt',
      cancel: { inDoubt: true },
    });
    const abandoned = await orders.abandonCancel(orderNo);
    expect(abandoned).toMatchObject({ kind: 'rejected', code: 'cancel-in-doubt' });
    const closed = await orders.recordClosedAtGateway(orderNo, { code: 'closed' });
    expect(closed.order.state).toBe('cancelled');
    await runtime.advance(86_400_000);
    expect(gateway.calls).toHaveLength(2);
    await orders.close();
    await expectTruthful(store, gateway.calls);
  });

  test('needs review once the attempts are spent, and is resolved with evidence', async () => {
    const { orders, runtime, gateway } = await world(always('outcome-unknown'));
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    await orders.startRecovery();
    await runtime.advance(3 * 86_400_000);
    expect(gateway.calls).toHaveLength(13);
    const spent = await orders.get(orderNo);
    expect(spent).toMatchObject({
      stateDetail: 'cancelling.needsReview',
      needsAttention: [{ why: 'needs-review', since: spent?.since, rule: spent?.lastRule }],
    });
    const resolved = await orders.resolveCancel(orderNo, {
      resolution: 'cancelled',
      evidence: 'T+1 bill, line 7',
      by: 'operator-1',
    });
    expect(resolved.order).toMatchObject({ state: 'cancelled', cancel: { inDoubt: false } });
    await orders.close();
  });

  test('is retried after calls that did not run, with the recorded waits', async () => {
    // They were sent: a gateway that cannot be reached is spared.
    const sentAt = '2026-11-29T10:00:00.000Z';
    const { orders, runtime, gateway, errors } = await world((call) =>
      Promise.resolve({ ...answered(call < 4 ? 'not-executed' : 'confirmed'), sentAt }),
    );
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    await orders.startRecovery();
    await runtime.advance(15_000);
    expect(gateway.calls).toHaveLength(4);
    expect((await orders.get(orderNo))?.state).toBe('cancelled');
    const waits = (await orders.history(orderNo)).flatMap(({ data }) => data['retryInMs'] ?? []);
    expect(waits).toHaveLength(3);
    for (const [index, wait] of waits.entries()) {
      expect(Number(wait)).toBeGreaterThanOrEqual(2 ** index * 800);
      expect(Number(wait)).toBeLessThanOrEqual(2 ** index * 1_200);
    }
    await orders.close();
    expect(errors).toEqual([]);
    expect(runtime.pendingTimers()).toBe(0);
  });
});

describe('a repeat', () => {
  test('is harmless with the same command id, whose reuse for another command is rejected', async () => {
    const { orders, gateway } = await world(always('refused'));
    await orders.create({ ...order, commandId: 'create-1' });
    expect((await orders.create({ ...order, commandId: 'create-1' })).kind).toBe('duplicate');
    await orders.cancel(orderNo, { reason, commandId: 'cancel-1' });
    expect((await orders.cancel(orderNo, { reason, commandId: 'cancel-1' })).kind).toBe(
      'duplicate',
    );
    expect(gateway.calls).toHaveLength(1);
    await expect(orders.cancel(orderNo, { commandId: 'cancel-1' })).rejects.toMatchObject({
      code: 'command-id-reused',
    });
  });

  test('gets the recorded rejection again', async () => {
    const { orders } = await world(always('refused'));
    const actor = { kind: 'customer', id: 'u-7' };
    await orders.create(order);
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    const first = await orders.cancel(orderNo, { reason, actor, commandId: 'c-1' });
    const again = await orders.cancel(orderNo, { reason, actor, commandId: 'c-1' });
    expect(first).toMatchObject({ kind: 'rejected', code: 'already-paid', revision: 2 });
    expect(again).toMatchObject({ kind: 'rejected', code: 'already-paid', revision: 2 });
    const [, , rejected] = await orders.history(orderNo);
    expect(rejected).toMatchObject({
      type: 'CommandRejected',
      data: { command: 'RequestCancel', code: 'already-paid', reason },
      metadata: { actor, commandId: 'c-1' },
    });
  });

  test('of a cancel makes no call, while cancelling and afterwards', async () => {
    const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
    const { orders, gateway } = await world(() => promise);
    await orders.create(order);
    const first = orders.cancel(orderNo, { reason });
    const during = await orders.cancel(orderNo);
    expect(during).toMatchObject({
      kind: 'duplicate',
      order: { state: 'cancelling' },
      revision: 2,
    });
    resolve(answered('confirmed'));
    await first;
    const actor = { kind: 'customer', id: 'u-7' };
    const after = await orders.cancel(orderNo, { actor });
    expect(after).toMatchObject({ kind: 'duplicate', order: { state: 'cancelled' }, revision: 4 });
    expect((await path(orders)).at(-1)).toBe('CommandRejected cancelled');
    expect(gateway.calls).toHaveLength(1);
  });

  test('stores the same fact once, and records other content under its key', async () => {
    const { orders } = await world(always('refused'));
    await orders.create(order);
    const fact = { transactionNo: 'T1', ...money };
    expect((await orders.recordPaymentSucceeded(orderNo, fact)).kind).toBe('accepted');
    expect((await orders.recordPaymentSucceeded(orderNo, fact)).kind).toBe('duplicate');
    const other = await orders.recordPaymentSucceeded(orderNo, { ...fact, amountMinor: 1 });
    expect(other.kind).toBe('accepted');
    expect(other.order.anomalies.map(({ code }) => code)).toEqual([
      'amount-mismatch',
      'contradicted',
    ]);
    expect((await orders.recordPaymentFailed(orderNo)).kind).toBe('accepted');
    expect((await orders.recordPaymentFailed(orderNo)).kind).toBe('duplicate');
  });
});

describe('a list', () => {
  test('reports a history that cannot be read, and goes on', async () => {
    const { orders, store } = await world(always('confirmed'));
    await orders.create(order);
    const { id, type, data, metadata } = (await orders.history(orderNo))[0] ?? {};
    // The events are the same; only one id is different.
    const copied = { id: `${id?.slice(0, -1) ?? ''}0`, type, data, metadata } as PreparedEvent;
    await store.append('paymentOrder-copy', [copied], 'no-stream');
    await orders.create({ ...order, orderNo: 'O2' });
    const unreadable: string[] = [];
    const listed: string[] = [];
    const onUnreadable = (broken: string) => unreadable.push(broken);
    for await (const { orderNo: found } of orders.list({ onUnreadable })) listed.push(found);
    expect({ listed, unreadable }).toEqual({ listed: [orderNo, 'O2'], unreadable: ['copy'] });
    await expect(Array.fromAsync(orders.list())).rejects.toMatchObject({ code: 'illegal-history' });
  });
});
