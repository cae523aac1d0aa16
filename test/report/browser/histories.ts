import type { DisputeEvent } from '../../../src/dispute.ts';
import { aHistory } from '../../timeline/histories.ts';
import type { EventGiven } from '../../timeline/histories.ts';

const created: EventGiven = [
  'PaymentOrderCreated',
  { orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' },
  'created',
];

/** An order in doubt: the answer was lost, a second call was refused, and the bill settled it. */
export const doubted: readonly DisputeEvent[] = aHistory([
  created,
  ['PaymentStarted', {}, 'paying'],
  ['CancelRequested', { reason: '临时决定关单取消支付' }, 'cancelling.requesting'],
  [
    'CancelOutcomeUnknown',
    {
      attempt: 1,
      rule: 'answer-timeout',
      sentAt: '2026-11-23T02:02:06.100Z',
      durationMs: 2_005,
      retryInMs: 5_000,
    },
    'cancelling.inDoubt',
    { after: 2_100 },
  ],
  [
    'CommandRejected',
    { command: 'RequestCancel', code: 'already-cancelling' },
    'cancelling.inDoubt',
  ],
  ['CancelRetryRequested', { note: 'asked again by hand' }, 'cancelling.requesting'],
  [
    'CancelRefused',
    {
      attempt: 2,
      rule: 'refused',
      sentAt: '2026-11-23T02:02:10.300Z',
      durationMs: 17,
      httpStatus: 200,
      responseCode: '000',
      requestId: 'r-2',
      retryInMs: 5_000,
    },
    'cancelling.inDoubt',
  ],
  [
    'ClosedAtGateway',
    { code: 'CLOSED' },
    'cancelled',
    { after: 86_400_000, occurredBefore: 86_000_000 },
  ],
  [
    'PaymentSucceeded',
    { transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' },
    'paid',
    { after: 60_000, occurredBefore: 86_463_000 },
  ],
  ['AnomalyAcknowledged', { number: 1, by: 'li.wei', note: 'refund ordered' }, 'paid'],
]);

/** The digest of a notice that reported a payment. */
export const noticeId = 'ab'.repeat(32);

/** A payment of another order was recorded here, and retracted; then the money went back. */
export const mistaken: readonly DisputeEvent[] = aHistory([
  created,
  ['PaymentStarted', {}, 'paying'],
  ['PaymentDeclined', { code: '余额不足', message: '请换一张卡' }, 'paying'],
  [
    'PaymentSucceeded',
    { transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' },
    'paid',
    { metadata: { noticeId, vouchedBy: 'mTLS bank' } },
  ],
  ['PaymentSucceeded', { transactionNo: 'T9', amountMinor: 12_800, currency: 'CNY' }, 'paid'],
  ['FactRetracted', { revision: 4, evidence: 'T9 paid O2', by: 'li-si' }, 'paid'],
  ['PaymentRefunded', { refundNo: 'R1', amountMinor: 12_800, currency: 'CNY' }, 'paid'],
  ['PaymentRefunded', { refundNo: 'R2', amountMinor: 100, currency: 'CNY' }, 'paid'],
]);

/** The rules by which the calls of a history did not run. No two neighbours are alike. */
const unlike: readonly [string, string] = ['dns-failed', 'connection-refused'];

/** A history as long as the longest disputes: calls that never ran, each for another reason. */
export function longHistory(events: number): readonly DisputeEvent[] {
  return callsThatNeverRan(events, (call) => ({ rule: unlike[call % 2] ?? '' }));
}

/** The answer that a platform gives as long as the system that it calls is down. */
export const sameAnswer = {
  rule: 'business-connect-timeout',
  httpStatus: 200,
  responseCode: '004',
  responseMsg: '业务系统连接超时',
};

/** The same call again and again, always with the same answer. */
export function alikeHistory(events: number): readonly DisputeEvent[] {
  return callsThatNeverRan(events, (call) => ({
    ...sameAnswer,
    requestId: `r-${call}`,
    durationMs: 200 + call,
  }));
}

function callsThatNeverRan(
  events: number,
  answer: (call: number) => Readonly<Record<string, unknown>>,
): readonly DisputeEvent[] {
  const calls = Array.from({ length: Math.ceil(events / 2) }, (_, index): readonly EventGiven[] => [
    index === 0
      ? ['CancelRequested', { reason: 'x' }, 'cancelling.requesting']
      : ['CancelRetryDue', {}, 'cancelling.requesting', { after: 240_000 }],
    [
      'CancelNotExecuted',
      { attempt: index + 1, retryInMs: 240_000, ...answer(index + 1) },
      'cancelling.backingOff',
    ],
  ]);
  return aHistory([created, ...calls.flat()].slice(0, events));
}
