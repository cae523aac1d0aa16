import type { OutcomeType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { closingCauses, eventRoles } from '../../machines/payment-order.events.ts';
import type { EventContext } from '../../src/history/load.ts';
import { storiesOfFormat2 } from './golden-stories-of-format-2.ts';
import { storiesOfVersion2 } from './golden-stories-of-version-2.ts';

/** An event, and what is stored about it, next to its data. */
export type GoldenStep = {
  readonly event: PaymentOrderEvent;
  readonly context?: Partial<EventContext>;
};

export type GoldenStory = {
  readonly name: string;
  readonly created: Partial<PaymentOrderEvent<'PaymentOrderCreated'>>;
  readonly steps: readonly GoldenStep[];
};

const money = { amountMinor: 12_800, currency: 'CNY' };
const reason = '临时决定关单取消支付 İıŞş';
const step = (event: PaymentOrderEvent, context: Partial<EventContext> = {}): GoldenStep => ({
  ...{ event, context },
});

const allTold: Partial<EventContext> = {
  occurredAt: '2026-11-23T02:02:03.004Z',
  actor: { kind: 'customer', id: 'u-7' },
  commandId: 'c-1',
  commandDigest: 'ab'.repeat(32),
  $causationId: 'cause-1',
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
};

/** Every optional field of an outcome, each as it may look. */
const evidence = {
  sentAt: '2026-11-23T02:02:03.004Z',
  durationMs: 12.5,
  httpStatus: 200,
  requestId: 'r-1',
  responseCode: 'SUCCESS',
  responseMsg: '成功',
  nonce: 'n-1',
  timestamp: 1_795_399_323_004,
  requestSha256: '12'.repeat(32),
  answerSha256: '34'.repeat(32),
  insecureTransport: true,
} as const;

/** The outcome without anything more, with one field more at a time, and with all of them. */
function outcomeStory(type: OutcomeType): GoldenStory {
  const bare = { attempt: 1, rule: 'bare' };
  const named = Object.entries(evidence).map(([field, value]) => ({
    ...{ attempt: 1, rule: `with-${field.toLowerCase()}`, [field]: value },
  }));
  const waits = type === 'CancelConfirmed' ? [] : [null, 0, 1_234];
  const data = [
    ...[bare, ...named, { ...bare, rule: 'all', ...evidence }],
    ...waits.map((retryInMs) => ({ ...bare, rule: `wait-${String(retryInMs)}`, retryInMs })),
  ];
  return {
    ...{ name: type, created: money },
    steps: [step({ type: 'CancelRequested' }), ...data.map((fields) => step({ type, ...fields }))],
  };
}

const unknown = (attempt: number, retryInMs: number | null = 5_000): GoldenStep =>
  step({ type: 'CancelOutcomeUnknown', attempt, rule: 'answer-timeout', retryInMs });

/** No event that is written today may hold a number here. */
const blockedOf = (attempt: number, retryInMs: number | null): GoldenStep =>
  step({ type: 'CancelBlocked', attempt, rule: 'key-refused', retryInMs } as PaymentOrderEvent);

const resolved = (resolution: 'cancelled' | 'paid' | 'failed' | 'open'): GoldenStory => ({
  ...{ name: `CancelResolved-${resolution}`, created: {} },
  steps: [
    ...[step({ type: 'PaymentStarted' }), step({ type: 'CancelRequested', reason }), unknown(1)],
    step({ type: 'CancelResolved', resolution, evidence: 'bill of the day', by: 'operator-1' }),
  ],
});

const payment: GoldenStory = {
  ...{ name: 'payment', created: money },
  steps: [
    step({ type: 'PaymentStarted' }, allTold),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1' }),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1', factId: 'T1' }),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1', ...money }, allTold),
    step({ type: 'PaymentSucceeded', transactionNo: 'T2', factId: 'T2', ...money }),
    step({ type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' }),
    step({ type: 'PaymentFailed' }),
    step({ type: 'AnomalyAcknowledged', number: 2, by: 'operator-1', note: '已核对' }),
  ],
};

const facts: GoldenStory = {
  ...{ name: 'facts', created: {} },
  steps: [
    step({ type: 'PaymentFailed' }),
    step({ type: 'PaymentFailed', factId: 'f-1' }),
    step({ type: 'PaymentFailed', code: 'NOT_ENOUGH' }),
    step({ type: 'PaymentFailed', factId: 'f-1', code: 'NOT_ENOUGH' }, allTold),
    step({ type: 'ClosedAtGateway' }),
    step({ type: 'ClosedAtGateway', factId: 'f-2' }),
    step({ type: 'ClosedAtGateway', code: 'EXPIRED' }),
    step({ type: 'ClosedAtGateway', factId: 'f-2', code: 'EXPIRED' }),
    step({ type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelled' }),
    step(
      { type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelled', reason },
      allTold,
    ),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1', ...money }),
  ],
};

const operators: GoldenStory = {
  ...{ name: 'operators', created: money },
  steps: [
    ...[step({ type: 'CancelRequested', reason }, allTold), unknown(1)],
    ...[step({ type: 'CancelRetryDue' }), unknown(2, null)],
    ...[step({ type: 'CancelRetryRequested' }), unknown(3)],
    step({ type: 'CancelRetryRequested', note: 'the channel is back' }),
    step({ type: 'CancelRefused', attempt: 4, rule: 'refused', retryInMs: 5_000 }),
    step({ type: 'CancelResolved', resolution: 'open', evidence: 'bill', by: 'operator-1' }),
    step({ type: 'CancelRequested' }),
    step({ type: 'CancelNotExecuted', attempt: 5, rule: 'not-sent', retryInMs: 1_000 }),
    step({ type: 'CancelAbandoned' }),
    step({ type: 'CancelRequested' }),
    step({ type: 'CancelBlocked', attempt: 6, rule: 'signature-refused', retryInMs: null }),
    step({ type: 'CancelAbandoned', note: 'the payer wants to pay after all' }),
  ],
};

/** The events that begin an attempt in schema version 2, which records its deadline. */
const deadlines: GoldenStory = {
  ...{ name: 'deadlines', created: money },
  steps: [
    ...[step({ type: 'CancelRequested', attemptDeadlineMs: 20_000 }), unknown(1)],
    ...[step({ type: 'CancelRetryDue', attemptDeadlineMs: 30_000 }), unknown(2, null)],
    ...[step({ type: 'CancelRetryRequested', attemptDeadlineMs: 86_400_000 }), unknown(3)],
    step({ type: 'CancelRetryRequested', note: 'the channel is back', attemptDeadlineMs: 1 }),
    step({ type: 'CancelConfirmed', attempt: 4, rule: 'confirmed' }),
  ],
};

/** ClosedAtGateway in schema version 2, which says why. */
const closings: GoldenStory = {
  ...{ name: 'closings', created: money },
  steps: closingCauses.map((cause, index) =>
    step({ type: 'ClosedAtGateway', factId: `f-${index + 1}`, cause }),
  ),
};

/** CommandRejected in schema version 2, which says where it is the last one recorded. */
const rejections: GoldenStory = {
  ...{ name: 'rejections', created: money },
  steps: [
    step({ type: 'CommandRejected', command: 'CreatePaymentOrder', code: 'already-created' }),
    step({ type: 'CancelRequested', reason }),
    step(
      { type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelling', reason },
      allTold,
    ),
    step({ type: 'CancelConfirmed', attempt: 1, rule: 'confirmed' }),
    step({
      ...{ type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelled' },
      ...{ reason, isLastRecorded: true },
    }),
  ],
};

/** CancelBlocked in schema version 1, which could hold a wait. Recorded by a build that wrote it. */
const blockedThatWaited: GoldenStory = {
  ...{ name: 'blocked-that-waited', created: money },
  steps: [
    ...[step({ type: 'CancelRequested' }), blockedOf(1, 1_234), step({ type: 'CancelRetryDue' })],
    ...[blockedOf(2, null), step({ type: 'CancelRetryRequested' }), blockedOf(3, 0)],
    step({ type: 'CancelAbandoned' }),
  ],
};

/** CancelBlocked in schema version 2, which never waits. */
const blocked: GoldenStory = {
  ...{ name: 'blocked', created: money },
  steps: [
    step({ type: 'CancelRequested', attemptDeadlineMs: 30_000 }),
    step({ type: 'CancelBlocked', attempt: 1, rule: 'bare' }),
    step({ type: 'CancelRetryRequested', attemptDeadlineMs: 30_000 }),
    step({ type: 'CancelBlocked', attempt: 2, rule: 'all', ...evidence, retryInMs: null }),
    step({ type: 'CancelAbandoned' }),
  ],
};

const acknowledged = (number: number): GoldenStep =>
  step({ type: 'AnomalyAcknowledged', number, by: 'operator-1', note: '已核对' });

/** Recorded by version 1 of the machine: a mismatch told twice is two anomalies. */
const mismatchToldTwice: GoldenStory = {
  ...{ name: 'mismatch-told-twice', created: money },
  steps: [
    step({ type: 'PaymentStarted' }),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor: 12_700, currency: 'CNY' }),
    step({
      ...{ type: 'PaymentSucceeded', transactionNo: 'T1', amountMinor: 12_700, currency: 'CNY' },
      factId: 'bill-1',
    }),
    ...[acknowledged(1), acknowledged(2)],
  ],
};

/** Recorded by version 1: the order's own number is a payment's number like any other. */
const numberedByOrder: GoldenStory = {
  ...{ name: 'numbered-by-order', created: money },
  steps: [
    step({ type: 'PaymentSucceeded', transactionNo: 'Golden-19', ...money }),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1', ...money }),
    ...[acknowledged(1)],
  ],
};

/** Recorded by version 1: a failure contradicts a payment, whenever it occurred. */
const failureBeforePayment: GoldenStory = {
  ...{ name: 'failure-before-payment', created: money },
  steps: [
    step(
      { type: 'PaymentSucceeded', transactionNo: 'T1', ...money },
      { occurredAt: '2026-11-23T02:02:03.004Z' },
    ),
    step({ type: 'PaymentFailed', code: 'NOT_ENOUGH' }, { occurredAt: '2026-11-23T01:59:00.000Z' }),
    acknowledged(1),
  ],
};

/** Recorded by version 1: an operator who is contradicted later is not told. */
const answerAgainstOpen: GoldenStory = {
  ...{ name: 'answer-against-open', created: money },
  steps: [
    ...[step({ type: 'CancelRequested', reason }), unknown(1)],
    step({ type: 'CancelResolved', resolution: 'open', evidence: 'bill', by: 'operator-1' }),
    step({ type: 'CancelConfirmed', attempt: 1, rule: 'confirmed' }),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1', ...money }),
    acknowledged(1),
  ],
};

const answersAgainstCancelled: GoldenStory = {
  ...{ name: 'answers-against-cancelled', created: money },
  steps: [
    ...[step({ type: 'CancelRequested', reason }), unknown(1)],
    ...[step({ type: 'CancelRetryDue' }), unknown(2)],
    ...[step({ type: 'CancelRetryRequested' }), unknown(3)],
    step({ type: 'CancelResolved', resolution: 'cancelled', evidence: 'bill', by: 'operator-1' }),
    step({ type: 'CancelNotExecuted', attempt: 1, rule: 'not-sent', retryInMs: 1_000 }),
    ...[blockedOf(2, null)],
    step({ type: 'CancelRefused', attempt: 3, rule: 'refused', retryInMs: 5_000 }),
    step({ type: 'PaymentSucceeded', transactionNo: 'T1', ...money }),
    acknowledged(1),
  ],
};

export const goldenStories: readonly GoldenStory[] = [
  ...[payment, facts, operators],
  ...(['cancelled', 'paid', 'failed', 'open'] as const).map(resolved),
  ...eventRoles.outcome.map(outcomeStory),
  // What is released later comes after: a story's place draws its ids.
  closings,
  rejections,
  deadlines,
  blockedThatWaited,
  blocked,
  ...[mismatchToldTwice, numberedByOrder, failureBeforePayment],
  ...[answerAgainstOpen, answersAgainstCancelled],
  ...storiesOfVersion2,
  ...storiesOfFormat2,
];
