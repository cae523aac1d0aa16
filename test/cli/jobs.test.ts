import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { errorOf, failureOf } from '../../src/cli/jobs/answer.ts';
import type { Chunk } from '../../src/cli/jobs/chunk.ts';
import { chunkWorker } from '../../src/cli/jobs/chunk.ts';
import { inOrder } from '../../src/cli/jobs/in-order.ts';
import type { Thread } from '../../src/cli/jobs/thread.ts';
import { ownThread } from '../../src/cli/jobs/thread.ts';
import type { Results, Work } from '../../src/cli/jobs/work.ts';
import { works } from '../../src/cli/jobs/work.ts';
import { UsageError } from '../../src/cli/input/arguments.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { orderNoOf, streamOf } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { withWays } from '../event-store/with-ways.ts';

const ordersMax = 200;
let sound: EventStore;

beforeAll(async () => {
  sound = openMemoryStore(systemRuntime());
  const orders = await openPaymentOrders({ store: sound });
  for (let count = 0; count < ordersMax; count += 1) {
    const orderNo = `O${count}`;
    await orders.create({ orderNo, processBillNo: 'F1' });
    if (count % 2 === 0) await orders.startPayment(orderNo);
    if (count % 5 === 0) await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
  }
});

/** What may be the matter with an order, and how its events read then. */
const matters = {
  nothing: (event) => event,
  altered: (event) => ({ ...event, data: { ...event.data, note: 'altered' } }),
  alien: (event) => ({ ...event, type: 'SomebodyElses' }),
  diverging: (event) => ({ ...event, metadata: { ...event.metadata, to: 'failed' } }),
  'of another stream': (event) => ({ ...event, stream: 'paymentOrder-X' }),
  torn: ({ stream, revision }) => {
    throw new PaymentOrderError('store-corrupt', `torn at ${revision}`, { stream, revision });
  },
  unnamed: () => {
    throw new PaymentOrderError('store-corrupt', 'the store is damaged');
  },
  'out of reach': ({ stream, revision }) => {
    throw new PaymentOrderError('store-unavailable', 'the disk is away', { stream, revision });
  },
} as const satisfies Readonly<Record<string, (event: RecordedEvent) => RecordedEvent>>;

type Matter = keyof typeof matters;

type Store = {
  readonly orders: readonly (Matter | 'renamed')[];
  /** Where the listing fails. */
  readonly listed: number | null;
};

/** Most orders are sound, so that many results come before the first error. */
const stores: fc.Arbitrary<Store> = fc.record({
  orders: fc.array(
    fc.oneof(
      { weight: 60, arbitrary: fc.constant('nothing' as const) },
      {
        weight: 12,
        arbitrary: fc.constantFrom('altered', 'alien', 'diverging', 'of another stream', 'torn'),
      },
      { weight: 1, arbitrary: fc.constantFrom('unnamed', 'renamed', 'out of reach') },
    ),
    { maxLength: ordersMax, size: 'max' },
  ),
  listed: fc.option(fc.nat(ordersMax), { freq: 4 }),
});

function storeOf({ orders, listed }: Store): EventStore {
  const name = (matter: Matter | 'renamed', count: number) =>
    matter === 'renamed' ? `no order ${count}` : `O${count}`;
  const matterOf = new Map(orders.map((matter, count) => [name(matter, count), matter]));
  return withWays(sound, {
    async *streams(prefix) {
      let count = 0;
      for await (const stream of sound.streams(prefix)) {
        const matter = orders[count];
        if (matter === undefined) return;
        if (count === listed) throw new PaymentOrderError('store-corrupt', 'the index is damaged');
        yield matter === 'renamed' ? streamOf(name(matter, count)) : stream;
        count += 1;
      }
    },
    async *read(stream, from) {
      const matter = matterOf.get(orderNoOf(stream)) ?? 'nothing';
      if (matter === 'renamed') return;
      for await (const event of sound.read(stream, from)) {
        // The first event of each order is sound.
        yield event.revision === 0 && matter !== 'out of reach' ? event : matters[matter](event);
      }
    },
  });
}

type Outcome = { readonly results: readonly unknown[]; readonly failure: unknown };

async function outcomeOf(all: AsyncIterable<unknown>): Promise<Outcome> {
  const results: unknown[] = [];
  try {
    for await (const result of all) results.push(result);
    return { results, failure: null };
  } catch (error) {
    return { results, failure: failureOf(error) };
  }
}

const machineOf = (work: Work) => (work === 'gate' ? paymentOrderMachine : undefined);

/** It answers when the scheduler says so, one chunk after the other, as a thread does. */
async function scheduledThread<W extends Work>(
  store: EventStore,
  work: W,
  scheduler: fc.Scheduler,
): Promise<Thread<Results[W]>> {
  const answer = await chunkWorker(store, { work, machine: machineOf(work) });
  return ownThread((chunk) => scheduler.schedule(Promise.resolve()).then(() => answer(chunk)));
}

/** So that a drawn store has many more chunks than are asked at once. */
const small = { chunkOrders: 4, chunksPerThread: 2 };
const jobs = fc.constantFrom(1, 2, 3, 8);
const kinds = fc.constantFrom('verify' as const, 'replay' as const, 'gate' as const);

describe('many jobs', () => {
  test('give what one gives, in the same order, up to the same error, whichever thread is faster', async () => {
    await fc.assert(
      fc.asyncProperty(
        stores,
        kinds,
        jobs,
        fc.scheduler(),
        async (drawn, work, count, scheduler) => {
          const store = storeOf(drawn);
          const orders = await openPaymentOrders({ store });
          const expected = await outcomeOf(works[work](orders, machineOf(work)));
          const threads = await Promise.all(
            Array.from({ length: count }, () => scheduledThread(store, work, scheduler)),
          );
          const found = outcomeOf(inOrder(orders.orderNumbers(), threads, small));
          expect(await scheduler.waitFor(found)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('ask for 32 chunks of 32 orders a thread, and for no more before one is taken', async () => {
    let listed = 0;
    // eslint-disable-next-line @typescript-eslint/require-await
    const endless = async function* () {
      for (;;) yield `O${listed++}`;
    };
    const asked: Chunk[] = [];
    const thread: Thread<string> = {
      waiting: 0,
      ask: (chunk) => {
        asked.push(chunk);
        return Promise.resolve({ results: chunk, failure: null });
      },
    };
    for await (const result of inOrder(endless(), [thread])) {
      expect(result).toBe('O0');
      break;
    }
    expect(asked.flat()).toHaveLength(listed);
    expect(listed).toBe(32 * 32);
  });
});

describe('an error', () => {
  test.for([
    new PaymentOrderError('invalid-input', 'orderNo: must be …', {
      ...{
        field: 'orderNo',
        problem: 'must be …',
        stream: 's',
        revision: 1,
        position: '2',
        found: 3,
      },
    }),
    new UsageError('--machine: the file cannot be loaded'),
    new TypeError('machine.root is undefined'),
  ])('passes from one thread to another as it is: $name', (error) => {
    const passed = errorOf(structuredClone(failureOf(error)));
    const fields = Object.fromEntries(Object.entries(error));
    expect(passed).toMatchObject({ ...fields, message: error.message });
    const isOurs = error instanceof PaymentOrderError || error instanceof UsageError;
    expect(passed).toBeInstanceOf(isOurs ? error.constructor : Error);
  });

  test('that is none stays none', () => {
    expect(errorOf(structuredClone(failureOf('thrown')))).not.toBeInstanceOf(Error);
  });
});
