import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../src/dispute.ts';
import { lanes as laneOrder } from '../../src/report/lanes/lanes.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { storedHistories } from '../evidence/histories.ts';
import { aHistory } from '../timeline/histories.ts';

const marksIn = (events: readonly DisputeEvent[]) => reportDataOf(events, {}).lanes;

/** Nobody can have recorded these, but a file may hold them. */
const altered = fc.oneof(
  fc.constantFrom(null, '', 'yesterday', '\u202e', '+275760-09-13T00:00:00.000Z', 8.64e15, -1),
  fc.constantFrom(Infinity, 1e300, '2026-11-23T02:02:05.100Z', { at: 1 }, '</script>'),
);
const field = fc.constantFrom(
  ...['attempt', 'sentAt', 'durationMs', 'transactionNo', 'amountMinor', 'currency'],
  ...['status', 'command', 'resolution', 'refundNo', 'recordedAt', 'occurredAt', 'actor'],
  ...['noticeId', 'revision'],
);
const alterations = fc.array(fc.tuple(fc.nat(), field, altered), { maxLength: 8 });

function alteredIn(
  events: readonly DisputeEvent[],
  changes: readonly (readonly [number, string, unknown])[],
): readonly DisputeEvent[] {
  return changes.reduce((before, [place, name, value]) => {
    const index = place % before.length;
    return before.map((event, at) =>
      at !== index
        ? event
        : {
            ...event,
            data: { ...event.data, [name]: value },
            metadata: { ...event.metadata, [name]: value },
          },
    );
  }, events);
}

describe('the marks of any history', () => {
  test('have a place, do not end before they begin, and stand in their order', () => {
    fc.assert(
      fc.property(storedHistories(40), alterations, (events, changes) => {
        const marks = marksIn(alteredIn(events, changes));
        for (const { at, fromMs, untilMs, recordedMs, label } of marks) {
          expect(events[at]).toBeDefined();
          expect(() => new Date(fromMs).toISOString()).not.toThrow();
          expect(() => new Date(untilMs ?? fromMs).toISOString()).not.toThrow();
          expect(() => new Date(recordedMs ?? fromMs).toISOString()).not.toThrow();
          expect(untilMs ?? fromMs).toBeGreaterThanOrEqual(fromMs);
          expect(recordedMs ?? Infinity).toBeGreaterThan(fromMs);
          expect(label.en.length * label['zh-CN'].length).toBeGreaterThan(0);
        }
        const inOrder = marks.toSorted(
          (one, other) =>
            laneOrder.indexOf(one.lane) - laneOrder.indexOf(other.lane) ||
            one.fromMs - other.fromMs ||
            one.at - other.at,
        );
        expect(marks).toEqual(inOrder);
      }),
      { numRuns: 200 },
    );
  });

  test('are left out where no time can be read', () => {
    const events = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['CancelRequested', {}, 'cancelling.requesting'],
    ]).map((event) => ({
      ...event,
      metadata: { ...event.metadata, recordedAt: 'yesterday' },
    }));
    expect(marksIn(events)).toEqual([]);
  });
});
