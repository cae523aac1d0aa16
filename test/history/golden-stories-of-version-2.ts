import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { EventContext } from '../../src/history/load.ts';
import type { GoldenStep, GoldenStory } from './golden-stories.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const occurredAt = '2026-11-23T02:02:03.004Z';
const message = '余额不足，请更换支付方式';
const step = (event: PaymentOrderEvent, context: Partial<EventContext> = {}): GoldenStep => ({
  ...{ event, context },
});
const retracted = (revision: number): GoldenStep =>
  step({ type: 'FactRetracted', revision, evidence: 'paid O2', by: '张三' });
const acknowledged = (number: number): GoldenStep =>
  step({ type: 'AnomalyAcknowledged', number, by: '张三' });
const requested = step({ type: 'CancelRequested', attemptDeadlineMs: 30_000 });
const unknown = (attempt: number): GoldenStep =>
  step({ type: 'CancelOutcomeUnknown', attempt, rule: 'answer-timeout', retryInMs: 5_000 });
const notExecuted = (attempt: number): GoldenStep =>
  step({ type: 'CancelNotExecuted', attempt, rule: 'not-sent', retryInMs: 1_000 });
const resolved = (resolution: 'open' | 'cancelled'): GoldenStep =>
  step({ type: 'CancelResolved', resolution, evidence: 'bill', by: '张三' });
const paid: PaymentOrderEvent = { type: 'PaymentSucceeded', factId: 'T1', transactionNo: 'T1' };

const notice: Partial<EventContext> = {
  ...{ occurredAt, source: 'notice', noticeId: 'ab'.repeat(32), vouchedBy: 'mTLS 10.0.0.7' },
};

/** Attempts of the payer that failed, and a payment after all. */
const declines: GoldenStory = {
  ...{ name: 'declines', created: money },
  steps: [
    step({ type: 'PaymentStarted' }),
    step({ type: 'PaymentDeclined' }),
    step({ type: 'PaymentDeclined', factId: 'd-1', code: '余额不足', message, occurredAt }, notice),
    step({ type: 'PaymentDeclined', factId: 'd-2', transactionNo: 'T/0' }),
    step({ type: 'PaymentSucceeded', factId: 'n-1', ...money, message, occurredAt }, notice),
    step({ type: 'PaymentSucceeded', factId: 'T1', transactionNo: 'T1', ...money }),
    step({ type: 'PaymentFailed', factId: 'f-1', message, occurredAt: '2026-11-23T02:00:00.000Z' }),
    step({ type: 'PaymentSucceeded', factId: 'n-2', transactionNo: 'Golden-23', ...money }),
  ],
};

/** Money that goes back: once, told again, too much, and with another amount. */
const refunds: GoldenStory = {
  ...{ name: 'refunds', created: money },
  steps: [
    step({ ...paid, ...money }),
    step({ type: 'PaymentRefunded', refundNo: 'R1', amountMinor: 12_000, currency: 'CNY' }),
    step({
      ...{ type: 'PaymentRefunded', factId: 'R1', refundNo: 'R1', transactionNo: 'T1' },
      ...{ amountMinor: 12_000, currency: 'CNY', occurredAt, message },
    }),
    step({ type: 'PaymentRefunded', refundNo: 'R2', amountMinor: 801, currency: 'CNY' }),
    step({ type: 'PaymentRefunded', refundNo: 'R2', amountMinor: 800, currency: 'CNY' }),
    ...[acknowledged(1), acknowledged(2), retracted(1), retracted(8)],
  ],
};

/** A payment on the wrong order, taken back while a cancel was open, and then counted again. */
const retraction: GoldenStory = {
  ...{ name: 'retraction', created: money },
  steps: [
    ...[requested, unknown(1), step({ ...paid, amountMinor: 1, currency: 'CNY' })],
    ...[acknowledged(1), retracted(3), retracted(5), retracted(3), resolved('open')],
    ...[step({ type: 'CancelRequested' }), notExecuted(2), retracted(8)],
    step({ type: 'CancelRetryDue', attemptDeadlineMs: 30_000 }),
    step(confirmed(3)),
  ],
};

/** A retraction where nothing was open leads back to where the order was. */
const retractedWithoutCancel: GoldenStory = {
  ...{ name: 'retracted-without-cancel', created: money },
  steps: [
    ...[step({ type: 'PaymentStarted' }), step(paid), retracted(2)],
    ...[step({ type: 'ClosedAtGateway', cause: 'expired', occurredAt, message }), retracted(4)],
    ...[step({ type: 'PaymentFailed' }), retracted(6), retracted(3), retracted(2)],
  ],
};

/** A failed order is cancelled all the same: a channel wants the old number closed. */
const cancelledAfterFailure: GoldenStory = {
  ...{ name: 'cancelled-after-failure', created: money },
  steps: [
    ...[step({ type: 'PaymentStarted' }), step({ type: 'PaymentFailed', code: 'NOT_ENOUGH' })],
    ...[requested, step({ type: 'CancelRefused', attempt: 1, rule: 'refused', retryInMs: null })],
    ...[step({ type: 'CancelRequested' }), step(confirmed(2))],
  ],
};

function confirmed(attempt: number): PaymentOrderEvent {
  return { type: 'CancelConfirmed', attempt, rule: 'confirmed' };
}

/** An operator is told when a late answer contradicts what was resolved. */
const contradicted = (resolution: 'open' | 'cancelled', late: GoldenStep): GoldenStory => ({
  ...{ name: `resolved-${resolution}-contradicted`, created: money },
  steps: [requested, unknown(1), resolved(resolution), late, acknowledged(1)],
});

const evidence = {
  ...{ sentAt: '2026-11-23T02:02:03.004Z', durationMs: 812, httpStatus: 200, requestId: 'r-1' },
  ...{ responseCode: '10000', responseMsg: 'success', nonce: 'n1', timestamp: 1_763_863_323_004 },
  ...{ requestSha256: 'ab'.repeat(32), answerSha256: 'cd'.repeat(32) },
  insecureTransport: true as const,
};
const reported = (
  told: Omit<PaymentOrderEvent<'StatusReported'>, 'type' | 'rule'>,
): PaymentOrderEvent => ({ type: 'StatusReported', rule: told.status, ...told });

/** Questions in doubt: nothing learned, pending, a refusal that doubts it again, and an end. */
const questions: GoldenStory = {
  ...{ name: 'questions', created: money },
  steps: [
    ...[step({ type: 'PaymentStarted' }), requested, unknown(1)],
    step(
      reported({
        ...{ status: 'unknown', conclusive: false, attempts: 1, headRevision: 3 },
        retryInMs: 15_000,
      }),
    ),
    step(
      reported({
        ...{ status: 'pending', conclusive: true, attempts: 1, headRevision: 4 },
        ...{ ...evidence, payChannel: 'wx_pub', retryInMs: 1_000 },
      }),
    ),
    step({ type: 'CancelRetryDue', attemptDeadlineMs: 30_000 }),
    step({ type: 'CancelRefused', attempt: 2, rule: 'refused', retryInMs: 15_000 }),
    step(
      reported({
        ...{ status: 'succeeded', conclusive: true, attempts: 2, headRevision: 7 },
        ...{ amount: '127.99', amountCurrency: 'cny', amountMinor: 12_799, currency: 'CNY' },
      }),
    ),
    retracted(8),
    step(reported({ status: 'canceled', conclusive: true, attempts: 2, headRevision: 9 })),
  ],
};

/** A late refusal, while the order waits because the platform reported it as pending. */
const doubtedAgain = (name: string, retryInMs: number | null): GoldenStory => ({
  ...{ name, created: money },
  steps: [
    ...[requested, unknown(1), step({ type: 'CancelRetryDue' }), unknown(2)],
    step(
      reported({
        ...{ status: 'pending', conclusive: true, attempts: 2, headRevision: 4 },
        retryInMs: 1_000,
      }),
    ),
    step({ type: 'CancelRefused', attempt: 2, rule: 'refused', retryInMs }),
  ],
});

/** What closed the order counts again, while another attempt waits. */
const closedAgain: GoldenStory = {
  ...{ name: 'closed-again-while-backing-off', created: money },
  steps: [
    step({ type: 'ClosedAtGateway', factId: 'c-1', cause: 'expired' }),
    retracted(1),
    ...[requested, notExecuted(1)],
    retracted(2),
  ],
};

/** Of a named gateway from the beginning; and of one whose account the first attempt recorded. */
const account = { name: 'merchant-a', appId: 'OIG0AF4DMOK2VC2N' };
const ofGateway = (name: string, gateway: { name: string; appId?: string }): GoldenStory => ({
  ...{ name, created: { ...money, gateway } },
  steps: [
    step({ type: 'CancelRequested', attemptDeadlineMs: 30_000, gateway: account }),
    notExecuted(1),
    step({ type: 'CancelRetryDue', attemptDeadlineMs: 30_000, gateway: account }),
    step({ type: 'CancelBlocked', attempt: 2, rule: 'signature-refused', retryInMs: null }),
    step({ type: 'CancelRetryRequested', attemptDeadlineMs: 30_000, gateway: account }),
    step(confirmed(3)),
  ],
});

export const storiesOfVersion2: readonly GoldenStory[] = [
  ...[declines, refunds, retraction, retractedWithoutCancel, cancelledAfterFailure],
  contradicted('open', step(confirmed(1))),
  contradicted('cancelled', notExecuted(1)),
  ...[questions, doubtedAgain('doubted-again', 15_000)],
  // Where all waits are spent, a person must look.
  doubtedAgain('doubted-again-in-vain', null),
  closedAgain,
  ofGateway('of-a-gateway', account),
  ofGateway('of-a-name', { name: 'merchant-a' }),
];
