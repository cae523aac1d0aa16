import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginsAttempt } from '../../machines/payment-order.events.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { streamOf } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { validHistories } from '../../src/testing/index.ts';
import { testedOrder } from '../../src/testing/tested-order.ts';

const runtime = simulatedRuntime();

/** Histories as this version writes them: with the deadline of every attempt. */
const newHistories = fc
  .tuple(validHistories(), fc.integer({ min: 1, max: 86_400_000 }))
  .map(([history, attemptDeadlineMs]) =>
    history.map((event) => (beginsAttempt(event) ? { ...event, attemptDeadlineMs } : event)),
  );

const waits = fc.array(fc.nat(3_600_000), { maxLength: 5 });

/** Everything that a process may choose and that an order could depend on. */
const options = fc.record({
  attemptDeadlineMs: fc.integer({ min: 5_000, max: 86_400_000 }),
  retryPolicy: fc.record({
    notExecutedMs: waits,
    unknownMs: waits,
    jitter: fc.double({ min: 0, max: 0.9, noNaN: true }),
  }),
});

describe('a history that this version wrote', () => {
  test('folds alike in processes with different options, at every revision', async () => {
    const property = fc.asyncProperty(
      newHistories,
      options,
      options,
      async (history, one, other) => {
        const { recorded, order } = testedOrder(history);
        const orderNo = order?.known.orderNo ?? '';
        const store = openMemoryStore(runtime);
        const prepared = recorded.map(({ id, type, data, metadata }) => ({
          ...{ id, type, data, metadata },
        }));
        await store.append(streamOf(orderNo), prepared, 'no-stream');
        const processes = [
          await openPaymentOrders({ store, runtime, ...one }),
          await openPaymentOrders({ store, runtime, ...other }),
        ];

        for (let revision = 0; revision < recorded.length; revision += 1) {
          const [first, second] = await Promise.all(
            processes.map(async (orders) => orders.getAsOf(orderNo, { revision })),
          );

          expect(first).toEqual(second);
        }
      },
    );

    await fc.assert(property, { numRuns: 60 });
  });
});
