import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { asked, told } from './asked.ts';
import type { Status } from './asked.ts';
import { expectTruthful, order, orderNo, reason } from './world.ts';

const minute = 60_000;

describe('a doubt', () => {
  test.each([
    ['canceled', 'cancelled'],
    ['succeeded', 'paid'],
    ['failed', 'failed'],
  ] as const)('ends by itself where the platform reports %s', async (status, state) => {
    const { runtime, orders, gateway, path, store } = await asked(['outcome-unknown'], status);
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(10_000);
    expect(await path()).toEqual(['CancelRequested', 'CancelOutcomeUnknown', 'StatusReported']);
    const view = await orders.get(orderNo);
    expect(view).toMatchObject({ state, needsAttention: null, cancel: { inDoubt: false } });
    expect(gateway.calls).toHaveLength(1);
    await runtime.advance(24 * 60 * minute);
    expect(gateway.questions).toHaveLength(1);
    await expectTruthful(store, gateway.calls);
  });

  test('is asked about again, never probed, and ends once `pending` is conclusive', async () => {
    const outcomes = ['outcome-unknown', 'confirmed'] as const;
    const { runtime, orders, gateway, path, state } = await asked(outcomes, 'pending');
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(110_000);
    expect(await state()).toBe('cancelling.inDoubt');
    expect(gateway.calls).toHaveLength(1);
    expect(gateway.questions.length).toBeGreaterThan(1);
    await runtime.advance(10 * minute);
    expect(await state()).toBe('cancelled');
    expect(gateway.calls).toHaveLength(2);
    const history = await orders.history(orderNo);
    const conclusive = history.filter(({ data }) => data['conclusive'] === true);
    expect(conclusive).toHaveLength(1);
    expect((await path()).at(-2)).toBe('CancelRetryDue');
  });

  test('waits until `pending` is conclusive, however short the waits are', async () => {
    const retryPolicy = { notExecutedMs: [1_000], unknownMs: [1_000, 1_000], jitter: 0 };
    const outcomes = ['outcome-unknown', 'confirmed'] as const;
    const { runtime, orders, gateway, state } = await asked(outcomes, 'pending', { retryPolicy });
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(119_000);
    expect(await state()).toBe('cancelling.inDoubt');
    await runtime.advance(4_000);
    expect(await state()).toBe('cancelled');
    expect(gateway.questions).toHaveLength(3);
  });

  test('needs review within bounded questions where the platform never says', async () => {
    const { runtime, orders, gateway, state } = await asked(['outcome-unknown'], 'unknown');
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(24 * 60 * minute);
    expect(await state()).toBe('cancelling.needsReview');
    expect(gateway.questions).toHaveLength(12);
    expect(gateway.calls).toHaveLength(1);
    await runtime.advance(24 * 60 * minute);
    expect(gateway.questions).toHaveLength(12);
  });

  test('is probed by a cancel in the waits in which the platform may not be asked', async () => {
    const outcomes = ['outcome-unknown', 'confirmed'] as const;
    const { runtime, orders, gateway, path } = await asked(outcomes, 'unavailable');
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(10_000);
    expect(await path()).toEqual([
      ...['CancelRequested', 'CancelOutcomeUnknown', 'StatusReported'],
      ...['CancelRetryDue', 'CancelConfirmed'],
    ]);
    expect(gateway.questions).toHaveLength(1);
  });

  test('is probed by a cancel where the gateway has no query', async () => {
    const { runtime, orders, path } = await asked(['outcome-unknown', 'confirmed'], null);
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(10_000);
    expect(await path()).toEqual([
      ...['CancelRequested', 'CancelOutcomeUnknown', 'CancelRetryDue', 'CancelConfirmed'],
    ]);
  });

  test('needs review within bounded time where a clock far ahead recorded it', async () => {
    const retryPolicy = { notExecutedMs: [1_000], unknownMs: [1_000], jitter: 0 };
    const more = { retryPolicy };
    const { runtime, store, orders, gateway, state } = await asked(
      ['outcome-unknown'],
      'pending',
      more,
    );
    const ahead = { ...runtime, now: () => runtime.now() + 24 * 60 * minute };
    const early = await openPaymentOrders({ store, gateway, runtime: ahead, retryPolicy });
    await early.cancel(orderNo, { reason });
    await orders.startRecovery();
    await runtime.advance(10 * minute);
    expect(await state()).toBe('cancelling.needsReview');
    expect(gateway.questions).toHaveLength(2);
  });

  test('is asked about also by who meant to fire the timer before it, and came second', async () => {
    const outcomes = ['not-executed', 'outcome-unknown', 'confirmed'] as const;
    const { runtime, store, orders, gateway, path } = await asked(outcomes, 'canceled');
    await orders.cancel(orderNo, { reason });
    await runtime.advance(2_000);
    const meanwhile = async () => {
      await orders.recoverOnce();
      await runtime.advance(8_000);
    };
    let isFirst = true;
    const slow = withWays(store, {
      append: async (...given) => {
        if (isFirst) {
          isFirst = false;
          await meanwhile();
        }
        return store.append(...given);
      },
    });
    const late = await openPaymentOrders({ store: slow, gateway, runtime });
    await late.recoverOnce();
    expect(gateway.calls).toHaveLength(2);
    await late.recoverOnce();
    expect((await path()).slice(-2)).toEqual(['CancelOutcomeUnknown', 'StatusReported']);
  });

  test('is not asked about in a wait that brings another attempt anyway', async () => {
    const outcomes = ['not-executed', 'confirmed'] as const;
    const { runtime, orders, gateway, state } = await asked(outcomes, 'pending');
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(10_000);
    expect(await state()).toBe('cancelled');
    expect(gateway.questions).toEqual([]);
  });

  test('is recorded once, however many workers ask at once', async () => {
    let open = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { runtime, store, orders, gateway, path } = await asked(['outcome-unknown'], (number) => {
      if (number === 2) open();
      return both.then(() => told('pending'));
    });
    const other = await openPaymentOrders({ store, gateway, runtime });
    await Promise.all([orders.startRecovery(), other.startRecovery()]);
    await orders.cancel(orderNo, { reason });
    await runtime.advance(7_000);
    expect(gateway.questions).toHaveLength(2);
    expect(await path()).toEqual(['CancelRequested', 'CancelOutcomeUnknown', 'StatusReported']);
  });
});

describe('a refusal', () => {
  test('is asked about once, and the payment that explains it is recorded', async () => {
    const { runtime, orders, path, gateway } = await asked(['refused'], 'succeeded');
    const receipt = await orders.cancel(orderNo, { reason });
    expect(receipt.order.state).toBe('paying');
    await runtime.advance(1_000);
    expect(await path()).toEqual(['CancelRequested', 'CancelRefused', 'StatusReported']);
    expect((await orders.get(orderNo))?.state).toBe('paid');
    expect(gateway.questions).toEqual([{ orderNo, processBillNo: order.processBillNo }]);
  });

  test('stands where asking fails, and the failure is reported', async () => {
    const { runtime, orders, path, errors } = await asked(['refused'], () =>
      Promise.reject(new Error('no')),
    );
    await orders.cancel(orderNo, { reason });
    await runtime.advance(1_000);
    expect(await path()).toEqual(['CancelRequested', 'CancelRefused', 'StatusReported']);
    expect(errors).toHaveLength(1);
  });

  test('is waited for by close', async () => {
    const { orders, gateway } = await asked(['refused'], 'pending');
    await orders.cancel(orderNo, { reason, wait: false });
    await orders.close();
    expect(gateway.questions).toHaveLength(1);
  });
});

describe('askFirst', () => {
  test.each([
    ['succeeded', 'rejected', 'paid'],
    ['canceled', 'duplicate', 'cancelled'],
    ['pending', 'accepted', 'cancelled'],
    ['unknown', 'accepted', 'cancelled'],
    ['unavailable', 'accepted', 'cancelled'],
  ] as const)('answers a cancel by what is %s: %s', async (status, kind, state) => {
    const { orders, gateway } = await asked(['confirmed'], status, { askFirst: true });
    const commandId = 'cmd-1';
    const receipt = await orders.cancel(orderNo, { reason, commandId });
    expect(receipt).toMatchObject({ kind, order: { state } });
    expect(gateway.calls).toHaveLength(kind === 'accepted' ? 1 : 0);
    await orders.cancel(orderNo, { reason, commandId });
    expect(gateway.questions).toHaveLength(1);
  });

  test('is refused where the gateway cannot be asked', async () => {
    await expect(asked(['confirmed'], null, { askFirst: true })).rejects.toMatchObject({
      code: 'gateway-cannot-be-asked',
    });
  });
});

describe('ask', () => {
  test('is refused by name, and stores nothing, where nobody can be asked', async () => {
    const { orders, path } = await asked(['refused'], null);
    await expect(orders.ask(orderNo)).rejects.toMatchObject({ code: 'gateway-cannot-be-asked' });
    expect(await path()).toEqual([]);
    const store = openMemoryStore(simulatedRuntime());
    const without = await openPaymentOrders({ store });
    await expect(without.ask(orderNo)).rejects.toMatchObject({ code: 'gateway-not-configured' });
  });

  test('is refused for an order that does not exist, and nobody is asked', async () => {
    const { orders, gateway } = await asked(['refused'], 'pending');
    await expect(orders.ask('O404')).rejects.toMatchObject({ code: 'order-not-found' });
    await expect(orders.ask('a b')).rejects.toMatchObject({ code: 'invalid-input' });
    const wrong = { commandId: 'x' } as object;
    await expect(orders.ask(orderNo, wrong)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(gateway.questions).toEqual([]);
  });

  test('ends a doubt that waits for a person', async () => {
    let status: QueryAnswer['status'] = 'unknown';
    const { runtime, orders, state } = await asked(['outcome-unknown'], () =>
      Promise.resolve(told(status)),
    );
    await orders.startRecovery();
    await orders.cancel(orderNo, { reason });
    await runtime.advance(24 * 60 * minute);
    expect(await state()).toBe('cancelling.needsReview');
    status = 'pending';
    const { order: after, answer } = await orders.ask(orderNo);
    expect(answer.conclusive).toBe(true);
    expect(after).toMatchObject({
      ...{ stateDetail: 'cancelling.needsReview', cancel: { inDoubt: false } },
    });
    status = 'canceled';
    expect((await orders.ask(orderNo)).order.state).toBe('cancelled');
  });

  test('speaks of no attempt that was begun after it', async () => {
    let answer: (given: QueryAnswer) => void = () => undefined;
    const later: Status = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const { orders, state } = await asked(['outcome-unknown'], later);
    const asking = orders.ask(orderNo);
    await orders.cancel(orderNo, { reason });
    expect(await state()).toBe('cancelling.inDoubt');
    answer(told('failed'));
    expect((await asking).order).toMatchObject({
      ...{ stateDetail: 'cancelling.inDoubt', cancel: { inDoubt: true } },
    });
  });

  test('is recorded with where the question came from, and who asked', async () => {
    const { orders } = await asked(['outcome-unknown'], 'canceled');
    const actor = { kind: 'operator', id: 'li.wei' };

    await orders.ask(orderNo, { actor, source: 'console' });

    const recorded = (await orders.history(orderNo)).at(-1);
    expect(recorded).toMatchObject({
      type: 'StatusReported',
      metadata: { actor, source: 'console' },
    });
  });
});
