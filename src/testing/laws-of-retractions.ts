import { deepEqual, equal, ok } from 'node:assert/strict';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';
import { sumsOf } from './declared-comparison.ts';
import { remembered } from './declared-facts.ts';
import { knownAtFirst } from './declared-known.ts';
import { receivedBy, refundedBy } from './declared-money.ts';
import { ofEachStep, upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { retractableIn } from './possible-events.ts';

const retraction = (revision: number): PaymentOrderEvent => ({
  type: 'FactRetracted',
  revision,
  evidence: 'bill',
  by: 'operator-1',
});

const callsNobody = ofEachStep({
  name: 'a-retraction-calls-nobody',
  law:
    'a retraction makes no attempt and ends none; it moves no cancel that is under way, but one ' +
    'that waits where it gives money or a closing back',
  holds: ({ before, event, after }) => {
    if (event.type !== 'FactRetracted') return;
    deepEqual(after.pending.calls, before.pending.calls, 'a retraction begins or ends a call');
    equal(after.known.answers.length, before.known.answers.length, 'a retraction makes an attempt');
    const isCancelling = before.state.startsWith('cancelling.');
    const isInFlight = before.pending.calls.length > 0;
    const givesBack = after.known.paid || after.known.closed;
    if (!isCancelling || (givesBack && !isInFlight)) return;
    equal(after.state, before.state, 'a retraction moves a cancel that is under way');
    deepEqual(after.pending, before.pending, 'a retraction changes what a cancel waits for');
  },
});

/** What an order knows, but for how it came to know it and what people were told. */
function factsIn({ history, revision, anomalies, ...facts }: OrderFacts) {
  ok(revision >= history.length - 1);
  const open = anomalies.filter(isOpen).map(({ code, revision: of }) => `${code} at ${of}`);
  return { ...facts, open: open.toSorted() };
}

const acknowledgedIn = ({ anomalies }: OrderFacts) =>
  anomalies.filter(({ acknowledged }) => acknowledged);

const retractedTwice: HistoryLaw = {
  name: 'a-retracted-retraction-gives-back',
  law: 'what is retracted no longer counts; where its retraction is retracted, it counts as before',
  holds: (history, _, end) => {
    for (const revision of retractableIn(end.known).slice(-3)) {
      const [once, again] = [retraction(revision), retraction(history.length)];
      const without = end.next(once);
      upTo([...history, once], () => {
        ok(without !== null, `revision ${revision} cannot be retracted`);
        ok(!without.takes(once), `revision ${revision} can be retracted twice`);
      });
      upTo([...history, once, again], () => {
        const known = without?.next(again)?.known ?? end.known;
        deepEqual(factsIn(known), factsIn(end.known), 'the order knows something else');
        deepEqual(acknowledgedIn(known), acknowledgedIn(end.known), 'an acknowledgement is lost');
      });
    }
  },
};

const othersStay: HistoryLaw = {
  name: 'only-facts-are-retracted',
  law: 'nothing can be retracted but facts, resolutions and retractions that count',
  holds: (history, _, end) => {
    const retractable = new Set(retractableIn(end.known));
    for (let revision = 0; revision <= history.length; revision += 1) {
      if (retractable.has(revision)) continue;
      const event = retraction(revision);
      upTo([...history, event], () => {
        ok(!end.takes(event), `${history[revision]?.type ?? 'nothing'} can be retracted`);
      });
    }
  },
};

const moneyIsCountedOnce: HistoryLaw = {
  name: 'money-is-counted-once',
  law: 'every payment and every refund that counts is counted once, however often it is told',
  holds: (history, _, { known }) => {
    const [created, ...events] = history;
    if (created?.type !== 'PaymentOrderCreated') return;
    let told = knownAtFirst(created);
    for (const event of events) told = remembered(told, event) ?? told;
    const came = receivedBy(told);
    deepEqual(sumsOf(received(known)), sumsOf(came), 'it is not the money that came');
    deepEqual(
      sumsOf(refunded(known)),
      sumsOf(refundedBy(told.refunds)),
      'it is not the money that went back',
    );
  },
};

/** Laws of what operators take back, and of money that is counted without it. */
export const lawsOfRetractions: readonly HistoryLaw[] = [
  callsNobody,
  retractedTwice,
  othersStay,
  moneyIsCountedOnce,
];
