import fc from 'fast-check';
import type { OutcomeType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { outcomeTypes } from '../../machines/payment-order.events.ts';
import type { Known } from '../../machines/payment-order.known.ts';

export const created = {
  type: 'PaymentOrderCreated',
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
  amountMinor: 12_800,
  currency: 'CNY',
} as const satisfies PaymentOrderEvent;

/** A step that becomes an event when it is known what there is to talk about. */
export type Move = (known: Known) => PaymentOrderEvent;

/** A counterexample is read by people: a move shows as what it says. */
const named = (label: string, says: Move): Move =>
  Object.assign((known: Known) => says(known), { [fc.toStringMethod]: () => label });

const fixed = (event: PaymentOrderEvent): fc.Arbitrary<Move> =>
  fc.constant(named(event.type, () => event));

const payment = fc
  .record({
    transactionNo: fc.constantFrom('T1', 'T2', 'T3'),
    money: fc.constantFrom(
      {},
      { amountMinor: 12_800, currency: 'CNY' },
      { amountMinor: 12_799, currency: 'CNY' },
      { amountMinor: 12_800, currency: 'USD' },
    ),
  })
  .map(({ transactionNo, money }): Move => {
    const label = `PaymentSucceeded ${transactionNo} ${JSON.stringify(money)}`;
    const type = 'PaymentSucceeded';
    return named(label, () => ({ type, factId: transactionNo, transactionNo, ...money }));
  });

/** Mostly of the newest attempt, as it is in life; else of an older one, or of none that was made. */
const attemptChoice = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
);

const outcome = fc
  .record({
    type: fc.constantFrom<OutcomeType[]>(...outcomeTypes),
    back: attemptChoice,
    retryInMs: fc.constantFrom(null, undefined, 1_000, 60_000),
  })
  .map(({ type, back, retryInMs }): Move => {
    return named(`${type} of newest-${back} retryInMs ${String(retryInMs)}`, (known) => {
      const attempt = Math.max(1, known.answers.length - back);
      if (type === 'CancelConfirmed') return { type, attempt, rule: 'tried' };
      return { type, attempt, rule: 'tried', ...(retryInMs === undefined ? {} : { retryInMs }) };
    });
  });

const acknowledgement = fc.integer({ min: 1, max: 4 }).map((number) =>
  named(`AnomalyAcknowledged ${number}`, () => {
    return { type: 'AnomalyAcknowledged', number, by: 'operator-1' };
  }),
);

const resolution = fc.constantFrom('cancelled', 'paid', 'failed', 'open').map((chosen): Move => {
  return () => ({ type: 'CancelResolved', resolution: chosen, evidence: 'bill', by: 'operator-1' });
});

/** Every stored event there is, in proportions that keep orders moving. */
export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fixed({ type: 'PaymentStarted' }) },
  { weight: 6, arbitrary: fixed({ type: 'CancelRequested', reason: '临时决定关单取消支付' }) },
  { weight: 12, arbitrary: outcome },
  { weight: 5, arbitrary: fixed({ type: 'CancelRetryDue' }) },
  { weight: 2, arbitrary: fixed({ type: 'CancelRetryRequested' }) },
  { weight: 1, arbitrary: fixed({ type: 'CancelAbandoned' }) },
  { weight: 1, arbitrary: resolution },
  { weight: 1, arbitrary: payment },
  { weight: 1, arbitrary: fixed({ type: 'PaymentFailed', factId: 'x' }) },
  { weight: 1, arbitrary: fixed({ type: 'ClosedAtGateway', factId: 'x' }) },
  { weight: 1, arbitrary: acknowledgement },
  {
    weight: 1,
    arbitrary: fixed({ type: 'CommandRejected', command: 'StartPayment', code: 'already-paid' }),
  },
);

/** Up to 60 moves; without `size: 'max'` nine in ten would be shorter than ten. */
export const moves = fc.array(move, { maxLength: 60, size: 'max' });
