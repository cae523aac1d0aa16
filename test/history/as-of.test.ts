import { expect, test } from 'vitest';
import { always, order, orderNo, reason, world } from '../payment-orders/world.ts';

const at = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString();

async function recordedOrder() {
  const here = await world(always('outcome-unknown'));
  const { orders, runtime } = here;
  await orders.create(order);
  await runtime.advance(1_000);
  await orders.startPayment(orderNo);
  await runtime.advance(1_000);
  await orders.cancel(orderNo, { reason });
  await runtime.advance(60_000);
  await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', occurredAt: at(1_500) });
  return here;
}

test('shows an order as it stood at a revision', async () => {
  const { orders } = await recordedOrder();
  const now = await orders.get(orderNo);
  const states = [];
  for (const revision of [0, 1, 2, 3, 4]) {
    states.push((await orders.getAsOf(orderNo, { revision }))?.order.stateDetail);
  }
  expect(states).toEqual([
    ...['created', 'paying', 'cancelling.requesting', 'cancelling.inDoubt', 'paid'],
  ]);
  expect((await orders.getAsOf(orderNo, { revision: 4 }))?.order).toEqual(now);
  await expect(orders.getAsOf(orderNo, { revision: 5 })).rejects.toMatchObject({
    ...{ code: 'invalid-input', field: 'revision', stream: `paymentOrder-${orderNo}` },
    message: 'revision: is 5, but the history ends at revision 4',
  });
});

test('shows an order as it was known at an instant, in any offset', async () => {
  const { orders } = await recordedOrder();
  const stateAt = async (recordedAt: string) =>
    (await orders.getAsOf(orderNo, { recordedAt }))?.order.revision ?? null;
  expect(await stateAt(at(-1))).toBe(null);
  expect(await stateAt(at(0))).toBe(0);
  expect(await stateAt(at(999))).toBe(0);
  expect(await stateAt(at(1_000))).toBe(1);
  expect(await stateAt(at(61_999))).toBe(3);
  expect(await stateAt('2123-01-01T00:00:00+08:00')).toBe(4);
});

test('includes facts that had happened by then and were recorded later, where they are asked for', async () => {
  const { orders } = await recordedOrder();
  const known = await orders.getAsOf(orderNo, { recordedAt: at(2_000) });
  const true_ = await orders.getAsOf(orderNo, { occurredAt: at(2_000) });
  expect(known).toMatchObject({ order: { state: 'cancelling' }, learnedLater: [] });
  expect(true_).toMatchObject({
    order: { state: 'paid', revision: 3, anomalies: [{ code: 'cancel-unresolved' }] },
    learnedLater: [{ revision: 4, type: 'PaymentSucceeded' }],
  });
  // To the millisecond: what happened at an instant had happened by then.
  const just = await orders.getAsOf(orderNo, { occurredAt: at(1_500) });
  expect(just).toMatchObject({ order: { state: 'paid', revision: 1 } });
  const before = await orders.getAsOf(orderNo, { occurredAt: at(1_400) });
  expect(before).toMatchObject({ order: { state: 'paying', revision: 1 }, learnedLater: [] });
});

test('shows an order of one event as it was created', async () => {
  const { orders } = await world(always('confirmed'));
  await orders.create(order);
  expect(await orders.getAsOf(orderNo, { revision: 0 })).toMatchObject({ revision: 0 });
  await expect(orders.getAsOf(orderNo, { revision: 1 })).rejects.toThrow('ends at revision 0');
});

test('leaves out facts that were recorded later and give no time of their own', async () => {
  const { orders } = await recordedOrder();
  await orders.recordPaymentFailed(orderNo, { factId: 'N1' });
  const then = await orders.getAsOf(orderNo, { occurredAt: at(2_000) });
  expect(then?.learnedLater.map(({ type }) => type)).toEqual(['PaymentSucceeded']);
});

test('loses no event to a clock that jumped back', async () => {
  const { orders, runtime } = await recordedOrder();
  runtime.setNow(1_700_000_000_500);
  await orders.recordClosedAtGateway(orderNo);
  const then = await orders.getAsOf(orderNo, { recordedAt: at(600) });
  expect(then).toMatchObject({ order: { revision: 5, state: 'paid' } });
});

test('refuses an invalid moment by its field, and gives null for an order that does not exist', async () => {
  const { orders } = await recordedOrder();
  await expect(orders.getAsOf(orderNo, { recordedAt: '2026-11-24' })).rejects.toThrow(
    'moment.recordedAt: must be an ISO 8601',
  );
  const both = { revision: 1, recordedAt: at(0) };
  await expect(orders.getAsOf(orderNo, both)).rejects.toThrow('must have exactly one of');
  expect(await orders.getAsOf('O9', { revision: 0 })).toBe(null);
});
