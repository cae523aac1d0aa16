import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { encodeEvent } from '../../src/history/encode.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { recordedSteps } from '../../src/history/recorded-steps.ts';
import { replay } from '../../src/history/compare.ts';
import { always, order, orderNo, reason, world } from '../payment-orders/world.ts';
import { olderMachine, ordersWith } from './older-machine.ts';

const stream = `paymentOrder-${orderNo}`;

async function eventsOf(machine: typeof paymentOrderMachine) {
  const here = await world(always('refused'));
  const orders = ordersWith(machine, here);
  await orders.create(order);
  await orders.startPayment(orderNo);
  await orders.cancel(orderNo, { reason });
  await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
  const events: RecordedEvent[] = [];
  for await (const event of here.store.read(stream)) events.push(event);
  return { events, ...here };
}

async function stepsOf(events: readonly RecordedEvent[]) {
  const steps = [];
  for await (const step of recordedSteps(events)) steps.push(step);
  return steps;
}

describe('a replay as recorded', () => {
  test('gives the states and what the order knew, step by step', async () => {
    const { events } = await eventsOf(paymentOrderMachine);
    const steps = await stepsOf(events);
    expect(steps.map(({ from, to }) => [from, to])).toEqual([
      [null, 'created'],
      ['created', 'paying'],
      ['paying', 'cancelling.requesting'],
      ['cancelling.requesting', 'paying'],
      ['paying', 'paid'],
    ]);
    expect(steps.map(({ known }) => known.paid)).toEqual([false, false, false, false, true]);
    expect(steps.at(-1)?.known).toMatchObject({ orderNo, answers: ['refused'] });
  });

  test('reads a history that an older machine wrote', async () => {
    const { events } = await eventsOf(olderMachine);
    const steps = await stepsOf(events);
    expect(steps.map(({ to }) => to)).toEqual([
      ...['created', 'paying', 'cancelling.requesting', 'cancelling.needsReview', 'paid'],
    ]);
    expect(new Set(steps.map(({ machine }) => machine.version))).toEqual(new Set(['0']));
  });

  test('marks data that this version cannot read, and goes on', async () => {
    const { events } = await eventsOf(paymentOrderMachine);
    const foreign = events.map((event) =>
      event.revision === 2 ? { ...event, type: 'CancelWished', data: { why: 'x' } } : event,
    );
    const steps = await stepsOf(foreign);
    expect(steps.map(({ isRead }) => isRead)).toEqual([true, true, false, true, true]);
    expect(steps[2]).toMatchObject({ type: 'CancelWished', to: 'cancelling.requesting' });
  });
});

describe('a replay', () => {
  test('derives a history as it was recorded, twice', async () => {
    const { events } = await eventsOf(paymentOrderMachine);
    const compiled = compileMachine();
    const once = await replay(compiled, stream, events);
    expect(once).toMatchObject({ events: 5, state: 'paid', divergence: null, fault: null });
    expect(once.writtenBy).toEqual([{ ...compiled.identity, fromRevision: 0 }]);
    expect(await replay(compiled, stream, events)).toEqual(once);
  });

  test('names the first divergence of what an older machine wrote, and both machines', async () => {
    const { events, open } = await eventsOf(olderMachine);
    const today = compileMachine().identity;
    const old = compileMachine(olderMachine).identity;
    expect(await replay(compileMachine(), stream, events)).toMatchObject({
      ...{ events: 3, state: 'cancelling.requesting', fault: null },
      writtenBy: [{ ...old, fromRevision: 0 }],
      derivedBy: today,
      divergence: {
        ...{ revision: 3, type: 'CancelRefused' },
        recorded: { from: 'cancelling.requesting', to: 'cancelling.needsReview', machine: old },
        derived: { from: 'cancelling.requesting', to: 'paying', machine: today },
      },
    });
    const orders = await open();
    expect(await orders.replay(orderNo, { machine: olderMachine })).toMatchObject({
      ...{ divergence: null, fault: null, events: 5, derivedBy: old },
    });
    expect(await orders.replay(orderNo)).toMatchObject({ divergence: { revision: 3 } });
    const all = [];
    for await (const one of orders.replayAll()) all.push(one.divergence?.revision);
    expect(all).toEqual([3]);
    await expect(orders.replay(orderNo, { machine: {} })).rejects.toMatchObject({
      code: 'unsupported-machine',
    });
  });

  test('gives no target for an event that the machine does not take', async () => {
    const { events, runtime } = await eventsOf(paymentOrderMachine);
    const last = events.at(-1);
    if (last === undefined) throw new Error('there are events');
    const { prepared } = encodeEvent(
      runtime.newId(),
      { type: 'CancelAbandoned' },
      {
        ...{ recordedAt: '2026-11-24T00:00:00.000Z', source: 'command', $correlationId: 'c' },
        ...{ from: 'paid', to: 'created', schemaVersion: 1, machine: compileMachine().identity },
      },
      { stream, revision: 5, prevHash: decodeEvent(last).metadata.hash },
      runtime,
    );
    const inserted = [...events, { ...prepared, stream, revision: 5, position: '6' }];
    expect(await replay(compileMachine(), stream, inserted)).toMatchObject({
      ...{ events: 5, state: 'paid' },
      divergence: { revision: 5, derived: { from: 'paid', to: null } },
    });
  });

  test('ends with a fault where an event is missing or cannot be read', async () => {
    const { events } = await eventsOf(paymentOrderMachine);
    expect(await replay(compileMachine(), stream, events.toSpliced(2, 1))).toMatchObject({
      ...{ events: 2, divergence: null, fault: { revision: 2, code: 'not-contiguous' } },
    });
    const foreign = events.map((event) => ({ ...event, type: `${event.type}2` }));
    expect(await replay(compileMachine(), stream, foreign)).toMatchObject({
      ...{ events: 0, state: null, fault: { revision: 0, code: 'unknown-event-type' } },
    });
  });

  test('names the problem of an event that it could not fold, and the place', async () => {
    const { events } = await eventsOf(paymentOrderMachine);
    expect((await replay(compileMachine(), stream, events.toSpliced(2, 1))).fault).toEqual({
      ...{ stream, revision: 2, code: 'not-contiguous' },
      message: `stream ${stream}: revision 2 is missing, 3 follows`,
    });
    expect((await replay(compileMachine(), stream, events.slice(1))).fault).toMatchObject({
      ...{ stream, revision: 0, code: 'not-contiguous' },
    });
  });

  test.each([
    new PaymentOrderError('store-unavailable', 'the store is gone'),
    new TypeError('a fault of the adapter'),
  ])('throws an error that is not a fault of the history: %s', async (error) => {
    const failing = async function* (): AsyncGenerator<RecordedEvent> {
      yield* await Promise.reject<RecordedEvent[]>(error);
    };
    await expect(replay(compileMachine(), stream, failing())).rejects.toBe(error);
  });

  test('names each machine that wrote, with the first revision it wrote', async () => {
    const { events } = await eventsOf(paymentOrderMachine);
    const { version, hash } = compileMachine().identity;
    const other = { version, hash: 'f'.repeat(64) };
    const newer = { version: '9', hash };
    const machines = [other, newer, other, { version, hash }, newer];
    const written = events.map((event, revision) => ({
      ...event,
      metadata: { ...event.metadata, machine: machines[revision] ?? other },
    }));
    expect((await replay(compileMachine(), stream, written)).writtenBy).toEqual([
      { ...other, fromRevision: 0 },
      { ...newer, fromRevision: 1 },
      { version, hash, fromRevision: 3 },
    ]);
  });

  test('diverges at a step from another state, though it leads where it was recorded', async () => {
    const { events } = await eventsOf(paymentOrderMachine);
    const apart = events.map((event) =>
      event.revision === 1 ? { ...event, metadata: { ...event.metadata, from: 'failed' } } : event,
    );
    expect(await replay(compileMachine(), stream, apart)).toMatchObject({
      ...{ events: 1, state: 'created', fault: null },
      divergence: {
        ...{ revision: 1, type: 'PaymentStarted' },
        recorded: { from: 'failed', to: 'paying' },
        derived: { from: 'created', to: 'paying' },
      },
    });
  });
});
