import { equal, ok } from 'node:assert/strict';
import { inDoubt } from '../../machines/payment-order.facts.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { declaredTarget } from './declared-target.ts';
import { historyLaw, stepLaw, upTo } from './law.ts';
import type { TransitionLaw } from './law.ts';
import { possibleCommands, possibleEvents, possibleFacts } from './possible-events.ts';
import { firstStanding } from './standing.ts';
import type { History, Standing, Step } from './standing.ts';
import type { TestedMachine } from './tested-machine.ts';

/** Where an event leads, as somebody wrote it down; null where the state does not take it. */
export type DeclaredTarget = typeof declaredTarget;

/** Laws of where an order stands and goes. */
export function lawsOfStates(
  machine: TestedMachine | undefined,
  declared: DeclaredTarget = declaredTarget,
): readonly TransitionLaw[] {
  return [
    stepsAsDeclared(machine, declared),
    closedForCommands(machine),
    callsFromRequesting(machine),
    deadEnds(machine),
    waiting(machine),
    doubt(machine),
  ];
}

const last = (history: History, steps: readonly Step[], machine: TestedMachine | undefined) =>
  steps.at(-1)?.after ?? firstStanding(history[0], machine);

const told = (event: PaymentOrderEvent) => JSON.stringify(event);

function stepsAsDeclared(
  machine: TestedMachine | undefined,
  declared: DeclaredTarget,
): TransitionLaw {
  const check = ({ state, known, next }: Standing, event: PaymentOrderEvent, found?: string) => {
    const went = found ?? next(event)?.state ?? null;
    const wanted = declared(state, known, event);
    const says = (where: string | null) => (where === null ? 'is not taken' : `goes to ${where}`);
    const what = `in ${state}, ${told(event)} ${says(went)}; declared: it ${says(wanted)}`;
    equal(went, wanted, what);
  };
  return historyLaw({
    ...{ name: 'only-declared-transitions', machine },
    law: 'an event is taken where it is declared, leads where it is declared to, and else nowhere',
    holds: (history, steps) => {
      const first = firstStanding(history[0], machine);
      upTo(history.slice(0, 1), () => {
        equal(first.state, 'created', 'an order begins in created');
      });
      for (const [index, { before, event, after }] of steps.entries()) {
        upTo(history.slice(0, index + 2), () => {
          check(before, event, after.state);
        });
      }
      const end = last(history, steps, machine);
      for (const event of possibleEvents(end.known)) {
        upTo([...history, event], () => {
          check(end, event);
        });
      }
    },
  });
}

function closedForCommands(machine: TestedMachine | undefined): TransitionLaw {
  return historyLaw({
    ...{ name: 'closed-is-closed-for-commands', machine },
    law: 'in a closed state no command is taken but to acknowledge an anomaly; facts still are',
    holds: (history, steps) => {
      const { closed, state, known, takes } = last(history, steps, machine);
      if (!closed) return;
      for (const event of possibleCommands(known)) {
        if (event.type === 'AnomalyAcknowledged') continue;
        upTo([...history, event], () => {
          ok(!takes(event), `${state} is closed and takes ${told(event)}`);
        });
      }
      for (const event of possibleFacts(known)) {
        upTo([...history, event], () => {
          ok(takes(event), `${state} does not take ${told(event)}`);
        });
      }
    },
  });
}

const callers = new Set(['CancelRequested', 'CancelRetryDue', 'CancelRetryRequested']);

function callsFromRequesting(machine: TestedMachine | undefined): TransitionLaw {
  return stepLaw({
    ...{ name: 'a-cancel-is-called-only-from-requesting', machine },
    law: 'one call is out while the order is in requesting, for its newest attempt; else none is',
    holds: ({ before, event, after }) => {
      const { state, known, pending } = after;
      const calls = pending.calls.length;
      equal(calls, state === 'cancelling.requesting' ? 1 : 0, `${calls} calls are out in ${state}`);
      const inFlight = known.answers.filter((answer) => answer === 'in-flight').length;
      equal(inFlight, calls, `${inFlight} attempts are in flight, ${calls} calls are out`);
      const made = known.answers.length - before.known.answers.length;
      equal(made, callers.has(event.type) ? 1 : 0, `${event.type} makes ${made} attempts`);
      for (const { input } of pending.calls) {
        const { orderNo, processBillNo, cancel, answers } = known;
        const reason = cancel?.reason === undefined ? {} : { reason: cancel.reason };
        const wanted = { orderNo, processBillNo, ...reason, attempt: answers.length };
        equal(JSON.stringify(input), JSON.stringify(wanted), 'the call is about something else');
      }
    },
  });
}

/** More events than any way out needs: ask, call, hear, settle. */
const wayOutMax = 5;

function deadEnds(machine: TestedMachine | undefined): TransitionLaw {
  return historyLaw({
    ...{ name: 'no-dead-end', machine },
    law: 'from every state something closed is reachable, also where nobody ever pays',
    holds: (history, steps) => {
      const end = last(history, steps, machine);
      ok(isClosable(end), `from ${end.state} no ${wayOutMax} events lead to a closed state`);
    },
  });
}

function isClosable(end: Standing): boolean {
  let frontier = [end];
  const seen = new Set<string>();
  for (let depth = 0; depth <= wayOutMax && frontier.length > 0; depth += 1) {
    if (frontier.some(({ closed }) => closed)) return true;
    frontier = frontier.flatMap((standing) => {
      const key = JSON.stringify([standing.state, inDoubt(standing.known), standing.known.started]);
      if (seen.has(key)) return [];
      seen.add(key);
      const facts = new Set(possibleFacts(standing.known).map(({ type }) => type));
      return possibleEvents(standing.known)
        .filter(({ type }) => !facts.has(type))
        .flatMap((event) => standing.next(event) ?? []);
    });
  }
  return false;
}

function waiting(machine: TestedMachine | undefined): TransitionLaw {
  return stepLaw({
    ...{ name: 'nothing-waits-for-nobody', machine },
    law:
      'an open state waits for a call that has a deadline, for a timer, for a review, or for its ' +
      'caller, who may cancel',
    holds: ({ after: { state, closed, attention, pending, takes } }) => {
      const timers = pending.timers.length;
      if (pending.calls.length > 0) equal(timers, 1, `the call of ${state} has no deadline`);
      if (closed || attention) equal(timers, 0, `${state} has a timer that nobody expects`);
      const isAwaited = closed || attention || timers > 0 || takes({ type: 'CancelRequested' });
      ok(isAwaited, `${state} waits for nothing and nobody`);
    },
  });
}

function doubt(machine: TestedMachine | undefined): TransitionLaw {
  return stepLaw({
    ...{ name: 'doubt-is-shown', machine },
    law: 'while an attempt may have run, the order is being cancelled and says so, or facts closed it',
    holds: ({ after: { state, known } }) => {
      if (state === 'cancelling.inDoubt') ok(inDoubt(known), `${state} without a doubt`);
      if (!inDoubt(known)) return;
      ok(state !== 'cancelling.backingOff', `in doubt, and ${state}`);
      const isOrigin = state === 'created' || state === 'paying';
      ok(!isOrigin, `in doubt, and back in ${state}`);
    },
  });
}
