import { isOpen } from '../../machines/payment-order.facts.ts';
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  EventType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { whyNotRetractable } from '../../machines/payment-order.remembered.ts';
import { compact } from '../compact.ts';
import { storableText, weighted } from './arbitraries.ts';

/** What may happen next; the event itself depends on what the order knows by then. */
export type DrawnEvent = {
  readonly type: EventType;
  readonly event: (known: OrderFacts) => PaymentOrderEvent;
};

/** An event that does not depend on the order. */
const drawn = (event: PaymentOrderEvent): DrawnEvent => ({ type: event.type, event: () => event });
const fixed = (event: PaymentOrderEvent) => fc.constant(drawn(event));

/** Mostly what the order asks for; else something that contradicts it. */
const payment: Arbitrary<DrawnEvent> = fc
  .record({
    transactionNo: fc.constantFrom('T1', 'T2', 'T3'),
    amount: fc.constantFrom('as ordered', 'none', 'one less', 'other currency'),
  })
  .map(({ transactionNo, amount }) => ({
    type: 'PaymentSucceeded',
    event: ({ amountMinor = 12_800, currency = 'CNY' }) => {
      const fact = { type: 'PaymentSucceeded', factId: transactionNo, transactionNo } as const;
      if (amount === 'none') return fact;
      const isLess = amount === 'one less' && amountMinor > 1;
      const other = amount === 'other currency' ? 'EUR' : currency;
      return { ...fact, amountMinor: isLess ? amountMinor - 1 : amountMinor, currency: other };
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

const refund: Arbitrary<DrawnEvent> = fc
  .record({
    refundNo: fc.constantFrom('R1', 'R2'),
    amountMinor: fc.constantFrom(0, 100, 12_800),
    currency: fc.constantFrom('CNY', 'EUR'),
  })
  .map((given) => drawn({ type: 'PaymentRefunded', factId: given.refundNo, ...given }));

/** Mostly of the newest that can be retracted, often of a retraction. */
const retraction: Arbitrary<DrawnEvent> = fc.nat(4).map((back) => ({
  type: 'FactRetracted',
  event: ({ history }) => {
    const possible = history.filter(
      ({ revision }) => whyNotRetractable(history, revision) === null,
    );
    const { revision } = possible.at(-1 - (back % Math.max(1, possible.length))) ?? { revision: 1 };
    return { type: 'FactRetracted', revision, evidence: 'bill', by: 'operator-1' };
  },
}));

/** Every type of stored event, in proportions that keep an order open for long. */
const drawnEvents: Arbitrary<DrawnEvent> = weighted(
  [4, fixed({ type: 'PaymentStarted' })],
  [20, cancel],
  [20, outcome('CancelOutcomeUnknown', waits)],
  [18, outcome('CancelNotExecuted', waits)],
  [12, outcome('CancelRefused', waits)],
  [6, outcome('CancelBlocked', blocked)],
  [4, outcome('CancelConfirmed', noWait)],
  [24, retry('CancelRetryDue')],
  [8, retry('CancelRetryRequested')],
  [4, fixed({ type: 'CancelAbandoned' })],
  [4, resolution],
  [3, payment],
  [2, fixed({ type: 'PaymentFailed', factId: 'F1' })],
  [2, fixed({ type: 'PaymentDeclined', factId: 'D1' })],
  [2, refund],
  [2, fixed({ type: 'ClosedAtGateway', factId: 'C1' })],
  [4, retraction],
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
