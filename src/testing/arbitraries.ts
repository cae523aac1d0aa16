import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  EventData,
  FactType,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import type { CancelOutcome } from '../gateway/cancel-gateway.ts';
import type { Command } from '../order/types.ts';
import { edgeAmounts, identifiers, orderNumbers, storableText } from './values.ts';

type Money = { readonly amountMinor?: number; readonly currency?: string };

/** An amount with its currency, or neither: payment orders take no half of it. */
const money: Arbitrary<Money> = fc.oneof(
  fc.record({ amountMinor: edgeAmounts(), currency: fc.constantFrom('CNY', 'USD', 'JPY') }),
  fc.constant({}),
);

/** The data of valid new orders. */
export function validOrders(): Arbitrary<EventData<'PaymentOrderCreated'>> {
  return fc
    .record({ orderNo: orderNumbers(), processBillNo: orderNumbers(), money })
    .map(({ money: amount, ...numbers }) => ({ ...numbers, ...amount }));
}

const note = fc.option(storableText(2_048), { nil: undefined });
const by = fc.constantFrom('operator-1', 'operator-2');
const resolution = fc.constantFrom('cancelled', 'paid', 'failed', 'open');

/** Any command except `CreatePaymentOrder`, with a valid payload. The order may reject it. */
export function commands(): Arbitrary<Command> {
  const of = <T extends Command['type'], P extends object>(type: T, payload: Arbitrary<P>) =>
    payload.map((drawn) => ({ type, payload: compact(drawn) }));
  return fc.oneof(
    fc.constant({ type: 'StartPayment', payload: {} }),
    of('RequestCancel', fc.record({ reason: fc.option(storableText(512), { nil: undefined }) })),
    of('RetryCancel', fc.record({ note })),
    of('AbandonCancel', fc.record({ note })),
    of('ResolveCancel', fc.record({ resolution, evidence: storableText(2_048), by })),
    of('AcknowledgeAnomaly', fc.record({ number: fc.integer({ min: 1, max: 4 }), by, note })),
  );
}

/** Valid facts about any order. */
export function facts(): Arbitrary<PaymentOrderEvent<FactType>> {
  const code = fc.option(identifiers(), { nil: undefined });
  const factId = fc.option(identifiers(), { nil: undefined });
  return fc.oneof(
    fc.record({ transactionNo: identifiers(), money }).map(({ transactionNo, money: amount }) => ({
      type: 'PaymentSucceeded' as const,
      transactionNo,
      ...amount,
    })),
    fc
      .record({ type: fc.constantFrom('PaymentFailed', 'ClosedAtGateway'), factId, code })
      .map(compact),
  );
}

/** A gateway's answers to one attempt, with or without evidence. */
export function gatewayOutcomes(): Arbitrary<CancelOutcome> {
  return fc
    .record({
      kind: fc.constantFrom('confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown'),
      rule: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/),
      httpStatus: fc.option(fc.integer({ min: 100, max: 999 }), { nil: undefined }),
      requestId: fc.option(storableText(128), { nil: undefined }),
      responseCode: fc.option(fc.constantFrom('000', '403001', '500'), { nil: undefined }),
      responseMsg: fc.option(storableText(512), { nil: undefined }),
      durationMs: fc.option(fc.double({ min: 0, max: 30_000, noNaN: true }), { nil: undefined }),
    })
    .map(compact);
}
