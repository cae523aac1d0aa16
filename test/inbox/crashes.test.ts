import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { noticeStreamOf } from '../../src/inbox/events.ts';
import { verifyNotices } from '../../src/inbox/verify.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { SimulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { sha256 } from '../../src/text.ts';
import { withWays } from '../event-store/with-ways.ts';
import {
  bodyOf,
  inboxWorld,
  openInbox,
  order,
  orderNo,
  orderTypes,
  payment,
  translate,
  vouchedBy,
} from './world.ts';

/** The process dies at the `k`-th call of the store: before the call has an effect, or after it. */
function dyingStore(memory: EventStore, k: number, when: 'before' | 'after') {
  let calls = 0;
  const dead = new Promise<never>(() => undefined);
  const { promise: died, resolve: die } = Promise.withResolvers<'died'>();
  const guarded = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls < k) return call();
    if (calls > k) return dead;
    if (when === 'after') await call();
    die('died');
    return dead;
  };
  const store = withWays(memory, {
    append: (...batch) => guarded(() => memory.append(...batch)),
    read: async function* (...from) {
      yield* await guarded(() => Array.fromAsync(memory.read(...from)));
    },
  });
  return { store, died };
}

type Work = (orders: PaymentOrders) => Promise<unknown>;

/** Runs the work in a process that dies at the call; false where it ended before. */
async function diesAt(
  { runtime, memory }: { readonly runtime: SimulatedRuntime; readonly memory: EventStore },
  k: number,
  when: 'before' | 'after',
  work: Work,
): Promise<boolean> {
  const { store, died } = dyingStore(memory, k, when);
  const orders = await openPaymentOrders({ store, runtime });
  return (await Promise.race([died, work(orders)])) === 'died';
}

const receiving: Work = (orders) =>
  orders.inbox({ translate }).receive({ body: payment, vouchedBy });

/** Each work, and what was done before it in full. */
const works: readonly (readonly [name: string, before: readonly Work[], work: Work])[] = [
  ['received for an order', [(orders) => orders.create(order)], receiving],
  ['received before its order', [], receiving],
  ['found by its order', [receiving], (orders) => orders.create(order)],
  [
    'received twice at once while its order is created',
    [],
    (orders) => Promise.all([receiving(orders), orders.create(order), receiving(orders)]),
  ],
  [
    'vouched for at last',
    [
      (orders) => orders.create(order),
      (orders) => orders.inbox({ translate }).receive({ body: payment }),
    ],
    receiving,
  ],
  [
    'retried by an operator',
    [
      (orders) => orders.create(order),
      (orders) => orders.inbox({ translate }).receive({ body: payment }),
    ],
    (orders) => orders.inbox({ translate }).retry(sha256(payment), { by: 'li', vouchedBy: 'bill' }),
  ],
];

const repeats: readonly (readonly [name: string, again: Work])[] = [
  ['the sender repeats it', receiving],
  ['recovery finds it', (orders) => recovered(orders)],
];

async function recovered(orders: PaymentOrders): Promise<unknown> {
  orders.inbox({ translate });
  return orders.recoverOnce({ only: 'notices' });
}

describe.each(works)('a notice, %s', (_name, before, work) => {
  describe.each(repeats)('is applied once where the process dies and %s', (_again, again) => {
    test.each(['before', 'after'] as const)('at any call of the store, %s it', async (when) => {
      let k = 0;
      let died = true;
      while (died) {
        k += 1;
        const runtime = simulatedRuntime({ seed: k });
        const memory = openMemoryStore(runtime);
        for (const done of before) await done(await openPaymentOrders({ store: memory, runtime }));

        died = await diesAt({ runtime, memory }, k, when, work);

        // What was not kept was not acknowledged, so its sender repeats it.
        const orders = await openPaymentOrders({ store: memory, runtime });
        const isKept = (await memory.readLast(noticeStreamOf(sha256(payment)))) !== null;
        if (!isKept) await receiving(orders);
        await orders.create(order);
        await again(orders);
        if (again !== receiving) await recovered(orders);
        const notice = await orders.inbox().get(sha256(payment));
        expect(notice?.status, `k ${k}`).toMatch(/applied|held/);
        if (notice?.status === 'held') await receiving(orders);
        // Creating it again is recorded as such.
        const types = (await orderTypes(memory)).filter((type) => type !== 'CommandRejected');
        expect(types, `k ${k}`).toEqual(['PaymentOrderCreated', 'PaymentSucceeded']);
        const checked = verifyNotices(() => ({ store: memory }));
        const faults = (await Array.fromAsync(checked)).flatMap(({ faults }) => faults);
        expect(faults, `k ${k}`).toEqual([]);
      }
      expect(k).toBeGreaterThan(3);
    });
  });
});

test('is applied once where its translator says something else after a crash', async () => {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  await (await openPaymentOrders({ store: memory, runtime })).create(order);
  // The fact is recorded, and the mark is not.
  await diesAt({ runtime, memory }, 4, 'after', receiving);
  expect(await orderTypes(memory)).toEqual(['PaymentOrderCreated', 'PaymentSucceeded']);
  const { inbox } = await openInbox(memory, runtime, {
    translate: () => ({
      kind: 'fact',
      orderNo,
      type: 'PaymentSucceeded',
      fact: { transactionNo: 'T1', amountMinor: 1, currency: 'CNY' },
    }),
  });

  const { applied } = await inbox.receive({ body: payment, vouchedBy });

  expect(applied).toMatchObject({ kind: 'accepted', revision: 1 });
  expect(await orderTypes(memory)).toEqual(['PaymentOrderCreated', 'PaymentSucceeded']);
});

test('is applied once by two processes that receive it at once', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const runtime = simulatedRuntime({ seed });
    const memory = openMemoryStore(runtime);
    const one = await openInbox(memory, runtime);
    const other = await openInbox(memory, runtime);
    const receive = ({ inbox }: typeof one) => inbox.receive({ body: payment, vouchedBy });
    const done = Promise.all([receive(one), one.orders.create(order), receive(other)]);
    await runtime.advance(1_000);

    const [first, , second] = await done;

    expect([first.kind, second.kind].toSorted()).toEqual(['accepted', 'duplicate']);
    expect((await one.inbox.get(first.noticeId))?.status).toBe('applied');
    expect(await orderTypes(memory)).toEqual(['PaymentOrderCreated', 'PaymentSucceeded']);
  }
});

test('a store that is full before the fact rejects, and the repeat goes on', async () => {
  let left = 2;
  const { inbox, orders, memory } = await inboxWorld({
    store: (memory) =>
      withWays(memory, {
        append: (...batch) =>
          (left -= 1) >= 0
            ? memory.append(...batch)
            : Promise.reject(new PaymentOrderError('store-read-only', 'disk full')),
      }),
  });
  await orders.create(order);

  await expect(inbox.receive({ body: payment, vouchedBy })).rejects.toThrow('disk full');
  const between = await orderTypes(memory);
  left = 10;
  const repeated = await inbox.receive({ body: payment, vouchedBy });

  expect(between).toEqual(['PaymentOrderCreated']);
  expect(repeated).toMatchObject({ kind: 'duplicate', status: 'applied' });
});

test('a full store rejects, and keeps nothing half', async () => {
  const fault = new Error('disk full');
  const { inbox, memory } = await inboxWorld({
    store: (memory) => withWays(memory, { append: () => Promise.reject(fault) }),
  });

  await expect(inbox.receive({ body: bodyOf(), vouchedBy })).rejects.toBe(fault);

  expect(await Array.fromAsync(memory.streams(''))).toEqual([]);
});
