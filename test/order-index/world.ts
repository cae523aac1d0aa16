import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';
import { compact } from '../../src/compact.ts';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { orderNoOf, streamOf, streamPrefix } from '../../src/history/event.ts';
import { evolve, loadOrder, prepareEvent } from '../../src/history/load.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { OrderIndex } from '../../src/order-index/order-index.ts';
import type {
  FoundOrder,
  FoundOrders,
  OrderSearch,
  OrderSummary,
} from '../../src/order-index/types.ts';
import { viewOf } from '../../src/order/view.ts';
import type { Runtime } from '../../src/runtime.ts';
import { instantOf } from '../../src/runtime.ts';
import type { History } from '../../src/testing/replayed-order.ts';

const compiled = compileMachine();

/** A writer of one order: each call appends its next event. */
export type Writer = { readonly orderNo: string; readonly next: () => Promise<boolean> };

/** Writes a history as the service would, an event a call; false once all are written. */
export function writer(
  store: EventStore,
  runtime: Runtime,
  orderNo: string,
  history: History,
): Writer {
  let order: OrderHistory | null = null;
  let written = 0;
  return {
    orderNo,
    next: async () => {
      const event = history[written];
      if (event === undefined) return false;
      const given: PaymentOrderEvent =
        event.type === 'PaymentOrderCreated' ? { ...event, orderNo } : event;
      const step = prepareEvent(compiled, order, streamOf(orderNo), given, context(), runtime);
      const expected = written === 0 ? 'no-stream' : written - 1;
      await store.append(streamOf(orderNo), [step.prepared], expected);
      order = evolve(compiled, order, step.stored);
      written += 1;
      return true;
    },
  };
}

const context = () => ({
  source: 'test',
  $correlationId: 'c-1',
  actor: { kind: 'operator', id: 'li.wei' },
});

/** What the index must show of each order, from its whole history, in the order of creation. */
export async function fullFolds(store: EventStore): Promise<OrderSummary[]> {
  const summaries: OrderSummary[] = [];
  for await (const stream of store.streams(streamPrefix)) {
    const order = await loadOrder(store, compiled, orderNoOf(stream));
    if (order !== null)
      summaries.push(wholeFoldOf(order, await Array.fromAsync(store.read(stream))));
  }
  return summaries;
}

/** Derived by the machine and from the events, by another way than the index takes. */
export function wholeFoldOf(order: OrderHistory, events: readonly RecordedEvent[]): OrderSummary {
  const { known, fold } = order;
  const { orderNo, processBillNo, amountMinor, currency, gateway, state, stateDetail, ...view } =
    viewOf(order);
  const decoded = events.map(decodeEvent);
  const entered = decoded.findLast(({ metadata }) => metadata.from !== metadata.to);
  const dues = fold.pending.timers.map(({ dueAtMs }) => instantOf(dueAtMs));
  const rules = decoded.flatMap(({ event }) => ('rule' in event ? [event.rule] : []));
  const numbers = (field: 'transactionNo' | 'refundNo') => [
    ...new Set(
      decoded.flatMap(({ data }) => (typeof data[field] === 'string' ? [data[field]] : [])),
    ),
  ];
  return compact({
    ...{ orderNo, processBillNo, amountMinor, currency, gateway, state, stateDetail },
    createdAt: decoded[0]?.metadata.recordedAt ?? '',
    since: entered?.metadata.recordedAt ?? '',
    doubtSince: view.doubtSince,
    dueAt: dues[0] ?? null,
    lastRule: rules.at(-1) ?? null,
    anomalies: view.anomalies,
    unreadable: null,
    ...{ received: received(known), refunded: refunded(known), attempts: known.answers.length },
    transactionNos: numbers('transactionNo'),
    refundNos: numbers('refundNo'),
    lastActor:
      decoded.findLast(({ metadata }) => metadata.actor !== undefined)?.metadata.actor ?? null,
    ...{ revision: view.revision, hash: view.hash },
  });
}

/** Every order that the index finds, a page after the other. */
export async function searchAll(
  index: Pick<OrderIndex, 'search'>,
  search: OrderSearch = {},
): Promise<FoundOrder[]> {
  const found: FoundOrder[] = [];
  let cursor: string | null = null;
  do {
    const page: FoundOrders = await index.search(cursor === null ? search : { ...search, cursor });
    found.push(...page.orders);
    ({ cursor } = page);
  } while (cursor !== null);
  return found;
}

/** As the whole folds show them. */
export const withoutWhy = (found: readonly FoundOrder[]): OrderSummary[] =>
  found.map((order) => {
    const summary: Partial<FoundOrder> = { ...order };
    Reflect.deleteProperty(summary, 'why');
    // What is left is a summary.
    return summary as OrderSummary;
  });

export function openIndex(
  store: EventStore,
  runtime: Runtime,
  path: string | null,
): { readonly index: OrderIndex; readonly errors: unknown[]; readonly close: () => Promise<void> } {
  const closing = new AbortController();
  const errors: unknown[] = [];
  const index = new OrderIndex({
    ...{ store, runtime, machine: compiled.identity, closing: closing.signal },
    place: path === null ? null : { path, isOurs: true },
    onError: (error) => errors.push(error),
  });
  return {
    ...{ index, errors },
    close: async () => {
      closing.abort();
      await index.close();
    },
  };
}

/** Writes histories of several orders, mixed as `draws` say. */
export async function writeMixed(
  store: EventStore,
  runtime: Runtime,
  histories: readonly History[],
  draws: readonly number[],
  first = 0,
): Promise<void> {
  const writers = histories.map((history, at) =>
    writer(store, runtime, `Order-${first + at}`, history),
  );
  for (let count = 0; writers.length > 0; count += 1) {
    const at = (draws[count % Math.max(1, draws.length)] ?? 0) % writers.length;
    if ((await writers[at]?.next()) === false) writers.splice(at, 1);
  }
}
