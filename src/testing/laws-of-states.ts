import { equal, ok } from 'node:assert/strict';
import { inDoubt } from '../../machines/payment-order.facts.ts';
import { hasRole } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { declaredTarget } from './declared-target.ts';
import { ofEachStep, upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { possibleCommands, possibleEvents, possibleFacts } from './possible-events.ts';
import type { ReplayedOrder } from './replayed-order.ts';

/** Laws of an order's states and transitions. */
export function lawsOfStates(declared = declaredTarget): readonly HistoryLaw[] {
  return [
    stepsAsDeclared(declared),
    closedForCommands,
    callsFromRequesting,
    noDeadEnd,
    somethingIsAwaited,
    doubtIsShown,
  ];
}

const textOf = (event: PaymentOrderEvent) => JSON.stringify(event);

function stepsAsDeclared(declared: typeof declaredTarget): HistoryLaw {
  const check = (
    { state, known, next }: ReplayedOrder,
    event: PaymentOrderEvent,
    found?: string,
  ) => {
    const went = found ?? next(event)?.state ?? null;
    const wanted = declared(state, known, event);
    const whither = (to: string | null) => (to === null ? 'is not taken' : `goes to ${to}`);
    const what = `in ${state}, ${textOf(event)} ${whither(went)}; declared: it ${whither(wanted)}`;
    equal(went, wanted, what);
  };
  return {
    name: 'only-declared-transitions',
    law: 'an event is taken only where it is declared, and leads where it is declared to lead',
    holds: (history, steps, end) => {
      upTo(history.slice(0, 1), () => {
        equal((steps[0]?.before ?? end).state, 'created', 'an order begins in created');
      });
      for (const [index, { before, event, after }] of steps.entries()) {
        upTo(history.slice(0, index + 2), () => {
          check(before, event, after.state);
        });
      }
      for (const event of possibleEvents(end.known)) {
        upTo([...history, event], () => {
          check(end, event);
        });
      }
    },
  };
}

const closedForCommands: HistoryLaw = {
  name: 'closed-is-closed-for-commands',
  law:
    'a closed state takes facts, but no command other than to acknowledge an anomaly, to retract a ' +
    'fact, and in failed to cancel',
  holds: (history, _, { closed, state, known, takes }) => {
    if (!closed) return;
    for (const event of possibleCommands(known)) {
      if (event.type === 'AnomalyAcknowledged' || event.type === 'FactRetracted') continue;
      if (event.type === 'CancelRequested' && state === 'failed') continue;
      upTo([...history, event], () => {
        ok(!takes(event), `${state} is closed and takes ${textOf(event)}`);
      });
    }
    for (const event of possibleFacts(known)) {
      upTo([...history, event], () => {
        ok(takes(event), `${state} does not take ${textOf(event)}`);
      });
    }
  },
};

const callsFromRequesting = ofEachStep({
  name: 'a-cancel-is-called-only-from-requesting',
  law: 'in requesting, one call is in flight, for the newest attempt; in other states, none is',
  holds: ({ before, event, after }) => {
    const { state, known, pending } = after;
    const calls = pending.calls.length;
    const wantedCalls = state === 'cancelling.requesting' ? 1 : 0;
    equal(calls, wantedCalls, `${calls} calls are in flight in ${state}`);
    const inFlight = known.answers.filter((answer) => answer === 'in-flight').length;
    equal(inFlight, calls, `${inFlight} attempts but ${calls} calls are in flight`);
    const made = known.answers.length - before.known.answers.length;
    const wantedMade = hasRole(event.type, 'beginsAttempt') ? 1 : 0;
    equal(made, wantedMade, `${event.type} makes ${made} attempts`);
    for (const { input } of pending.calls) {
      const { orderNo, processBillNo, cancel, answers } = known;
      const { length: attempt } = answers;
      const wanted = { orderNo, processBillNo, reason: cancel?.reason, attempt };
      equal(JSON.stringify(input), JSON.stringify(wanted), 'the call has other parameters');
    }
  },
});

/** More events than any way to a closed state needs. */
const stepsToCloseMax = 5;

const noDeadEnd: HistoryLaw = {
  name: 'no-dead-end',
  law: 'a closed state is reachable from every state, even if nobody ever pays',
  holds: (_history, _steps, end) => {
    ok(isClosable(end), `from ${end.state} no ${stepsToCloseMax} events lead to a closed state`);
  },
};

function isClosable(end: ReplayedOrder): boolean {
  let frontier = [end];
  const seen = new Set<string>();
  for (let depth = 0; depth <= stepsToCloseMax && frontier.length > 0; depth += 1) {
    if (frontier.some(({ closed }) => closed)) return true;
    frontier = frontier.flatMap((order) => {
      const key = JSON.stringify([order.state, inDoubt(order.known), order.known.started]);
      if (seen.has(key)) return [];
      seen.add(key);
      const facts = new Set(possibleFacts(order.known).map(({ type }) => type));
      return possibleEvents(order.known)
        .filter(({ type }) => !facts.has(type) && !hasRole(type, 'report'))
        .flatMap((event) => order.next(event) ?? []);
    });
  }
  return false;
}

const somethingIsAwaited = ofEachStep({
  name: 'nothing-waits-for-nobody',
  law:
    'an open state waits for a call with a deadline, a timer, a review, or a caller who may ' +
    'cancel',
  holds: ({ after: { state, closed, attention, pending, takes } }) => {
    const timers = pending.timers.length;
    if (pending.calls.length > 0) equal(timers, 1, `the call of ${state} has no deadline`);
    if (closed || attention) equal(timers, 0, `${state} has a timer`);
    const isAwaited = closed || attention || timers > 0 || takes({ type: 'CancelRequested' });
    ok(isAwaited, `${state} waits for nothing`);
  },
});

const doubtIsShown = ofEachStep({
  name: 'doubt-is-shown',
  law:
    'while an attempt may have run, the order shows that it is in doubt, or facts have closed it; ' +
    'while a cancel waits, only a retraction makes or ends a doubt otherwise',
  holds: ({ before, event, after: { state, known } }) => {
    // A retraction moves no cancel that waits. Until it is moved, what came back stays where it is.
    const stayed = before.state === state && inDoubt(before.known) === inDoubt(known);
    const isShown = state === 'cancelling.inDoubt';
    const isOther = isShown ? !inDoubt(known) : inDoubt(known) && isWaiting(state);
    if (isOther && event.type !== 'FactRetracted') {
      ok(stayed, isShown ? `in ${state} without a doubt` : `in doubt, but in ${state}`);
    }
    const isOrigin = state === 'created' || state === 'paying';
    ok(!isOrigin || !inDoubt(known), `in doubt, but back in ${state}`);
  },
});

const isWaiting = (state: string) => state === 'cancelling.backingOff';
