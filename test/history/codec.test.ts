import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/event-store/event-store.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { always, order, orderNo, world } from '../payment-orders/world.ts';

describe('a stored event with a field that nobody knows', () => {
  test.each(['data', 'metadata'] as const)(
    'is refused by its place, and the name in its %s is not repeated: it may be anything',
    async (part) => {
      const { orders, store } = await world(always('confirmed'));
      await orders.create(order);
      const recorded = await store.readLast(`paymentOrder-${orderNo}`);
      if (recorded === null) throw new Error('nothing was stored');
      const odd: JsonObject = { ...recorded[part], 'password=hunter2': 1 };
      const read = () => decodeEvent({ ...recorded, [part]: odd });
      expect(read).toThrow(`revision 0: ${part} holds a field that is not known`);
      expect(read).not.toThrow('hunter2');
    },
  );
});
