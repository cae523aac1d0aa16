import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { withWays } from '../../test/event-store/with-ways.ts';
import { figure, roundsMin } from './figure.ts';
import type { Figure, Round } from './figure.ts';

const closedOrders = 1_000_000;
const openOrders = 1_000;

const runtime = systemRuntime();
const gateway = {
  identity: 'scripted',
  attemptMs: 1_000,
  cancel: () => Promise.resolve({ kind: 'outcome-unknown', rule: 'answer-timeout' } as const),
  close: () => Promise.resolve(),
};
const retryPolicy = { notExecutedMs: [], unknownMs: [3_600_000], jitter: 0 };
const common = { gateway, runtime, retryPolicy };

/** A worker starts on a million closed orders, which are made up as they are read, and 1,000 open. */
export async function workerStartFigure(rounds = roundsMin): Promise<Figure> {
  const reads = { looked: 0, histories: 0, closedHistories: 0, events: 0 };
  const start = async (store: EventStore) => {
    Object.assign(reads, { looked: 0, histories: 0, closedHistories: 0, events: 0 });
    const worker = await openPaymentOrders({ store, ...common });
    const startedMs = performance.now();
    await worker.startRecovery();
    while (reads.histories < openOrders) await new Promise((resolve) => setImmediate(resolve));
    const tookMs = performance.now() - startedMs;
    // The first start remembers how far it looked.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await worker.close();
    return tookMs;
  };
  const measured: Round[] = [];
  let first = { ...reads };
  for (let round = 0; round < rounds; round += 1) {
    const store = counting(await storeWithOpenOrders(), reads);
    const against = await start(store);
    first = { ...reads };
    measured.push({ ours: await start(store), against });
  }
  return figure({
    name: 'worker start: 1,000,000 closed orders, 1,000 open',
    rounds: measured,
    unit: 'ms',
    alternative: 'the first start, without a checkpoint',
    atLeast: 1,
    remark:
      `histories of closed orders read: ${first.closedHistories} and ${reads.closedHistories}; ` +
      `events looked at: ${first.looked}, then ${reads.looked}; events read of open orders: ${reads.events}`,
  });
}

async function storeWithOpenOrders(): Promise<EventStore> {
  const memory = openMemoryStore(runtime);
  const writer = await openPaymentOrders({ store: memory, ...common });
  for (let count = 0; count < openOrders; count += 1) {
    const orderNo = `W${count}`;
    await writer.create({ orderNo, processBillNo: 'F1' });
    const { order } = await writer.cancel(orderNo, {});
    if (order.stateDetail !== 'cancelling.inDoubt') throw new Error(`${orderNo} does not wait`);
  }
  return memory;
}

function counting(
  memory: EventStore,
  reads: { looked: number; histories: number; closedHistories: number; events: number },
): EventStore {
  return withWays(memory, {
    async *readAll(after, prefix) {
      // Made-up events come before all real ones.
      for (let count = 0; after === null && count < closedOrders; count += 1) {
        reads.looked += 1;
        yield closedEvent(count);
      }
      for await (const event of memory.readAll(after, prefix)) {
        reads.looked += 1;
        yield event;
      }
    },
    async *read(stream, from) {
      reads.histories += 1;
      if (!stream.startsWith('paymentOrder-W')) reads.closedHistories += 1;
      for await (const event of memory.read(stream, from)) {
        reads.events += 1;
        yield event;
      }
    },
  });
}

function closedEvent(count: number): RecordedEvent {
  return {
    stream: `paymentOrder-C${count}`,
    revision: 2,
    position: '0',
    id: '',
    type: 'PaymentSucceeded',
    data: {},
    metadata: { to: 'paid' },
  };
}
