import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { Fold, Interpreter } from '../../src/interpreter/interpreter.ts';
import { BrokenLaw, changedMachine, transitionProperties } from '../../src/testing/index.ts';
import type { TestedMachine } from '../../src/testing/index.ts';
import { compiledMachine } from '../../src/testing/replayed-order.ts';

const seed = 20_210_222;

function check(runs: number, machine?: TestedMachine): void {
  const law = transitionProperties(machine).find(({ name }) => name === 'compiled-is-xstate');
  if (law === undefined) throw new Error('there is no such law');
  law.check({ seed, runs });
}

/** A machine that is folded by another table than its own. */
function foldedWrongly(change: (right: Interpreter) => Partial<Interpreter>): TestedMachine {
  const machine = changedMachine(paymentOrderMachine, () => undefined);
  const { interpreter } = compiledMachine(machine);
  Object.assign(interpreter, change({ ...interpreter }));
  return machine;
}

/** A machine that is folded rightly, until something is lost of each fold. */
function losing(change: (after: Fold) => Partial<Fold>): TestedMachine {
  return foldedWrongly((right) => ({
    next: (fold, event, cause) => {
      const after = right.next(fold, event, cause);
      return after && { ...after, ...change(after) };
    },
  }));
}

describe('compiled-is-xstate', () => {
  test('holds of the shipped machine', () => {
    expect(() => {
      check(60);
    }).not.toThrow();
  });

  const wrong: [string, string, TestedMachine][] = [
    [
      'another state',
      "the state is 'paid'; XState gives 'cancelled'",
      losing(({ state }) => ({ state: state === 'cancelled' ? 'paid' : state })),
    ],
    [
      'a field of the context',
      'context.paid is undefined; XState gives',
      losing(({ context }) => ({ context: { ...Object(context), paid: undefined } as unknown })),
    ],
    [
      'a timer that is forgotten',
      'what is waited for is []; XState gives [',
      losing(({ pending }) => ({ pending: { ...pending, timers: [] } })),
    ],
    [
      'a call that is forgotten',
      'what is called is []; XState gives [',
      losing(({ pending }) => ({ pending: { ...pending, calls: [] } })),
    ],
    [
      'tags that are forgotten',
      "the set of tags is Set(0) {}; XState gives Set(1) { 'closed' }",
      losing(() => ({ tags: new Set() })),
    ],
    [
      'an event that is not taken',
      'created does not take CancelRequested; XState does',
      foldedWrongly((right) => ({
        next: (fold, event, cause) =>
          event.type === 'CancelRequested' && fold.state === 'created'
            ? null
            : right.next(fold, event, cause),
      })),
    ],
    [
      'an event that is said to be taken',
      'takes() and next() differ: CancelRetryDue',
      foldedWrongly((right) => ({
        takes: (fold, event) => event.type === 'CancelRetryDue' || right.takes(fold, event),
      })),
    ],
    [
      'what a timer raises',
      'raises another event',
      foldedWrongly(() => ({ raisedBy: () => ({ type: 'CancelAbandoned' }) })),
    ],
  ];

  test.each(wrong)('is broken by %s, and shows both sides', (_, reason, machine) => {
    try {
      check(300, machine);
    } catch (error) {
      if (!(error instanceof BrokenLaw)) throw error;
      expect(error.message).toContain("law 'compiled-is-xstate' is broken");
      expect(error.reason).toContain(reason);
      expect(error.history.length).toBeLessThan(6);
      return;
    }
    expect.unreachable('the law holds');
  });
});
