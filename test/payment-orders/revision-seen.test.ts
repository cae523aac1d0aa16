import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { scheduled } from '../event-store/scheduled.ts';
import { asked } from './asked.ts';
import { always, answered, order, orderNo, reason, scriptedGateway, world } from './world.ts';

const evidence = { evidence: 'bill of the day', by: 'li.wei' };
const moved = (revision: number) => ({ code: 'revision-moved', field: 'ifRevision', revision });

async function created() {
  const here = await world(always('refused'));
  await here.orders.create(order);
  const types = async () => (await here.orders.history(orderNo)).map(({ type }) => type);
  return { ...here, types };
}

describe('a command with the revision that its sender saw', () => {
  test('is decided while that is the last one', async () => {
    const { orders } = await created();

    const receipt = await orders.startPayment(orderNo, { ifRevision: 0 });

    expect(receipt).toMatchObject({ kind: 'accepted', revision: 1 });
  });

  test('is rejected as any other, if the order does not allow it', async () => {
    const { orders } = await created();

    const receipt = await orders.abandonCancel(orderNo, { ifRevision: 0 });

    expect(receipt).toMatchObject({ kind: 'rejected', code: 'no-open-cancel', revision: 1 });
  });

  test('throws once the order has moved on, and nothing is stored or called', async () => {
    const { orders, gateway, types } = await created();
    await orders.startPayment(orderNo);

    const late = orders.cancel(orderNo, { reason, ifRevision: 0, commandId: 'c-1' });

    await expect(late).rejects.toMatchObject(moved(1));
    expect(gateway.calls).toEqual([]);
    expect(await types()).toEqual(['PaymentOrderCreated', 'PaymentStarted']);
  });

  test('throws as well where the order never had that revision', async () => {
    const { orders } = await created();

    await expect(orders.startPayment(orderNo, { ifRevision: 1 })).rejects.toMatchObject(moved(0));
  });

  test('leaves its id unanswered when it throws, so that it may be sent again', async () => {
    const { orders } = await created();
    await orders.startPayment(orderNo);
    const cancel = { reason, commandId: 'c-1' };
    await expect(orders.cancel(orderNo, { ...cancel, ifRevision: 0 })).rejects.toThrow();

    const receipt = await orders.cancel(orderNo, { ...cancel, ifRevision: 1 });

    expect(receipt.kind).toBe('accepted');
  });

  test('is a duplicate after its id was answered, wherever the order has come to', async () => {
    const { orders, gateway } = await created();
    const cancel = { reason, commandId: 'c-1', ifRevision: 0 };
    await orders.cancel(orderNo, cancel);

    const again = await orders.cancel(orderNo, cancel);

    expect(again).toMatchObject({ kind: 'duplicate', revision: 2 });
    expect(gateway.calls).toHaveLength(1);
  });

  test('is refused for an id that was used otherwise, wherever the order has come to', async () => {
    const { orders } = await created();
    await orders.startPayment(orderNo, { commandId: 'c-1' });

    const other = orders.cancel(orderNo, { reason, commandId: 'c-1', ifRevision: 0 });

    await expect(other).rejects.toMatchObject({ code: 'command-id-reused' });
  });

  test('is decided on what the store shows, not on what this process wrote last', async () => {
    const { orders, open } = await created();
    await (await open()).startPayment(orderNo);

    const stale = orders.cancel(orderNo, { ifRevision: 0 });
    await expect(stale).rejects.toMatchObject(moved(1));
    const { kind } = await orders.cancel(orderNo, { ifRevision: 1 });

    expect(kind).toBe('accepted');
  });

  test('does not count the answer as moved that it asked for itself', async () => {
    const { orders, path, gateway } = await asked(['confirmed'], 'pending', { askFirst: true });

    const { kind } = await orders.cancel(orderNo, { ifRevision: 1 });

    expect(kind).toBe('accepted');
    expect(gateway.questions).toHaveLength(1);
    expect(await path()).toEqual(['StatusReported', 'CancelRequested', 'CancelConfirmed']);
  });

  test('does not even ask the platform first, if the order has moved on', async () => {
    const { orders, path, gateway } = await asked(['confirmed'], 'pending', { askFirst: true });

    await expect(orders.cancel(orderNo, { ifRevision: 0 })).rejects.toMatchObject(moved(1));

    expect(gateway.questions).toEqual([]);
    expect(await path()).toEqual([]);
  });

  test('throws if somebody else wrote while the platform was asked', async () => {
    let meanwhile: () => Promise<unknown> = () => Promise.resolve();
    const status = async () => {
      await meanwhile();
      return { status: 'pending', rule: 'pending' } as const;
    };
    const { orders, path, gateway } = await asked(['confirmed'], status, { askFirst: true });
    meanwhile = () => orders.recordPaymentDeclined(orderNo, { code: 'no-funds' });

    await expect(orders.cancel(orderNo, { ifRevision: 1 })).rejects.toMatchObject({
      code: 'revision-moved',
    });

    expect(gateway.calls).toEqual([]);
    expect(await path()).not.toContain('CancelRequested');
  });

  test('is neither a creation nor a fact: they are not decided on what somebody saw', async () => {
    const { orders } = await created();
    const untyped = (given: object): never => ({ ...given, ifRevision: 0 }) as never;
    const refused = { code: 'invalid-input', field: 'ifRevision' };

    await expect(orders.create(untyped(order))).rejects.toMatchObject(refused);
    await expect(
      orders.recordPaymentSucceeded(orderNo, untyped({ transactionNo: 'T1' })),
    ).rejects.toMatchObject(refused);
  });
});

describe('two operators who saw the same revision', () => {
  type Act = (orders: PaymentOrders, ifRevision: number) => Promise<unknown>;
  const acts: Readonly<Record<string, Act>> = {
    retry: (orders, ifRevision) => orders.retryCancel(orderNo, { ifRevision }),
    'paid there': (orders, ifRevision) =>
      orders.resolveCancel(orderNo, { resolution: 'paid', ...evidence, ifRevision }),
    'open there': (orders, ifRevision) =>
      orders.resolveCancel(orderNo, { resolution: 'open', ...evidence, ifRevision }),
    cancelled: (orders, ifRevision) =>
      orders.resolveCancel(orderNo, { resolution: 'cancelled', ...evidence, ifRevision }),
    cancel: (orders, ifRevision) => orders.cancel(orderNo, { reason, ifRevision }),
  };
  const act = fc.constantFrom(...Object.keys(acts));

  test('never both decide: one is answered, and the other one sees that the order moved', async () => {
    const property = fc.asyncProperty(fc.scheduler(), act, act, async (scheduler, one, other) => {
      const plain = openMemoryStore(simulatedRuntime());
      const runtime = simulatedRuntime();
      const ask = () => Promise.resolve(answered('outcome-unknown'));
      const options = { gateway: scriptedGateway(plain, ask), runtime };
      const before = await openPaymentOrders({ store: plain, ...options });
      await before.create(order);
      const { revision } = await before.cancel(orderNo, { reason });
      const store = scheduled(plain, scheduler);
      const operators = await Promise.all([
        openPaymentOrders({ store, ...options }),
        openPaymentOrders({ store, ...options }),
      ]);

      const running = Promise.allSettled(
        [one, other].map(async (name, index) => {
          const orders = operators[index];
          return orders === undefined ? null : acts[name]?.(orders, revision);
        }),
      );
      await scheduler.waitFor(running);
      const answers = (await running).map(({ status }) => status);
      const refused = (await running).filter((result) => result.status === 'rejected');

      expect(answers.toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(refused[0]?.reason).toMatchObject({ code: 'revision-moved' });
      const history = await before.history(orderNo);
      const decided = history.filter((found) => found.metadata.source === 'command').slice(2);
      expect(decided.map((found) => found.revision)).toEqual([revision + 1]);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});
