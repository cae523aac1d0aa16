import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { record } from '../../machines/payment-order.fold.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { openPaymentOrders, verifyHistories } from '../../src/index.ts';
import { changedMachine } from '../../src/testing/index.ts';
import { always, order, orderNo, reason, world } from '../payment-orders/world.ts';
import { olderMachine, ordersWith } from './older-machine.ts';

const stream = `paymentOrder-${orderNo}`;

/** A history that ends in doubt, and whatever comes then. */
async function recorded(orders: Awaited<ReturnType<typeof world>>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of orders.store.read(stream)) events.push(event);
  return events;
}

async function inDoubt(): Promise<RecordedEvent[]> {
  const here = await world(always('outcome-unknown'));
  await here.orders.create(order);
  await here.orders.startPayment(orderNo);
  await here.orders.cancel(orderNo, { reason });
  return recorded(here);
}

const firstOf = async (machine: object, events: readonly RecordedEvent[]) => {
  const { ok, histories } = await verifyHistories(machine, [events]);
  expect(ok).toBe(false);
  const { events: asBefore, divergence } = histories[0] ?? {};
  const { revision, type, cause, derived } = divergence ?? {};
  expect(asBefore, 'every event before the divergence came out as before').toBe(revision);
  return { revision, type, cause, from: derived?.from, to: derived?.to };
};

describe('the change gate', () => {
  test('passes the machine that wrote the histories', async () => {
    const report = await verifyHistories(paymentOrderMachine, [await inDoubt()]);
    expect(report).toEqual({
      ok: true,
      histories: [
        { stream, ok: true, events: 4, divergence: null, fault: null, comparedUntil: null },
      ],
      stranded: [],
    });
  });

  test('names a transition that is gone', async () => {
    const gone = changedMachine(paymentOrderMachine, (at) => {
      delete at('states.created.on')['PaymentStarted'];
    });
    expect(await firstOf(gone, await inDoubt())).toEqual({
      revision: 1,
      type: 'PaymentStarted',
      cause: 'transition-gone',
      from: 'created',
      to: null,
    });
  });

  test('names another target', async () => {
    const { orders, ...here } = await world(always('confirmed'));
    await orders.create(order);
    await orders.recordPaymentFailed(orderNo);
    const other = changedMachine(paymentOrderMachine, (at) => {
      at('states.created.on.PaymentFailed').target = 'cancelled';
    });
    expect(await firstOf(other, await recorded({ orders, ...here }))).toEqual({
      revision: 1,
      type: 'PaymentFailed',
      cause: 'other-target',
      from: 'created',
      to: 'cancelled',
    });
  });

  test('names another pending effect, and accepts it where it is intended', async () => {
    const patient = paymentOrderMachine.provide({ delays: { attemptDeadline: 60_000 } });
    const events = await inDoubt();
    expect(await firstOf(patient, events)).toEqual({
      revision: 2,
      type: 'CancelRequested',
      cause: 'other-pending-effect',
      from: 'paying',
      to: 'cancelling.requesting',
    });
    const meant = await verifyHistories(patient, [events], { accept: ['other-pending-effect'] });
    expect(meant.ok).toBe(true);
  });

  test('names a different context, and accepts it where it is intended', async () => {
    const forgetful = paymentOrderMachine.provide({
      actions: {
        record: assign(({ context, event }) => ({ ...record(context, event), started: false })),
      },
    });
    const events = await inDoubt();
    expect(await firstOf(forgetful, events)).toMatchObject({
      revision: 1,
      cause: 'context-differs',
      from: 'created',
      to: 'paying',
    });
    const meant = await verifyHistories(forgetful, [events], { accept: ['context-differs'] });
    expect(meant.ok).toBe(true);
  });

  test('names the open orders in a removed state, and no closed ones', async () => {
    const without = changedMachine(paymentOrderMachine, (at) => {
      delete at('states.cancelling.states')['inDoubt'];
      at('states.cancelling.states.weighing')['always'] = [{ target: 'needsReview' }];
    });
    const report = await verifyHistories(without, [await inDoubt()]);
    expect(report).toMatchObject({
      ...{ ok: false, stranded: [{ stream, state: 'cancelling.inDoubt' }] },
    });
  });

  test('compares states alone where an older machine wrote, and names the first such revision', async () => {
    const here = await world(always('refused'));
    const orders = ordersWith(olderMachine, here);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const events = await recorded(here);
    const { ok, histories } = await verifyHistories(olderMachine, [events]);
    expect({ ok, until: histories[0]?.comparedUntil }).toEqual({ ok: true, until: 2 });
    expect(await firstOf(paymentOrderMachine, events)).toMatchObject({
      ...{ revision: 2, cause: 'other-target' },
    });
  });

  test('tells a broken history from a diverging one, and goes on with the next', async () => {
    const events = await inDoubt();
    const report = await verifyHistories(paymentOrderMachine, [events.toSpliced(1, 1), events]);
    expect(report.histories.map(({ ok, fault }) => [ok, fault?.code])).toEqual([
      [false, 'not-contiguous'],
      [true, undefined],
    ]);
    await expect(verifyHistories({}, [])).rejects.toMatchObject({ code: 'unsupported-machine' });
  });

  test('names the state in which a machine loops, instead of looping for ever', async () => {
    const circling = changedMachine(paymentOrderMachine, (at) => {
      at('states.cancelling.states.weighing')['always'] = [{ target: 'settling' }];
      at('states.cancelling.states.settling')['always'] = [{ target: 'weighing' }];
    });
    const checking = verifyHistories(circling, [await inDoubt()]);
    await expect(checking).rejects.toMatchObject({
      code: 'unsupported-machine',
      message: expect.stringMatching(
        /^the machine fails in state 'cancelling.requesting' when it is given CancelOutcomeUnknown: Inf/,
      ) as string,
    });
  });

  test('takes the events that PaymentOrders.history gives', async () => {
    await using orders = await openPaymentOrders({ store: 'memory:' });
    await orders.create(order);
    const { ok } = await verifyHistories(paymentOrderMachine, [await orders.history(orderNo)]);
    expect(ok).toBe(true);
  });
});
