import { deepEqual, equal, ok } from 'node:assert/strict';
import { eventRoles, isEventType } from '../../machines/payment-order.events.ts';
import type { OutcomeEvent } from '../../machines/payment-order.events.ts';
import { knownOf } from '../history/machine.ts';
import type { EventObject } from 'xstate';
import type { Fold, Interpreter } from '../interpreter/interpreter.ts';
import { stateValueOf } from '../interpreter/state-path.ts';
import { ofEachStep, upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { compiledMachine } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';
import { oracleOf } from './xstate-oracle.ts';

const cause = { recordedAtMs: 0, eventId: 'tested', correlationId: 'tested' };

/**
 * A law of XState's own events, which no stream holds. A plain actor gets them when a call ends or a
 * timer fires; the order must then go where the stored event leads that they raise.
 */
export function technicalEventsOnlyRaise(machine: TestedMachine | undefined): HistoryLaw {
  return {
    name: 'technical-events-only-raise',
    law: 'the end of a call or timer leads to where the stored event leads that it raises',
    holds: (history) => {
      const { interpreter } = compiledMachine(machine);
      const [created, ...events] = history;
      let fold = interpreter.start(created, cause);
      for (const [index, event] of events.entries()) {
        upTo(history.slice(0, index + 2), () => {
          const next = interpreter.next(fold, event, cause);
          ok(next !== null, `${fold.state} takes ${event.type} at one time but not at another`);
          fold = next;
          for (const [technical, stored] of pairs(interpreter, fold)) {
            leadsAlike(interpreter, fold, machine, technical, stored);
          }
        });
      }
    },
  };
}

/** Replaying would depend on the options of whoever replays, if a timer counted anything else. */
export const waitsAreAsRecorded = ofEachStep({
  name: 'waits-are-as-recorded',
  law: 'a timer waits as long as is recorded with the event that set it',
  holds: ({ before, event, after: { state, known, pending } }) => {
    for (const { id, dueAtMs, cause: setBy } of pending.timers) {
      if (before.pending.timers.some((timer) => timer.cause.eventId === setBy.eventId)) continue;
      const isDeadline = state === 'cancelling.requesting';
      const wanted = isDeadline ? known.attemptDeadlineMs : known.retryInMs;
      if (wanted === null && isDeadline) continue;
      const found = dueAtMs - setBy.recordedAtMs;
      equal(found, wanted, `after ${event.type}, '${id}' waits ${found} ms, not ${String(wanted)}`);
    }
    if (!('attemptDeadlineMs' in event)) return;
    equal(known.attemptDeadlineMs, event.attemptDeadlineMs, 'the deadline is forgotten');
  },
});

type Technical = EventObject & { readonly output?: unknown; readonly error?: unknown };

/** The events that XState would send itself here, each with the stored event that it must raise. */
function pairs(
  interpreter: Interpreter,
  fold: Fold,
): readonly (readonly [Technical, EventObject])[] {
  const attempt = knownOf(fold).answers.length;
  const timers = fold.pending.timers.map(({ id }) => {
    const raised = interpreter.raisedBy(fold, id);
    const what = `timer '${id}' raises ${raised.type}, which is not a stored event`;
    ok(isEventType(raised.type), what);
    return [{ type: id }, raised] as const;
  });
  const calls = fold.pending.calls.flatMap(({ id }) => {
    const failed = { type: `xstate.error.actor.${id}`, error: new Error('the call failed') };
    const unknown: OutcomeEvent = { type: 'CancelOutcomeUnknown', attempt, rule: 'call-failed' };
    const answers = eventRoles.outcome.map((type) => {
      const output: OutcomeEvent = { type, attempt, rule: 'tried' };
      return [{ type: `xstate.done.actor.${id}`, output }, output] as const;
    });
    return [[failed, unknown] as const, ...answers];
  });
  return [...timers, ...calls];
}

function leadsAlike(
  interpreter: Interpreter,
  fold: Fold,
  machine: TestedMachine | undefined,
  technical: Technical,
  stored: EventObject,
): void {
  const wanted = interpreter.next(fold, stored, cause);
  ok(wanted !== null, `${fold.state} does not take ${stored.type}, which ${technical.type} raises`);
  const oracle = oracleOf(machine);
  const { snapshot } = oracle.next(oracle.at(fold), technical, cause);
  equal(snapshot.status, 'active', `${technical.type} ends the machine`);
  const what = `in ${fold.state}, ${technical.type} does not lead where ${stored.type} leads`;
  deepEqual(snapshot.value, stateValueOf(wanted.state), what);
  deepEqual(snapshot.context, wanted.context, what);
}
