import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import { streamOf } from '../../src/history/event.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { CommandType } from '../../src/order/types.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { testedOrder } from '../../src/testing/tested-order.ts';
import { withWays } from '../event-store/with-ways.ts';
import {
  always,
  answered,
  order,
  orderNo,
  reason,
  scriptedGateway,
  turnOfTheLoop,
  world,
} from './world.ts';

const typesOf = async (orders: PaymentOrders) =>
  (await orders.history(orderNo)).map(({ type }) => type);

/** An order whose cancel `c-1` is in flight, and how to answer the call. */
async function cancelInFlight() {
  const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
  const here = await world(() => promise);
  await here.orders.create(order);
  const first = here.orders.cancel(orderNo, { reason, commandId: 'c-1' });
  await turnOfTheLoop();
  return {
    ...here,
    answer: async (kind: CancelOutcome['kind']) => {
      resolve(answered(kind));
      return first;
    },
  };
}

describe('a command id that was answered', () => {
  test('duplicate gets the same answer after the cancel was refused, and nobody is called', async () => {
    const { orders, gateway, answer } = await cancelInFlight();
    const second = { reason, commandId: 'c-2' };

    const during = await orders.cancel(orderNo, second);
    await answer('refused');
    const after = await orders.cancel(orderNo, second);

    expect([during.kind, after.kind]).toEqual(['duplicate', 'duplicate']);
    expect(after.order.state).toBe('created');
    expect(gateway.calls).toHaveLength(1);
    expect(await typesOf(orders)).toEqual([
      ...['PaymentOrderCreated', 'CancelRequested', 'CommandRejected', 'CancelRefused'],
    ]);
  });

  test('duplicate is what explain says of a cancel that is under way', async () => {
    const { orders } = await cancelInFlight();
    const explained = (command: CommandType) => orders.explain(orderNo, command);
    const code = 'already-cancelling';

    const { kind } = await orders.cancel(orderNo, { commandId: 'c-2' });

    expect(kind).toBe('duplicate');
    expect(await explained('RequestCancel')).toMatchObject({ answer: 'duplicate', code });
    expect(await explained('StartPayment')).toMatchObject({ answer: 'rejected', code });
  });

  test('rejected gets the same code after the order has moved on', async () => {
    const { orders, gateway, answer } = await cancelInFlight();
    const start = { commandId: 's-1' };

    const during = await orders.startPayment(orderNo, start);
    await answer('refused');
    const after = await orders.startPayment(orderNo, start);

    expect(during).toMatchObject({ kind: 'rejected', code: 'already-cancelling' });
    expect(after).toMatchObject({ kind: 'rejected', code: 'already-cancelling' });
    expect(after.order.state).toBe('created');
    expect(gateway.calls).toHaveLength(1);
  });

  test('gets the same answer from another process, opened later', async () => {
    const { orders, open, answer } = await cancelInFlight();
    const retry = { commandId: 'r-1' };
    await orders.retryCancel(orderNo, retry);
    await answer('refused');
    await orders.close();

    const again = await (await open()).retryCancel(orderNo, retry);

    expect(again).toMatchObject({ kind: 'rejected', code: 'attempt-in-flight' });
  });

  test('for a creation gets the same answer, under its own id and under another', async () => {
    const { orders } = await world(always('confirmed'));
    await orders.create({ ...order, commandId: 'n-1' });

    const another = await orders.create({ ...order, commandId: 'n-2' });
    await orders.cancel(orderNo);
    const again = await orders.create({ ...order, commandId: 'n-2' });

    expect([another.kind, again.kind]).toEqual(['duplicate', 'duplicate']);
    const [, recorded] = await orders.history(orderNo);
    expect(recorded).toMatchObject({
      type: 'CommandRejected',
      data: { command: 'CreatePaymentOrder', code: 'already-created' },
      metadata: { commandId: 'n-2' },
    });
    const other = { ...order, processBillNo: 'F2' };
    await expect(orders.create({ ...other, commandId: 'n-2' })).rejects.toMatchObject({
      code: 'command-id-reused',
    });
  });

  test('is answered once more by two rivals that send it at the same time', async () => {
    const { orders, open, gateway } = await world(always('refused'));
    const rival = await open();
    await orders.create(order);
    await orders.startPayment(orderNo);

    const cancels = await Promise.all(
      [orders, rival, orders, rival].map((at) => at.cancel(orderNo, { commandId: 'c-1' })),
    );
    const starts = await Promise.all(
      [orders, rival].map((at) => at.startPayment(orderNo, { commandId: 's-1' })),
    );

    const kinds = cancels.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual(['accepted', 'duplicate', 'duplicate', 'duplicate']);
    expect(starts.map(({ kind }) => kind)).toEqual(['rejected', 'rejected']);
    expect(gateway.calls).toHaveLength(1);
    const ids = (await orders.history(orderNo)).flatMap(({ metadata }) => metadata.commandId ?? []);
    expect(ids.toSorted()).toEqual(['c-1', 's-1']);
  });

  test('of an order that does not exist is not answered, and not remembered', async () => {
    const { orders } = await world(always('refused'));
    const start = { commandId: 's-1' };

    const before = orders.startPayment(orderNo, start);

    await expect(before).rejects.toMatchObject({ code: 'order-not-found' });
    await orders.create(order);
    expect((await orders.startPayment(orderNo, start)).kind).toBe('accepted');
  });
});

describe('a command id whose answer was lost', () => {
  test('is answered from the record, once the record can be read', async () => {
    const runtime = simulatedRuntime();
    const memory = openMemoryStore(runtime);
    const gateway = scriptedGateway(memory, always('refused'));
    let isCutOff = false;
    const store = withWays(memory, {
      append: async (stream, events, expected) => {
        const result = await memory.append(stream, events, expected);
        isCutOff ||= events.some(({ type }) => type === 'CommandRejected');
        if (!isCutOff) return result;
        throw new PaymentOrderError('append-outcome-unknown', 'the acknowledgement was lost');
      },
      async *read(stream, from) {
        if (isCutOff) throw new PaymentOrderError('store-unavailable', 'cut off');
        yield* memory.read(stream, from);
      },
    });
    const orders = await openPaymentOrders({ store, gateway, runtime });
    await orders.create(order);
    await orders.startPayment(orderNo);
    const start = { commandId: 's-1' };

    const lost = orders.startPayment(orderNo, start).catch((error: unknown) => error);
    await runtime.advance(60_000);
    const again = await openPaymentOrders({ store: memory, gateway, runtime });

    expect(await lost).toMatchObject({ code: 'append-outcome-unknown' });
    expect(await again.startPayment(orderNo, start)).toMatchObject({
      ...{ kind: 'rejected', code: 'already-started', revision: 2 },
    });
    expect(await typesOf(again)).toEqual([
      ...['PaymentOrderCreated', 'PaymentStarted', 'CommandRejected'],
    ]);
  });
});

/** An order that was started, and to which so many rejections were recorded. */
async function withRejections(count: number) {
  // Other ids than those of the history below.
  const here = await world(always('refused'), 99);
  const tested = testedOrder([{ type: 'PaymentOrderCreated', ...order }]);
  tested.record({ type: 'PaymentStarted' });
  const rejection = { type: 'CommandRejected', command: 'StartPayment' } as const;
  for (let sent = 0; sent < count; sent += 1) {
    tested.record({ ...rejection, code: 'already-started' });
  }
  const prepared = tested.recorded.map(({ id, type, data, metadata }) => ({
    ...{ id, type, data, metadata },
  }));
  // A batch holds 100 events.
  for (let from = 0; from < prepared.length; from += 100) {
    const expected = from === 0 ? 'no-stream' : from - 1;
    await here.store.append(streamOf(orderNo), prepared.slice(from, from + 100), expected);
  }
  return here;
}

describe('a rejection', () => {
  test('is recorded with an id or without, whoever asked', async () => {
    const { orders } = await world(always('refused'));
    await orders.create(order);
    await orders.startPayment(orderNo);
    const actor = { kind: 'customer', id: 'u-7' };

    for (const options of [{}, { actor }, { commandId: 's-1' }, { commandId: 's-2', actor }]) {
      const { kind } = await orders.startPayment(orderNo, options);
      expect(kind).toBe('rejected');
    }

    const rejected = (await orders.history(orderNo)).slice(2);
    expect(rejected.map(({ metadata }) => [metadata.actor?.id, metadata.commandId])).toEqual([
      [undefined, undefined],
      ['u-7', undefined],
      [undefined, 's-1'],
      ['u-7', 's-2'],
    ]);
  });

  test('is not recorded after the thousandth, which says so, and then not answered to an id', async () => {
    const { orders } = await withRejections(999);
    const named = { commandId: 's-1' };

    await orders.startPayment(orderNo, named);
    const further = await orders.startPayment(orderNo);
    const other = orders.startPayment(orderNo, { commandId: 's-2' });

    await expect(other).rejects.toMatchObject({ code: 'stream-full' });
    expect(further).toMatchObject({ code: 'already-started', revision: 1_001 });
    expect(await orders.startPayment(orderNo, named)).toMatchObject({ code: 'already-started' });
    const last = (await orders.history(orderNo)).filter(({ data }) => data['isLastRecorded']);
    expect(last.map(({ revision }) => revision)).toEqual([1_001]);
    expect(await orders.verify(orderNo, further)).toMatchObject({ ok: true });
  });

  test('keeps nobody from a cancel, however many were recorded', async () => {
    const { orders, gateway } = await withRejections(1_000);
    const named = { commandId: 'c-1' };

    const cancel = await orders.cancel(orderNo, named);
    const again = await orders.cancel(orderNo, named);

    expect([cancel.kind, again.kind]).toEqual(['accepted', 'duplicate']);
    expect(gateway.calls).toHaveLength(1);
  });
});
