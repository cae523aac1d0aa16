import { describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import type { CommandOptions } from '../../src/order/types.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { withWays } from '../event-store/with-ways.ts';
import { always, order, orderNo, world } from './world.ts';

type Ask = (orders: PaymentOrders, options: CommandOptions) => Promise<unknown>;

const by = 'li.wei';

/** Every command and fact of the surface, in a state that accepts it. */
const asks: Readonly<Record<string, Ask>> = {
  create: (orders, options) => orders.create({ ...order, orderNo: 'O2', ...options }),
  startPayment: (orders, options) => orders.startPayment(orderNo, options),
  cancel: (orders, options) => orders.cancel(orderNo, options),
  retryCancel: (orders, options) => orders.retryCancel('inDoubt', options),
  abandonCancel: (orders, options) => orders.abandonCancel('backingOff', options),
  resolveCancel: (orders, options) =>
    orders.resolveCancel('inDoubt', { resolution: 'open', evidence: 'bill', by, ...options }),
  acknowledgeAnomaly: (orders, options) =>
    orders.acknowledgeAnomaly('anomaly', { number: 1, by, ...options }),
  recordPaymentSucceeded: (orders, options) =>
    orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...options }),
  recordPaymentFailed: (orders, options) => orders.recordPaymentFailed(orderNo, options),
  recordClosedAtGateway: (orders, options) => orders.recordClosedAtGateway(orderNo, options),
};

/** Orders in the states that the list above asks about, and what is appended from then on. */
async function prepared() {
  const here = await world(always('confirmed'));
  for (const [name, kind] of [
    ['inDoubt', 'outcome-unknown'],
    ['backingOff', 'not-executed'],
  ] as const) {
    const { store, runtime } = here;
    const gateway = { ...here.gateway, cancel: always(kind) };
    const orders = await openPaymentOrders({ store, runtime, gateway });
    await orders.create({ ...order, orderNo: name });
    await orders.cancel(name);
  }
  await here.orders.create({ ...order, orderNo: 'anomaly' });
  const other = { transactionNo: 'T1', amountMinor: 1, currency: 'CNY' };
  await here.orders.recordPaymentSucceeded('anomaly', other);
  await here.orders.create(order);
  const appended: string[] = [];
  const store = withWays(here.store, {
    append: (stream, events, expected) => {
      appended.push(...events.map(({ type }) => type));
      return here.store.append(stream, events, expected);
    },
  });
  const { gateway, runtime } = here;
  const orders = await openPaymentOrders({ store, gateway, runtime });
  return { orders, gateway, appended, runtime };
}

describe('a signal that has aborted', () => {
  test.each(Object.entries(asks))('keeps %s from beginning anything', async (_, ask) => {
    const { orders, gateway, appended, runtime } = await prepared();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);

    const asked = ask(orders, { signal, commandId: 'c-1' });

    await expect(asked).rejects.toBe(reason);
    await runtime.advance(1_000);
    await orders.close();
    expect(appended).toEqual([]);
    expect(gateway.calls).toEqual([]);
  });

  test.each(Object.entries(asks))('leaves no trace of %s under its command id', async (_, ask) => {
    const { orders, appended } = await prepared();
    await ask(orders, { signal: AbortSignal.abort(), commandId: 'c-1' }).catch(() => undefined);

    const later = await ask(orders, { commandId: 'c-1' });

    expect(later).toMatchObject({ kind: 'accepted' });
    expect(appended).not.toEqual([]);
  });

  test('is looked at after the input, so that a mistake is named', async () => {
    const { orders } = await prepared();
    const signal = AbortSignal.abort();
    const asked = orders.recordPaymentSucceeded(orderNo, { transactionNo: '', signal });
    await expect(asked).rejects.toMatchObject({ code: 'invalid-input', field: 'transactionNo' });
  });
});
