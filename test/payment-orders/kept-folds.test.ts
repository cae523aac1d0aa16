import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { streamOf, streamPrefix } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { readClaims } from '../../src/order/claims.ts';
import { withWays } from '../event-store/with-ways.ts';
import { always, answered, order, orderNo, reason, turnOfTheLoop, world } from './world.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };

describe('a fold that was kept', () => {
  /** Counts the reads of the order's stream, and from which revision. */
  async function watched() {
    const { store, gateway, runtime, orders: rival } = await world(always('confirmed'));
    const from: number[] = [];
    const watching = withWays(store, {
      read: (stream, revision = 0) => {
        if (stream === streamOf(orderNo)) from.push(revision);
        return store.read(stream, revision);
      },
    });
    const orders = await openPaymentOrders({ store: watching, gateway, runtime });
    await orders.create(order);
    return { from, orders, rival };
  }

  test('lets an order be written again without a read', async () => {
    const { orders, from } = await watched();
    from.length = 0;
    await orders.startPayment(orderNo);
    await orders.cancel(orderNo, { reason });
    expect(from).toEqual([]);
  });

  test('answers nobody before the store has shown it, and what came after it', async () => {
    const { orders, rival, from } = await watched();
    await orders.startPayment(orderNo, { commandId: 's-1' });
    await rival.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...money });
    from.length = 0;
    const repeated = await orders.startPayment(orderNo, { commandId: 's-1' });
    expect(repeated).toMatchObject({ kind: 'duplicate', revision: 2, order: { state: 'paid' } });
    expect(from).toEqual([1]);
  });

  test('is dropped by a conflict: the whole stream is read, and the command decided again', async () => {
    const { orders, rival, from } = await watched();
    await orders.recordPaymentDeclined(orderNo, { code: 'D1' });
    await rival.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...money });
    from.length = 0;
    const { kind, order: after } = await orders.startPayment(orderNo);
    expect({ kind, state: after.state }).toEqual({ kind: 'rejected', state: 'paid' });
    expect(from).toEqual([0]);
  });

  test('is dropped where its stream is another one by now, such as a restored copy', async () => {
    const { orders, store, runtime } = await world(always('confirmed'));
    let shown = store;
    const seen = await openPaymentOrders({
      store: withWays(store, { read: (...place) => shown.read(...place) }),
      runtime,
    });
    await orders.create(order);
    await seen.recordPaymentFailed(orderNo, { factId: 'f-1' });
    const other = await world(always('confirmed'), 7);
    await other.orders.create(order);
    await other.orders.startPayment(orderNo);
    await other.orders.recordPaymentFailed(orderNo, { factId: 'f-1' });
    shown = other.store;
    const repeated = await seen.recordPaymentFailed(orderNo, { factId: 'f-1' });
    expect(repeated).toMatchObject({ kind: 'duplicate', revision: 2 });
    expect(repeated.order).toEqual(await other.orders.get(orderNo));
  });

  test('is not used after an append in doubt until the stream was read', async () => {
    const { store, gateway, runtime } = await world(always('confirmed'));
    const log: string[] = [];
    let isLost = false;
    const losing = withWays(store, {
      read: (stream, from) => {
        log.push('read');
        return store.read(stream, from);
      },
      append: async (...batch) => {
        log.push('append');
        const result = await store.append(...batch);
        if (isLost) throw new PaymentOrderError('append-outcome-unknown', 'the answer was lost');
        return result;
      },
    });
    const orders = await openPaymentOrders({ store: losing, gateway, runtime });
    await orders.create(order);
    isLost = true;
    const inDoubt = orders.startPayment(orderNo, { commandId: 's-1' });
    inDoubt.catch(() => undefined);
    await runtime.advance(20_000);
    await expect(inDoubt).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    isLost = false;
    log.length = 0;
    expect(await orders.startPayment(orderNo, { commandId: 's-1' })).toMatchObject({
      ...{ kind: 'duplicate', revision: 1 },
    });
    expect(log).toEqual(['read']);
  });

  test('that is older than what was acknowledged is read again before an outcome fails on it', async () => {
    const { promise: outcome, resolve } = Promise.withResolvers<CancelOutcome>();
    const { store, gateway, runtime } = await world(() => outcome);
    let isLate = false;
    const lagging = withWays(store, {
      async *read(stream, from) {
        for await (const event of store.read(stream, from)) {
          if (isLate && event.type === 'CancelRequested') return;
          yield event;
        }
      },
    });
    const orders = await openPaymentOrders({ store: lagging, gateway, runtime });
    await orders.create(order);
    await orders.startPayment(orderNo, { commandId: 's-1' });
    const cancelled = orders.cancel(orderNo, { reason });
    for (let turn = 0; turn < 30; turn += 1) await turnOfTheLoop();
    isLate = true;
    expect((await orders.startPayment(orderNo, { commandId: 's-1' })).revision).toBe(1);
    isLate = false;
    resolve(answered('confirmed'));
    // An outcome that fails is never answered: nobody waits for that.
    for (let turn = 0; turn < 30; turn += 1) await turnOfTheLoop();
    expect((await orders.get(orderNo))?.state).toBe('cancelled');
    expect((await cancelled).order.state).toBe('cancelled');
  });

  test('is not changed by what callers do to their receipts', async () => {
    const { orders, open } = await world(always('confirmed'));
    await orders.create(order);
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...money });
    const refund = { refundNo: 'R1', ...money };
    const spoilt = await orders.recordPaymentRefunded(orderNo, refund);
    spoil(spoilt);
    const next = await orders.recordPaymentDeclined(orderNo, { code: 'D1' });
    expect(next.order).toEqual(await (await open()).get(orderNo));
  });

  /** Empties every list and changes every field, however deep. */
  function spoil(value: object): void {
    for (const [name, field] of Object.entries(value)) {
      if (typeof field === 'object' && field !== null) spoil(field as object);
      else Reflect.set(value, name, 'spoilt');
    }
    if (Array.isArray(value)) value.length = 0;
  }
});

describe('an order that is created', () => {
  test('is not looked for, and one that exists is read', async () => {
    const { store, gateway, runtime } = await world(always('confirmed'));
    const read: string[] = [];
    const watching = withWays(store, {
      read: (stream, from) => {
        if (stream.startsWith(streamPrefix)) read.push(stream);
        return store.read(stream, from);
      },
    });
    const orders = await openPaymentOrders({ store: watching, gateway, runtime });
    const [first, second] = ['O1', 'O2'].map((number) => ({ ...order, orderNo: number }));
    if (first === undefined || second === undefined) throw new TypeError('there are two');
    // Its account has to be claimed, which is done once.
    await orders.create(first);
    read.length = 0;
    expect((await orders.create(second)).kind).toBe('accepted');
    expect(read).toEqual([]);
    const another = await openPaymentOrders({ store: watching, runtime });
    expect((await another.create(second)).kind).toBe('duplicate');
    expect(read).toEqual([streamOf('O2')]);
  });

  test('claims no account where it exists already', async () => {
    const { store, orders, runtime } = await world(always('confirmed'));
    await orders.create(order);
    const bare = await openPaymentOrders({ store, runtime });
    const { kind } = await bare.create({ ...order, gateway: 'mistyped' });
    expect(kind).toBe('rejected');
    expect((await readClaims(store)).claims.map(({ name }) => name)).toEqual(['default']);
  });
});
