import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import {
  changedMachine,
  facts,
  orderAfter,
  stepLaw,
  transitionProperties,
  validHistories,
} from '../../src/testing/index.ts';
import type { TestedMachine } from '../../src/testing/index.ts';

const wrongTarget = changedMachine(paymentOrderMachine, (at) => {
  at('states.cancelled.on.PaymentSucceeded').target = 'failed';
});
const missingGuard = changedMachine(paymentOrderMachine, (at) => {
  const place = 'states.cancelling.states.needsReview.on.CancelAbandoned';
  delete at(place).guard;
});
const forgottenFact = changedMachine(paymentOrderMachine, (at) => {
  Reflect.deleteProperty(at('on'), 'ClosedAtGateway');
});

/** Properties as a new user writes them after reading docs/testing.md. */
const moneyMakesPaid = (machine?: TestedMachine, runs = 1_000) => {
  fc.assert(
    fc.property(validHistories({ machine }), (history) => {
      const { known, state, pending } = orderAfter(history, machine);
      if (known.paid && pending.calls.length === 0) assert.equal(state, 'paid');
    }),
    { numRuns: runs },
  );
};
const noCancelInDoubtIsAbandoned = (machine?: TestedMachine, runs = 1_000) => {
  stepLaw({
    machine,
    name: 'no-cancel-in-doubt-is-abandoned',
    law: 'a cancel that may have run is never abandoned',
    holds: ({ before, event }) => {
      if (event.type !== 'CancelAbandoned') return;
      assert(!before.known.answers.includes('unknown'), `abandoned in ${before.state}`);
    },
  }).check({ runs: 2 * runs });
};
const everyFactIsTaken = (machine?: TestedMachine, runs = 1_000) => {
  fc.assert(
    fc.property(validHistories({ machine }), facts(), (history, fact) => {
      const { takes, state } = orderAfter(history, machine);
      assert(takes(fact), `${state} does not take ${fact.type}`);
    }),
    { numRuns: runs },
  );
};

function messageOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
}

describe('the kit', () => {
  const planted = [
    ['a wrong target', wrongTarget, moneyMakesPaid, 'money-is-monotone', 3],
    ['a missing guard', missingGuard, noCancelInDoubtIsAbandoned, 'only-declared-transitions', 5],
    ['a forgotten fact', forgottenFact, everyFactIsTaken, 'facts-are-never-refused', 4],
  ] as const;

  test.each(planted)(
    "finds %s by a user's own property and by a shipped law",
    (_, machine, property, lawName, eventsMax) => {
      const law = transitionProperties(machine).find(({ name }) => name === lawName);
      const shipped = () => {
        law?.check();
      };
      const own = () => {
        property(machine);
      };
      for (const check of [own, shipped]) {
        const message = messageOf(check);
        // The history is shrunk to what matters and printed one event per line.
        const lines = message.split('\n').filter((line) => /^ +\d+ {2}[A-Z]\w+.*→ /.test(line));
        expect(lines.length, message).toBeGreaterThan(0);
        expect(lines.length, message).toBeLessThanOrEqual(eventsMax + 1);
        expect(lines[0]).toContain('PaymentOrderCreated');
        expect(message).toMatch(/seed: -?\d+, path: ["']/);
      }
    },
  );

  test('finds nothing in the shipped machine', () => {
    moneyMakesPaid(undefined, 100);
    noCancelInDoubtIsAbandoned(undefined, 100);
    everyFactIsTaken(undefined, 100);
  });
});
