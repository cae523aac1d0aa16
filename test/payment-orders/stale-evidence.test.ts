import { describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import { withWays } from '../event-store/with-ways.ts';
import { always, order, orderNo, reason, world } from './world.ts';

const evidence = { resolution: 'open', evidence: 'bill of the day', by: 'operator-1' } as const;

/** Makes `attempts` further calls while a resolution is on its way to the store. */
async function overtaken(attempts: number) {
  const { runtime, store, gateway, orders } = await world(always('outcome-unknown'));
  await orders.create(order);
  await orders.cancel(orderNo, { reason });
  let isFirst = true;
  const slow = withWays(store, {
    async append(...batch) {
      if (isFirst) {
        isFirst = false;
        for (let made = 0; made < attempts; made += 1) {
          await runtime.advance(3_600_000);
          await orders.recoverOnce();
        }
        if (attempts === 0) await orders.recordPaymentFailed(orderNo, { factId: 'f-1' });
      }
      return store.append(...batch);
    },
  });
  const operator = await openPaymentOrders({ store: slow, gateway, runtime });
  return operator.resolveCancel(orderNo, { ...evidence, actor: { kind: 'operator', id: 'o-1' } });
}

describe('evidence that ends a doubt', () => {
  test('does not resolve an attempt that was made after it was given', async () => {
    const receipt = await overtaken(1);
    expect(receipt).toMatchObject({ kind: 'rejected', code: 'cancel-in-doubt' });
    expect(receipt.order).toMatchObject({
      stateDetail: 'cancelling.inDoubt',
      cancel: { inDoubt: true, attempts: [{ answer: 'unknown' }, { answer: 'unknown' }] },
    });
  });

  test('still resolves if another writer recorded something other than an attempt', async () => {
    const receipt = await overtaken(0);
    expect(receipt).toMatchObject({ kind: 'accepted', order: { cancel: { inDoubt: false } } });
  });
});
