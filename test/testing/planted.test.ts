import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import {
  changedMachine,
  facts,
  standingAfter,
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

/** As a new user writes them, from docs/testing.md alone. */
const moneyMakesPaid = (machine?: TestedMachine) => {
  fc.assert(
    fc.property(validHistories({ machine }), (history) => {
      const { known, state, pending } = standingAfter(history, machine);
      if (known.paid && pending.calls.length === 0) assert.equal(state, 'paid');
    }),
    { numRuns: 1_000 },
  );
};
const noCancelInDoubtIsGivenUp = (machine?: TestedMachine) => {
  stepLaw({
    machine,
    name: 'no-cancel-in-doubt-is-given-up',
    law: 'a cancel that may have run is never abandoned',
    holds: ({ before, event }) => {
      if (event.type !== 'CancelAbandoned') return;
      assert(!before.known.answers.includes('unknown'), `abandoned in ${before.state}`);
    },
  }).check({ runs: 2_000 });
};
const everyFactIsTaken = (machine?: TestedMachine) => {
  fc.assert(
    fc.property(validHistories({ machine }), facts(), (history, fact) => {
      const { takes, state } = standingAfter(history, machine);
      assert(takes(fact), `${state} does not take ${fact.type}`);
    }),
    { numRuns: 1_000 },
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

describe('a planted bug', () => {
  const planted = [
    ['a wrong target', wrongTarget, moneyMakesPaid, 'money-is-monotone', 3],
    ['a missing guard', missingGuard, noCancelInDoubtIsGivenUp, 'only-declared-transitions', 4],
    ['a forgotten fact', forgottenFact, everyFactIsTaken, 'facts-are-never-refused', 4],
  ] as const;

  test.each(planted)(
    "%s is found by a user's own property and by a shipped law, each in under 10 s",
    { timeout: 60_000 },
    (_, machine, property, lawName, eventsMax) => {
      const law = transitionProperties(machine).find(({ name }) => name === lawName);
      const shipped = () => {
        law?.check();
      };
      const own = () => {
        property(machine);
      };
      for (const check of [own, shipped]) {
        const startedMs = performance.now();
        const message = messageOf(check);
        const tookMs = performance.now() - startedMs;
        if (process.env['SHOW'] !== undefined) console.log(`${Math.round(tookMs)} ms\n${message}`);
        // The time that this process had; others may have had the rest.
        expect(tookMs).toBeLessThan(10_000);
        // Shrunk to what is needed, and printed one event per line.
        const lines = message.split('\n').filter((line) => /^ +\d+ {2}[A-Z]\w+.*→ /.test(line));
        expect(lines.length, message).toBeGreaterThan(0);
        expect(lines.length, message).toBeLessThanOrEqual(eventsMax + 1);
        expect(lines[0]).toContain('PaymentOrderCreated');
        expect(message).toMatch(/seed: -?\d+, path: ["']/);
      }
    },
  );

  test('is not seen in the shipped machine', () => {
    moneyMakesPaid();
    noCancelInDoubtIsGivenUp();
    everyFactIsTaken();
  });
});
