import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, createMachine, initialTransition, raise, transition } from 'xstate';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { knownOf } from '../../src/history/machine.ts';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';
import type { Fold } from '../../src/interpreter/interpreter.ts';
import { stateValueOf } from '../../src/interpreter/state-path.ts';
import { validHistories } from '../../src/testing/index.ts';
import type { History } from '../../src/testing/index.ts';
import { created } from '../machines/created.ts';

const interpreter = createInterpreter(paymentOrderMachine);
const cause = { recordedAtMs: 1_000, eventId: 'e', correlationId: 'c' };

const folded = ([first, ...events]: History): Fold =>
  events.reduce(
    (fold, event) => interpreter.next(fold, event, cause) ?? fold,
    interpreter.start(first, cause),
  );

const snapshotOf = (fold: Fold) =>
  paymentOrderMachine.resolveState({ value: stateValueOf(fold.state), context: knownOf(fold) });

function inputOf(first: PaymentOrderEvent | undefined) {
  if (first?.type !== 'PaymentOrderCreated') throw new Error('a history begins with its creation');
  return first;
}

describe('the interpreter', () => {
  test("gives the same as XState's own transition(), step by step", () => {
    fc.assert(
      fc.property(validHistories(), ([first, ...events]) => {
        let fold = interpreter.start(first, cause);
        let [snapshot] = initialTransition(paymentOrderMachine, inputOf(first));
        for (const event of events) {
          const next = interpreter.next(fold, event, cause);
          if (next === null) throw new Error(`${event.type} is not taken`);
          fold = next;
          [snapshot] = transition(paymentOrderMachine, snapshot, event);
          expect(stateValueOf(fold.state)).toEqual(snapshot.value);
          expect(knownOf(fold)).toEqual(snapshot.context);
          expect(fold.tags).toEqual(snapshot.tags);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('names a state by its dotted path, and the root by nothing', () => {
    const inner = { initial: 'b', states: { b: {} } };
    const nested = createMachine({ initial: 'a', states: { a: inner } });
    expect(createInterpreter(nested).start(undefined, cause).state).toBe('a.b');
    expect(createInterpreter(createMachine({})).start(undefined, cause).state).toBe('');
  });

  test('changes no earlier fold, and gives the same twice', () => {
    fc.assert(
      fc.property(validHistories(), (history) => {
        const before = folded(history);
        const shown = JSON.stringify([before.state, knownOf(before), before.pending]);
        const event = { type: 'PaymentSucceeded', transactionNo: 'T9' } as const;
        const one = interpreter.next(before, event, cause);
        const other = interpreter.next(before, event, cause);
        expect(JSON.stringify([before.state, knownOf(before), before.pending])).toBe(shown);
        expect(JSON.stringify([one?.state, one?.pending])).toBe(
          JSON.stringify([other?.state, other?.pending]),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('leads a timer or the end of a call of XState where the raised domain event leads', () => {
    let timersSeen = 0;
    fc.assert(
      fc.property(validHistories(), (history) => {
        const fold = folded(history);
        for (const { id } of fold.pending.timers) {
          timersSeen += 1;
          const domainEvent = interpreter.raisedBy(fold, id);
          const [technical] = transition(paymentOrderMachine, snapshotOf(fold), {
            type: id,
          } as never);
          const next = interpreter.next(fold, domainEvent, cause);
          expect(stateValueOf(next?.state ?? '')).toEqual(technical.value);
          expect(next?.context).toEqual(technical.context);
        }
        const attempt = knownOf(fold).answers.length;
        for (const call of fold.pending.calls) {
          const output = { type: 'CancelRefused', attempt, rule: 'refused' } as const;
          const done = { type: `xstate.done.actor.${call.id}`, output };
          const [technical] = transition(paymentOrderMachine, snapshotOf(fold), done as never);
          const next = interpreter.next(fold, output, cause);
          expect(stateValueOf(next?.state ?? '')).toEqual(technical.value);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(timersSeen).toBeGreaterThan(50);
  });

  test('makes a timer due its delay after its event was recorded', () => {
    const requested = interpreter.next(folded([created]), { type: 'CancelRequested' }, cause);
    expect(requested?.pending).toEqual({
      calls: [
        {
          ...{ id: 'cancelPayment', cause },
          input: {
            ...{ orderNo: created.orderNo, processBillNo: created.processBillNo, attempt: 1 },
          },
        },
      ],
      timers: [
        {
          id: 'xstate.after.attemptDeadline.paymentOrder.cancelling.requesting',
          dueAtMs: 31_000,
          cause,
        },
      ],
    });
  });

  test('refuses every event of XState from outside', () => {
    const fold = folded([created, { type: 'CancelRequested' }]);
    const forged = [
      { type: 'xstate.done.actor.cancelPayment', output: { type: 'CancelConfirmed', attempt: 1 } },
      { type: 'xstate.error.actor.cancelPayment', error: new Error('forged') },
      { type: 'xstate.after.attemptDeadline.paymentOrder.cancelling.requesting' },
      { type: 'xstate.stop' },
    ];
    for (const event of forged) {
      expect(interpreter.takes(fold, event)).toBe(false);
      expect(interpreter.next(fold, event, cause)).toBeNull();
    }
  });
});

describe('an interpreter of many orders', () => {
  test('gives null exactly for the events that it does not take', () => {
    fc.assert(
      fc.property(validHistories(), validHistories(), (history, [, ...others]) => {
        const fold = folded(history);
        for (const event of others) {
          const isTaken = interpreter.takes(fold, event);
          expect(interpreter.next(fold, event, cause) !== null).toBe(isTaken);
        }
      }),
    );
  });

  test('carries nothing from one order into the next', () => {
    const nothing = { calls: [], timers: [] };
    expect(folded([created, { type: 'CancelRequested' }]).pending.calls).toHaveLength(1);
    const next = interpreter.start(created, cause);
    expect(next.pending).toEqual(nothing);
    expect(interpreter.next(next, { type: 'PaymentFailed' }, cause)?.pending).toEqual(nothing);
  });
});

describe('building an interpreter', () => {
  test('refuses a timer that raises nothing to store, when it is asked', () => {
    const machine = createMachine({
      initial: 'a',
      states: { a: { after: { 10: { target: 'b' } } }, b: {} },
    });
    const built = createInterpreter(machine);
    const fold = built.start(undefined, cause);
    const [timer] = fold.pending.timers;
    expect(() => built.raisedBy(fold, timer?.id ?? '')).toThrow(
      expect.objectContaining({
        code: 'unsupported-machine',
        message:
          "timer 'xstate.after.10.(machine).a' raises no event; give its 'after' a raise of the event to be stored",
      }),
    );
  });

  test('takes the first event that a timer raises, whatever else it does', () => {
    const actions = [assign({}), raise({ type: 'Now' }), raise({ type: 'Then' })];
    const machine = createMachine({
      initial: 'a',
      on: { Go: { actions: raise({ type: 'Other' }) }, Other: { actions: assign({}) } },
      states: { a: { after: { 10: { target: 'b', actions } } }, b: {} },
    });
    const built = createInterpreter(machine);
    const start = built.start(undefined, cause);
    // What was raised in a step before is not raised by the timer.
    const fold = built.next(start, { type: 'Go' }, cause) ?? start;
    const [timer] = fold.pending.timers;
    expect(built.raisedBy(fold, timer?.id ?? '')).toEqual({ type: 'Now' });
  });

  test('takes a machine of assigns, raises and invokes', () => {
    const machine = createMachine({
      entry: assign({}),
      on: { A: { actions: raise({ type: 'B' }) } },
    });
    expect(createInterpreter(machine).start(undefined, cause).state).toBe('');
  });
});
