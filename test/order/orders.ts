import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import type { Decision } from '../../src/order/decide.ts';
import type { TestedMachine } from '../../src/testing/tested-machine.ts';
import { TestedOrder } from '../../src/testing/tested-order.ts';
import { created } from '../machines/created.ts';

export const stream = `paymentOrder-${created.orderNo}`;
/** Commands find room in the first 6 events, facts in 10. */
export const limits = {
  streamEventsMax: 10,
  keptForFacts: 4,
  keptForOperators: 0,
  rejectionsMax: 2,
};

export const cancelRequested = { type: 'CancelRequested' } as const;
export const retryRequested = { type: 'CancelRetryRequested' } as const;
export const payment = { type: 'PaymentSucceeded', transactionNo: 'T1' } as const;

export const unknown = (attempt: number, retryInMs?: number) =>
  ({ type: 'CancelOutcomeUnknown', attempt, rule: 'tried', retryInMs }) as const;

export const failures = (count: number): PaymentOrderEvent[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'PaymentFailed', factId: `f-${index}` }));

/** An order that was created, and to which these events happened. */
export const orderOf = (...events: PaymentOrderEvent[]): OrderHistory => testedOf(events).order;

export function testedOf(events: readonly PaymentOrderEvent[], machine?: TestedMachine) {
  const tested = new TestedOrder(machine);
  let order = tested.record(created);
  for (const event of events) order = tested.record(event);
  return { tested, order };
}

export const accepted = { kind: 'accepted' } as const;
export const duplicate: Decision = { kind: 'answer', answer: { kind: 'duplicate' } };
