import { describe, expect, it } from 'vitest';
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

describe('a timeline', () => {
  it('tells every event in both languages, with its gap and who did it', () => {
    const [, requested, unknown] = [...timelineOf(doubted)];
    expect(requested).toMatchObject({ revision: 1, gapMs: 1_500, actor: 'customer:u-7' });
    expect(requested?.sentence).toEqual({
      en: 'A cancel was requested · begins attempt 1 · reason x\\u202e',
      'zh-CN': '有人要求取消 · 开始第 1 次请求 · 原因 x\\u202e',
    });
    expect(unknown?.sentence.en).toMatch(/^No usable answer: .* attempt 1 · rule answer-timeout$/);
  });

  it('says how much later than it occurred an event was recorded', () => {
    expect([...timelineOf(doubted)].map(({ lateMs }) => lateMs)).toEqual([
      ...[null, null, null, null, null],
      60_000,
    ]);
  });

  it('names what it does not know, and goes on', () => {
    const foreign: DisputeEvent = {
      ...{ stream: 'paymentOrder-O1', revision: 6, id: 'e6', type: 'constructor\n' },
      data: { command: 1n },
      metadata: { recordedAt: 7, actor: null, to: ['x'] },
    };
    const told = [...timelineOf([...doubted, foreign, ...doubted.slice(5)])];
    expect(told).toHaveLength(8);
    expect(told[6]?.sentence.en).toBe('An event this version does not know: constructor\\n');
    expect(told[7]?.sentence.en).toContain('closed at the gateway');
  });

  it('names the anomalies that an event opens', () => {
    const paid = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['ClosedAtGateway', {}, 'cancelled'],
      ['PaymentSucceeded', { transactionNo: 'T1' }, 'paid'],
    ]);
    expect([...timelineOf(paid)].map(({ opened }) => opened)).toEqual([[], [], [1]]);
  });
});

describe('the attempts', () => {
  it('tell what each call came to, and how long nothing was known', () => {
    const at = (revision: number) => ({ revision, at: doubted[revision]?.metadata['recordedAt'] });
    expect(attemptsOf(doubted)).toMatchObject([
      {
        ...{ attempt: 1, begunBy: 'CancelRequested', outcome: 'unknown', outcomes: [2] },
        inFlight: { from: at(1), until: at(2) },
        inDoubt: { from: at(2), until: at(5) },
      },
      {
        ...{ attempt: 2, begunBy: 'CancelRetryRequested', outcome: 'refused', inDoubt: null },
        evidence: { rule: 'refused', requestId: 'r-2', sentAt: null },
      },
    ]);
  });

  it('keep the evidence of a late answer before that of the doubt', () => {
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

  it('last while a call is out, and while the doubt lasts', () => {
    const [out] = attemptsOf(doubted.slice(0, 2));
    expect(out).toMatchObject({ outcome: 'in-flight', inFlight: { until: null }, evidence: null });
    const [unknown] = attemptsOf(doubted.slice(0, 3));
    expect(unknown?.inDoubt).toMatchObject({ until: null });
  });
});
