import { describe, expect, test } from 'vitest';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import type { Finding } from '../../src/report/report-data.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';
import { answersTo, textOf } from './said.ts';

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
const byHand = { metadata: { actor: { kind: 'operator', id: 'li-si' }, vouchedBy: 'the bill' } };
const retracts = (revision: number, to: string): EventGiven => [
  ...(['FactRetracted', { revision, evidence: 'T9 paid O2', by: 'li-si' }, to, byHand] as const),
];

/** A payment recorded on the wrong order; then a refused cancel. */
const mistaken: readonly EventGiven[] = [
  created,
  payment('T9', 'paid', 1_000),
  retracts(1, 'created'),
  ['CancelRequested', {}, 'cancelling.requesting'],
  ['CancelRefused', { attempt: 1, rule: 'refused', ...sent }, 'created'],
];

describe('the findings, where a record was retracted', () => {
  test('do not take a retracted payment for money that moved, and say that it was retracted', () => {
    expect(answersTo(mistaken, 'order')).toEqual([
      'Call 1 was sent at 02:02:05; no money is recorded.',
      'Payment T9 (128.00 CNY) does not count: operator li-si retracted it at 02:02:06.',
    ]);
    expect(answersTo(mistaken, 'order', { language: 'zh-CN' })[1]).toBe(
      '流水 T9（128.00 CNY）不再计入：操作员 li-si 已于 02:02:06 撤销。',
    );
  });

  test('keep why it was retracted below the sentence', () => {
    const { findings } = reportDataOf(aHistory(mistaken), {});
    const more = findings.flatMap(({ answers }) => answers.flatMap((answer) => answer.more ?? []));
    expect(more.map(({ en }) => textOf(en))).toContain('evidence: T9 paid O2');
  });

  test('say when we knew of it, and that it does not count', () => {
    expect(answersTo(mistaken, 'knew')[0]).toBe(
      'Payment T9 (128.00 CNY) arrived: we knew at 02:02:05; its source gave no time; it does not count: ' +
        'operator li-si retracted it at 02:02:06.',
    );
  });

  test('list the retraction among the decisions of operators, and a retracted decision as such', () => {
    const resolution = { resolution: 'cancelled', evidence: 'a call', by: 'li-si' };
    const given: readonly EventGiven[] = [
      created,
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelling.inDoubt'],
      ['CancelResolved', resolution, 'cancelled', byHand],
      retracts(3, 'cancelling.needsReview'),
    ];
    expect(answersTo(given, 'override')).toEqual([
      'Operator li-si resolved the doubt at 02:02:07: the order was cancelled; it does not count: ' +
        'operator li-si retracted it at 02:02:08.',
      'Operator li-si retracted revision 3 (An operator resolved the doubt with evidence) at 02:02:08.',
    ]);
  });
});

describe('the interventions of operators', () => {
  test('include a payment that one recorded by hand or vouched for', () => {
    const given: readonly EventGiven[] = [
      ...[created, ['PaymentSucceeded', { ...money }, 'paid', byHand] as const],
    ];
    expect(answersTo(given, 'override')).toEqual([
      'Operator li-si recorded by hand at 02:02:05: the money (128.00 CNY) arrived.',
    ]);
  });

  test('include a question, and name its evidence in the language of the reader', () => {
    const answer = { status: 'canceled', rule: 'canceled', responseMsg: '成功' };
    const given: readonly EventGiven[] = [
      ...[created, ['StatusReported', answer, 'cancelled', byHand] as const],
    ];
    expect(answersTo(given, 'override')).toEqual([
      'Operator li-si asked the platform at 02:02:05: the order is closed.',
    ]);
    const more = reportDataOf(aHistory(given), {}).findings[2]?.answers[0]?.more;
    expect(textOf(more?.en ?? [])).toMatch(/rule.*canceled.* 成功$/);
    expect(textOf(more?.['zh-CN'] ?? [])).toMatch(/判定规则.*canceled.*成功$/);
  });

  test('include no fact of anybody else, and no command of an order', () => {
    const given = [
      created,
      ['PaymentStarted', {}, 'paying', byHand] as const,
      payment('T1', 'paid'),
    ];
    expect(answersTo(given, 'override')).toEqual([]);
  });
});

describe('a question with more answers than the page shows', () => {
  const asked = (after: number, status: string, to: string): EventGiven => [
    'StatusReported',
    { status, rule: status, attempts: 0, headRevision: after - 1, conclusive: false },
    to,
  ];

  test('begins with those that answer it, in their order, and hides none', () => {
    const given: readonly EventGiven[] = [
      created,
      asked(1, 'pending', 'created'),
      ...['T1', 'T2', 'T3', 'T4'].map((number) => payment(number, 'paid')),
      asked(6, 'succeeded', 'paid'),
    ];
    const told = answersTo(given, 'knew');
    expect(told.map((text) => text.slice(0, 10))).toEqual([
      ...['Payment T1', 'Payment T4', 'The platfo', 'Payment T2', 'Payment T3'],
    ]);
  });
});

describe('answers that are told as one', () => {
  const textsOf = (given: readonly EventGiven[], asked: Finding['question']) =>
    reportDataOf(aHistory([created, ...given]), {}).findings.flatMap(({ question, answers }) =>
      question === asked ? answers.map(({ more }) => textOf(more?.en ?? [])) : [],
    );
  const wrote = (texts: readonly string[]) =>
    texts.map((text) => text.replace(/.* wrote: /, '')).toSorted();
  const messages = ['成功', '成功', '订单已支付'];

  test('hide no other message of the platform to a call', () => {
    const given = messages.flatMap((responseMsg, index): readonly EventGiven[] => [
      ['CancelRetryDue', {}, 'cancelling.requesting'],
      [
        'CancelRefused',
        { attempt: index + 1, rule: 'refused', responseMsg },
        'cancelling.backingOff',
      ],
    ]);
    const request: EventGiven = ['CancelRequested', {}, 'cancelling.requesting'];
    expect(wrote(textsOf([request, ...given.slice(1)], 'answer'))).toEqual(messages.slice(1));
  });

  test('hide no other message of the platform to a question', () => {
    const given = messages.map((responseMsg): EventGiven => [
      'StatusReported',
      { status: 'pending', rule: 'pending', attempts: 0, headRevision: 1, responseMsg },
      'created',
    ]);
    expect(wrote(textsOf(given, 'answer'))).toEqual(messages.slice(1));
  });

  test('hide no other reason why the channel declined to pay', () => {
    const given = messages.map((message): EventGiven => [
      ...(['PaymentDeclined', { code: '51', message }, 'created'] as const),
    ]);
    expect(textsOf(given, 'knew')).toEqual(messages.slice(1).map((text) => `message: ${text}`));
  });
});

describe('a question with room for one answer', () => {
  const foremost = (given: readonly EventGiven[], asked: Finding['question']) => {
    const found = reportDataOf(aHistory(given), {}).findings.find(
      ({ question }) => question === asked,
    );
    return textOf(found?.answers[found.foremost]?.text.en ?? []);
  };

  test('shows the last answer that decides, and of the requests the first one', () => {
    const given: readonly EventGiven[] = [
      created,
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelNotExecuted', { attempt: 1, rule: 'dns-failed' }, 'cancelling.backingOff'],
      ['CommandRejected', { command: 'RequestCancel', code: 'already-cancelling' }, 'cancelling'],
      ['CancelRetryDue', {}, 'cancelling.requesting'],
      ['CancelConfirmed', { attempt: 2, rule: 'confirmed', ...sent }, 'cancelled'],
    ];
    expect(foremost(given, 'answer')).toMatch(/^Call 2, .*confirmed the cancel/);
    expect(foremost(given, 'who')).not.toContain('not accepted');
  });
});

describe('a reason that is longer than its sentence holds', () => {
  test('begins in the sentence, and stands whole where it is folded', () => {
    const reason = '我要取消订单并且要求赔偿'.repeat(10);
    const request: EventGiven = ['CancelRequested', { reason }, 'cancelling.requesting'];
    const { findings } = reportDataOf(aHistory([created, request]), {});
    const [answer] = findings[0]?.answers ?? [];
    expect(textOf(answer?.text.en ?? [])).toContain(`“${reason.slice(0, 40)}…”`);
    expect(textOf(answer?.more?.en ?? [])).toBe(`reason: ${reason}`);
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
    expect(received).toMatchObject([{ amount: '128.00 CNY', number: 'T1', at: 1 }]);
    expect(refunded).toMatchObject([{ number: 'R1' }, { number: 'R2' }]);
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
      ...{ received: [{ amount: null }], receivedInAll: null, refunded: [] },
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
