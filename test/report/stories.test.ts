import { describe, expect, test } from 'vitest';
import { compileMachine } from '../../src/history/machine.ts';
import { Examiner } from '../../src/history/verify.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { sixtySixEvents, stories } from './stories.ts';
import type { StoryName } from './stories.ts';

const ends: Readonly<Record<StoryName, readonly [string, readonly string[]]>> = {
  cancelledCleanly: ['cancelled', []],
  refusedAndPaid: ['paid', []],
  inDoubtThenAsked: ['cancelled', []],
  paidAfterCancel: ['paid', ['paid-after-cancel']],
  cancelledAndPaid: ['paid', ['cancelled-and-paid']],
  twoLatePayments: ['paid', ['paid-after-cancel', 'double-payment', 'paid-after-cancel']],
  retracted: ['cancelled', ['paid-after-cancel']],
  refunded: ['paid', []],
  thirtyTwoCalls: ['cancelled', []],
  blockedKey: ['cancelling.needsReview', []],
  closedByChannel: ['cancelled', []],
  hostileReason: ['cancelled', []],
};

describe('a story', () => {
  test.each(Object.entries(stories))('verifies and folds to its end: %s', (name, events) => {
    const examiner = new Examiner(compileMachine(), events[0]?.stream ?? '');
    for (const event of events) examiner.see(event);
    expect(examiner.finish()).toMatchObject({ ok: true, faults: [] });

    const { header, foldEnds } = reportDataOf(events, {});
    expect(foldEnds).toBeNull();
    const codes = header.anomalies.map(({ code }) => code);
    // An object has the names of the table.
    expect([header.state, codes]).toEqual(ends[name as StoryName]);
  });

  test('has sixty-six events where a printed report is measured by it', () => {
    expect(sixtySixEvents).toHaveLength(66);
    expect(reportDataOf(sixtySixEvents, {}).header.state).toBe('cancelling.needsReview');
  });
});
