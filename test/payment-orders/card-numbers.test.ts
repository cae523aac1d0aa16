import { describe, expect, test } from 'vitest';
import { always, order, orderNo, storedEvents, world } from './world.ts';

/** A valid card number by its check digit, which may also be the number of an order. */
const cardLike = '4111111111111111';

describe('a number that could be a card number', () => {
  test('does not stop a cancel: the reason is stored and sent as given', async () => {
    const { orders, store, gateway } = await world(always('confirmed'));
    const reason = `same as order ${cardLike}`;
    await orders.create(order);
    expect(await orders.cancel(orderNo, { reason })).toMatchObject({ kind: 'accepted' });
    const requested = (await storedEvents(store, orderNo))[1];
    expect(requested?.data['reason']).toBe(reason);
    expect(gateway.calls[0]?.request.reason).toBe(reason);
  });

  test('does not stop a payment: money that was received is recorded', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    const paid = await orders.recordPaymentSucceeded(orderNo, { transactionNo: cardLike });
    expect(paid.order).toMatchObject({ state: 'paid', payments: [{ transactionNo: cardLike }] });
  });
});
