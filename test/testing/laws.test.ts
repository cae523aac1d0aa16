import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import {
  BrokenLaw,
  changedMachine,
  declaredTarget,
  historyLaw,
  historyText,
  stepLaw,
  transitionProperties,
} from '../../src/testing/index.ts';

const brokenBy = (run: () => void): BrokenLaw => {
  try {
    run();
  } catch (error) {
    if (error instanceof BrokenLaw) return error;
    throw error;
  }
  throw new Error('no law is broken');
};

describe('transitionProperties()', () => {
  const laws = transitionProperties();

  test('gives each law a name and a sentence', () => {
    expect(new Set(laws.map(({ name }) => name)).size).toBe(21);
    for (const { name, law } of laws) {
      expect(name).toMatch(/^[a-z-]+$/);
      expect(law.length).toBeGreaterThan(30);
    }
  });

  test.each(laws)('gives a law that the shipped machine keeps: $name', ({ check }) => {
    check({ runs: 100 });
  });
});

/** For each law, a change of the machine that breaks this law, and what the failure must show. */
const broken = {
  'only-declared-transitions': [
    'states.paying.on.PaymentFailed',
    { target: 'cancelled' },
    'PaymentFailed → cancelled',
    'goes to cancelled; declared: it goes to failed',
  ],
  'closed-is-closed-for-commands': [
    'states.cancelled.on',
    { CancelRequested: 'cancelling' },
    'CancelRequested → cancelling.requesting',
    'cancelled is closed and takes {"type":"CancelRequested"}',
  ],
  'a-cancel-is-called-only-from-requesting': [
    'states.cancelling.states.requesting.on.CancelRefused',
    { target: 'requesting', reenter: true, guard: 'isOwnOutcome', actions: 'record' },
    'CancelRefused → cancelling.requesting',
    '0 attempts but 1 calls are in flight',
  ],
  'no-dead-end': [
    'states.created.on',
    { PaymentFailed: 'paying', CancelRequested: undefined },
    'PaymentOrderCreated → created',
    'from created no 5 events lead to a closed state',
  ],
  'nothing-waits-for-nobody': [
    'states.cancelling.states.needsReview',
    { tags: [] },
    'CancelBlocked → cancelling.needsReview',
    'cancelling.needsReview waits for nothing',
  ],
  'doubt-is-shown': [
    'states.cancelling.states.weighing.always.2',
    { target: 'backingOff' },
    'CancelOutcomeUnknown → cancelling.backingOff',
    'in doubt, but in cancelling.backingOff',
  ],
  'money-is-monotone': [
    'states.failed.on.PaymentSucceeded',
    { target: 'cancelled' },
    'PaymentSucceeded → cancelled',
    'money is in and no call is in flight',
  ],
  'facts-are-never-refused': [
    'on',
    { PaymentFailed: undefined },
    'PaymentFailed → not taken',
    'cancelling.requesting does not take PaymentFailed',
  ],
  // The failure names the state that took the event, not the one that it led to.
  'nothing-is-forgotten': [
    'states.cancelling.states.backingOff.on.ClosedAtGateway',
    { actions: [] },
    'ClosedAtGateway → cancelling.needsReview',
    'ClosedAtGateway was taken in cancelling.backingOff but not recorded',
  ],
  'declines-and-refunds-move-nothing': [
    'states.paying.on',
    { PaymentDeclined: { target: 'failed', actions: 'record' } },
    'PaymentDeclined → failed',
    'PaymentDeclined moves the order',
  ],
  'questions-call-nobody': [
    'states.cancelling.states.needsReview.on',
    { StatusReported: { target: 'requesting', actions: 'record' } },
    'StatusReported → cancelling.requesting',
    'a report begins or ends a call',
  ],
  'a-retraction-calls-nobody': [
    'states.cancelling.states.backingOff.on',
    { FactRetracted: { target: 'requesting', guard: 'isRetractable', actions: 'record' } },
    'FactRetracted → cancelling.requesting',
    'a retraction begins or ends a call',
  ],
  'a-retracted-retraction-gives-back': [
    'states.paid.on.FactRetracted',
    { actions: [] },
    'FactRetracted → paid',
    'can be retracted twice',
  ],
  'only-facts-are-retracted': [
    'states.paid.on.FactRetracted',
    { guard: undefined },
    'FactRetracted → paid',
    'PaymentOrderCreated can be retracted',
  ],
  'money-is-counted-once': [
    'states.created.on.PaymentSucceeded',
    { actions: [] },
    'PaymentSucceeded → paid',
    'it is not the money that came',
  ],
  'technical-events-only-raise': [
    'states.cancelling.states.requesting.invoke.onError',
    { target: 'needsReview' },
    'CancelRequested → cancelling.requesting',
    'in cancelling.requesting, xstate.error.actor.cancelPayment does not lead where',
  ],
  'waits-are-as-recorded': [
    'states.cancelling.states.requesting.after',
    { attemptDeadline: undefined, 7_000: { target: 'needsReview' } },
    'CancelRequested → cancelling.requesting',
    'waits 7000 ms, not',
  ],
} as const;

describe('a broken law', () => {
  test.each(Object.entries(broken))(
    '%s shows a history that ends with the event that breaks it, and the reason',
    (lawName, [place, change, culprit, reason]) => {
      const machine = changedMachine(paymentOrderMachine, (at) => {
        const part = at(place);
        for (const [key, value] of Object.entries<unknown>(change)) {
          if (value === undefined) Reflect.deleteProperty(part, key);
          else Object.assign(part, { [key]: value });
        }
        if (lawName !== 'no-dead-end') return;
        Reflect.deleteProperty(at('states.paying.on'), 'CancelRequested');
      });
      const law = transitionProperties(machine).find(({ name }) => name === lawName);
      const found = brokenBy(() => law?.check({ runs: 1_000 }));
      const { message } = found;
      expect(message).toContain(`law '${lawName}' is broken: ${law?.law ?? ''}`);
      const [first = '', ...lines] = message.split('\n').filter((line) => /^ +\d+ {2}/.test(line));
      expect(first).toMatch(/^ {2}0 {2}PaymentOrderCreated .*→ created$/);
      expect((lines.at(-1) ?? first).replace(/^ +\d+ +(\w+).*(→.*)$/, '$1 $2')).toBe(culprit);
      expect(found).toMatchObject({ law: lawName, name: 'BrokenLaw' });
      expect(found.reason).toContain(reason);
      expect(message).toContain(`\n${found.reason}\nFound in`);
      expect(found.history).toHaveLength(lines.length + 1);
      const [, seed, path] = /check\(\{ seed: (-?\d+), path: '([^']+)' \}\)/.exec(message) ?? [];
      const again = brokenBy(() => law?.check({ seed: Number(seed), path: path ?? '' })).message;
      expect(again, 'the same counterexample again').toContain(message.split('\nFound in')[0]);
    },
  );

  test('reports a machine that runs in a circle instead of running forever', () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      at('states.cancelling.states.settling.always.1').target = 'weighing';
    });
    const [law] = transitionProperties(machine);
    expect(() => law?.check({ runs: 1_000 })).toThrow('Infinite loop detected');
    const text = historyText(
      [
        { type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' },
        { type: 'CancelRequested' },
        { type: 'PaymentSucceeded', transactionNo: 'T1' },
        { type: 'CancelConfirmed', attempt: 1, rule: 'confirmed' },
      ],
      machine,
    );
    expect(text).toMatch(/3 {2}CancelConfirmed .*→ Infinite loop detected/);
  });
});

describe('stepLaw() and historyLaw()', () => {
  test('make laws of steps and of whole histories', () => {
    const reasons = stepLaw({
      name: 'a-retry-keeps-the-reason',
      law: 'every attempt of a cancel carries the reason of its request',
      holds: ({ before, event, after }) => {
        if (event.type !== 'CancelRetryDue') return;
        assert.equal(after.known.cancel?.reason, before.known.cancel?.reason);
      },
    });
    const starts = historyLaw({
      name: 'starts-once',
      law: 'a payment starts once',
      holds: (history) => {
        assert(history.filter(({ type }) => type === 'PaymentStarted').length <= 1);
      },
    });
    reasons.check();
    starts.check();
  });

  test('takes a declared target for what a variant adds', () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      Object.assign(at('states.cancelled.on'), {
        CancelRequested: { target: 'cancelling', actions: 'record' },
      });
    });
    const find = (declared?: typeof declaredTarget) =>
      transitionProperties(machine, { declared })[0];
    expect(() => find()?.check({ runs: 1_000 })).toThrow('declared: it is not taken');
    find((state, known, event) =>
      state === 'cancelled' && event.type === 'CancelRequested'
        ? 'cancelling.requesting'
        : declaredTarget(state, known, event),
    )?.check();
  });
});
