import { deepEqual, equal } from 'node:assert/strict';
import type { AnyStateMachine, EventObject } from 'xstate';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';
import type { Fold, Interpreter } from '../../src/interpreter/interpreter.ts';
import type { Cause } from '../../src/interpreter/pending.ts';
import { XStateOracle, assertSame } from '../../src/testing/xstate-oracle.ts';
import type { OracleState } from '../../src/testing/xstate-oracle.ts';

/** What was met while machines were compared. */
export type Met = Map<string, number>;

/** Where the compiled machine and XState stand after the same events. */
export type Both = { readonly fold: Fold; readonly state: OracleState; readonly events: number };

/** A machine, compiled and as XState runs it. Every method throws where the two part. */
export class Compared {
  readonly #interpreter: Interpreter;
  readonly #oracle: XStateOracle;
  readonly #met: Met;

  constructor(machine: AnyStateMachine, met: Met) {
    this.#interpreter = createInterpreter(machine);
    this.#oracle = new XStateOracle(machine);
    this.#met = met;
  }

  /** What is not taken, or throws, leaves both where they are; null where the start throws. */
  fold(input: unknown, events: readonly EventObject[]): Both | null {
    let both = this.start(input);
    for (const event of both === null ? [] : events) {
      if (both !== null) both = this.next(both, event) ?? both;
    }
    return both;
  }

  start(input: unknown): Both | null {
    const both = this.#bothOf(
      () => this.#interpreter.start(input, causeOf(0)),
      () => this.#oracle.start(input, causeOf(0)),
      'the start',
      1,
    );
    this.#note(both === null ? 'a start that throws' : 'a start');
    return both;
  }

  /** Null where both throw, or do not take the event. */
  next({ fold, state, events }: Both, event: EventObject): Both | null {
    const cause = causeOf(events);
    const both = this.#bothOf(
      () => this.#interpreter.next(fold, event, cause),
      () => (this.#oracle.takes(state, event) ? this.#oracle.next(state, event, cause) : null),
      event.type,
      events + 1,
    );
    this.#note(both === null ? 'an event that throws or is not taken' : 'an event');
    return both;
  }

  takes({ fold, state }: Both, event: EventObject): void {
    const found = outcomeOf(() => this.#interpreter.takes(fold, event));
    // XState's own events are never taken from outside.
    const isDomain = !event.type.startsWith('xstate.');
    const wanted = outcomeOf(() => isDomain && this.#oracle.takes(state, event));
    deepEqual(found, wanted, `takes ${event.type}`);
  }

  #bothOf(
    fold: () => Fold | null,
    state: () => OracleState | null,
    after: string,
    events: number,
  ): Both | null {
    const [found, wanted] = [outcomeOf(fold), outcomeOf(state)];
    equal(found.threw, wanted.threw, `what was thrown after ${after}`);
    equal(found.value === null, wanted.value === null, `${after} is taken or not`);
    if (!found.value || !wanted.value) return null;
    assertSame(found.value, wanted.value, after);
    const both = { fold: found.value, state: wanted.value, events };
    this.#compareTimers(both);
    if (found.value.pending.calls.length > 0) this.#note('a pending call');
    return both;
  }

  #compareTimers({ fold, state }: Both): void {
    for (const { id } of fold.pending.timers) {
      const found = outcomeOf(() => this.#interpreter.raisedBy(fold, id));
      const wanted = outcomeOf(() => this.#oracle.raisedBy(state, id));
      const isRaising = wanted.threw !== null || wanted.value !== null;
      this.#note(isRaising ? 'a timer that raises' : 'a timer that raises nothing');
      if (isRaising) deepEqual(found, wanted, `timer ${id}`);
      else equal(found.threw?.includes('raises no event'), true, `timer ${id}`);
    }
  }

  #note(what: string): void {
    this.#met.set(what, (this.#met.get(what) ?? 0) + 1);
  }
}

function causeOf(index: number): Cause {
  return { recordedAtMs: index * 1_000, eventId: `e${index}`, correlationId: 'compared' };
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
