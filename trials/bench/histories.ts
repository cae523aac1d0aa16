import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { PreparedEvent } from '../../src/event-store/event-store.ts';
import { streamOf } from '../../src/history/event.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { systemRuntime } from '../../src/runtime.ts';

const runtime = systemRuntime();
const compiled = compileMachine();
const context = { source: 'bench', $correlationId: 'bench' };

/** A new order and what happens to it later, as the service would have written it. */
export function preparedOrder(
  orderNo: string,
  later: Iterable<PaymentOrderEvent>,
): readonly PreparedEvent[] {
  const stream = streamOf(orderNo);
  const created: PaymentOrderEvent = {
    ...({ type: 'PaymentOrderCreated', orderNo, processBillNo: 'F1' } as const),
    ...{ amountMinor: 12_800, currency: 'CNY' },
  };
  const first = prepareEvent(compiled, null, stream, created, context, runtime);
  let order = evolve(compiled, null, first.stored);
  const prepared = [first.prepared];
  for (const event of later) {
    const next = prepareEvent(compiled, order, stream, event, context, runtime);
    order = evolve(compiled, order, next.stored);
    prepared.push(next.prepared);
  }
  return prepared;
}
