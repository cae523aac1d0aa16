import { describe, expect, test } from 'vitest';
import { attention } from '../../src/order/attention.ts';
import type { Attended } from '../../src/order/attention.ts';

const at = (time: string): string => `2026-11-23T${time}.000Z`;
const nowMs = Date.parse(at('12:00:00'));

const order = (parts: Partial<Attended>): Attended => ({
  stateDetail: 'paying',
  since: at('10:00:00'),
  doubtSince: null,
  dueAt: null,
  lastRule: null,
  anomalies: [],
  ...parts,
});

const anomaly: Attended['anomalies'][number] = {
  ...{ number: 1, code: 'double-payment', since: at('11:00:00') },
  ...{ acknowledged: false, retracted: false },
};

describe('why an order needs a person', () => {
  test('says nothing of an order that is well', () => {
    expect(attention(order({}), nowMs)).toEqual([]);
  });

  test('gives the rule of a cancel that automation gave up, and since when', () => {
    const given = order({ stateDetail: 'cancelling.needsReview', lastRule: 'signature-refused' });
    expect(attention(given, nowMs)).toEqual([
      { why: 'needs-review', since: at('10:00:00'), rule: 'signature-refused' },
    ]);
  });

  test('names each open anomaly, and none that is acknowledged or retracted', () => {
    const anomalies = [
      anomaly,
      { ...anomaly, number: 2, acknowledged: true },
      { ...anomaly, number: 3, retracted: true },
    ];
    expect(attention(order({ stateDetail: 'paid', anomalies }), nowMs)).toEqual([
      { why: 'anomaly', since: at('11:00:00'), number: 1, code: 'double-payment' },
    ]);
  });

  test.each([
    ['doubt', { stateDetail: 'cancelling.inDoubt', doubtSince: at('11:50:00') }, at('11:50:00')],
    ['overdue', { stateDetail: 'cancelling.backingOff', dueAt: at('11:59:00') }, at('11:59:00')],
    [
      'attempt-overdue',
      { stateDetail: 'cancelling.requesting', dueAt: at('11:59:00') },
      at('11:59:00'),
    ],
  ] as const)('reports %s from its threshold on, and not a moment before', (why, parts, since) => {
    expect(attention(order(parts), nowMs)).toEqual([{ why, since }]);
    expect(attention(order(parts), nowMs - 1)).toEqual([]);
  });

  test('takes thresholds from the caller, and calls nothing stalled without one', () => {
    const thresholds = { doubtMs: 1_000, overdueMs: 0, stalledMs: 7_200_000 };
    expect(attention(order({}), nowMs, thresholds)).toEqual([
      { why: 'stalled', since: at('10:00:00') },
    ]);
    expect(attention(order({}), nowMs - 1, thresholds)).toEqual([]);
    const closed = order({ stateDetail: 'cancelled' });
    expect(attention(closed, nowMs, thresholds)).toEqual([]);
    const waiting = order({ stateDetail: 'cancelling.inDoubt', dueAt: at('12:00:00') });
    expect(attention(waiting, nowMs, thresholds)).toEqual([
      { why: 'overdue', since: at('12:00:00') },
    ]);
  });

  test('reports an event that cannot be read, whatever the state', () => {
    const unreadable = { revision: 3, since: at('11:30:00') };
    expect(attention(order({ unreadable }), nowMs)).toEqual([{ why: 'unreadable', ...unreadable }]);
  });
});
