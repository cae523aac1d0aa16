import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { OpenOptions } from '../../src/open-options.ts';
import { claimsStream, readClaims } from '../../src/order/claims.ts';
import { checkStore } from '../../src/recovery/checkpoint-check.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered } from './world.ts';

type Kind = CancelOutcome['kind'];

/** A gateway of one account that keeps what it was called and asked for. */
function account(identity: string, kind: Kind = 'confirmed') {
  const calls: string[] = [];
  const asked: string[] = [];
  const port: CancelGateway = {
    identity,
    attemptMs: 15_000,
    cancel: ({ orderNo }) => {
      calls.push(orderNo);
      return Promise.resolve(answered(kind));
    },
    query: ({ orderNo }) => {
      asked.push(orderNo);
      return Promise.resolve({ status: 'pending', rule: 'scripted' });
    },
    close: () => Promise.resolve(),
  };
  return { port, calls, asked };
}

/** One store, and processes on it. */
function shop() {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const open = (options: Partial<OpenOptions> = {}) =>
    openPaymentOrders({ store, runtime, ...options });
  return { runtime, store, open };
}

const order = (orderNo: string) => ({ orderNo, processBillNo: 'F1' });
const gatewayOf = async (store: EventStore, orderNo: string) => {
  const orders = await openPaymentOrders({ store });
  return (await orders.get(orderNo))?.gateway;
};

describe('an order', () => {
  test('records the only gateway of the process that creates it', async () => {
    const { open, store } = shop();
    const orders = await open({ gateway: account('APP-A').port });

    const { order: created } = await orders.create(order('O1'));

    expect(created.gateway).toEqual({ name: 'default', appId: 'APP-A' });
    expect((await readClaims(store)).claims).toEqual([{ name: 'default', appId: 'APP-A' }]);
    const [event] = await orders.history('O1');
    expect(event).toMatchObject({
      data: { gateway: { name: 'default', appId: 'APP-A' } },
      metadata: { schemaVersion: 2 },
    });
  });

  test('records the one of several that is named, and is refused where none is', async () => {
    const { open, store } = shop();
    const [a, b] = [account('APP-A'), account('APP-B')];
    const orders = await open({ gateways: { a: a.port, b: b.port } });

    const { order: created } = await orders.create({ ...order('O1'), gateway: 'b' });
    await orders.cancel('O1');

    expect(created.gateway).toEqual({ name: 'b', appId: 'APP-B' });
    expect([a.calls, b.calls]).toEqual([[], ['O1']]);
    for (const gateway of [undefined, 'c']) {
      await expect(orders.create({ ...order('O2'), gateway })).rejects.toMatchObject({
        ...{ code: 'invalid-input', field: 'gateway' },
        message: expect.stringContaining('a, b') as string,
      });
    }
    expect(await Array.fromAsync(store.streams('paymentOrder-'))).toEqual(['paymentOrder-O1']);
  });

  test('records the name alone where the process has no gateway, and its account at the first call', async () => {
    const { open, store } = shop();
    await (await open()).create({ ...order('O1'), gateway: 'b' });
    const b = account('APP-B');
    const orders = await open({ gateways: { b: b.port } });
    expect(await gatewayOf(store, 'O1')).toEqual({ name: 'b', appId: null });

    await orders.cancel('O1');

    expect(await gatewayOf(store, 'O1')).toEqual({ name: 'b', appId: 'APP-B' });
    const [, requested, outcome] = await orders.history('O1');
    expect(requested?.data).toMatchObject({ gateway: { name: 'b', appId: 'APP-B' } });
    expect(outcome?.metadata.actor).toEqual({ kind: 'gateway', id: 'b/payment.order.cancel' });
  });

  test('of another gateway with the same number is not the same order', async () => {
    const { open } = shop();
    const a = await open({ gateways: { a: account('APP-A').port } });
    const b = await open({ gateways: { b: account('APP-B').port } });
    await a.create(order('O1'));

    expect(await a.create(order('O1'))).toMatchObject({ kind: 'duplicate' });
    expect(await b.create(order('O1'))).toMatchObject({ kind: 'rejected', code: 'order-exists' });
    expect(await (await open()).create(order('O1'))).toMatchObject({ kind: 'duplicate' });
  });
});

describe('a call', () => {
  test.each([
    ['another name', { gateways: { b: account('APP-A').port } }],
    ['another account', { gateways: { a: account('APP-B').port } }],
  ])('is refused to a gateway with %s, before anything is stored', async (_what, options) => {
    const { open } = shop();
    await (await open({ gateways: { a: account('APP-A').port } })).create(order('O1'));
    const others = await open({ ...options, adopt: true });

    for (const command of ['cancel', 'ask'] as const) {
      await expect(others[command]('O1')).rejects.toMatchObject({
        ...{ code: 'no-gateway', stream: 'paymentOrder-O1' },
        message: expect.stringContaining('a (APP-A)') as string,
      });
    }
    expect((await others.get('O1'))?.revision).toBe(0);
  });

  test('for an order that records no gateway is made by the only gateway in the store', async () => {
    const { open, store } = shop();
    await (await open()).create(order('O1'));
    const a = account('APP-A');

    await (await open({ gateway: a.port })).cancel('O1');

    expect(a.calls).toEqual(['O1']);
    expect(await gatewayOf(store, 'O1')).toEqual({ name: 'default', appId: 'APP-A' });
  });

  test('for such an order waits for somebody who adopts it, where another account has orders', async () => {
    const { open } = shop();
    await (await open()).create(order('O1'));
    await (await open({ gateways: { b: account('APP-B').port } })).create(order('O2'));
    const a = account('APP-A');

    await expect((await open({ gateway: a.port })).cancel('O1')).rejects.toMatchObject({
      ...{ code: 'no-gateway' },
      message: expect.stringContaining('adopt') as string,
    });
    await (await open({ gateway: a.port, adopt: true })).cancel('O1');

    expect(a.calls).toEqual(['O1']);
  });

  test('for an order of a name that two accounts have waits for somebody who adopts it', async () => {
    const { open } = shop();
    await (await open()).create({ ...order('O1'), gateway: 'a' });
    await (await open({ gateways: { a: account('APP-X').port } })).create(order('O2'));
    const a = account('APP-A');
    const gateways = { a: a.port };

    await expect((await open({ gateways })).cancel('O1')).rejects.toMatchObject({
      ...{ code: 'no-gateway' },
      message: expect.stringContaining('whose account is not recorded') as string,
    });
    await (await open({ gateways, adopt: true })).cancel('O1');

    expect(a.calls).toEqual(['O1']);
  });

  test('for such an order is made by the one of several that adopts', async () => {
    const { open } = shop();
    await (await open()).create(order('O1'));
    const [a, b] = [account('APP-A'), account('APP-B')];
    const gateways = { a: a.port, b: b.port };

    await expect((await open({ gateways })).cancel('O1')).rejects.toMatchObject({
      code: 'no-gateway',
    });
    await (await open({ gateways, adopt: 'b' })).cancel('O1');

    expect([a.calls, b.calls]).toEqual([[], ['O1']]);
  });

  test('is never made by two that both believe to be alone', async () => {
    let called = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const runtime = simulatedRuntime();
        const memory = openMemoryStore(runtime);
        const orderNos = ['O1', 'O2', 'O3'];
        const without = await openPaymentOrders({ store: memory, runtime });
        for (const orderNo of orderNos) await without.create(order(orderNo));
        const store = withWays(memory, {
          append: scheduler.scheduleFunction(memory.append.bind(memory)),
        });
        const [a, b] = [account('APP-A'), account('APP-B')];
        const rivals = [a, b].map(({ port }) =>
          openPaymentOrders({ store, runtime, gateway: port }),
        );
        const cancels = (await Promise.all(rivals)).flatMap((orders) =>
          orderNos.map((orderNo) => orders.cancel(orderNo).catch(() => null)),
        );
        await scheduler.waitFor(Promise.all(cancels));

        // The first to claim may have called; the other one has not.
        expect(Math.min(a.calls.length, b.calls.length)).toBe(0);
        called += a.calls.length + b.calls.length;
      }),
      { seed: 16, numRuns: 60 },
    );
    expect(called).toBeGreaterThan(0);
  });
});

describe('recovery', () => {
  test('fires the timers of its own orders, and leaves others alone', async () => {
    const { open, runtime } = shop();
    const away = (identity: string) => account(identity, 'not-executed').port;
    const [a, b] = [account('APP-A'), account('APP-B')];
    const before = await open({ gateways: { a: away('APP-A'), b: away('APP-B') } });
    for (const [orderNo, gateway] of [
      ['O1', 'a'],
      ['O2', 'b'],
    ] as const) {
      await before.create({ ...order(orderNo), gateway });
      await before.cancel(orderNo);
    }
    await runtime.advance(60_000);
    const worker = await open({ gateways: { a: a.port } });

    expect(await worker.recoverOnce()).toMatchObject({ waiting: 2, fired: 1 });
    await worker.startRecovery({ askAfterMs: 60_000 });
    await runtime.advance(86_400_000);

    expect([a.calls, b.calls]).toEqual([['O1'], []]);
    expect((await worker.get('O2'))?.stateDetail).toBe('cancelling.backingOff');
  });

  test('asks about its own open orders alone', async () => {
    const { open, runtime } = shop();
    const [a, b] = [account('APP-A'), account('APP-B')];
    const both = await open({ gateways: { a: a.port, b: b.port } });
    await both.create({ ...order('O1'), gateway: 'a' });
    await both.create({ ...order('O2'), gateway: 'b' });
    const worker = await open({ gateways: { b: b.port } });

    await worker.startRecovery({ askAfterMs: 60_000 });
    await runtime.advance(10 * 60_000);

    expect(a.asked).toEqual([]);
    expect(new Set(b.asked)).toEqual(new Set(['O2']));
  });
});

describe('the claims of a store', () => {
  test('are one for each gateway, however many processes claim at the same time', async () => {
    const { open, store } = shop();
    const gateways = { a: account('APP-A').port, b: account('APP-B').port };
    const processes = await Promise.all(Array.from({ length: 8 }, () => open({ gateways })));

    await Promise.all(
      processes.map((orders, index) =>
        orders.create({ ...order(`O${index}`), gateway: index % 2 === 0 ? 'a' : 'b' }),
      ),
    );

    const { claims } = await readClaims(store);
    expect(claims.map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
    expect(await checkStore(store)).toEqual([]);
  });

  test('are checked: one that was altered is named', async () => {
    const { open, store } = shop();
    await (await open({ gateway: account('APP-A').port })).create(order('O1'));
    const altered = withWays(store, {
      async *read(stream, from) {
        for await (const event of store.read(stream, from)) {
          const data = { name: 'default', appId: 'APP-Z' };
          yield stream === claimsStream ? { ...event, data } : event;
        }
      },
    });

    expect(await checkStore(altered)).toEqual([
      'stream "paymentOrderGateways", revision 0: the claim of a gateway was altered',
    ]);
  });
});
