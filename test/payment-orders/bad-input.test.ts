import { describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import { always, order, orderNo, world } from './world.ts';

describe('an invalid input', () => {
  test('rejects a fact of an order that was never created', async () => {
    const { orders, store } = await world(always('refused'));
    const unknown = orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
    await expect(unknown).rejects.toMatchObject({ code: 'order-not-found' });
    await expect(orders.cancel(orderNo)).rejects.toMatchObject({ code: 'order-not-found' });
    expect(await store.readLast(`paymentOrder-${orderNo}`)).toBeNull();
    expect(await orders.get(orderNo)).toBeNull();
  });

  test('rejects a cancel without a gateway before anything is stored', async () => {
    const { store, runtime } = await world(always('refused'));
    const orders = await openPaymentOrders({ store, runtime });
    await orders.create(order);
    await expect(orders.cancel(orderNo)).rejects.toMatchObject({ code: 'gateway-not-configured' });
    expect(await orders.get(orderNo)).toMatchObject({ state: 'created', revision: 0 });
    await expect(orders.startRecovery()).rejects.toMatchObject({ code: 'gateway-not-configured' });
  });

  const bad: [string, object][] = [
    ...['..', '%2e%2e', '$all', 'a\nb', '\ud800', '__proto__', '-rf', '@file', 'x'.repeat(33)].map(
      (hostile): [string, object] => ['orderNo', { ...order, orderNo: hostile }],
    ),
    ['processBillNo', { ...order, processBillNo: '' }],
    ...[2 ** 53, Infinity, NaN, -0, 0, -1, 12.5, ' 12', null].map(
      (amountMinor): [string, object] => [...(['amountMinor', { ...order, amountMinor }] as const)],
    ),
    ['amountMinor', { ...order, currency: undefined }],
    ['currency', { ...order, currency: 'XQQ' }],
    ['currency', { ...order, currency: 'ＣＮＹ' }],
    ['commandId', { ...order, commandId: 'a\nb' }],
    ['actor.kind', { ...order, actor: { kind: 'X', id: 'u' } }],
    ['extra', { ...order, extra: 1 }],
    ['__proto__', { ...order, ...(JSON.parse('{"__proto__":{"x":1}}') as object) }],
  ];
  test.each(bad)('names the bad %s, and nothing is stored', async (field, input) => {
    const { orders, store } = await world(always('refused'));
    // No compiler stops a caller in JavaScript.
    const created = orders.create(input as typeof order);
    await expect(created).rejects.toMatchObject({ code: 'invalid-input', field });
    for await (const event of store.readAll(null, '')) expect(event).toBeUndefined();
  });

  test.each([
    ['a missing field', {}, 'orderNo: is missing'],
    ['a fraction', { ...order, amountMinor: 1.5 }, 'amountMinor: must be a whole number'],
    ['too little', { ...order, amountMinor: -1 }, 'amountMinor: must be at least 1'],
    [
      'a misspelled field',
      { ...order, reasn: 'x' },
      'reasn: is not a known field; check the spelling',
    ],
    ['no object', 'O1', 'input: must be an object'],
    ['nothing', null, 'input: must be an object'],
  ])('describes the problem of %s', async (_, input, says) => {
    const { orders } = await world(always('refused'));
    // As above: a caller in JavaScript.
    await expect(orders.create(input as typeof order)).rejects.toThrow(says);
  });

  test.each(['4111111111111111', 'k'.repeat(24), 'p@ss', 'a b', '\ud800'])(
    'rejects the unknown field %s without repeating its name, which may be a secret',
    async (name) => {
      const { orders } = await world(always('refused'));
      const created = orders.create({ ...order, [name]: 1 });
      const field = 'an unknown field';
      await expect(created).rejects.toMatchObject({ code: 'invalid-input', field });
      await expect(created).rejects.toThrow(/^an unknown field: is not a known field/);
    },
  );

  test.each([
    ['a misspelled option', { onFird: () => undefined }, 'onFird'],
    ['no function', { onFired: 'x' }, 'onFired'],
    ['no object', 'x', undefined],
    ['nothing', null, undefined],
  ])('refuses options of recovery with %s, and starts nothing', async (_, options, field) => {
    const { orders } = await world(always('refused'));
    // No compiler stops a caller in JavaScript.
    const given = options as object;

    const refused = { code: 'invalid-input', ...(field === undefined ? {} : { field }) };
    await expect(orders.startRecovery(given)).rejects.toMatchObject(refused);
    await expect(orders.recoverOnce(given)).rejects.toMatchObject(refused);
    const badSignal = { signal: 'x' as unknown as AbortSignal };
    await expect(orders.recoverOnce(badSignal)).rejects.toMatchObject({ field: 'signal' });
  });

  test.each([5, '', 'a\0b', null])('refuses %j as the file of a backup', async (file) => {
    const { orders } = await world(always('refused'));

    const backup = orders.backup(file as string);

    await expect(backup).rejects.toMatchObject({ code: 'invalid-input', field: 'file' });
  });

  test('rejects a cancel whose input is not an object', async () => {
    const { orders } = await world(always('refused'));
    await orders.create(order);
    const inputs: readonly unknown[] = [null, 'reason'];
    for (const input of inputs) {
      // As above: a caller in JavaScript.
      const cancelled = orders.cancel(orderNo, input as object);
      await expect(cancelled).rejects.toMatchObject({ code: 'invalid-input' });
    }
  });

  test.each(['2024-02-30T10:00:00Z', '2024-01-01T10:00:00', '2024-01-01', 'now', '1e5'])(
    'names the field of the bad time %s',
    async (occurredAt) => {
      const { orders } = await world(always('refused'));
      await orders.create(order);
      const fact = orders.recordPaymentFailed(orderNo, { occurredAt });
      await expect(fact).rejects.toMatchObject({ code: 'invalid-input', field: 'occurredAt' });
    },
  );
});
