import { deepEqual, equal, ok } from 'node:assert/strict';
import { knownOf } from '../history/machine.ts';
import type { Fold, Interpreter } from '../interpreter/interpreter.ts';
import type { Cause } from '../interpreter/pending.ts';
import { upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { possibleEvents } from './possible-events.ts';
import { compiledMachine } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';
import { assertSame, oracleOf } from './xstate-oracle.ts';
import type { OracleState, XStateOracle } from './xstate-oracle.ts';

/**
 * A law of the interpreter: it folds by a table that it made of the machine, and XState's own
 * `transition()` says what that table must give.
 */
export function compiledIsXState(machine: TestedMachine | undefined): HistoryLaw {
  return {
    name: 'compiled-is-xstate',
    law: "the compiled machine goes where XState's own transition() goes, and waits for the same",
    holds: (history) => {
      const { interpreter } = compiledMachine(machine);
      const oracle = oracleOf(machine);
      const [created, ...events] = history;
      let cause = causeOf(0);
      let fold = interpreter.start(created, cause);
      // The first event of a history is the machine's input.
      let state = oracle.start(created, cause);
      assertSame(fold, state, 'the creation');
      for (const [index, event] of events.entries()) {
        upTo(history.slice(0, index + 2), () => {
          cause = causeOf(index + 1);
          const next = interpreter.next(fold, event, cause);
          ok(next !== null, `${fold.state} takes ${event.type} at one time but not at another`);
          state = oracle.next(state, event, cause);
          fold = next;
          assertSame(fold, state, event.type);
          raisesAlike(interpreter, fold, oracle, state);
        });
      }
      for (const event of possibleEvents(knownOf(fold))) {
        upTo([...history, event], () => {
          const next = interpreter.next(fold, event, cause);
          const isTaken = oracle.takes(state, event);
          equal(next !== null, isTaken, whether(fold, event.type, next !== null));
          equal(
            interpreter.takes(fold, event),
            isTaken,
            `takes() and next() differ: ${event.type}`,
          );
          if (next !== null) assertSame(next, oracle.next(state, event, cause), event.type);
        });
      }
    },
  };
}

function causeOf(index: number): Cause {
  return { recordedAtMs: index * 1_000, eventId: `e${index}`, correlationId: 'tested' };
}

function whether({ state }: Fold, type: string, isTaken: boolean): string {
  return isTaken
    ? `${state} takes ${type}; XState does not`
    : `${state} does not take ${type}; XState does`;
}

/** A timer that raises nothing breaks another law, and is refused when it is due. */
function raisesAlike(
  interpreter: Interpreter,
  fold: Fold,
  oracle: XStateOracle,
  state: OracleState,
): void {
  for (const { id } of fold.pending.timers) {
    const wanted = oracle.raisedBy(state, id);
    if (wanted === null) continue;
    deepEqual(interpreter.raisedBy(fold, id), wanted, `timer '${id}' raises another event`);
  }
}
