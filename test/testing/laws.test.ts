import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import {
  changedMachine,
  declaredTarget,
  historyLaw,
  stepLaw,
  transitionProperties,
} from '../../src/testing/index.ts';

const messageOf = (run: () => void): string => {
  try {
    run();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('the laws of the shipped machine', () => {
  const laws = transitionProperties(paymentOrderMachine);

  test('have a name each and say in a sentence what holds', () => {
    expect(new Set(laws.map(({ name }) => name)).size).toBe(13);
    for (const { name, law } of laws) {
      expect(name).toMatch(/^[a-z-]+$/);
      expect(law.length).toBeGreaterThan(30);
    }
  });

  test.each(laws)('hold, each alone: $name', ({ check }) => {
    check({ runs: 200 });
  });
});

/** One machine for each law, broken in a way that this very law sees. */
const broken = {
  'only-declared-transitions': ['states.paying.on.PaymentFailed', { target: 'cancelled' }],
  'closed-is-closed-for-commands': ['states.failed.on', { CancelRequested: 'cancelling' }],
  'a-cancel-is-called-only-from-requesting': [
    'states.cancelling.states.requesting.on.CancelRefused',
    { target: 'requesting', reenter: true, guard: 'isOwnOutcome', actions: 'record' },
  ],
  'no-dead-end': ['states.created.on', { PaymentFailed: 'paying', CancelRequested: undefined }],
  'nothing-waits-for-nobody': ['states.cancelling.states.needsReview', { tags: [] }],
  'doubt-is-shown': ['states.cancelling.states.weighing.always.2', { target: 'backingOff' }],
  'money-is-monotone': ['states.failed.on.PaymentSucceeded', { target: 'cancelled' }],
  'facts-are-never-refused': ['on', { PaymentFailed: undefined }],
  'nothing-is-forgotten': ['on.AnomalyAcknowledged', { actions: ['enterPaid'] }],
  'technical-events-only-raise': [
    'states.cancelling.states.requesting.invoke.onError',
    { target: 'needsReview' },
  ],
} as const;

describe('a law that is broken', () => {
  test.each(Object.entries(broken))('%s: says so', (lawName, [place, change]) => {
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
    const message = messageOf(() => law?.check({ runs: 1_000 }));
    expect(message).toContain(`law '${lawName}' is broken: ${law?.law ?? ''}`);
    expect(message).toMatch(/ 0 {2}PaymentOrderCreated .*→ created\n/);
    const [, seed, path] = /check\(\{ seed: (-?\d+), path: '([^']+)' \}\)/.exec(message) ?? [];
    const again = messageOf(() => law?.check({ seed: Number(seed), path: path ?? '' }));
    expect(again, 'the same counterexample again').toContain(message.split('\nFound in')[0]);
  });

  test('by a machine that runs in a circle, says so instead of running for ever', () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      at('states.cancelling.states.settling.always.0').target = 'weighing';
    });
    const [law] = transitionProperties(machine);
    expect(() => law?.check({ runs: 1_000 })).toThrow('Infinite loop detected');
  });
});

describe('laws of a user', () => {
  test('have the shape of those that are shipped, of steps and of whole histories', () => {
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
    // An order that is opened again may be started again only if it never was.
    starts.check();
  });

  test('declare what a variant adds, and leave the rest to what is shipped', () => {
    const machine = changedMachine(paymentOrderMachine, (at) => {
      Object.assign(at('states.failed.on'), {
        CancelRequested: { target: 'cancelling', actions: 'record' },
      });
    });
    const find = (declared?: typeof declaredTarget) =>
      transitionProperties(machine, { declared })[0];
    expect(() => find()?.check({ runs: 1_000 })).toThrow('declared: it is not taken');
    find((state, known, event) =>
      state === 'failed' && event.type === 'CancelRequested'
        ? 'cancelling.requesting'
        : declaredTarget(state, known, event),
    )?.check();
  });
});
