import { deepEqual, equal, ok } from 'node:assert/strict';
import { eventRoles } from '../../machines/payment-order.events.ts';
import type { EventType } from '../../machines/payment-order.events.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import { ofEachStep, upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { possibleFacts } from './possible-events.ts';
import type { Step } from './replayed-order.ts';

const moneyIsMonotone = ofEachStep({
  name: 'money-is-monotone',
  law:
    'once money is in, the order is paid as soon as no call is in flight, and it stays paid until ' +
    'an operator retracts it',
  holds: ({ before, event, after }) => {
    if (event.type !== 'FactRetracted') {
      if (before.known.paid) ok(after.known.paid, `${event.type} forgets the payment`);
      if (before.state === 'paid') equal(after.state, 'paid', `${event.type} undoes the payment`);
    }
    if (event.type === 'PaymentSucceeded') ok(after.known.paid, 'the payment is not known');
    const isInFlight = after.pending.calls.length > 0;
    if (after.known.paid && !isInFlight) {
      equal(after.state, 'paid', 'money is in and no call is in flight');
    }
    if (after.state === 'paid') ok(after.known.paid, 'paid, but no payment is known');
  },
});

const factsAreTaken: HistoryLaw = {
  name: 'facts-are-never-refused',
  law: 'every state takes facts, and outcomes of attempts that were made, and records them',
  holds: (history, _, end) => {
    const outcomes = end.known.answers.flatMap((_, index) =>
      eventRoles.outcome.map((type) => ({ type, attempt: index + 1, rule: 'late' })),
    );
    for (const event of [...possibleFacts(end.known), ...outcomes]) {
      upTo([...history, event], () => {
        const after = end.next(event);
        const which = 'attempt' in event ? ` of attempt ${event.attempt}` : '';
        ok(after !== null, `${end.state} does not take ${event.type}${which}`);
        isRecorded({ before: end, event, after });
      });
    }
  },
};

const decidesNothing: ReadonlySet<EventType> = new Set([
  ...(['PaymentOrderCreated', 'AnomalyAcknowledged', 'CommandRejected'] as const),
]);

function isRecorded({ before, event, after: { known } }: Step): void {
  const forgotten = `${event.type} was taken in ${before.state} but not recorded`;
  const { type } = event;
  equal(known.revision, before.known.revision + 1, forgotten);
  if (!decidesNothing.has(type)) {
    const { revision, history } = known;
    deepEqual([history.at(-1)?.revision, history.at(-1)?.type], [revision, type], forgotten);
  }
  if (type === 'PaymentSucceeded') {
    ok(known.paid, forgotten);
    ok(known.payments.length > 0, forgotten);
  }
  if (type === 'PaymentFailed') ok(known.failed, forgotten);
  if (type === 'ClosedAtGateway' || type === 'CancelConfirmed') ok(known.closed, forgotten);
  if ('attempt' in event) ok(known.answers[event.attempt - 1] !== 'in-flight', forgotten);
}

const nothingIsForgotten = ofEachStep({
  name: 'nothing-is-forgotten',
  law:
    'events only add to what is known: attempts, anomalies and the past never vanish, and ' +
    'payments only by a retraction',
  holds: (step) => {
    isRecorded(step);
    const { before, event, after } = step;
    const [old, known] = [before.known, after.known];
    const numbers = ({ orderNo, processBillNo, amountMinor, currency }: typeof known) => {
      return { orderNo, processBillNo, amountMinor, currency };
    };
    deepEqual(numbers(known), numbers(old), `${event.type} changes which order it is`);
    const isRetraction = event.type === 'FactRetracted';
    const forgetsPayment = known.payments.length < old.payments.length && !isRetraction;
    ok(!forgetsPayment, `${event.type} forgets a payment`);
    deepEqual(known.history.slice(0, old.history.length), old.history, 'the past was changed');
    ok(known.answers.length >= old.answers.length, `${event.type} forgets an attempt`);
    ok(known.anomalies.length >= old.anomalies.length, `${event.type} forgets an anomaly`);
    for (const [index, anomaly] of old.anomalies.entries()) {
      const now = known.anomalies[index];
      const { number, code, revision } = anomaly;
      const named = [now?.number, now?.code, now?.revision];
      deepEqual(named, [number, code, revision], `${event.type} alters an anomaly`);
      const isOpenAgain = now !== undefined && isOpen(now) && !isOpen(anomaly);
      ok(!isOpenAgain, `${event.type} opens an anomaly again`);
      if (!isRetraction) equal(now?.retracted, anomaly.retracted, `${event.type} retracts`);
    }
    if (event.type === 'AnomalyAcknowledged') {
      ok(known.anomalies[event.number - 1]?.acknowledged, 'the acknowledgement is forgotten');
    }
    if (event.type === 'PaymentStarted') ok(known.started, 'the start is forgotten');
    if (event.type === 'CancelRequested') {
      equal(known.cancel?.reason, event.reason, 'the reason is forgotten');
    }
  },
});

/** Laws of money and of recorded facts. */
export const lawsOfFacts = [moneyIsMonotone, factsAreTaken, nothingIsForgotten];
