import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { EventType } from '../../machines/payment-order.events.ts';
import { reportedStatuses } from '../../machines/payment-order.events.ts';
import { weighted } from '../../src/testing/arbitraries.ts';
import { damages } from './damages.ts';
import type { Damage } from './damages.ts';

type Data = Readonly<Record<string, unknown>>;

/** When and by whom an event came, and what became of it. */
export type Circumstances = {
  /** Since the event before it, ms; negative where the clock was set back. */
  readonly afterMs: number;
  /** From when it occurred to when it was recorded, ms; null where its source gave no time. */
  readonly lateMs: number | null;
  /** From the event before it to when its call was sent, ms; null where that is not recorded. */
  readonly sentAfterMs: number | null;
  readonly durationMs?: number | undefined;
  readonly isByOperator: boolean;
  readonly damage: Damage;
};

/** An event as nobody but a test would write it: whatever the order knows, and wherever it leads. */
export type DrawnEvent = Circumstances & {
  readonly type: EventType | 'SomethingElse';
  readonly data: Data;
  readonly to: string;
};

const states = [
  ...['created', 'paying', 'paid', 'cancelled', 'failed', 'cancelling.requesting'],
  ...['cancelling.backingOff', 'cancelling.inDoubt', 'cancelling.needsReview'],
];

/** Times that lie close together, so that their order decides; and a few that are equal. */
const lateness = weighted<number | null>(
  [2, fc.constant(null)],
  [5, fc.integer({ min: 0, max: 15_000 })],
  [2, fc.integer({ min: 0, max: 9_000_000 })],
  [1, fc.constantFrom(0, 1, 59_999, 60_000, 60_001)],
  [1, fc.integer({ min: -9_000_000, max: -1 })],
);
const gaps = weighted(
  [9, fc.integer({ min: 0, max: 5_000 })],
  [2, fc.integer({ min: 0, max: 7_200_000 })],
  [1, fc.constant(0)],
  [1, fc.integer({ min: -600_000, max: -1 })],
);
const sendings = weighted<number | null>(
  [2, fc.constant(null)],
  [4, fc.integer({ min: 0, max: 5_000 })],
  [1, fc.integer({ min: -60_000, max: 60_000 })],
);
const durations = weighted<number | undefined>(
  [1, fc.constant(undefined)],
  [3, fc.integer({ min: 0, max: 15_000 })],
  [2, fc.constantFrom(0, 0.5, 60_000, 3_600_000)],
);
const money = fc.constantFrom(
  {},
  { amountMinor: 12_800, currency: 'CNY' },
  { amountMinor: 6_400, currency: 'CNY' },
);
const attempt = weighted(
  [6, fc.constant(1)],
  [3, fc.constant(2)],
  [1, fc.integer({ min: 3, max: 5 })],
);
const revision = fc.nat({ max: 14 });
const [evidence, by] = ['bill', 'li-si'];

const payment = fc
  .record({ transactionNo: fc.constantFrom(undefined, 'T1', 'T2', 'T3', 'O1'), money })
  .map(({ transactionNo, money: amount }) => ({ transactionNo, ...amount }));
const refund = fc.record({
  refundNo: fc.constantFrom('R1', 'R2'),
  amountMinor: fc.constantFrom(0, 6_400, 12_800, 99_000),
  currency: fc.constant('CNY'),
});
const report = fc
  .record({
    status: weighted(
      [3, fc.constantFrom(...reportedStatuses)],
      [1, fc.constantFrom('succeeded', 'failed', 'canceled')],
    ),
    conclusive: fc.boolean(),
    attempts: fc.nat({ max: 3 }),
    headRevision: revision,
    money,
  })
  .map(({ money: amount, ...told }) => ({ rule: 'asked', ...told, ...amount }));
const outcome = fc.record({
  attempt,
  rule: fc.constantFrom('answer-timeout', 'refused', 'not-sent'),
});
const resolution = fc.record({
  resolution: fc.constantFrom('cancelled', 'paid', 'failed', 'open'),
  evidence: fc.constant(evidence),
  by: fc.constant(by),
});
const rejection = fc.record({
  command: fc.constantFrom('RequestCancel', 'RetryCancel', 'AbandonCancel', 'StartPayment'),
  code: fc.constant('already-paid'),
});
const retraction = revision.map((target) => ({ revision: target, evidence, by }));
const acknowledgement = fc.integer({ min: 1, max: 3 }).map((number) => ({ number, by }));

const none = fc.constant({});
const kinds: readonly (readonly [
  weight: number,
  type: DrawnEvent['type'],
  data: Arbitrary<Data>,
])[] = [
  [2, 'PaymentStarted', none],
  [9, 'PaymentSucceeded', payment],
  [2, 'PaymentFailed', none],
  [1, 'PaymentDeclined', none],
  [3, 'PaymentRefunded', refund],
  [2, 'ClosedAtGateway', none],
  [4, 'StatusReported', report],
  [8, 'CancelRequested', none],
  [2, 'CancelRetryDue', none],
  [1, 'CancelRetryRequested', none],
  [2, 'CancelConfirmed', outcome],
  [3, 'CancelRefused', outcome],
  [2, 'CancelNotExecuted', outcome],
  [2, 'CancelBlocked', outcome],
  [5, 'CancelOutcomeUnknown', outcome],
  [1, 'CancelAbandoned', none],
  [3, 'CancelResolved', resolution],
  [4, 'FactRetracted', retraction],
  [2, 'AnomalyAcknowledged', acknowledgement],
  [2, 'CommandRejected', rejection],
  [1, 'SomethingElse', none],
];

const kind = weighted(
  ...kinds.map(
    ([weight, type, data]) => [weight, data.map((drawn) => ({ type, data: drawn }))] as const,
  ),
);

const damage: Arbitrary<Damage> = weighted(
  [40, fc.constant('none')],
  [1, fc.constantFrom(...damages)],
);

export const circumstances: Arbitrary<Circumstances> = fc.record({
  afterMs: gaps,
  lateMs: lateness,
  sentAfterMs: sendings,
  durationMs: durations,
  isByOperator: weighted([4, fc.constant(false)], [1, fc.constant(true)]),
  damage,
});

/** Events that follow from nothing. */
export const drawnEvents: Arbitrary<readonly DrawnEvent[]> = fc.array(
  fc
    .record({ kind, to: fc.constantFrom(...states), each: circumstances })
    .map(({ kind: { type, data }, to, each }) => ({ ...each, type, data, to })),
  { minLength: 1, maxLength: 14, size: 'max' },
);
