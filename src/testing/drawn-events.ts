import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  EventType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { reportedStatuses } from '../../machines/payment-order.events.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { compact } from '../compact.ts';
import { storableText, weighted } from './arbitraries.ts';
import { retractableIn } from './possible-events.ts';

/** What may happen next; the event itself depends on what the order knows by then. */
export type DrawnEvent = {
  readonly type: EventType;
  readonly event: (known: OrderFacts) => PaymentOrderEvent;
};

/** An event that does not depend on the order. */
const drawn = (event: PaymentOrderEvent): DrawnEvent => ({ type: event.type, event: () => event });
const fixed = (event: PaymentOrderEvent) => fc.constant(drawn(event));

/** When a fact occurred: its source may not say. */
const times = fc.constantFrom(
  undefined,
  '2021-02-22T07:15:00.000Z',
  '2021-02-22T07:16:00.000Z',
  '2021-02-22T07:17:00.000Z',
);

/** Mostly what the order asks for; else something that contradicts it. */
const payment: Arbitrary<DrawnEvent> = fc
  .record({
    number: fc.constantFrom('T1', 'T2', 'T3', 'none', 'of the order'),
    amount: fc.constantFrom('as ordered', 'none', 'one less', 'other currency'),
    occurredAt: times,
  })
  .map(({ number, amount, occurredAt }) => ({
    type: 'PaymentSucceeded',
    event: ({ orderNo, amountMinor = 12_800, currency = 'CNY' }) => {
      const isReal = number.startsWith('T');
      const transactionNo = isReal ? number : number === 'none' ? undefined : orderNo;
      const factId = isReal ? number : `${number} ${occurredAt ?? ''}`.trim();
      const fact = { type: 'PaymentSucceeded', factId, transactionNo, occurredAt } as const;
      if (amount === 'none') return compact(fact);
      const isLess = amount === 'one less' && amountMinor > 1;
      const other = amount === 'other currency' ? 'EUR' : currency;
      const paid = isLess ? amountMinor - 1 : amountMinor;
      return compact({ ...fact, amountMinor: paid, currency: other });
    },
  }));

const failure: Arbitrary<DrawnEvent> = times.map((occurredAt) => {
  const factId = occurredAt === undefined ? 'F1' : `F ${occurredAt}`;
  return drawn(compact({ type: 'PaymentFailed' as const, factId, occurredAt }));
});

const decline: Arbitrary<DrawnEvent> = fc
  .constantFrom('D1', 'D2')
  .map((factId) => drawn({ type: 'PaymentDeclined', factId, code: 'insufficient-funds' }));

/** Mostly of a question asked at the newest event; else of one that others overtook. */
const report: Arbitrary<DrawnEvent> = fc
  .record({
    status: weighted(
      [6, fc.constantFrom('pending', 'unknown')],
      [2, fc.constantFrom(...reportedStatuses)],
    ),
    conclusive: weighted([3, fc.constant(false)], [1, fc.constant(true)]),
    back: weighted([6, fc.constant(0)], [2, fc.integer({ min: 1, max: 3 })]),
    isAmountGiven: fc.boolean(),
    retryInMs: fc.constantFrom(null, undefined, 1_000, 60_000),
  })
  .map(({ status, conclusive, back, isAmountGiven, retryInMs }) => ({
    type: 'StatusReported',
    event: ({ answers, revision }) => {
      const attempts = Math.max(0, answers.length - Math.min(back, 1));
      const asked = { conclusive, attempts, headRevision: Math.max(0, revision - back) };
      const money = isAmountGiven ? { amountMinor: 12_800, currency: 'CNY' } : {};
      const told = { rule: 'drawn', status, ...asked, ...money, retryInMs };
      return compact({ type: 'StatusReported' as const, ...told });
    },
  }));

/** Of all, of a half, or of more than was ordered; the same refund may be told with two amounts. */
const refund: Arbitrary<DrawnEvent> = fc
  .record({
    refundNo: fc.constantFrom('R1', 'R2'),
    share: fc.constantFrom('all', 'half', 'more'),
  })
  .map(({ refundNo, share }) => ({
    type: 'PaymentRefunded',
    event: ({ amountMinor: ordered = 12_800, currency = 'CNY' }) => {
      const more = Math.min(ordered + 1, Number.MAX_SAFE_INTEGER);
      const amountMinor = { all: ordered, half: Math.floor(ordered / 2), more }[share];
      return { type: 'PaymentRefunded', factId: refundNo, refundNo, amountMinor, currency };
    },
  }));

/** Of anything that may be taken back, or of a resolution alone, which brings its doubt back. */
const retraction: Arbitrary<DrawnEvent> = fc
  .tuple(fc.nat({ max: 9 }), fc.constantFrom('any', 'resolution'))
  .map(([back, which]) => ({
    type: 'FactRetracted',
    event: (known) => {
      const retractable = retractableIn(known);
      const resolutions = known.history
        .filter(({ type, revision }) => type === 'CancelResolved' && retractable.includes(revision))
        .map(({ revision }) => revision);
      const all = which === 'any' || resolutions.length === 0 ? retractable : resolutions;
      const revision = all.at(-1 - (back % Math.max(1, all.length))) ?? known.revision;
      return { type: 'FactRetracted', revision, evidence: 'bill', by: 'operator-1' };
    },
  }));

/** Mostly of the newest attempt, as it is in life; else of an older one, or of none ever made. */
const attemptsBack = weighted(
  [6, fc.constant(0)],
  [3, fc.integer({ min: 1, max: 3 })],
  [1, fc.constant(-1)],
);

const outcome = (
  type: OutcomeEvent['type'],
  waits: Arbitrary<number | null | undefined>,
): Arbitrary<DrawnEvent> =>
  fc.tuple(attemptsBack, waits).map(([back, retryInMs]) => ({
    type,
    event: ({ answers }) => {
      const attempt = Math.max(1, answers.length - back);
      // Below, each type gets the waits that it may hold.
      return compact({ type, attempt, rule: 'drawn', retryInMs }) as OutcomeEvent;
    },
  }));

/** They shrink towards a history without waits, which is the simplest. */
const waits = fc.constantFrom(null, undefined, 1_000, 60_000);
const blocked = fc.constantFrom(null, undefined);
const noWait = fc.constant(undefined);

/** None: an event of an older version, or of a plain actor. */
const deadlines = fc.constantFrom(undefined, 6_000, 30_000, 3_600_000);

const reasons = fc.oneof(
  { withCrossShrink: true },
  fc.constantFrom(undefined, '临时决定关单取消支付'),
  storableText(512),
);

const cancel: Arbitrary<DrawnEvent> = fc
  .tuple(reasons, deadlines)
  .map(([reason, attemptDeadlineMs]) =>
    drawn(compact({ type: 'CancelRequested' as const, reason, attemptDeadlineMs })),
  );

const retry = (type: 'CancelRetryDue' | 'CancelRetryRequested'): Arbitrary<DrawnEvent> =>
  deadlines.map((attemptDeadlineMs) => drawn(compact({ type, attemptDeadlineMs })));

const resolution: Arbitrary<DrawnEvent> = fc
  .constantFrom('open', 'failed', 'cancelled', 'paid')
  .map((chosen) =>
    drawn({ type: 'CancelResolved', resolution: chosen, evidence: 'bill', by: 'operator-1' }),
  );

const acknowledgement: Arbitrary<DrawnEvent> = fc.constant({
  type: 'AnomalyAcknowledged',
  event: ({ anomalies }) => {
    const open = anomalies.find(isOpen)?.number;
    return { type: 'AnomalyAcknowledged', number: open ?? 1, by: 'operator-1' };
  },
});

/** Every type of stored event, in proportions that keep an order open for long. */
const drawnEvents: Arbitrary<DrawnEvent> = weighted(
  [4, fixed({ type: 'PaymentStarted' })],
  [20, cancel],
  [24, outcome('CancelOutcomeUnknown', waits)],
  [18, outcome('CancelNotExecuted', waits)],
  [12, outcome('CancelRefused', waits)],
  [6, outcome('CancelBlocked', blocked)],
  [4, outcome('CancelConfirmed', noWait)],
  [24, retry('CancelRetryDue')],
  [8, retry('CancelRetryRequested')],
  [4, fixed({ type: 'CancelAbandoned' })],
  [6, resolution],
  [3, payment],
  [2, failure],
  [2, decline],
  [2, refund],
  [6, retraction],
  [6, report],
  [2, fixed({ type: 'ClosedAtGateway', factId: 'C1' })],
  [6, acknowledgement],
  [2, fixed({ type: 'CommandRejected', command: 'StartPayment', code: 'already-paid' })],
);

const canBeLeftOut: EventType[] = [
  'PaymentStarted',
  'PaymentSucceeded',
  'PaymentFailed',
  'PaymentDeclined',
  'PaymentRefunded',
  'ClosedAtGateway',
  'StatusReported',
  'FactRetracted',
  'CancelConfirmed',
  'CancelRefused',
  'CancelNotExecuted',
  'CancelBlocked',
  'CancelAbandoned',
  'CancelResolved',
  'CancelRetryRequested',
  'CommandRejected',
];

const leftOutMax = 6;

/**
 * Lists of up to `eventsMax` events; without `size: 'max'`, nine in ten would have fewer than ten.
 * Each list leaves some types out: a payment ends an order early, so if every type could always
 * come, long histories would hardly be seen.
 */
export function drawnEventLists(eventsMax: number): Arbitrary<readonly DrawnEvent[]> {
  const lists = fc.array(drawnEvents, { maxLength: eventsMax, size: 'max' });
  return fc
    .tuple(fc.subarray(canBeLeftOut, { maxLength: leftOutMax }), lists)
    .map(([leftOut, drawn]) => drawn.filter(({ type }) => !leftOut.includes(type)));
}
