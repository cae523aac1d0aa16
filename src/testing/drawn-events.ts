import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { compact } from '../compact.ts';
import { storableText } from './values.ts';

/** What may happen next; the event itself depends on what the order knows by then. */
export type DrawnEvent = {
  readonly type: EventType;
  readonly event: (known: OrderFacts) => PaymentOrderEvent;
};

const fixed = (event: PaymentOrderEvent): Arbitrary<DrawnEvent> =>
  fc.constant({ type: event.type, event: () => event });

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
const attemptsBack = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
);

const undecided = (
  type: 'CancelRefused' | 'CancelNotExecuted' | 'CancelBlocked' | 'CancelOutcomeUnknown',
): Arbitrary<DrawnEvent> =>
  fc.tuple(attemptsBack, fc.constantFrom(undefined, 1_000, 60_000, null)).map(([back, wait]) => ({
    type,
    event: ({ answers }) =>
      compact({
        type,
        attempt: Math.max(1, answers.length - back),
        rule: 'drawn',
        retryInMs: wait,
      }),
  }));

const confirmed: Arbitrary<DrawnEvent> = attemptsBack.map((back) => ({
  type: 'CancelConfirmed',
  event: ({ answers }) => ({
    type: 'CancelConfirmed',
    attempt: Math.max(1, answers.length - back),
    rule: 'drawn',
  }),
}));

const cancel: Arbitrary<DrawnEvent> = fc
  .oneof(
    { withCrossShrink: true },
    fc.constantFrom(undefined, '临时决定关单取消支付'),
    storableText(512),
  )
  .map((reason) => ({
    type: 'CancelRequested',
    event: () => compact({ type: 'CancelRequested' as const, reason }),
  }));

const resolution: Arbitrary<DrawnEvent> = fc
  .constantFrom('open', 'failed', 'cancelled', 'paid')
  .map((chosen) => ({
    type: 'CancelResolved',
    event: () => ({
      type: 'CancelResolved',
      resolution: chosen,
      evidence: 'bill',
      by: 'operator-1',
    }),
  }));

const acknowledgement: Arbitrary<DrawnEvent> = fc.constant({
  type: 'AnomalyAcknowledged',
  event: ({ anomalies }) => {
    const open = anomalies.find(({ acknowledged }) => !acknowledged)?.number;
    return { type: 'AnomalyAcknowledged', number: open ?? 1, by: 'operator-1' };
  },
});

/** Every type of stored event, in proportions that keep an order open for long. */
export const drawnEvents: Arbitrary<DrawnEvent> = fc.oneof(
  { weight: 4, arbitrary: fixed({ type: 'PaymentStarted' }) },
  { weight: 20, arbitrary: cancel },
  { weight: 20, arbitrary: undecided('CancelOutcomeUnknown') },
  { weight: 18, arbitrary: undecided('CancelNotExecuted') },
  { weight: 12, arbitrary: undecided('CancelRefused') },
  { weight: 6, arbitrary: undecided('CancelBlocked') },
  { weight: 4, arbitrary: confirmed },
  { weight: 24, arbitrary: fixed({ type: 'CancelRetryDue' }) },
  { weight: 8, arbitrary: fixed({ type: 'CancelRetryRequested' }) },
  { weight: 4, arbitrary: fixed({ type: 'CancelAbandoned' }) },
  { weight: 4, arbitrary: resolution },
  { weight: 3, arbitrary: payment },
  { weight: 2, arbitrary: fixed({ type: 'PaymentFailed', factId: 'F1' }) },
  { weight: 2, arbitrary: fixed({ type: 'ClosedAtGateway', factId: 'C1' }) },
  { weight: 6, arbitrary: acknowledgement },
  {
    weight: 2,
    arbitrary: fixed({ type: 'CommandRejected', command: 'StartPayment', code: 'already-paid' }),
  },
);

const canBeLeftOut: EventType[] = [
  'PaymentStarted',
  'PaymentSucceeded',
  'PaymentFailed',
  'ClosedAtGateway',
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
