import { describe, expect, test } from 'vitest';
import { attemptsOf, timelineOf } from '../../src/dispute.ts';
import type { DisputeEvent } from '../../src/dispute.ts';
import { aHistory } from './histories.ts';

const doubted = aHistory([
  ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
  ['CancelRequested', { reason: 'x\u202e' }, 'cancelling.requesting', { after: 1_500 }],
  ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelling.inDoubt'],
  ['CancelRetryRequested', {}, 'cancelling.requesting'],
  ['CancelRefused', { attempt: 2, rule: 'refused', requestId: 'r-2' }, 'cancelling.inDoubt'],
  ['ClosedAtGateway', { code: 'CLOSED' }, 'cancelled', { occurredBefore: 60_000 }],
]);

describe('the timeline', () => {
  test('describes every event in both languages, with its gap and its actor', () => {
    const [, requested, unknown] = [...timelineOf(doubted)];
    expect(requested).toMatchObject({ revision: 1, gapMs: 1_500, actor: 'customer:u-7' });
    expect(requested?.sentence).toEqual({
      en: 'A cancel was requested · begins attempt 1 · reason x\\u202e',
      'zh-CN': '有人要求取消 · 开始第 1 次请求 · 原因 x\\u202e',
    });
    expect(unknown?.sentence.en).toMatch(
      /^No usable answer: .* attempt 1 · by rule: no answer in time \(answer-timeout\)$/,
    );
  });

  test('measures how much later than it occurred an event was recorded', () => {
    expect([...timelineOf(doubted)].map(({ lateMs }) => lateMs)).toEqual([
      null,
      null,
      null,
      null,
      null,
      60_000,
    ]);
  });

  test.each(['revision 7', '7', '2026-11-23 10:00', '23 Nov 2026'])(
    'measures nothing by an altered time: %s',
    (recordedAt) => {
      const altered = doubted.map((event) => ({
        ...event,
        metadata: { ...event.metadata, recordedAt },
      }));
      const entries = [...timelineOf(altered)];
      expect(entries.map(({ gapMs, lateMs }) => gapMs ?? lateMs)).toEqual(entries.map(() => null));
    },
  );

  test('names an event of unknown type, and goes on', () => {
    const foreign: DisputeEvent = {
      stream: 'paymentOrder-O1',
      revision: 6,
      id: 'e6',
      type: 'constructor\n',
      data: { command: 1n },
      metadata: { recordedAt: 7, actor: null, to: ['x'] },
    };
    const entries = [...timelineOf([...doubted, foreign, ...doubted.slice(5)])];
    expect(entries).toHaveLength(8);
    expect(entries[6]?.sentence.en).toBe('An event this version does not know: constructor\\n');
    expect(entries[7]?.sentence.en).toContain('closed at the gateway');
  });

  test('does not repeat the number of a payment or a refund as the id of its fact', () => {
    const money = { amountMinor: 100, currency: 'CNY' };
    const paid = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['PaymentSucceeded', { factId: 'T1', transactionNo: 'T1', ...money }, 'paid'],
      ['PaymentRefunded', { factId: 'R1', refundNo: 'R1', ...money }, 'paid'],
      ['PaymentRefunded', { factId: 'n-7', refundNo: 'R2', ...money }, 'paid'],
    ]);
    expect([...timelineOf(paid)].slice(1).map(({ sentence }) => sentence.en)).toEqual([
      expect.not.stringContaining('fact id'),
      expect.not.stringContaining('fact id'),
      expect.stringContaining('fact id n-7'),
    ]);
  });

  test('names the anomalies that an event opens', () => {
    const paid = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['ClosedAtGateway', {}, 'cancelled'],
      ['PaymentSucceeded', { transactionNo: 'T1' }, 'paid'],
    ]);
    expect([...timelineOf(paid)].map(({ opened }) => opened)).toEqual([[], [], [1]]);
  });
});

describe('a failure', () => {
  test('is a rejection, an outcome other than a confirmation, or a new anomaly', () => {
    const failed = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['CommandRejected', { command: 'RetryCancel', code: 'no-open-cancel' }, 'created'],
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelNotExecuted', { attempt: 1, rule: 'dns-failed' }, 'cancelling.backingOff'],
      ['CancelRetryDue', {}, 'cancelling.requesting'],
      ['CancelConfirmed', { attempt: 2, rule: 'confirmed' }, 'cancelled'],
      ['PaymentSucceeded', { transactionNo: 'T1' }, 'paid'],
    ]);
    const types = [...timelineOf(failed)].flatMap(({ isFailure, type }) => (isFailure ? type : []));
    expect(types).toEqual(['CommandRejected', 'CancelNotExecuted', 'PaymentSucceeded']);
  });
});

describe('a command that was not accepted', () => {
  test('says why, also as a repeat, and where it is the last one on record', () => {
    const entries = timelineOf(
      aHistory([
        ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
        ['CommandRejected', { command: 'CreatePaymentOrder', code: 'already-created' }, 'created'],
        [
          'CommandRejected',
          { command: 'RetryCancel', code: 'no-open-cancel', isLastRecorded: true },
          'created',
        ],
      ]),
    );
    expect([...entries].slice(1).map(({ sentence }) => sentence)).toEqual([
      {
        en:
          'A command was not accepted · “create the order” not accepted: ' +
          'the same order was created before (already-created)',
        'zh-CN':
          '指令未获受理 · 「创建支付单」未获受理：内容相同的支付单此前已创建（already-created）',
      },
      {
        en:
          'A command was not accepted · “call the gateway again” not accepted: ' +
          'no cancel is open (no-open-cancel) · ' +
          'the last one on record; further ones are not recorded',
        'zh-CN':
          '指令未获受理 · 「再次请求网关」未获受理：没有进行中的取消（no-open-cancel） · ' +
          '此类记录到此为止，之后的不再记录',
      },
    ]);
  });
});

describe('a doubt', () => {
  test('begins with an unknown outcome, outlasts a retry, and ends when the order is closed', () => {
    expect([...timelineOf(doubted)].map(({ isInDoubt }) => isInDoubt)).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('the list of attempts', () => {
  test('gives the outcome of each call, and how long it was in flight and in doubt', () => {
    const at = (revision: number) => ({ revision, at: doubted[revision]?.metadata['recordedAt'] });
    expect(attemptsOf(doubted)).toMatchObject([
      {
        attempt: 1,
        begunBy: 'CancelRequested',
        outcome: 'unknown',
        outcomes: [2],
        inFlight: { from: at(1), until: at(2) },
        inDoubt: { from: at(2), until: at(5) },
      },
      {
        attempt: 2,
        begunBy: 'CancelRetryRequested',
        outcome: 'refused',
        inDoubt: null,
        evidence: { rule: 'refused', requestId: 'r-2', sentAt: null },
      },
    ]);
  });

  test('prefers the evidence of a late answer to that of the doubt', () => {
    const late = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['CancelRequested', {}, 'cancelling.requesting'],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'attempt-abandoned' }, 'cancelling.inDoubt'],
      ['CancelConfirmed', { attempt: 1, rule: 'confirmed', requestId: 'r-1' }, 'cancelled'],
    ]);
    expect(attemptsOf(late)).toMatchObject([
      { outcome: 'confirmed', outcomes: [2, 3], evidence: { requestId: 'r-1' } },
    ]);
  });

  test('leaves open a call that is in flight, and a doubt that has not ended', () => {
    const [out] = attemptsOf(doubted.slice(0, 2));
    expect(out).toMatchObject({ outcome: 'in-flight', inFlight: { until: null }, evidence: null });
    const [unknown] = attemptsOf(doubted.slice(0, 3));
    expect(unknown?.inDoubt).toMatchObject({ until: null });
  });
});
