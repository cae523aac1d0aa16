import { describe, expect, test } from 'vitest';
import { attemptsOf, timelineOf } from '../../src/dispute.ts';
import { eventDetails } from '../../src/timeline/event-details.ts';
import { en } from '../../src/words/events/en.ts';
import { aHistory } from './histories.ts';
import type { EventGiven } from './histories.ts';

const created: EventGiven = [
  'PaymentOrderCreated',
  { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' },
  'created',
];
const money = { amountMinor: 12_800, currency: 'CNY' };
const retracts = (revision: number, to: string): EventGiven => [
  'FactRetracted',
  { revision, evidence: 'T9 paid O2', by: 'li-si' },
  to,
];

/** Two payments, of which the second was recorded on the wrong order. */
const paidTwice: readonly EventGiven[] = [
  created,
  ['PaymentStarted', {}, 'paying'],
  ['PaymentDeclined', { code: '余额不足', message: '请换一张卡' }, 'paying'],
  ['PaymentSucceeded', { transactionNo: 'T1', ...money }, 'paid'],
  ['PaymentSucceeded', { transactionNo: 'T9', ...money }, 'paid'],
  retracts(4, 'paid'),
  ['PaymentRefunded', { refundNo: 'R1', ...money }, 'paid'],
];

describe('a history in which a record was retracted', () => {
  test('says what was retracted, who did it and why, at both events', () => {
    const entries = [...timelineOf(aHistory(paidTwice))];
    expect(entries[4]?.sentence.en).toBe(
      'Money arrived · transaction T9 · 128.00 CNY · opens anomaly 1: more than one payment was received (double-payment)',
    );
    expect(entries[4]?.retraction).toMatchObject({
      ...{ revision: 5, by: 'li-si', evidence: 'T9 paid O2' },
      sentence: {
        en: 'RETRACTED at revision 5 by li-si: T9 paid O2',
        'zh-CN': '此记录已撤销（版次 5，li-si）：T9 paid O2',
      },
    });
    expect(entries[5]?.sentence).toEqual({
      en:
        'An operator retracted what was recorded by mistake · retracts revision 4 (Money arrived)' +
        ' · closes anomaly 1 as retracted: more than one payment was received (double-payment) · evidence T9 paid O2',
      'zh-CN':
        '操作员撤销了一条误记的记录 · 撤销版次 4 的记录（款项到账）' +
        ' · 异常 1 随之消除：收到不止一笔支付（double-payment） · 证据 T9 paid O2',
    });
    expect(entries.map(({ closedAsRetracted }) => closedAsRetracted)).toEqual([
      ...[[], [], [], [], [], [1], []],
    ]);
    expect(entries.filter(({ retraction }) => retraction !== null)).toHaveLength(1);
  });

  test('says in the log that it was retracted before anything else', () => {
    const details = eventDetails(en, aHistory(paidTwice));
    expect(details[4]).toMatch(/^RETRACTED at revision 5 by li-si: T9 paid O2 · transaction T9/);
  });

  test('counts a fact again whose retraction was retracted', () => {
    const again = [...paidTwice.slice(0, 6), retracts(5, 'paid')];
    const entries = [...timelineOf(aHistory(again))];
    expect(entries[4]?.retraction).toBeNull();
    expect(entries[5]?.retraction).toMatchObject({ revision: 6 });
    const thrice = [...again, retracts(4, 'paid')];
    const [, , , , payment, first, second] = [...timelineOf(aHistory(thrice))];
    expect(payment?.retraction).toMatchObject({ revision: 7 });
    expect(first?.retraction).toMatchObject({ revision: 6 });
    expect(second?.retraction).toBeNull();
  });

  test('goes on with a doubt that only the mistake had ended', () => {
    const mistaken = aHistory([
      created,
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelling.inDoubt'],
      ['ClosedAtGateway', { cause: 'expired' }, 'cancelled'],
      retracts(3, 'cancelling.needsReview'),
    ]);
    expect([...timelineOf(mistaken)].map(({ isInDoubt }) => isInDoubt)).toEqual([
      ...[false, false, true, false, true],
    ]);
    expect(attemptsOf(mistaken.slice(0, 4))[0]?.inDoubt?.until).toMatchObject({ revision: 3 });
    expect(attemptsOf(mistaken)[0]).toMatchObject({ outcome: 'unknown', inDoubt: { until: null } });
  });

  test('goes on with a doubt whose resolution was retracted', () => {
    const resolution = { resolution: 'open', evidence: 'bill', by: 'li-si' };
    const mistaken = aHistory([
      created,
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelling.inDoubt'],
      ['CancelResolved', resolution, 'created'],
      retracts(3, 'cancelling.needsReview'),
    ]);
    expect(attemptsOf(mistaken.slice(0, 4))[0]).toMatchObject({ outcome: 'resolved' });
    expect(attemptsOf(mistaken)[0]).toMatchObject({ outcome: 'unknown', inDoubt: { until: null } });
  });
});

describe('the facts of a channel', () => {
  test('are told with the channel’s own words, numbers and amounts', () => {
    const sentences = [...timelineOf(aHistory(paidTwice))].map(({ sentence }) => sentence);
    expect(sentences[2]).toEqual({
      en: 'The channel declined an attempt to pay · code 余额不足 · its source wrote: 请换一张卡',
      'zh-CN': '支付被拒：渠道拒绝了一次支付 · 代码 余额不足 · 来源说明：请换一张卡',
    });
    expect(sentences[6]).toEqual({
      en: 'Money went back · refund R1 · 128.00 CNY',
      'zh-CN': '款项已退回 · 退款单号 R1 · 128.00 CNY',
    });
  });

  test('count as a failure where an attempt to pay was declined', () => {
    const entries = [...timelineOf(aHistory(paidTwice))];
    expect(entries.map(({ isFailure }) => isFailure)).toEqual([
      ...[false, false, true, false, true, false, false],
    ]);
  });

  test('name the notice that they came by, and what vouched for it', () => {
    const noticeId = 'ab'.repeat(32);
    const [, declined] = timelineOf(
      aHistory([
        created,
        ['PaymentDeclined', {}, 'created', { metadata: { noticeId, vouchedBy: 'mTLS bank\n' } }],
      ]),
    );
    expect(declined).toMatchObject({ noticeId, vouchedBy: 'mTLS bank\\n' });
    expect(declined?.sentence).toEqual({
      en:
        'The channel declined an attempt to pay · by notice abababababab… · ' +
        'vouched for by mTLS bank\\n',
      'zh-CN': '支付被拒：渠道拒绝了一次支付 · 据通知 abababababab… · 可信依据：mTLS bank\\n',
    });
  });
});

describe('a retraction that the machine would not take', () => {
  const refused: EventGiven = ['CancelRefused', { attempt: 1, rule: 'refused' }, 'created'];
  const story: readonly EventGiven[] = [
    created,
    ['CancelRequested', {}, 'cancelling.requesting'],
    refused,
    ['PaymentSucceeded', { transactionNo: 'T1', ...money }, 'paid'],
  ];
  const takenBack = (...given: readonly EventGiven[]) =>
    [...timelineOf(aHistory([...story, ...given]))].map(
      ({ retraction }) => retraction?.revision ?? null,
    );

  test.each([0, 1, 2, 4, 5, 9])('takes nothing back: revision %i', (revision) => {
    const payment: EventGiven = ['PaymentSucceeded', { transactionNo: 'T2', ...money }, 'paid'];
    expect(takenBack(retracts(revision, 'paid'), payment)).toEqual(Array(6).fill(null));
  });

  test('takes nothing back a second time, so that its own end brings the first one back', () => {
    const [twice, third] = [retracts(3, 'paid'), retracts(4, 'paid')];
    expect(takenBack(twice, twice)).toEqual([null, null, null, 4, null, null]);
    expect(takenBack(twice, twice, third)).toEqual([null, null, null, null, 6, null, null]);
  });
});

describe('an altered event', () => {
  test('answers no attempt whose number is a text', () => {
    const history = aHistory([
      created,
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelRefused', { attempt: '1', rule: 'refused' }, 'created'],
    ]);
    expect(attemptsOf(history)).toMatchObject([{ outcome: 'in-flight', outcomes: [] }]);
  });

  test('shows a question mark in the place of a revision that is not there', () => {
    const retraction: EventGiven = ['FactRetracted', { evidence: 'bill', by: 'li-si' }, 'created'];
    const [, entry] = [...timelineOf(aHistory([created, retraction]))];
    expect(entry?.sentence.en).toContain('retracts revision ? ');
  });
});
