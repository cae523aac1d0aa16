import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { EventStore, PreparedEvent } from '../../src/event-store/event-store.ts';
import { streamOf } from '../../src/history/event.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import type { Runtime } from '../../src/runtime.ts';

const compiled = compileMachine();
const circumstances = { source: 'campaign', $correlationId: 'campaign' };

/** No timer of such an order is due while a campaign runs. */
const retryInMs = 8 * 3_600_000;

const inDoubt: readonly PaymentOrderEvent[] = [
  { type: 'CancelRequested', reason: '临时决定关单取消支付' },
  { type: 'CancelOutcomeUnknown', attempt: 1, rule: 'answer-timeout', retryInMs },
];

/** Stores a history in each store, a hundred events at a time. */
async function write(
  runtime: Runtime,
  stores: readonly EventStore[],
  orderNo: string,
  later: Iterable<PaymentOrderEvent>,
): Promise<void> {
  const stream = streamOf(orderNo);
  const created: PaymentOrderEvent = { type: 'PaymentOrderCreated', orderNo, processBillNo: 'F1' };
  const first = prepareEvent(compiled, null, stream, created, circumstances, runtime);
  let order = evolve(compiled, null, first.stored);
  let batch: PreparedEvent[] = [first.prepared];
  let head: number | 'no-stream' = 'no-stream';
  const flush = async (): Promise<void> => {
    for (const store of stores) {
      const { kind } = await store.append(stream, batch, head);
      if (kind === 'conflict') throw new Error(`${stream} was written to by somebody else`);
    }
    head = order.head.revision;
    batch = [];
  };
  for (const event of later) {
    const next = prepareEvent(compiled, order, stream, event, circumstances, runtime);
    order = evolve(compiled, order, next.stored);
    batch.push(next.prepared);
    if (batch.length === 100) await flush();
  }
  if (batch.length > 0) await flush();
}

/** Orders W0, W1, … in doubt, each with a timer that waits. */
export async function fillWithWaiting(
  runtime: Runtime,
  stores: readonly EventStore[],
  count: number,
): Promise<void> {
  const atOnce = 200;
  for (let from = 0; from < count; from += atOnce) {
    const length = Math.min(atOnce, count - from);
    const numbers = Array.from({ length }, (_, index) => `W${from + index}`);
    await Promise.all(numbers.map((orderNo) => write(runtime, stores, orderNo, inDoubt)));
  }
}

/** One order with a very long history: rejected commands are recorded, and move nothing. */
export async function fillWithLong(
  runtime: Runtime,
  stores: readonly EventStore[],
  orderNo: string,
  events: number,
): Promise<void> {
  const rejected: PaymentOrderEvent = {
    type: 'CommandRejected',
    command: 'RequestCancel',
    code: 'already-cancelling',
  };
  const later = [...inDoubt, ...Array.from({ length: events - 3 }, () => rejected)];
  await write(runtime, stores, orderNo, later);
}

/** Orders D0, D1, … whose second attempt is due at once. */
export async function fillWithDue(
  runtime: Runtime,
  store: EventStore,
  count: number,
): Promise<void> {
  const due: readonly PaymentOrderEvent[] = [
    { type: 'CancelRequested' },
    { type: 'CancelNotExecuted', attempt: 1, rule: 'connect-failed', retryInMs: 1 },
  ];
  const numbers = Array.from({ length: count }, (_, index) => `D${index}`);
  await Promise.all(numbers.map((orderNo) => write(runtime, [store], orderNo, due)));
}
