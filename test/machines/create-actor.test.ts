import { describe, expect, test } from 'vitest';
import { SimulatedClock, createActor, fromPromise } from 'xstate';
import type { CancelPaymentInput } from '../../machines/payment-order.machine.ts';
import { cancelPaymentWith, paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { created } from './created.ts';
import { throwingAt } from './hostile-evidence.ts';

/** Lets the promise of the invoked call settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function started(call: (input: CancelPaymentInput) => Promise<unknown>) {
  const clock = new SimulatedClock();
  const machine = paymentOrderMachine.provide({
    actors: { cancelPayment: cancelPaymentWith(call) },
  });
  /** The rules of the outcomes that it took, raised by itself or sent. */
  const rules: string[] = [];
  const actor = createActor(machine, {
    ...{ input: created, clock },
    inspect: (inspected) => {
      if (inspected.type !== '@xstate.microstep') return;
      const { event } = inspected;
      if ('rule' in event) rules.push(String(event['rule']));
    },
  });
  actor.start();
  return { actor, clock, rules };
}

describe('the machine in a plain createActor', () => {
  test('calls cancelPayment once with the numbers and the reason, and ends cancelled', async () => {
    const calls: CancelPaymentInput[] = [];
    const { actor } = started((input) => {
      calls.push(input);
      return Promise.resolve({
        type: 'CancelConfirmed',
        attempt: input.attempt,
        rule: 'confirmed',
      });
    });
    actor.send({ type: 'PaymentStarted' });
    actor.send({ type: 'CancelRequested', reason: '临时决定关单取消支付' });
    await settled();
    expect(actor.getSnapshot().value).toBe('cancelled');
    expect(calls).toEqual([
      {
        orderNo: 'O20201109150635695000001',
        processBillNo: 'F20210222151600564862',
        reason: '临时决定关单取消支付',
        attempt: 1,
      },
    ]);
  });

  test('retries by its own timers, with the plain policy and no jitter', async () => {
    let calls = 0;
    const { actor, clock } = started(({ attempt }) => {
      calls += 1;
      const type = attempt < 3 ? 'CancelNotExecuted' : 'CancelConfirmed';
      return Promise.resolve({ type, attempt, rule: 'tried' });
    });
    actor.send({ type: 'CancelRequested' });
    await settled();
    expect(actor.getSnapshot().value).toEqual({ cancelling: 'backingOff' });
    clock.increment(1_000);
    await settled();
    clock.increment(1_999);
    await settled();
    expect(calls).toBe(2);
    clock.increment(1);
    await settled();
    expect(actor.getSnapshot().value).toBe('cancelled');
  });

  test.each([
    ['undefined', undefined],
    ['an unknown type', { type: 'CancelSomehow', attempt: 1, rule: 'x' }],
    ['no attempt', { type: 'CancelConfirmed', rule: 'x' }],
    ['the outcome of another attempt', { type: 'CancelConfirmed', attempt: 2, rule: 'x' }],
  ])('takes %s for an unknown outcome', async (_, output) => {
    const { actor, rules } = started(() => Promise.resolve(output));
    actor.send({ type: 'CancelRequested' });
    expect(Object.keys(actor.getSnapshot().children)).toEqual(['cancelPayment']);
    await settled();
    expect(rules).toContain('unreadable-outcome');
    expect(actor.getSnapshot().value).toEqual({ cancelling: 'inDoubt' });
    expect(actor.getSnapshot().status).toBe('active');
  });

  test.each([
    ['a field that nobody knows', { rule: 'x', result: true }],
    ['a rule that is not a name', { rule: 'wechat.closed' }],
    ['a request id that is a number', { rule: 'x', requestId: 17 }],
    ['a getter that throws', throwingAt('responseMsg')],
  ])('takes the outcome as it is, despite %s', async (_, evidence) => {
    const output = Object.defineProperties(
      { type: 'CancelConfirmed', attempt: 1 },
      Object.getOwnPropertyDescriptors(evidence),
    );
    const { actor } = started(() => Promise.resolve(output));
    actor.send({ type: 'CancelRequested' });
    await settled();
    expect(actor.getSnapshot().value).toBe('cancelled');
  });

  test.each([
    ['in the output of cancelPaymentWith', cancelPaymentWith],
    ['in the output of an actor of its own', fromPromise],
  ])('waits for nobody after a blocked call, though a number stands %s', async (_, actorOf) => {
    const output = { type: 'CancelBlocked', attempt: 1, rule: 'key-refused', retryInMs: 5_000 };
    // An actor of its own, in JavaScript.
    const cancelPayment = actorOf(() => Promise.resolve(output as never)) as never;
    const clock = new SimulatedClock();
    const machine = paymentOrderMachine.provide({ actors: { cancelPayment } });
    const actor = createActor(machine, { input: created, clock }).start();

    actor.send({ type: 'CancelRequested' });
    await settled();
    clock.increment(10_000_000);

    expect(actor.getSnapshot().value).toEqual({ cancelling: 'needsReview' });
    expect(actor.getSnapshot().context.answers).toEqual(['blocked']);
  });

  test('takes a call that throws or never ends for an unknown outcome', async () => {
    const throwing = started(() => Promise.reject(new Error('no')));
    throwing.actor.send({ type: 'CancelRequested' });
    await settled();
    expect(throwing.actor.getSnapshot().value).toEqual({ cancelling: 'inDoubt' });
    expect(throwing.rules).toContain('call-failed');

    const hanging = started(() => new Promise(() => undefined));
    hanging.actor.send({ type: 'CancelRequested' });
    hanging.clock.increment(29_999);
    expect(hanging.actor.getSnapshot().value).toEqual({ cancelling: 'requesting' });
    hanging.clock.increment(1);
    expect(hanging.actor.getSnapshot().value).toEqual({ cancelling: 'inDoubt' });
    expect(hanging.rules).toContain('attempt-abandoned');
  });

  test('makes no call without a provided one, and records that', async () => {
    const actor = createActor(paymentOrderMachine, { input: created }).start();
    actor.send({ type: 'CancelRequested' });
    await settled();
    expect(actor.getSnapshot().value).toEqual({ cancelling: 'backingOff' });
    actor.stop();
  });

  test('shows that money came while a cancel may have run, until that anomaly is acknowledged', async () => {
    const { actor } = started(() => Promise.reject(new Error('no')));
    actor.send({ type: 'CancelRequested' });
    await settled();
    actor.send({ type: 'PaymentSucceeded', transactionNo: 'T1' });
    expect(actor.getSnapshot().value).toBe('paid');
    const { anomalies } = actor.getSnapshot().context;
    const opened = { number: 1, code: 'cancel-unresolved', revision: 3, acknowledged: false };
    expect(anomalies).toEqual([{ ...opened, retracted: false }]);
    const acknowledge = (number: number) =>
      ({ type: 'AnomalyAcknowledged', number, by: 'operator-1' }) as const;
    expect(actor.getSnapshot().can(acknowledge(2))).toBe(false);
    expect(actor.getSnapshot().can(acknowledge(1))).toBe(true);
  });
});
