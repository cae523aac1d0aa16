import { describe, expect, test } from 'vitest';
import { orderNo, reason, order } from '../payment-orders/world.ts';
import { askedWorld, consoleWorld, textOf } from './acting.ts';

const form = `/orders/${orderNo}/act/ask`;

describe('a question from the console', () => {
  test('is asked once however often its form is sent, and its receipt says what was answered', async () => {
    // given
    const { orders, gateway, get, send } = await askedWorld('canceled');
    const shown = await get(form);

    // when
    const [first, again] = await Promise.all([send(shown), send(shown)]);
    const later = await send(shown);
    const page = await get(first.location);

    // then
    expect(textOf(shown.html)).toContain('What it answers is recorded');
    expect([again.location, later.location]).toEqual([first.location, first.location]);
    expect(gateway.questions).toHaveLength(1);
    expect(textOf(page.html)).toContain('the order is closed at the platform');
    expect((await orders.history(orderNo)).at(-1)).toMatchObject({
      type: 'StatusReported',
      metadata: { source: 'console', actor: { kind: 'operator', id: 'li.wei' } },
    });
  });

  test('that no platform can answer says so, and records nothing', async () => {
    const { orders, get, send } = await consoleWorld(['blocked']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const before = await orders.history(orderNo);

    const answer = await send(await get(form));

    expect(answer.status).toBe(422);
    expect(answer.html).toContain('needs a gateway with the method query');
    expect(await orders.history(orderNo)).toEqual(before);
  });
});
