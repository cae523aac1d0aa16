import fc from 'fast-check';
import { PaymentOrderError } from '../../src/errors.ts';
import { verifyHistories } from '../../src/index.ts';
import { validHistories } from '../../src/testing/histories.ts';
import { createdOrder, stepsOf } from '../../src/testing/replayed-order.ts';
import type { TestedMachine } from '../../src/testing/tested-machine.ts';
import { transitionProperties } from '../../src/testing/transition-properties.ts';
import { goldenNames, readGolden } from '../../test/history/golden.ts';
import { stateOf } from './machine-mutants.ts';
import type { Mutant } from './machine-mutants.ts';

const golden = goldenNames().map((name) => readGolden(name).events);
export const byGolden = 'a golden history';

/** Histories as the shipped machine takes them, with where each event led. */
const recorded = fc.sample(validHistories(), 150).map((history) => ({
  history,
  states: stepsOf(history).map(({ after }) => after.state),
}));

/** What notices that a machine was changed: a golden history, or the name of a law. */
export async function noticedBy({ machine, place }: Mutant): Promise<string | null> {
  return (await passesGate(machine)) ? brokenLaw(machine, 2_000, place) : byGolden;
}

/** Whether a machine cannot be distinguished from the shipped one. */
export async function isSame(machine: TestedMachine): Promise<boolean> {
  return replaysAll(machine) && brokenLaw(machine, 40) === null && (await passesGate(machine));
}

function replaysAll(machine: TestedMachine): boolean {
  return recorded.every(({ history: [created, ...events], states }) => {
    let order = createdOrder(created, machine);
    return events.every((event, index) => {
      const next = order.next(event);
      if (next === null || next.state !== states[index]) return false;
      order = next;
      return true;
    });
  });
}

/** Whether the change gate accepts the machine for every golden history. */
async function passesGate(machine: TestedMachine): Promise<boolean> {
  for (const events of golden) {
    const isAsBefore = verifyHistories(machine, [events]).then(({ ok }) => ok);
    if (!(await isAsBefore.catch(isNotFoldable))) return false;
  }
  return true;
}

/** The gate throws only for a machine that runs in a circle. */
function isNotFoldable(error: unknown): false {
  if (error instanceof PaymentOrderError && error.code === 'unsupported-machine') return false;
  throw error;
}

/** Timers and ends of calls are seen by laws of their own, which come first where one changed. */
const lawsOfWaiting = ['technical-events-only-raise', 'nothing-waits-for-nobody'];
const declared = 'only-declared-transitions';

/** The same histories in every run. */
const seed = 20_210_222;

function brokenLaw(machine: TestedMachine, runs: number, place = ''): string | null {
  const laws = transitionProperties(machine);
  const isTechnical = /\.(after|invoke)\./.test(place);
  for (const name of isTechnical ? [...lawsOfWaiting, declared] : [declared, ...lawsOfWaiting]) {
    try {
      laws.find((law) => law.name === name)?.check({ runs, seed, endOnFailure: true });
    } catch {
      return name;
    }
  }
  return null;
}

const atRest = ['created', 'paying', 'cancelled', 'failed'];
const waiting = ['backingOff', 'inDoubt', 'needsReview'];

/**
 * Why a changed machine is still the same machine; null where it is another.
 *
 * `weighing` and `settling` are never seen from outside: what passes through them counts by where
 * it comes out. Where money or a closing was just recorded, `weighing` goes to `settling`, and
 * `settling` to `paid` or `cancelled`, so any way there is the same way.
 */
export function sameBecause({ place, change }: Mutant): string | null {
  const state = stateOf(place).replace('cancelling.', '');
  // Of several guarded transitions of an event, each counts as the event's.
  const event =
    place
      .replace(/(\.on\.\w+)\.\d+$/, '$1')
      .split('.')
      .at(-1) ?? '';
  const to = change.replace('→ ', '').replace('cancelling.', '');
  const settles = 'what was just recorded settles, whichever way it is weighed';
  switch (`${event} → ${to}`) {
    case 'PaymentSucceeded → weighing':
      return state === '' ? null : settles;
    case 'PaymentSucceeded → settling':
    case 'StatusReported → settling':
      return atRest.includes(state) ? settles : null;
    case 'StatusReported → weighing':
      // The second of an open order's three is a failure, which does not settle what is weighed.
      return atRest.includes(state) && !place.endsWith('.1') ? settles : null;
    case 'PaymentSucceeded → paid':
      return waiting.includes(state) ? settles : null;
    case 'ClosedAtGateway → weighing':
    case 'CancelConfirmed → weighing':
      return state === '' ? null : settles;
    case 'ClosedAtGateway → settling':
      return state === '' ? null : settles;
    case 'CancelConfirmed → settling':
      return state === '' ? null : settles;
    case 'ClosedAtGateway → cancelled':
    case 'CancelConfirmed → cancelled':
      return waiting.includes(state) ? settles : null;
    case 'PaymentFailed → settling':
      return state === '' ? null : 'before money and closing, a failure is all there is to settle';
    case 'PaymentStarted → settling':
      return 'before money, closing and failure, a start is all there is to settle';
    case 'CancelRefused → settling':
      return state === 'inDoubt' ? 'a refusal that ends the last doubt is of this cancel' : null;
    case 'CancelBlocked → settling':
      return state === 'inDoubt' ? 'a blocked call is not tried again: it needs review' : null;
    case '1 → settling':
      return state === 'weighing' ? 'a cancel that is open settles into a review' : null;
    case 'FactRetracted → weighing':
      return waiting.includes(state) ? 'money or a closing that is given back settles' : null;
    case 'retry → backingOff':
    case 'retry → inDoubt':
      return 'both take CancelRetryDue, which the timer raises, and lead to requesting';
    case 'attemptDeadline → requesting':
    case 'onDone → requesting':
    case 'onError → requesting':
      return 'a transition to the same state does not leave it without reenter';
    default:
      return null;
  }
}
