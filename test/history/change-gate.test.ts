import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { verifyHistories } from '../../src/verify-histories.ts';
import type { History, VerifyHistoriesOptions } from '../../src/history/results.ts';
import { changedMachine } from '../../src/testing/index.ts';
import { at, readGolden } from './golden.ts';

const { events } = readGolden('CancelResolved-open');
const { stream } = at(events, 0);

const withMetadata = (event: RecordedEvent, change: object): RecordedEvent => ({
  ...event,
  metadata: { ...event.metadata, ...change },
});
const endingIn = (to: string) => events.slice(0, 2).with(1, withMetadata(at(events, 1), { to }));

const reportOf = (history: History, options: VerifyHistoriesOptions = {}, machine?: object) =>
  verifyHistories(machine ?? paymentOrderMachine, [history], options);
const checkOf = async (...given: Parameters<typeof reportOf>) =>
  (await reportOf(...given)).histories[0];

async function* failing(error: Error): AsyncGenerator<RecordedEvent> {
  yield* await Promise.reject<RecordedEvent[]>(error);
}

describe('the check of one history', () => {
  const right = { stream, ok: true, divergence: null, fault: null, comparedUntil: null };

  test('ends at the first divergence, whatever follows', async () => {
    const elsewhere = events.with(1, withMetadata(at(events, 1), { to: 'failed' }));
    expect(await checkOf(elsewhere)).toEqual({
      ...{ ...right, ok: false, events: 1, comparedUntil: 1 },
      divergence: {
        ...{ revision: 1, type: 'PaymentStarted', cause: 'other-target' },
        recorded: { from: 'created', to: 'failed' },
        derived: { from: 'created', to: 'paying' },
      },
    });
  });

  test('reports another target for a step from another state, though it leads to the same', async () => {
    const apart = events.with(1, withMetadata(at(events, 1), { from: 'failed' }));
    expect(await checkOf(apart)).toMatchObject({
      ...{ events: 1, ok: false },
      divergence: { cause: 'other-target', derived: { from: 'created', to: 'paying' } },
    });
  });

  test('compares states alone after an event that the machine in use does not take', async () => {
    const older = changedMachine(paymentOrderMachine, (part) => {
      delete part('states.created.on')['PaymentStarted'];
    });
    const check = await checkOf(events, { reference: older });
    expect(check).toEqual({ ...right, events: events.length, comparedUntil: 1 });
  });

  test('passes a history without events', async () => {
    expect(await checkOf([])).toEqual({ ...right, stream: '', events: 0 });
  });

  test('names the revision where a history begins late or misses an event', async () => {
    expect(await checkOf(events.slice(1))).toMatchObject({
      ...{ stream, ok: false, events: 0 },
      fault: { stream, revision: 0, code: 'not-contiguous' },
    });
    expect(await checkOf(events.toSpliced(2, 1))).toEqual({
      ...{ ...right, ok: false, events: 2 },
      fault: {
        ...{ stream, revision: 2, code: 'not-contiguous' },
        message: `stream ${stream}: revision 2 is missing, 3 follows`,
      },
    });
  });

  test('names an event that the store could not give, with its stream where that is known', async () => {
    const damaged = new PaymentOrderError('store-corrupt', 'damaged', { stream, revision: 0 });
    const fault = { stream, revision: 0, code: 'store-corrupt', message: 'damaged' };
    expect(await checkOf(failing(damaged))).toEqual({ ...right, ok: false, events: 0, fault });
    const nowhere = new PaymentOrderError('store-corrupt', 'damaged', { revision: 0 });
    expect(await checkOf(failing(nowhere))).toEqual({
      ...{ ...right, stream: '', ok: false, events: 0, fault: { ...fault, stream: '' } },
    });
  });

  test.each([
    new PaymentOrderError('store-unavailable', 'the store is gone'),
    new TypeError('a fault of the adapter'),
  ])('throws an error that is not a fault of the history: %s', async (error) => {
    await expect(checkOf(failing(error))).rejects.toBe(error);
  });

  test('throws the error of a machine, with the state and the event', async () => {
    const guarded = paymentOrderMachine.provide({
      guards: {
        isSettled: () => {
          throw new RangeError('no such thing');
        },
      },
    });
    await expect(reportOf(events, {}, guarded)).rejects.toMatchObject({
      code: 'unsupported-machine',
      message: expect.stringMatching(
        /^the machine fails in state 'cancelling.requesting' when it is given CancelOutcomeUnknown: /,
      ) as string,
      cause: expect.any(Error) as Error,
    });
  });
});

describe('the change gate for a state that the new machine does not have', () => {
  const older = changedMachine(paymentOrderMachine, (part) => {
    part('states')['parked'] = {};
    part('states')['archived'] = { tags: 'closed' };
  });

  test('reports an open order as stranded, and a closed one not', async () => {
    const stranded = async (to: string) =>
      (await reportOf(endingIn(to), { reference: older })).stranded;
    expect(await stranded('parked')).toEqual([{ stream, state: 'parked' }]);
    expect(await stranded('archived')).toEqual([]);
    expect(await stranded('failed')).toEqual([]);
  });

  test.each(['gone', 'gone.deeper', 'cancelling.gone', 'cancelling.inDoubt.deeper', 'constructor'])(
    'reports an order as stranded in %s, which no machine has',
    async (state) => {
      const report = await reportOf(endingIn(state));
      expect(report).toMatchObject({ ok: false, stranded: [{ stream, state }] });
    },
  );
});

describe('the change gate', () => {
  test('fails for a single history that comes out differently', async () => {
    const gate = async (...histories: History[]) =>
      (await verifyHistories(paymentOrderMachine, histories)).ok;
    expect(await gate(events, events)).toBe(true);
    expect(await gate(events, endingIn('failed'), events)).toBe(false);
    expect(await gate(events, events.slice(1))).toBe(false);
    expect(await gate()).toBe(true);
  });
});
