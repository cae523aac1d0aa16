import { describe, expect, test } from 'vitest';
import { always, order, orderNo, world } from './world.ts';

describe('a preview', () => {
  test('shows the event of a cancel, and that the platform is called', async () => {
    const { orders, gateway } = await world(always('confirmed'));
    await orders.create(order);

    const seen = await orders.preview(orderNo, 'RequestCancel', { reason: 'no stock' });

    expect(seen).toMatchObject({
      answer: 'accepted',
      code: null,
      revision: 0,
      from: 'created',
      to: 'cancelling.requesting',
      events: [{ type: 'CancelRequested', data: { reason: 'no stock' } }],
      calls: true,
    });
    expect(gateway.calls).toEqual([]);
    expect(await orders.history(orderNo)).toHaveLength(1);
  });
});
