import { deepEqual, equal, ok } from 'node:assert/strict';
import { initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { knownOf } from '../history/machine.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import {
  nothingPending,
  withCall,
  withTimer,
  withoutCall,
  withoutTimer,
} from '../interpreter/pending.ts';
import type { Cause, Pending } from '../interpreter/pending.ts';
import { stateValueOf } from '../interpreter/state-path.ts';
import { upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { possibleEvents } from './possible-events.ts';
import { compiledMachine } from './replayed-order.ts';
import { boundedMachine } from './tested-machine.ts';
import type { TestedMachine } from './tested-machine.ts';

/** Where XState's own functions lead. */
type Oracle = { readonly snapshot: AnyMachineSnapshot; readonly pending: Pending };

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
      const bounded = boundedMachine(machine);
      const [created, ...events] = history;
      let cause = causeOf(0);
      let fold = interpreter.start(created, cause);
      // The first event of a history is the machine's input.
      let oracle = oracleOf(initialTransition(bounded, created as never), nothingPending, cause);
      isSame(fold, oracle, 'the creation');
      for (const [index, event] of events.entries()) {
        upTo(history.slice(0, index + 2), () => {
          cause = causeOf(index + 1);
          const next = interpreter.next(fold, event, cause);
          ok(next !== null, `${fold.state} takes ${event.type} at one time but not at another`);
          oracle = afterOracle(bounded, oracle, event, cause);
          fold = next;
          isSame(fold, oracle, event.type);
        });
      }
      upTo(history, () => {
        for (const event of possibleEvents(knownOf(fold))) {
          const next = interpreter.next(fold, event, cause);
          const isTaken = takes(bounded, oracle, event);
          equal(next !== null, isTaken, `${fold.state} takes ${event.type}, or does not`);
          equal(
            interpreter.takes(fold, event),
            isTaken,
            `${event.type} is said to be taken, or not`,
          );
          if (next !== null) isSame(next, afterOracle(bounded, oracle, event, cause), event.type);
        }
      });
    },
  };
}

function causeOf(index: number): Cause {
  return { recordedAtMs: index * 1_000, eventId: `e${index}`, correlationId: 'tested' };
}

function afterOracle(
  machine: AnyStateMachine,
  { snapshot, pending }: Oracle,
  event: PaymentOrderEvent,
  cause: Cause,
): Oracle {
  return oracleOf(transition(machine, snapshot, event), pending, cause);
}

function takes(machine: AnyStateMachine, { snapshot }: Oracle, event: EventObject): boolean {
  // XState leaves the element types of this open (`any`); its length is all that is read.
  return (machine.getTransitionData(snapshot, event) as readonly unknown[]).length > 0;
}

/** The actions that XState would execute say what is pending. */
function oracleOf(
  [snapshot, actions]: readonly [
    unknown,
    readonly { readonly type: string; readonly params?: unknown }[],
  ],
  before: Pending,
  cause: Cause,
): Oracle {
  let pending = before;
  for (const { type, params } of actions) {
    // Every built-in action of XState carries an object, or nothing.
    const { id, input, delay, sendId } = { ...(params as Readonly<Record<string, unknown>>) };
    if (type === 'xstate.spawnChild') pending = withCall(pending, { id: String(id), input, cause });
    else if (type === 'xstate.stopChild') pending = withoutCall(pending, id);
    else if (type === 'xstate.cancel') pending = withoutTimer(pending, sendId);
    else if (typeof delay === 'number') {
      const dueAtMs = cause.recordedAtMs + delay;
      pending = withTimer(pending, { id: String(id), dueAtMs, cause });
    }
  }
  // A machine's transition gives a machine's snapshot.
  return { snapshot: snapshot as AnyMachineSnapshot, pending };
}

function isSame(fold: Fold, { snapshot, pending }: Oracle, after: string): void {
  deepEqual(stateValueOf(fold.state), snapshot.value, `another state after ${after}`);
  deepEqual(fold.context, snapshot.context, `another context after ${after}`);
  deepEqual(new Set(fold.tags), snapshot.tags, `other tags after ${after}`);
  deepEqual(fold.pending, pending, `something else is pending after ${after}`);
}
