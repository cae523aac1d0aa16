import { describe, expect, test } from 'vitest';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import type { Finding, ReportData } from '../../src/report/report-data.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const created: EventGiven = [
  'PaymentOrderCreated',
  { orderNo: 'O1', processBillNo: 'F1', ...money },
  'created',
];
const sent = { sentAt: '2026-11-23T02:02:05.500Z', durationMs: 200 };
const payment = (transactionNo: string, to: string, after = 60_000): EventGiven => [
  ...(['PaymentSucceeded', { transactionNo, ...money }, to, { after }] as const),
];
const retracts = (revision: number, to: string): EventGiven => [
  ...(['FactRetracted', { revision, evidence: 'T9 paid O2', by: 'li-si' }, to] as const),
];

/** A payment recorded on the wrong order; then a refused cancel. */
const mistaken: readonly EventGiven[] = [
  created,
  payment('T9', 'paid', 1_000),
  retracts(1, 'created'),
  ['CancelRequested', {}, 'cancelling.requesting'],
  ['CancelRefused', { attempt: 1, rule: 'refused', ...sent }, 'created'],
];

const answersTo = ({ findings }: ReportData, asked: Finding['question']) =>
  findings.find(({ question }) => question === asked)?.answers.map(({ text }) => text) ?? [];

describe('the findings, where a record was retracted', () => {
  test('do not take a retracted payment for money that moved, and say that it was retracted', () => {
    const [call, retracted, ...others] = answersTo(reportDataOf(aHistory(mistaken), {}), 'order');
    expect(call?.en).toContain('no payment is recorded');
    expect(retracted?.en).toMatch(
      /^Money arrived: recorded .* It does not count: RETRACTED at revision 2 by li-si: T9 paid O2/,
    );
    expect(retracted?.['zh-CN']).toContain('此项不再计入：此记录已撤销（版次 2，li-si）');
    expect(others).toEqual([]);
  });

  test('compare a call with the first payment that counts', () => {
    const paid = aHistory([...mistaken, payment('T1', 'paid')]);
    const [call] = answersTo(reportDataOf(paid, {}), 'order');
    expect(call?.en).toMatch(/BEFORE the money moved \(recorded 2026-11-23 02:03/);
  });

  test('say when we knew of it, and that it does not count', () => {
    const knew = answersTo(reportDataOf(aHistory(mistaken), {}), 'knew');
    expect(knew[0]?.en).toContain('It does not count: RETRACTED');
  });

  test('list the retraction among the decisions of operators, and a retracted decision as such', () => {
    const resolution = { resolution: 'cancelled', evidence: 'a call', by: 'li-si' };
    const history = aHistory([
      created,
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelling.inDoubt'],
      ['CancelResolved', resolution, 'cancelled'],
      retracts(3, 'cancelling.needsReview'),
    ]);
    const [resolved, retraction] = answersTo(reportDataOf(history, {}), 'override');
    expect(resolved?.en).toContain('. It does not count: RETRACTED at revision 4');
    expect(resolved?.['zh-CN']).toMatch(/经 command（我方服务的调用）：.*。此项不再计入：/);
    expect(retraction?.en).toContain('retracts revision 3 (An operator resolved the doubt');
  });
});

describe('the interventions of operators', () => {
  const byHand = { metadata: { actor: { kind: 'operator', id: 'li-si' }, vouchedBy: 'the bill' } };

  test('include a payment that one recorded by hand or vouched for', () => {
    const history = aHistory([created, ['PaymentSucceeded', { ...money }, 'paid', byHand]]);
    const answers = answersTo(reportDataOf(history, {}), 'override');
    expect(answers).toHaveLength(1);
    expect(answers[0]?.en).toMatch(/operator:li-si.*Money arrived/);
  });

  test('include a question, and name its evidence in the language of the reader', () => {
    const answer = { status: 'canceled', rule: 'canceled', responseMsg: '成功' };
    const history = aHistory([created, ['StatusReported', answer, 'cancelled', byHand]]);
    const data = reportDataOf(history, {});
    expect(answersTo(data, 'override')[0]?.en).toMatch(/operator:li-si.*reported the order closed/);
    expect(answersTo(data, 'answer')[0]?.en).toContain('rule canceled · message 成功');
    expect(answersTo(data, 'answer')[0]?.['zh-CN']).toContain('判定规则 canceled · 响应信息 成功');
  });

  test('include no fact of anybody else, and no command of an order', () => {
    const history = aHistory([
      created,
      ['PaymentStarted', {}, 'paying', byHand],
      payment('T1', 'paid'),
    ]);
    expect(answersTo(reportDataOf(history, {}), 'override')).toEqual([]);
  });
});

describe('the header of a report', () => {
  const header = (given: readonly EventGiven[]) => reportDataOf(aHistory(given), {}).header;

  test('shows what came and what went back, and what to do about an open anomaly', () => {
    const refund = (refundNo: string): EventGiven => [
      ...(['PaymentRefunded', { refundNo, ...money }, 'paid'] as const),
    ];
    const { received, refunded, anomalies } = header([
      created,
      payment('T1', 'paid'),
      refund('R1'),
      refund('R2'),
    ]);
    expect({ received, refunded }).toEqual({ received: ['128.00 CNY'], refunded: ['256.00 CNY'] });
    expect(anomalies).toMatchObject([{ code: 'refund-mismatch', standing: 'open' }]);
    expect(anomalies[0]?.whatToDo.en).toMatch(/bill/);
    expect(anomalies[0]?.whatToDo['zh-CN']).toMatch(/账单/);
  });

  test('tells an anomaly that a retraction closed from one that somebody acknowledged', () => {
    const twice = [created, payment('T1', 'paid'), payment('T9', 'paid'), retracts(2, 'paid')];
    expect(header(twice).anomalies).toMatchObject([{ number: 1, standing: 'retracted' }]);
    expect(header(twice.slice(0, 3)).anomalies).toMatchObject([{ number: 1, standing: 'open' }]);
  });

  test('says that no amount is known where money came without one', () => {
    expect(header([created, ['PaymentSucceeded', { transactionNo: 'T1' }, 'paid']])).toMatchObject({
      ...{ received: null, refunded: [] },
    });
  });
});

describe('what a step changed', () => {
  const changed = (given: readonly EventGiven[], at: number) =>
    reportDataOf(aHistory(given), {}).entries[at]?.changes?.map(([path]) => path.join('.'));

  test('leaves out the events that the order keeps for folding again', () => {
    expect(changed(mistaken, 1)).toEqual([
      ...['state', 'closed', 'received.0', 'allowed', 'known.paid', 'known.payments.0'],
    ]);
  });

  test('shows what a retraction took back', () => {
    expect(changed(mistaken, 2)).toEqual(
      expect.arrayContaining(['state', 'closed', 'received', 'known.paid', 'known.payments']),
    );
    expect(changed(mistaken, 2)?.join(' ')).not.toContain('history');
  });
});
