import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { compileMachine, knownOf } from '../../src/history/machine.ts';
import type { CompiledMachine } from '../../src/history/machine.ts';
import type { Fold } from '../../src/interpreter/interpreter.ts';
import { almostValidHistories } from '../../src/testing/index.ts';
import { remembering } from '../../src/testing/remembering.ts';
import { created } from '../machines/created.ts';

const compiled = compileMachine();
const causeOf = (revision: number) => ({
  recordedAtMs: revision * 1_000,
  eventId: `event-${revision}`,
  correlationId: 'c',
});

/** Each step of a history; null where an event is not taken. */
function stepsOf(
  { interpreter }: CompiledMachine,
  [first, ...events]: readonly PaymentOrderEvent[],
) {
  const steps: (Fold | null)[] = [interpreter.start({ ...first }, causeOf(0))];
  let fold = interpreter.start({ ...first }, causeOf(0));
  for (const [index, event] of events.entries()) {
    // Each reader parses an event into an object of its own.
    const next = interpreter.next(fold, { ...event }, causeOf(index + 1));
    steps.push(next);
    fold = next ?? fold;
  }
  return steps;
}

const shown = (fold: Fold | null) =>
  fold && { state: fold.state, pending: fold.pending, known: knownOf(fold) };

test('gives what the machine gives, the first time and every other', () => {
  fc.assert(
    fc.property(almostValidHistories(), ({ history }) => {
      const machine = remembering(compiled);
      const expected = stepsOf(compiled, history).map(shown);
      expect(stepsOf(machine, history).map(shown)).toEqual(expected);
      expect(stepsOf(machine, history).map(shown)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

test('makes no step twice', () => {
  // Given
  const machine = remembering(compiled);
  const history: PaymentOrderEvent[] = [created, { type: 'PaymentStarted' }];
  // When
  const once = stepsOf(machine, history);
  const again = stepsOf(machine, history);
  // Then
  expect(again.every((fold, revision) => fold === once[revision])).toBe(true);
});

const requested = { type: 'CancelRequested' };

test.each([
  { what: 'another event', other: { type: 'PaymentFailed' }, at: {} },
  { what: 'another field', other: { ...requested, reason: 'b' }, at: {} },
  { what: 'a field less', other: requested, at: {} },
  { what: 'a field without a value', other: { ...requested, reason: undefined }, at: {} },
  { what: 'another time', other: { ...requested, reason: 'a' }, at: { recordedAtMs: 7 } },
])('makes the step of $what under the same id', ({ other, at }) => {
  // Given
  const { interpreter } = remembering(compiled);
  const order = interpreter.start(created, causeOf(0));
  const before = { ...requested, reason: 'a' };
  interpreter.next(order, before, causeOf(1));
  const cause = { ...causeOf(1), ...at };
  // When
  const next = interpreter.next(order, other, cause);
  // Then
  expect(shown(next)).toStrictEqual(shown(compiled.interpreter.next(order, other, cause)));
});

test('raises what a timer raises, and asks the machine once', () => {
  // Given
  const machine = remembering(compiled);
  const order = machine.interpreter.start(created, causeOf(0));
  const waiting = machine.interpreter.next(order, { ...requested }, causeOf(1));
  const [timer] = waiting?.pending.timers ?? [];
  if (waiting === null || timer === undefined) throw new Error('an attempt has a deadline');
  // When
  const raised = machine.interpreter.raisedBy(waiting, timer.id);
  // Then
  expect(raised).toEqual(compiled.interpreter.raisedBy(waiting, timer.id));
  expect(machine.interpreter.raisedBy(waiting, timer.id)).toBe(raised);
});
