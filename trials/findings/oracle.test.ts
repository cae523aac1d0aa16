import { describe, expect, test } from 'vitest';
import { aHistory } from '../../test/timeline/histories.ts';
import type { EventGiven } from '../../test/timeline/histories.ts';
import { oracleAnswers } from './oracle.ts';

const minute = 60_000;
const created: EventGiven = [
  ...(['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'] as const),
];
const requested: EventGiven = ['CancelRequested', {}, 'cancelling.requesting'];
const unknown: EventGiven = [
  ...([
    'CancelOutcomeUnknown',
    { attempt: 1, rule: 'answer-timeout' },
    'cancelling.inDoubt',
  ] as const),
];
const answers = (...given: readonly EventGiven[]) => oracleAnswers(aHistory(given));

/** The examples in which reports once concluded something wrong. */
describe('the oracle of the findings', () => {
  test('compares a call with every payment, by when it moved and when we learned of it', () => {
    const sentAt = '2026-11-23T02:30:00.000Z';
    const paid = (transactionNo: string, after: number, occurredBefore: number): EventGiven => [
      ...(['PaymentSucceeded', { transactionNo }, 'paid', { after, occurredBefore }] as const),
    ];
    const { calls } = answers(
      ['PaymentOrderCreated', created[1], 'created', { after: -3_000 }],
      requested,
      ['CancelRefused', { attempt: 1, rule: 'refused', sentAt }, 'created'],
      // The history begins at 02:02.
      paid('T2', 58 * minute - 2_000, minute),
      paid('T1', 120 * minute, 170 * minute),
    );
    expect(calls[0]?.money).toEqual([
      {
        ...{ revision: 3, source: 'payment', moved: 'after', by: 'stated' },
        ...{ apartMs: 29 * minute, learnedMs: 30 * minute },
      },
      {
        ...{ revision: 4, source: 'payment', moved: 'before', by: 'stated' },
        ...{ apartMs: 20 * minute, learnedMs: 150 * minute },
      },
    ]);
  });

  test('takes what an operator found for a source of money', () => {
    const resolution = { resolution: 'paid', evidence: 'bill', by: 'li-si' };
    const { calls, verdict } = answers(created, requested, unknown, [
      ...(['CancelResolved', resolution, 'paid'] as const),
    ]);
    expect(calls[0]?.money).toMatchObject([{ revision: 3, source: 'resolved', moved: 'unclear' }]);
    expect(verdict.clauses.map(({ kind }) => kind)).toEqual(['requested', 'paid-by-operator']);
  });

  test('knows of a cancel by its confirmation', () => {
    const confirmed: EventGiven = ['CancelConfirmed', { attempt: 1, rule: 'ok' }, 'cancelled'];
    expect(answers(created, requested, confirmed).knowledge).toEqual([
      { revision: 2, by: 'answer', lateMs: null, retractedBy: null },
    ]);
  });

  test('lets the doubt of a paid order last until somebody acknowledges it', () => {
    const story = [created, requested, unknown, ['PaymentSucceeded', {}, 'paid'] as const];
    expect(answers(...story).doubts).toEqual([{ attempt: 1, from: 2, until: null }]);
    const acknowledged: EventGiven = ['AnomalyAcknowledged', { number: 1, by: 'li-si' }, 'paid'];
    const { doubts, verdict } = answers(...story, acknowledged);
    expect(doubts).toEqual([{ attempt: 1, from: 2, until: 4 }]);
    expect(verdict).toMatchObject({ open: [], acknowledged: [1], inDoubt: [], isCertain: true });
  });

  test('tells a time that is later than its recording from a late one', () => {
    const early: EventGiven = ['PaymentSucceeded', {}, 'paid', { occurredBefore: -120 * minute }];
    expect(answers(created, early).knowledge).toMatchObject([{ lateMs: -120 * minute }]);
  });
});
