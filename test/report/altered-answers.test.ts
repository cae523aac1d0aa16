import { describe, expect, test } from 'vitest';
import { callsIn } from '../../src/report/answers/calls.ts';
import { refundsIn } from '../../src/report/answers/money.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { attemptsOf } from '../../src/timeline/attempts.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';

const created: EventGiven = [
  'PaymentOrderCreated',
  { orderNo: 'O1', processBillNo: 'F1' },
  'created',
];
const requested: EventGiven = ['CancelRequested', {}, 'cancelling.requesting'];

/** Found by the oracle over random histories. */
describe('the answers of a report', () => {
  test('tell two refunds without a number apart', () => {
    const refund: EventGiven = ['PaymentRefunded', { amountMinor: 1, currency: 'CNY' }, 'created'];
    const refunds = refundsIn(aHistory([created, refund, refund]));
    expect(refunds.map(({ number, toldBy }) => [number, toldBy.length])).toEqual([
      [null, 1],
      [null, 1],
    ]);
  });

  test('measure no time as no time, without a sign', () => {
    const sentAt = '2026-11-23T02:02:05.000Z';
    const history = aHistory([
      created,
      ['PaymentSucceeded', {}, 'paid'],
      requested,
      ['CancelRefused', { attempt: 1, rule: 'refused', sentAt }, 'paid'],
    ]);
    const [call] = callsIn(history, attemptsOf(history));
    expect(call?.money).toEqual([
      {
        ...{ revision: 1, source: 'payment', moved: 'before', by: 'recorded' },
        ...{ apartMs: 0, learnedMs: 0 },
      },
    ]);
  });

  test('say that a payment does not count, though when it was retracted is withheld', () => {
    const retraction = { revision: 1, evidence: 'the bill', by: 'li-si' };
    const events = aHistory([
      created,
      ['PaymentSucceeded', { transactionNo: 'T1' }, 'paid'],
      ['FactRetracted', retraction, 'created'],
    ]).map((event) =>
      event.revision === 2
        ? { ...event, metadata: {}, withheld: { metadata: 'e'.repeat(64) } }
        : event,
    );
    const { findings } = reportDataOf(events, {});
    const [known] = findings.find(({ question }) => question === 'knew')?.answers ?? [];
    expect(JSON.stringify(known?.text.en)).toContain('it does not count');
  });

  test('show no evidence where an altered answer has none', () => {
    const history = aHistory([created, requested, ['CancelRefused', { attempt: 1 }, 'created']]);
    const { findings } = reportDataOf(history, {});
    const [answer] = findings.find(({ question }) => question === 'answer')?.answers ?? [];
    expect(answer?.more).toBeNull();
  });
});
