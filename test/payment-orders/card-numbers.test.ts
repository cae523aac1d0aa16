import { describe, expect, test } from 'vitest';
import { always, order, orderNo, storedEvents, world } from './world.ts';

/** A card number by its check digit, and perhaps the number of an order: nobody can tell. */
const cardLike = '4111111111111111';

describe('a number that could be a card number', () => {
  test('in a reason is no ground to refuse a cancel: it is stored and sent as it was given', async () => {
    const { orders, store, gateway } = await world(always('confirmed'));
    const reason = `same as order ${cardLike}`;
    await orders.create(order);
    expect(await orders.cancel(orderNo, { reason })).toMatchObject({ kind: 'accepted' });
    const requested = (await storedEvents(store, orderNo))[1];
    expect(requested?.data).toEqual({ reason });
    expect(gateway.calls[0]?.request.reason).toBe(reason);
  });

  test('is no ground to turn a payment away: money that came in is recorded', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create(order);
    const paid = await orders.recordPaymentSucceeded(orderNo, { transactionNo: cardLike });
    expect(paid.order).toMatchObject({ state: 'paid', payments: [{ transactionNo: cardLike }] });
  });
});
