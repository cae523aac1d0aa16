import fc from 'fast-check';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { Receipt } from '../../src/order/types.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { order, orderNo, reason } from '../../test/payment-orders/world.ts';

/** Something that a caller does, or that time passes. */
export type HistoryStep =
  | { readonly wait: number }
  | { readonly label: string; readonly run: (orders: PaymentOrders) => Promise<Receipt> };

/** What the gateway says to a call, and how long it takes; 40 s is past the attempt's deadline. */
export type HistoryAnswer = { readonly outcome: CancelOutcome; readonly afterMs: number };

const by = { evidence: 'bill of the day', by: 'operator-1' };
const actor = { kind: 'customer', id: 'u-7' };
const money = fc.constantFrom(
  {},
  { amountMinor: 12_800, currency: 'CNY' },
  { amountMinor: 1, currency: 'CNY' },
);

const says = (label: string, run: (orders: PaymentOrders) => Promise<Receipt>): HistoryStep => ({
  ...{ label, run },
});
const always = (label: string, run: (orders: PaymentOrders) => Promise<Receipt>) =>
  fc.constant(says(label, run));

const commandId = fc.constantFrom(undefined, undefined, 'c-1', 'c-2', 'c-3');

const waits = fc.constantFrom(0, 0, 500, 5_000, 45_000).map((ms): HistoryStep => ({ wait: ms }));

const commands = [
  {
    weight: 4,
    arbitrary: commandId.map((id) =>
      says(`start ${id ?? ''}`, (o) => o.startPayment(orderNo, { commandId: id, actor })),
    ),
  },
  {
    weight: 16,
    arbitrary: commandId.map((id) =>
      // Time stands still while somebody waits: the call goes on, and time is a step of its own.
      says(`cancel ${id ?? ''}`, (o) =>
        o.cancel(orderNo, { reason, commandId: id, actor, wait: false }),
      ),
    ),
  },
  {
    weight: 6,
    arbitrary: commandId.map((id) =>
      says(`retry ${id ?? ''}`, (o) => o.retryCancel(orderNo, { commandId: id, wait: false })),
    ),
  },
  { weight: 3, arbitrary: always('abandon', (o) => o.abandonCancel(orderNo, { actor })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('cancelled', 'paid', 'failed', 'open')
      .map((resolution) =>
        says(`resolve ${resolution}`, (o) => o.resolveCancel(orderNo, { resolution, ...by })),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 1, max: 3 })
      .map((number) =>
        says(`acknowledge ${number}`, (o) =>
          o.acknowledgeAnomaly(orderNo, { number, by: 'operator-1' }),
        ),
      ),
  },
  { weight: 1, arbitrary: always('create again', (o) => o.create(order)) },
  {
    weight: 1,
    arbitrary: always('create another', (o) => o.create({ ...order, processBillNo: 'F2' })),
  },
];

/** Rare: they close an order, and a closed one has little left to try. */
const facts = [
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('T1', 'T2'), money)
      .map(([transactionNo, amount]) =>
        says(`paid ${transactionNo} ${JSON.stringify(amount)}`, (o) =>
          o.recordPaymentSucceeded(orderNo, { transactionNo, ...amount }),
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('f-1', 'f-2')
      .map((factId) => says(`failed ${factId}`, (o) => o.recordPaymentFailed(orderNo, { factId }))),
  },
  { weight: 1, arbitrary: always('closed', (o) => o.recordClosedAtGateway(orderNo)) },
];

const step: fc.Arbitrary<HistoryStep> = fc
  .oneof({ weight: 24, arbitrary: waits }, ...commands, ...facts)
  .map((taken) => ({
    ...taken,
    [fc.toStringMethod]: () => ('wait' in taken ? `wait ${taken.wait} ms` : taken.label),
  }));

const answer: fc.Arbitrary<HistoryAnswer> = fc.record({
  outcome: fc
    .constantFrom('confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown')
    .map((kind): CancelOutcome => ({ kind, rule: kind })),
  afterMs: fc.constantFrom(0, 0, 0, 3_000, 40_000),
});

/** Up to 60 steps; without `size: 'max'` nine in ten histories would be shorter than ten. */
export const historySteps = fc.array(step, { maxLength: 60, size: 'max' });
export const historyAnswers = fc.array(answer, { minLength: 1, maxLength: 40, size: 'max' });
