import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { EventContext } from '../../src/history/load.ts';
import type { GoldenStep, GoldenStory } from './golden-stories.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const gateway = { name: 'default', appId: 'a1b2c3d4e5f60718' };
const occurredAt = '2026-11-23T02:02:03.004Z';
const begun = { attemptDeadlineMs: 30_000, gateway };
/** With digits, quotes, breaks and signs outside the basic plane: a salt belongs to each text. */
const reason = '买家 138 0013 8000 说“不要了”\n\t"\\ İıŞş \u{1F4A9}';
const message = '余额不足，请更换支付方式';
const step = (event: PaymentOrderEvent, context: Partial<EventContext> = {}): GoldenStep => ({
  ...{ event, context },
});

const commanded = (commandId: string): Partial<EventContext> => ({
  ...{ source: 'command', commandId, commandDigest: 'cd'.repeat(32), occurredAt },
  ...{ actor: { kind: 'customer', id: 'u-7' }, $causationId: 'cause-1' },
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
});
const operated: Partial<EventContext> = { actor: { kind: 'operator', id: '李伟' } };
const notice: Partial<EventContext> = {
  ...{ occurredAt, source: 'platform', noticeId: 'ab'.repeat(32), vouchedBy: 'mTLS 10.0.0.7' },
};

const evidence = {
  ...{ sentAt: occurredAt, durationMs: 12.5, httpStatus: 200, requestId: 'r-1' },
  ...{ responseCode: 'SUCCESS', responseMsg: '成功', nonce: 'n-1', timestamp: 1_795_399_323_004 },
  ...{ requestSha256: '12'.repeat(32), answerSha256: '34'.repeat(32) },
  insecureTransport: true,
} as const;

/** Hash format 2: every value that is sealed alone, codes with many digits among them. */
const sealedValues: GoldenStory = {
  ...{ name: 'sealed-values', created: { ...money, gateway } },
  steps: [
    step({ type: 'PaymentStarted' }, commanded('start-1')),
    step(
      { type: 'PaymentDeclined', factId: 'd-1', code: 'E-20261123', message, occurredAt },
      notice,
    ),
    step({ type: 'CancelRequested', reason, ...begun }, commanded('cancel-1')),
    step({
      ...{ type: 'CancelOutcomeUnknown', attempt: 1, rule: 'answer-timeout', retryInMs: 5_000 },
      ...evidence,
    }),
    step({
      ...{ type: 'StatusReported', rule: 'answered', status: 'pending', ...evidence },
      ...{ amount: '12800000.00', amountCurrency: 'cny-20261123', payChannel: 'wx-20261123' },
      ...{ responseCode: '20261123', amountMinor: 1_280_000_000, currency: 'CNY' },
      ...{ conclusive: false, attempts: 1, headRevision: 4, retryInMs: 5_000 },
    }),
    step({ type: 'CancelRetryRequested', note: '再试一次', ...begun }, operated),
    step({
      ...{ type: 'CancelRefused', attempt: 2, rule: 'refused', retryInMs: 5_000 },
      ...evidence,
    }),
    step(
      { type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelling', reason },
      commanded('cancel-2'),
    ),
    step({ type: 'CancelRetryDue', ...begun }),
    step({ type: 'CancelConfirmed', attempt: 3, rule: 'confirmed', ...evidence }),
    step(
      { type: 'PaymentSucceeded', factId: 'T1', transactionNo: 'T1', ...money, occurredAt },
      notice,
    ),
    step({ type: 'AnomalyAcknowledged', number: 1, by: '李伟', note: '已退款' }, operated),
    step({ type: 'PaymentRefunded', factId: 'R1', refundNo: 'R1', transactionNo: 'T1', ...money }),
    step({ type: 'FactRetracted', revision: 11, evidence: 'paid O2', by: '李伟' }, operated),
  ],
};

/** Hash format 2 with as little as an order may hold: nothing that is sealed but what is always there. */
const barelySealed: GoldenStory = {
  ...{ name: 'barely-sealed', created: {} },
  steps: [
    ...[step({ type: 'PaymentStarted' }), step({ type: 'CancelRequested' })],
    step({ type: 'CancelNotExecuted', attempt: 1, rule: 'not-sent', retryInMs: null }),
    step({ type: 'CancelResolved', resolution: 'open', evidence: 'bill', by: 'operator-1' }),
  ],
};

export const storiesOfFormat2: readonly GoldenStory[] = [sealedValues, barelySealed];
