import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { hasRole } from '../../machines/payment-order.events.ts';
import type { Anomaly, OrderFacts } from '../../machines/payment-order.facts.ts';
import { isOpen, knownFrom } from '../../machines/payment-order.facts.ts';
import { foldAgain, record } from '../../machines/payment-order.fold.ts';
import { newestRetractable, whyNotRetractable } from '../../machines/payment-order.remembered.ts';
import { stepsOf, validHistories } from '../../src/testing/index.ts';

const retraction = (revision: number): PaymentOrderEvent => ({
  ...{ type: 'FactRetracted', revision, evidence: 'bill', by: 'operator-1' },
});
const retractable = ({ history }: OrderFacts) =>
  history.filter(({ revision }) => whyNotRetractable(history, revision) === null);

/** What an order knows besides its past, and what is still contradictory. */
function told(known: OrderFacts) {
  const name = ({ code, revision }: Anomaly) => `${code} of ${revision}`;
  const open = known.anomalies.filter(isOpen).map(name).toSorted();
  return { ...known, history: [], revision: 0, anomalies: [], open };
}

/** Histories that the machine takes, in which some events are as version 1 stored them. */
const histories = fc
  .tuple(validHistories(), fc.infiniteStream(fc.boolean()))
  .map(([[created, ...events], draws]) => ({
    created,
    events: events.map((event): PaymentOrderEvent => {
      const isOlder = draws.next().value === true;
      const isMarked = event.type === 'PaymentSucceeded' || hasRole(event.type, 'outcome');
      // Any of these types may bear the mark.
      return isMarked && isOlder ? ({ ...event, isOfVersion1: true } as typeof event) : event;
    }),
  }));

const knownAlong = (
  created: PaymentOrderEvent | undefined,
  events: readonly PaymentOrderEvent[],
) => {
  const all = [knownFrom(created?.type === 'PaymentOrderCreated' ? created : undefined)];
  for (const event of events) all.push(record(all.at(-1) ?? knownFrom(undefined), event));
  return all;
};

describe('folding what is remembered again', () => {
  test('gives exactly what was known, at every event of every history', () => {
    fc.assert(
      fc.property(histories, ({ created, events }) => {
        for (const known of knownAlong(created, events)) expect(foldAgain(known)).toEqual(known);
      }),
      { numRuns: 300 },
    );
  });

  test('names the newest event that can be taken back, at every event of every history', () => {
    fc.assert(
      fc.property(histories, ({ created, events }) => {
        for (const known of knownAlong(created, events)) {
          const newest = retractable(known).at(-1)?.revision ?? null;
          expect(newestRetractable(known.history)).toBe(newest);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('counts every event once, as the stream does', () => {
    fc.assert(
      fc.property(validHistories(), (history) => {
        for (const [index, { event, after }] of stepsOf(history).entries()) {
          expect(after.known.revision).toBe(index + 1);
          const { revision, type } = after.known.history.at(-1) ?? {};
          if (revision === index + 1) expect(type).toBe(event.type);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a retraction', () => {
  test('leaves what would be known if the fact had never been told', () => {
    const noise: PaymentOrderEvent = {
      ...{ type: 'CommandRejected', command: 'StartPayment', code: 'already-paid' },
    };
    fc.assert(
      fc.property(histories, fc.nat(), ({ created, events }, choice) => {
        const once = events.filter(
          ({ type }) => !['FactRetracted', 'AnomalyAcknowledged'].includes(type),
        );
        const known = knownAlong(created, once).at(-1) ?? knownFrom(undefined);
        const possible = retractable(known);
        const chosen = possible[choice % Math.max(1, possible.length)];
        fc.pre(chosen !== undefined);
        const without = knownAlong(created, once.with(chosen.revision - 1, noise)).at(-1);
        expect(told(record(known, retraction(chosen.revision)))).toEqual(
          told(without ?? knownFrom(undefined)),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('and a retraction of it give back every fact, payment, refund, closing, failure and answer', () => {
    fc.assert(
      fc.property(histories, ({ created, events }) => {
        const known = knownAlong(created, events).at(-1) ?? knownFrom(undefined);
        for (const { revision } of retractable(known)) {
          const without = record(known, retraction(revision));
          const again = record(without, retraction(without.revision));
          expect(told(again)).toEqual(told(known));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('never changes the number or the code of an anomaly, and opens none again', () => {
    fc.assert(
      fc.property(histories, ({ created, events }) => {
        const known = knownAlong(created, events).at(-1) ?? knownFrom(undefined);
        for (const { revision } of retractable(known)) {
          const { anomalies } = record(known, retraction(revision));
          expect(anomalies.map(({ number }) => number)).toEqual(anomalies.map((_, at) => at + 1));
          for (const [at, before] of known.anomalies.entries()) {
            const { retracted, ...after } = anomalies[at] ?? before;
            expect({ ...after, retracted: before.retracted }).toEqual(before);
            if (!isOpen(before)) expect(retracted).toBe(before.retracted);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is refused for what is no fact, and for what does not count', () => {
    const paid: PaymentOrderEvent = { type: 'PaymentSucceeded', transactionNo: 'T1' };
    const after = (...events: PaymentOrderEvent[]) =>
      knownAlong(undefined, [{ type: 'PaymentStarted' }, paid, ...events]).at(-1)?.history ?? [];
    expect(whyNotRetractable(after(), 0)).toBe('not-retractable');
    expect(whyNotRetractable(after(), 1)).toBe('not-retractable');
    expect(whyNotRetractable(after(), 7)).toBe('not-retractable');
    expect(whyNotRetractable(after(), 2)).toBeNull();
    expect(whyNotRetractable(after(retraction(2)), 2)).toBe('already-retracted');
    expect(whyNotRetractable(after(retraction(2)), 3)).toBeNull();
    const twice = after(retraction(2), retraction(3));
    expect([2, 3, 4].map((revision) => whyNotRetractable(twice, revision))).toEqual([
      ...[null, 'already-retracted', null],
    ]);
  });
});
