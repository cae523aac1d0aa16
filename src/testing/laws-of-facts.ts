import { deepEqual, equal, ok } from 'node:assert/strict';
import { eventRoles } from '../../machines/payment-order.events.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import { ofEachStep, upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { possibleFacts, possibleReports } from './possible-events.ts';
import type { Step } from './replayed-order.ts';

const moneyIsMonotone = ofEachStep({
  name: 'money-is-monotone',
  law:
    'once money is in, the order is paid as soon as no call is in flight, and it stays paid, but ' +
    'by a retraction',
  holds: ({ before, event, after }) => {
    const isRetraction = event.type === 'FactRetracted';
    if (before.known.paid && !isRetraction)
      ok(after.known.paid, `${event.type} forgets the payment`);
    if (before.state === 'paid' && !isRetraction) {
      equal(after.state, 'paid', `${event.type} undoes the payment`);
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
    for (const event of [...possibleFacts(end.known), ...possibleReports(end.known), ...outcomes]) {
      upTo([...history, event], () => {
        const after = end.next(event);
        const which = 'attempt' in event ? ` of attempt ${event.attempt}` : '';
        ok(after !== null, `${end.state} does not take ${event.type}${which}`);
        isRecorded({ before: end, event, after });
      });
    }
  },
};

function isRecorded({ before, event, after: { known } }: Step): void {
  const forgotten = `${event.type} was taken in ${before.state} but not recorded`;
  const { type } = event;
  if (type === 'PaymentSucceeded') {
    ok(known.paid && known.payments.length > 0, forgotten);
    const { transactionNo = known.orderNo } = event;
    const isNumbered = transactionNo !== known.orderNo;
    const numbers = known.payments.map((payment) => payment.transactionNo);
    if (isNumbered) ok(numbers.includes(transactionNo), forgotten);
  }
  if (type === 'PaymentRefunded') {
    ok(
      known.refunds.some(({ refundNo }) => refundNo === event.refundNo),
      forgotten,
    );
  }
  if (type === 'PaymentFailed') ok(known.failed, forgotten);
  if (type === 'ClosedAtGateway' || type === 'CancelConfirmed') ok(known.closed, forgotten);
  if (type === 'StatusReported') {
    const { status } = event;
    if (status === 'succeeded') ok(known.paid, forgotten);
    if (status === 'failed') ok(known.failed, forgotten);
    if (status === 'canceled') ok(known.closed, forgotten);
  }
  if ('attempt' in event) ok(known.answers[event.attempt - 1] !== 'in-flight', forgotten);
}

const nothingIsForgotten = ofEachStep({
  name: 'nothing-is-forgotten',
  law:
    'events only add to what is known: attempts and anomalies never vanish, payments and refunds ' +
    'only by a retraction',
  holds: (step) => {
    isRecorded(step);
    const { before, event, after } = step;
    const [old, known] = [before.known, after.known];
    const numbers = ({ orderNo, processBillNo, amountMinor, currency }: typeof known) => {
      return { orderNo, processBillNo, amountMinor, currency };
    };
    deepEqual(numbers(known), numbers(old), `${event.type} changes which order it is`);
    const isRetraction = event.type === 'FactRetracted';
    if (!isRetraction) {
      ok(known.payments.length >= old.payments.length, `${event.type} forgets a payment`);
      ok(known.refunds.length >= old.refunds.length, `${event.type} forgets a refund`);
    }
    ok(known.answers.length >= old.answers.length, `${event.type} forgets an attempt`);
    ok(known.anomalies.length >= old.anomalies.length, `${event.type} forgets an anomaly`);
    for (const [index, anomaly] of old.anomalies.entries()) {
      const now = known.anomalies[index];
      const { acknowledged, retracted, ...stays } = anomaly;
      const { number, code, revision } = now ?? {};
      deepEqual({ number, code, revision }, stays, `${event.type} alters an anomaly`);
      if (acknowledged || retracted)
        ok(!now || !isOpen(now), `${event.type} opens an anomaly again`);
      if (!isRetraction) equal(now?.retracted, retracted, `${event.type} retracts an anomaly`);
    }
    equal(known.revision, old.revision + 1, `${event.type} is not counted`);
    if (event.type === 'AnomalyAcknowledged') {
      ok(known.anomalies[event.number - 1]?.acknowledged, 'the acknowledgement is forgotten');
    }
    if (event.type === 'PaymentStarted') ok(known.started, 'the start is forgotten');
    if (event.type === 'CancelRequested') {
      equal(known.cancel?.reason, event.reason, 'the reason is forgotten');
    }
  },
});

const declinesDecideNothing = ofEachStep({
  name: 'declines-and-refunds-move-nothing',
  law: 'a decline and a refund change no state, begin and end no wait, and a decline no fact',
  holds: ({ before, event, after }) => {
    if (event.type !== 'PaymentDeclined' && event.type !== 'PaymentRefunded') return;
    equal(after.state, before.state, `${event.type} moves the order`);
    deepEqual(after.pending, before.pending, `${event.type} changes what is pending`);
    const { refunds, anomalies } = after.known;
    const mayChange = event.type === 'PaymentRefunded' ? { refunds, anomalies } : {};
    const counted = { history: after.known.history, revision: after.known.revision };
    const facts = { ...before.known, ...counted, ...mayChange };
    deepEqual(after.known, facts, `${event.type} decides something`);
  },
});

const questionsCallNobody = ofEachStep({
  name: 'questions-call-nobody',
  law:
    'the answer to a question begins and ends no call; one that says how the order ended is the ' +
    'only one that closes it',
  holds: ({ before, event, after }) => {
    if (event.type !== 'StatusReported') return;
    deepEqual(after.pending.calls, before.pending.calls, 'a report begins or ends a call');
    if (['succeeded', 'failed', 'canceled'].includes(event.status)) return;
    const ends = ({ known: { paid, failed, closed } }: typeof before) => ({ paid, failed, closed });
    deepEqual(ends(after), ends(before), `${event.status} closes the order`);
    const { anomalies } = before.known;
    deepEqual(after.known.anomalies, anomalies, `${event.status} opens an anomaly`);
  },
});

/** Laws of money and of recorded facts. */
export const lawsOfFacts: readonly HistoryLaw[] = [
  moneyIsMonotone,
  factsAreTaken,
  nothingIsForgotten,
  declinesDecideNothing,
  questionsCallNobody,
];
