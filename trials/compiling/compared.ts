import { deepEqual, equal } from 'node:assert/strict';
import type { AnyStateMachine, EventObject } from 'xstate';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';
import type { Fold, Interpreter } from '../../src/interpreter/interpreter.ts';
import type { Cause } from '../../src/interpreter/pending.ts';
import { XStateOracle, assertSame } from '../../src/testing/xstate-oracle.ts';
import type { OracleState } from '../../src/testing/xstate-oracle.ts';

/** What was met while a machine was compared. */
export type Met = Map<string, number>;

/**
 * Folds the events by the compiled machine and by XState. What is not taken, or throws, leaves both
 * where they are.
 *
 * @throws AssertionError where they part
 */
export function compare(
  machine: AnyStateMachine,
  input: unknown,
  events: readonly EventObject[],
  met: Met,
): void {
  const interpreter = createInterpreter(machine);
  const oracle = new XStateOracle(machine);
  let cause = causeOf(0);
  const first = bothOf(
    () => interpreter.start(input, cause),
    () => oracle.start(input, cause),
    'the start',
  );
  note(met, first === null ? 'a start that throws' : 'a start');
  if (first === null) return;
  let [fold, state] = first;
  compareAt(interpreter, oracle, fold, state, met);
  for (const [index, event] of events.entries()) {
    cause = causeOf(index + 1);
    const next = bothOf(
      () => interpreter.next(fold, event, cause),
      () => (oracle.takes(state, event) ? oracle.next(state, event, cause) : null),
      event.type,
    );
    note(met, next === null ? 'an event that throws or is not taken' : 'an event');
    if (next === null) continue;
    [fold, state] = next;
    compareAt(interpreter, oracle, fold, state, met);
  }
}

function causeOf(index: number): Cause {
  return { recordedAtMs: index * 1_000, eventId: `e${index}`, correlationId: 'compared' };
}

/** The timers that wait here, and every event. */
function compareAt(
  interpreter: Interpreter,
  oracle: XStateOracle,
  fold: Fold,
  state: OracleState,
  met: Met,
): void {
  for (const type of ['A', 'B', 'C', 'D', 'xstate.done.actor.one']) {
    const event = { type, k: 2 };
    const isDomain = !type.startsWith('xstate.');
    const found = outcomeOf(() => interpreter.takes(fold, event));
    deepEqual(
      found,
      outcomeOf(() => isDomain && oracle.takes(state, event)),
      `takes ${type}`,
    );
  }
  for (const { id } of fold.pending.timers) {
    const found = outcomeOf(() => interpreter.raisedBy(fold, id));
    const wanted = outcomeOf(() => oracle.raisedBy(state, id));
    const raises = wanted.threw !== null || wanted.value !== null;
    note(met, raises ? 'a timer that raises' : 'a timer that raises nothing');
    if (raises) deepEqual(found, wanted, `timer ${id}`);
    else equal(found.threw?.includes('raises no event'), true, `timer ${id}`);
  }
  if (fold.pending.calls.length > 0) note(met, 'a pending call');
}

function bothOf(
  fold: () => Fold | null,
  state: () => OracleState | null,
  after: string,
): readonly [Fold, OracleState] | null {
  const found = outcomeOf(fold);
  const wanted = outcomeOf(state);
  equal(found.threw, wanted.threw, `what was thrown after ${after}`);
  equal(found.value === null, wanted.value === null, `${after} is taken or not`);
  if (!found.value || !wanted.value) return null;
  assertSame(found.value, wanted.value, after);
  return [found.value, wanted.value];
}

type Outcome<T> = { readonly value: T | null; readonly threw: string | null };

function outcomeOf<T>(run: () => T): Outcome<T> {
  try {
    return { value: run(), threw: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Both stop a loop after as many steps, each in words of its own. XState's are cut off badly.
    const threw = message.startsWith('Infinite loop') ? 'a loop' : message.replace(/\.'\.$/, '.');
    return { value: null, threw };
  }
}

function note(met: Met, what: string): void {
  met.set(what, (met.get(what) ?? 0) + 1);
}
