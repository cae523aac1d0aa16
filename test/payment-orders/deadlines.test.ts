import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { readGolden } from '../history/golden.ts';
import { always, answered, order, orderNo, storedEvents, world } from './world.ts';

const attemptMs = 15_000;

/** Processes on one store, each with a deadline of its own; their calls take `answerMs`. */
async function processes(answerMs: number, outcome: CancelOutcome['kind'] = 'outcome-unknown') {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  const after = (ms: number) =>
    new Promise<void>((resolve) => {
      runtime.setTimer(ms, resolve);
    });
  const calls = { out: 0, most: 0, made: 0 };
  const gateway: CancelGateway = {
    identity: 'scripted',
    attemptMs,
    cancel: async (_, maySend) => {
      if (!maySend()) return { kind: 'not-executed', rule: 'not-sent' };
      calls.made += 1;
      calls.out += 1;
      calls.most = Math.max(calls.most, calls.out);
      await after(answerMs);
      calls.out -= 1;
      return answered(outcome);
    },
    close: () => Promise.resolve(),
  };
  const open = async (attemptDeadlineMs: number, slowMs = 0, at = runtime) => {
    const store: EventStore = withWays(memory, {
      append: async (...batch) => {
        const result = await memory.append(...batch);
        if (slowMs > 0) await after(slowMs);
        return result;
      },
    });
    return openPaymentOrders({ store, gateway, runtime: at, attemptDeadlineMs });
  };
  const plain = await open(20_000);
  await plain.create(order);
  return { runtime, memory, calls, open, plain };
}

const deadlinesOf = async (store: EventStore) =>
  (await storedEvents(store, orderNo)).flatMap(({ type, data }) =>
    'attemptDeadlineMs' in data ? [`${type} ${String(data['attemptDeadlineMs'])}`] : [],
  );

describe('the deadline of an attempt', () => {
  test('keeps two calls from being out at once, whatever deadlines the processes have', async () => {
    const deadlines = fc.integer({ min: 20_000, max: 90_000 });
    const property = fc.asyncProperty(
      deadlines,
      deadlines,
      fc.nat(60_000),
      async (one, other, slowMs) => {
        const { runtime, calls, open } = await processes(attemptMs - 1);
        const slow = await open(one, slowMs);
        const worker = await open(other);
        await worker.startRecovery();

        const running = slow.cancel(orderNo, {});
        running.catch(() => undefined);
        await runtime.advance(200_000);

        expect(calls.made).toBeGreaterThan(0);
        expect(calls.most).toBe(1);
        const closed = worker.close();
        await runtime.advance(60_000);
        await closed;
      },
    );

    await fc.assert(property, { numRuns: 60, examples: [[60_000, 20_000, 30_000]] });
  });

  test('is recorded with each event that begins an attempt, by whoever began it', async () => {
    const { runtime, memory, open } = await processes(1_000, 'not-executed');
    const [caller, worker, operator] = [await open(31_000), await open(32_000), await open(33_000)];

    const first = caller.cancel(orderNo, {});
    await runtime.advance(1_000);
    await first;
    await runtime.advance(5_000);
    const second = worker.recoverOnce();
    await runtime.advance(1_000);
    await second;
    const third = operator.retryCancel(orderNo, {});
    await runtime.advance(1_000);
    await third;

    expect(await deadlinesOf(memory)).toEqual([
      'CancelRequested 31000',
      'CancelRetryDue 32000',
      'CancelRetryRequested 33000',
    ]);
  });

  test.each([
    ['a millisecond before it is over', 59_999, 'cancelling.requesting'],
    ['when it is over', 60_000, 'cancelling.inDoubt'],
  ])('counts as recorded for a process with a shorter one, %s', async (_, ms, state) => {
    const { runtime, open } = await processes(1_000_000);
    const caller = await open(60_000);
    const worker = await open(20_000, 0, runtime);
    await caller.cancel(orderNo, { wait: false });

    runtime.setNow(runtime.now() + ms);
    await worker.recoverOnce();

    expect((await worker.get(orderNo))?.stateDetail).toBe(state);
  });

  test.each([
    [20_000, 'passed', 20_000, 'cancelling.inDoubt'],
    [60_000, 'passed', 20_000, 'cancelling.requesting'],
    [20_000, 'still to come', -25_000, 'cancelling.inDoubt'],
    [60_000, 'still to come', -25_000, 'cancelling.requesting'],
  ])('is that of a process, %i ms, where an older event, %s, says none', async (...given) => {
    const [own, , sinceMs, state] = given;
    const { runtime, memory, open } = await processes(1_000_000);
    const { orderNo: older, events } = readGolden('CancelConfirmed');
    const begun = events.slice(0, 2).map(({ id, type, data, metadata }) => ({
      ...{ id, type, data, metadata },
    }));
    const recordedAt = '2026-11-23T02:02:02.002Z';
    expect(begun[1]).toMatchObject({ type: 'CancelRequested', metadata: { recordedAt } });
    expect(begun[1]?.data).toEqual({});
    await memory.append(`paymentOrder-${older}`, begun, 'no-stream');
    const worker = await open(own);

    runtime.setNow(Date.parse(recordedAt) + sinceMs);
    await worker.recoverOnce();

    expect((await worker.get(older))?.stateDetail).toBe(state);
  });

  test.each([
    [60_000, 'cancelling.requesting'],
    [60_001, 'cancelling.inDoubt'],
  ])('says how far ahead a clock of %i ms may be', async (aheadMs, state) => {
    const { runtime, open } = await processes(1_000_000);
    const ahead = simulatedRuntime({ seed: 3, nowMs: runtime.now() + aheadMs });
    const caller = await open(60_000, 0, ahead);
    const worker = await open(20_000);
    await caller.cancel(orderNo, { wait: false });

    await worker.recoverOnce();

    expect((await worker.get(orderNo))?.stateDetail).toBe(state);
  });

  test.each(['cancel', 'retryCancel'] as const)(
    'is not for the caller of %s to say',
    async (name) => {
      const { orders } = await world(always('not-executed'));
      await orders.create(order);
      const input: object = { attemptDeadlineMs: 60_000 };

      const refused = orders[name](orderNo, input);

      await expect(refused).rejects.toMatchObject({
        ...{ code: 'invalid-input', field: 'attemptDeadlineMs' },
      });
    },
  );

  test.each([86_400_001, 19_999, 20_000.5])('refuses an option of %d ms', async (ms) => {
    const opening = openPaymentOrders({
      store: 'memory:',
      gateway: {
        identity: 'scripted',
        attemptMs,
        cancel: () => Promise.reject(new Error()),
        close: async () => {},
      },
      attemptDeadlineMs: ms,
    });

    await expect(opening).rejects.toMatchObject({
      ...{ code: 'invalid-input', field: 'attemptDeadlineMs' },
    });
  });
});
