import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { storableText } from './values.ts';

/** What may happen next, told before it is known what the order knows by then. */
export type Move = {
  readonly type: EventType;
  readonly event: (known: OrderFacts) => PaymentOrderEvent;
};

const fixed = (event: PaymentOrderEvent): Arbitrary<Move> =>
  fc.constant({ type: event.type, event: () => event });

/** Mostly what the order asks for; else something that contradicts it. */
const payment: Arbitrary<Move> = fc
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
): Arbitrary<Move> =>
  fc.tuple(attemptsBack, fc.constantFrom(undefined, 1_000, 60_000, null)).map(([back, wait]) => ({
    type,
    event: ({ answers }) => ({
      ...{ type, attempt: Math.max(1, answers.length - back), rule: 'drawn' },
      ...(wait === undefined ? {} : { retryInMs: wait }),
    }),
  }));

const confirmed: Arbitrary<Move> = attemptsBack.map((back) => ({
  type: 'CancelConfirmed',
  event: ({ answers }) => ({
    ...{ type: 'CancelConfirmed', attempt: Math.max(1, answers.length - back), rule: 'drawn' },
  }),
}));

const cancel: Arbitrary<Move> = fc
  .oneof(
    { withCrossShrink: true },
    fc.constantFrom(undefined, '临时决定关单取消支付'),
    storableText(512),
  )
  .map((reason) => ({
    type: 'CancelRequested',
    event: () => ({ type: 'CancelRequested', ...(reason === undefined ? {} : { reason }) }),
  }));

const resolution: Arbitrary<Move> = fc
  .constantFrom('open', 'failed', 'cancelled', 'paid')
  .map((chosen) => ({
    type: 'CancelResolved',
    event: () => ({
      ...{ type: 'CancelResolved', resolution: chosen, evidence: 'bill', by: 'operator-1' },
    }),
  }));

const acknowledgement: Arbitrary<Move> = fc.constant({
  type: 'AnomalyAcknowledged',
  event: ({ anomalies }) => {
    const open = anomalies.find(({ acknowledged }) => !acknowledged)?.number;
    return { type: 'AnomalyAcknowledged', number: open ?? 1, by: 'operator-1' };
  },
});

/** Every stored event there is, in proportions that keep an order going for long. */
export const moves: Arbitrary<Move> = fc.oneof(
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

const canBeSilent: readonly EventType[] = [
  ...(['PaymentStarted', 'PaymentSucceeded', 'PaymentFailed', 'ClosedAtGateway'] as const),
  ...(['CancelConfirmed', 'CancelRefused', 'CancelNotExecuted', 'CancelBlocked'] as const),
  ...(['CancelAbandoned', 'CancelResolved', 'CancelRetryRequested', 'CommandRejected'] as const),
];

const silentMax = 6;

/**
 * Up to `movesMax` moves; without `size: 'max'` nine in ten
 * would have fewer than ten. Some kinds are silent in each list: a payment ends every story early,
 * so that what needs a long story would hardly be seen if every kind could always come.
 */
export function moveLists(movesMax: number): Arbitrary<readonly Move[]> {
  const lists = fc.array(moves, { maxLength: movesMax, size: 'max' });
  return fc
    .tuple(fc.subarray([...canBeSilent], { maxLength: silentMax }), lists)
    .map(([silent, drawn]) => drawn.filter(({ type }) => !silent.includes(type)));
}
