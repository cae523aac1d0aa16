import { describe, expect, test } from 'vitest';
import { order, orderNo, reason } from '../payment-orders/world.ts';
import { consoleWorld } from './acting.ts';

const payment = { transactionNo: 'T1', amount: '128.00', currency: 'CNY' };

/** A form that showed how an order in doubt is resolved as paid. */
async function shownAsPaid() {
  const world = await consoleWorld(['outcome-unknown']);
  await world.orders.create(order);
  await world.orders.cancel(orderNo, { reason });
  const empty = await world.get(`/orders/${orderNo}/act/resolve?as=paid`);
  const form = await world.send(empty, { evidence: 'line 12 of the bill', ...payment });
  return { ...world, form };
}

describe('a form that is sent again with another payment', () => {
  const others = [{ amount: '60.00' }, { transactionNo: 'T2' }, { amount: '1', currency: 'JPY' }];

  test.each(others)('records nothing, for that was never shown: %j', async (other) => {
    // Given a form whose answer was lost
    const { orders, send, form, kept } = await shownAsPaid();
    expect((await send(form)).status).toBe(201);
    const recorded = await orders.history(orderNo);
    // When its operator corrects the payment and sends it again
    const again = await send(form, other);
    // Then the page says what was recorded, and nothing else is
    expect(again.status).toBe(409);
    expect(await orders.history(orderNo)).toEqual(recorded);
    expect(kept.length).toBe(1);
    expect(await orders.get(orderNo)).toMatchObject({ state: 'paid', anomalies: [] });
  });

  test('is harmless with the same one', async () => {
    // Given
    const { orders, send, form, kept } = await shownAsPaid();
    await send(form);
    const recorded = await orders.history(orderNo);
    // When
    const again = await send(form);
    // Then
    expect(again.status).toBe(201);
    expect(kept.at(-1)?.answer).toBe('duplicate');
    expect(await orders.history(orderNo)).toEqual(recorded);
  });
});
