import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { OrderHistory } from '../../src/history/load.ts';
import { dependenciesOf } from '../../src/dependencies.ts';
import { KeptOrders } from '../../src/order/kept.ts';
import { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

/** Of a fold, as much as is looked at. */
const orderAt = (orderNo: string, revision: number) =>
  new OrderHistory({ head: { stream: `paymentOrder-${orderNo}`, revision } } as never);

describe('kept orders', () => {
  test('are those that were kept last, and at most 4,096', () => {
    const kept = new KeptOrders();
    for (let number = 0; number < 4_096; number += 1) kept.acknowledged(orderAt(`O${number}`, 0));
    kept.acknowledged(orderAt('O0', 1));
    kept.acknowledged(orderAt('X', 0));
    expect(kept.of('O1')).toBeUndefined();
    expect(['O0', 'O2', 'X'].map((orderNo) => kept.of(orderNo)?.head.revision)).toEqual([1, 0, 0]);
  });

  test('hold at most 40,960 events together', () => {
    const kept = new KeptOrders();
    kept.acknowledged(orderAt('A', 9_999));
    for (const orderNo of ['B', 'C', 'D']) kept.acknowledged(orderAt(orderNo, 9_999));
    kept.acknowledged(orderAt('D', 10_958));
    expect(kept.of('A')).toBeDefined();
    kept.acknowledged(orderAt('D', 10_960));
    expect(['A', 'B', 'C', 'D'].map((orderNo) => kept.of(orderNo) !== undefined)).toEqual([
      ...[false, true, true, true],
    ]);
    for (let number = 0; number < 100; number += 1) {
      kept.acknowledged(orderAt('B', 10_000));
      kept.drop('B');
    }
    kept.acknowledged(orderAt('B', 9_998));
    expect(kept.of('C')).toBeDefined();
  });

  test('never go back to an older fold, except where the store shows it', () => {
    const kept = new KeptOrders();
    const [older, newer] = [orderAt('A', 3), orderAt('A', 4)];
    kept.acknowledged(newer);
    kept.acknowledged(older);
    expect(kept.of('A')).toBe(newer);
    kept.shown('A', newer, older);
    expect(kept.of('A')).toBe(older);
    kept.shown('A', older, null);
    expect(kept.of('A')).toBeUndefined();
  });

  test('let no read that began earlier take the place of what came to be known meanwhile', () => {
    const kept = new KeptOrders();
    const [older, newer] = [orderAt('A', 3), orderAt('A', 4)];
    kept.acknowledged(newer);
    kept.shown('A', undefined, older);
    expect(kept.of('A')).toBe(newer);
    kept.doubted('A');
    kept.shown('A', newer, newer);
    expect(kept.of('A')).toBeNull();
  });

  test('hold nothing of an order with an append in doubt, until it is read', () => {
    const kept = new KeptOrders();
    kept.doubted('A');
    kept.acknowledged(orderAt('A', 4));
    expect(kept.of('A')).toBeNull();
    kept.shown('A', null, orderAt('A', 5));
    expect(kept.of('A')?.head.revision).toBe(5);
  });

  test('are released when the payment orders are closed', async () => {
    const runtime = simulatedRuntime();
    const store = openMemoryStore(runtime);
    const { dependencies, release } = await dependenciesOf({ store, runtime });
    const orders = new PaymentOrders(dependencies, release);
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    expect(dependencies.kept.of('O1')?.head.revision).toBe(0);
    await orders.close();
    dependencies.kept.acknowledged(orderAt('O2', 0));
    expect(['O1', 'O2'].map((orderNo) => dependencies.kept.of(orderNo))).toEqual([
      ...[undefined, undefined],
    ]);
  });
});
