import { describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../src/dispute.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import type { Lane, LaneMark } from '../../src/report/report-data.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const created: EventGiven = [
  'PaymentOrderCreated',
  { orderNo: 'O1', processBillNo: 'F1', ...money },
  'created',
];
const requested: EventGiven = ['CancelRequested', {}, 'cancelling.requesting'];
const by = (kind: string, id = 'x') => ({ metadata: { actor: { kind, id } } });
const ms = (time: string) => Date.parse(`2026-11-23T${time}Z`);

/** The first event of `aHistory` is recorded at 02:02:04, each other one a second later. */
const marksOf = (given: readonly EventGiven[], lane: Lane) =>
  marksIn(aHistory(given)).filter((mark) => mark.lane === lane);

function marksIn(events: readonly DisputeEvent[]): readonly LaneMark[] {
  return reportDataOf(events, {}).lanes;
}

describe('the calls', () => {
  const sent = { sentAt: '2026-11-23T02:02:05.100Z', durationMs: 200 };
  const outcome = (type: EventGiven[0], data: object = {}): readonly EventGiven[] => [
    ...[created, requested],
    [type, { attempt: 1, rule: 'a-rule', ...data }, 'cancelling.requesting'],
  ];

  test('last from the sending to the answer', () => {
    expect(marksOf(outcome('CancelRefused', sent), 'calls')).toEqual([
      {
        ...{ lane: 'calls', at: 2, recordedMs: null, look: 'plain' },
        ...{ fromMs: ms('02:02:05.100'), untilMs: ms('02:02:05.300') },
        label: { en: 'call 1: refused, 200 ms', 'zh-CN': '第 1 次请求：未取消，200 毫秒' },
      },
    ]);
  });

  test('last from the beginning to the recording where no sending is recorded', () => {
    expect(marksOf(outcome('CancelNotExecuted'), 'calls')).toMatchObject([
      { fromMs: ms('02:02:05'), untilMs: ms('02:02:06'), label: { en: 'call 1: did not run' } },
    ]);
  });

  test('have no end while they are in flight', () => {
    expect(marksOf([created, requested], 'calls')).toMatchObject([
      { at: 1, untilMs: null, look: 'doubt', label: { en: 'call 1: in flight' } },
    ]);
  });

  test.each([
    ['CancelConfirmed', 'good'],
    ['CancelRefused', 'plain'],
    ['CancelNotExecuted', 'plain'],
    ['CancelBlocked', 'bad'],
    ['CancelOutcomeUnknown', 'doubt'],
  ] as const)('look by their outcome: %s is %s', (type, look) => {
    expect(marksOf(outcome(type, sent), 'calls')).toMatchObject([{ look }]);
  });

  test('look bad where the answer opens an anomaly', () => {
    const paid: EventGiven = ['PaymentSucceeded', { transactionNo: 'T1', ...money }, 'paid'];
    const confirmed: EventGiven = ['CancelConfirmed', { attempt: 1, rule: 'confirmed' }, 'paid'];
    expect(marksOf([created, requested, paid, confirmed], 'calls')).toMatchObject([
      { look: 'bad', label: { en: 'call 1: confirmed' } },
    ]);
  });
});

describe('the doubts', () => {
  const lost: readonly EventGiven[] = [
    ...[created, requested],
    ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelling.inDoubt'],
  ];

  test('have no end while they last', () => {
    expect(marksOf(lost, 'doubts')).toMatchObject([
      { at: 2, fromMs: ms('02:02:06'), untilMs: null, look: 'doubt' },
    ]);
  });

  test('end with what settles them', () => {
    const closed: EventGiven = ['ClosedAtGateway', {}, 'cancelled', { after: 172_800_000 }];
    const [doubt] = marksOf([...lost, closed], 'doubts');
    expect((doubt?.untilMs ?? 0) - (doubt?.fromMs ?? 0)).toBe(172_800_000);
  });

  test('do not end before they begin, though the clock was set back', () => {
    const closed: EventGiven = ['ClosedAtGateway', {}, 'cancelled', { after: -60_000 }];
    const [doubt] = marksOf([...lost, closed], 'doubts');
    expect(doubt?.untilMs).toBe(doubt?.fromMs);
  });
});

describe('the money', () => {
  const paid = (number: string, data: object, when: EventGiven[3] = {}): EventGiven => [
    ...(['PaymentSucceeded', { transactionNo: number, ...data }, 'paid', when] as const),
  ];

  test('stands where it moved, with the time at which it was recorded', () => {
    const history = [created, paid('T1', money, { after: 600_000, occurredBefore: 540_000 })];
    expect(marksOf(history, 'money')).toMatchObject([
      {
        ...{ at: 1, look: 'good', label: { en: 'T1 128.00 CNY', 'zh-CN': 'T1 128.00 CNY' } },
        ...{ fromMs: ms('02:03:04'), untilMs: ms('02:03:04'), recordedMs: ms('02:12:04') },
      },
    ]);
  });

  test('stands where it was recorded, if its source gave no time or a later one', () => {
    for (const when of [{}, { occurredBefore: -60_000 }]) {
      expect(marksOf([created, paid('T1', money, when)], 'money')).toMatchObject([
        { fromMs: ms('02:02:05'), recordedMs: null },
      ]);
    }
  });

  test('stands once, however many notices tell of it, at the first time that one states', () => {
    const history = [
      ...[created, paid('T1', money)],
      paid('T1', money, { after: 60_000, occurredBefore: 60_500 }),
    ];
    expect(marksOf(history, 'money')).toMatchObject([
      { at: 1, fromMs: ms('02:02:04.500'), recordedMs: ms('02:02:05') },
    ]);
  });

  test('is named by the last digits of a long number', () => {
    expect(marksOf([created, paid('4200002345202611231107331', money)], 'money')).toMatchObject([
      { label: { en: '…107331 128.00 CNY' } },
    ]);
  });

  test('is named, though neither its number nor its amount is known', () => {
    expect(marksOf([created, ['PaymentSucceeded', {}, 'paid']], 'money')).toMatchObject([
      { label: { en: 'payment', 'zh-CN': '支付' } },
    ]);
  });

  test('looks bad where it opens an anomaly, and retracted once it is taken back', () => {
    const twice = [created, paid('T1', money), paid('T9', money)];
    const evidence = { revision: 2, evidence: 'T9 paid O2', by: 'li-si' };
    const taken: EventGiven = ['FactRetracted', evidence, 'paid'];
    expect(marksOf(twice, 'money').map(({ look }) => look)).toEqual(['good', 'bad']);
    expect(marksOf([...twice, taken], 'money')).toMatchObject([
      { at: 1, look: 'good' },
      { at: 2, look: 'retracted', label: { en: 'T9 128.00 CNY (retracted)' } },
    ]);
  });

  test('includes refunds', () => {
    const refund: EventGiven = ['PaymentRefunded', { refundNo: 'R1', ...money }, 'paid'];
    expect(marksOf([created, paid('T1', money), refund], 'money')).toMatchObject([
      { look: 'good' },
      {
        at: 2,
        look: 'plain',
        label: { en: 'refund R1 128.00 CNY', 'zh-CN': '退款 R1 128.00 CNY' },
      },
    ]);
  });

  test('does not include what an operator resolved: a person said so', () => {
    const history: readonly EventGiven[] = [
      ...[created, requested],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'answer-timeout' }, 'cancelling.inDoubt'],
      ['CancelResolved', { resolution: 'paid', evidence: 'the bill', by: 'li-si' }, 'paid'],
    ];
    expect(marksOf(history, 'money')).toEqual([]);
    expect(marksOf(history, 'people').at(-1)).toMatchObject({
      ...{ at: 3, label: { en: 'resolved: paid', 'zh-CN': '人工处理：已支付' } },
    });
  });
});

describe('the questions', () => {
  const asked = (status: unknown, data: object = {}): EventGiven => [
    ...(['StatusReported', { status, rule: 'x', ...data }, 'created'] as const),
  ];

  test('last from the sending to the answer', () => {
    const sent = { sentAt: '2026-11-23T02:02:04.500Z', durationMs: 90 };
    expect(marksOf([created, asked('pending', sent)], 'questions')).toMatchObject([
      {
        ...{ at: 1, fromMs: ms('02:02:04.500'), untilMs: ms('02:02:04.590'), look: 'plain' },
        label: { en: 'asked: still open', 'zh-CN': '查询：尚未完成' },
      },
    ]);
  });

  test('look like a doubt where nothing was learned', () => {
    const looks = ['unknown', 'unavailable', 42].map((status) =>
      marksOf([created, asked(status)], 'questions').map(({ look }) => look),
    );
    expect(looks).toEqual([['doubt'], ['doubt'], ['doubt']]);
  });
});

describe('the notices', () => {
  const noticeId = 'ab'.repeat(32);

  test('stand where they were recorded', () => {
    const when = { after: 60_000, occurredBefore: 30_000, metadata: { noticeId } };
    const history: readonly EventGiven[] = [
      ...[created, ['PaymentSucceeded', { transactionNo: 'T1', ...money }, 'paid', when] as const],
    ];
    expect(marksOf(history, 'notices')).toMatchObject([
      { at: 1, fromMs: ms('02:03:04'), label: { en: 'notice: payment T1 128.00 CNY' } },
    ]);
  });

  test('include a closing and a failure that came by none, since no other lane shows them', () => {
    const history: readonly EventGiven[] = [
      created,
      ['PaymentDeclined', {}, 'paying'],
      ['PaymentFailed', {}, 'failed'],
      ['ClosedAtGateway', {}, 'cancelled'],
      ['PaymentSucceeded', money, 'paid'],
    ];
    const labels = marksOf(history, 'notices').map(({ label }) => label.en);
    expect(labels).toEqual(['payment declined', 'payment failed', 'order closed']);
  });
});

describe('the people', () => {
  test('are those who ask, decide, are rejected, and record by hand', () => {
    const history: readonly EventGiven[] = [
      created,
      ['PaymentStarted', {}, 'paying', by('service')],
      requested,
      ['CommandRejected', { command: 'RequestCancel', code: 'already-cancelling' }, 'paying'],
      ['CancelOutcomeUnknown', { attempt: 1, rule: 'x' }, 'cancelling.inDoubt', by('gateway')],
      ['StatusReported', { status: 'unknown', rule: 'x' }, 'cancelling.inDoubt', by('timer')],
      ['StatusReported', { status: 'unknown', rule: 'x' }, 'cancelling.inDoubt', by('operator')],
      ['CancelRetryRequested', {}, 'cancelling.requesting', by('operator')],
      ['CancelRefused', { attempt: 2, rule: 'refused' }, 'cancelling.inDoubt', by('gateway')],
      ['PaymentSucceeded', money, 'paid', by('operator')],
      ['CancelRetryDue', {}, 'paid', by('timer')],
      ['AnomalyAcknowledged', { number: 1, by: 'li-si' }, 'paid', by('operator')],
    ];
    expect(marksOf(history, 'people').map(({ label }) => label.en)).toEqual([
      ...['order created', 'cancel requested', 'rejected: cancel', 'asked by hand'],
      ...['another call ordered', 'by hand: payment', 'anomaly acknowledged'],
    ]);
  });

  test('name a command and a resolution of another version as stored, escaped', () => {
    const history: readonly EventGiven[] = [
      created,
      ['CommandRejected', { command: 'toString', code: 'x' }, 'created'],
      ['CancelResolved', { resolution: '\u202eopen' }, 'created'],
      ['CommandRejected', { command: 42, code: 'x' }, 'created'],
    ];
    expect(marksOf(history, 'people').map(({ label }) => label.en)).toEqual([
      ...['order created', 'rejected: toString', 'resolved: \\u202eopen', 'rejected: ?'],
    ]);
  });
});
