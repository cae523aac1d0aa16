import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
// Loaded before: no file is read while virtual time goes by.
import '../../src/recovery/recovery.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered, expectTruthful, order, orderNo, reason } from './world.ts';

type Ways = (
  memory: EventStore,
  runtime: ReturnType<typeof simulatedRuntime>,
) => Partial<EventStore>;

/** An order on a memory store; the service that cancels it sees the store through `ways`. */
async function cancelling(ways: Ways, answer: () => Promise<CancelOutcome>) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  let calls = 0;
  const gateway: CancelGateway = {
    identity: 'scripted',
    attemptMs: 15_000,
    cancel: (_, maySend) => {
      if (!maySend()) return Promise.resolve({ kind: 'not-executed', rule: 'not-sent' });
      calls += 1;
      return answer();
    },
    close: () => Promise.resolve(),
  };
  const plain = await openPaymentOrders({ store: memory, gateway, runtime });
  await plain.create(order);
  const store = withWays(memory, ways(memory, runtime));
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const orders = await openPaymentOrders({ store, gateway, runtime, onError });
  const running = orders.cancel(orderNo, { reason });
  running.catch(() => undefined);
  return { runtime, memory, plain, orders, running, errors, calls: () => calls };
}

const rules = async (orders: Awaited<ReturnType<typeof openPaymentOrders>>) =>
  (await orders.history(orderNo)).flatMap(({ data }) => data['rule'] ?? []);

describe('an attempt', () => {
  test('is not sent after a slow append, when others may already have abandoned it', async () => {
    const slow: Ways = (memory, runtime) => ({
      append: async (...batch) => {
        const result = await memory.append(...batch);
        await new Promise<void>((resolve) => runtime.setTimer(15_000, resolve));
        return result;
      },
    });
    const { runtime, running, plain, calls } = await cancelling(slow, () =>
      Promise.resolve(answered('confirmed')),
    );
    await runtime.advance(31_000);
    expect((await running).order.stateDetail).toBe('cancelling.backingOff');
    expect(await rules(plain)).toEqual(['not-sent']);
    expect(calls()).toBe(0);
  });

  test('is not sent late because the wall clock was set back', async () => {
    const slow: Ways = (memory, runtime) => ({
      append: async (...batch) => {
        const result = await memory.append(...batch);
        await new Promise<void>((resolve) => runtime.setTimer(15_000, resolve));
        runtime.setNow(runtime.now() - 3_600_000);
        return result;
      },
    });
    const { runtime, running, plain, calls } = await cancelling(slow, () =>
      Promise.resolve(answered('confirmed')),
    );
    await runtime.advance(31_000);
    await running;
    expect(await rules(plain)).toEqual(['not-sent']);
    expect(calls()).toBe(0);
  });

  test('is sent after an append that was just in time', async () => {
    const slow: Ways = (memory, runtime) => ({
      append: async (...batch) => {
        const result = await memory.append(...batch);
        await new Promise<void>((resolve) => runtime.setTimer(14_000, resolve));
        return result;
      },
    });
    const { runtime, running, calls } = await cancelling(slow, () =>
      Promise.resolve(answered('confirmed')),
    );
    await runtime.advance(31_000);
    expect((await running).order.state).toBe('cancelled');
    expect(calls()).toBe(1);
  });

  test('is sent after a doubtful append only if a new read shows it in flight', async () => {
    for (const isGivenUp of [false, true]) {
      let tries = 0;
      const { runtime, running, plain, calls } = await cancelling(
        (memory) => ({
          append: async (...batch) => {
            const result = await memory.append(...batch);
            tries += 1;
            if (tries === 1 && isGivenUp) await giveUp(memory);
            if (tries === 1) throw new PaymentOrderError('append-outcome-unknown', 'no answer');
            return result;
          },
        }),
        () => Promise.resolve(answered('confirmed')),
      );
      await runtime.advance(5_000);
      await running;
      expect(calls()).toBe(isGivenUp ? 0 : 1);
      const expected = isGivenUp ? ['attempt-abandoned', 'not-sent'] : ['scripted'];
      expect(await rules(plain)).toEqual(expected);
    }
  });

  test('is not sent after a doubtful append if the order cannot be read', async () => {
    let tries = 0;
    const { runtime, running, plain, errors, calls } = await cancelling(
      (memory) => ({
        append: async (...batch) => {
          const result = await memory.append(...batch);
          tries += 1;
          if (tries === 1) throw new PaymentOrderError('append-outcome-unknown', 'no answer');
          return result;
        },
        read: (...range) => {
          // Only the new read fails, between the append and the record of the outcome.
          if (tries === 2) {
            tries += 1;
            throw new PaymentOrderError('store-unavailable', 'not now');
          }
          return memory.read(...range);
        },
      }),
      () => Promise.resolve(answered('confirmed')),
    );
    await runtime.advance(5_000);
    await running;
    expect(calls()).toBe(0);
    expect(await rules(plain)).toEqual(['not-sent']);
    expect(errors).toMatchObject([{ code: 'store-unavailable' }]);
  });

  test('is recorded as unknown if the gateway port throws, and its cause is reported', async () => {
    const cause = new TypeError('the client is not open, token=canary', {
      cause: Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED', key: 'canary' }),
    });
    const { running, plain, errors } = await cancelling(
      () => ({}),
      () => Promise.reject(cause),
    );
    expect((await running).order.stateDetail).toBe('cancelling.inDoubt');
    expect(await rules(plain)).toEqual(['call-failed']);
    expect(JSON.stringify(await plain.history(orderNo))).not.toContain('client');
    expect(errors).toMatchObject([
      {
        code: 'gateway-failed',
        cause: {
          name: 'TypeError',
          message: 'the client is not open, token=[masked]',
          stack: expect.stringContaining('attempts.test.ts') as unknown,
          cause: { message: 'connect failed', code: 'ECONNREFUSED' },
        },
      },
    ]);
    expect(inspect(errors, { depth: 9, showHidden: true })).not.toContain('canary');
  });

  test('records its late outcome after others abandoned it', async () => {
    const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
    const { memory, running, plain } = await cancelling(
      () => ({}),
      () => promise,
    );
    await expect.poll(async () => (await plain.get(orderNo))?.state).toBe('cancelling');
    await giveUp(memory);
    expect((await plain.get(orderNo))?.stateDetail).toBe('cancelling.inDoubt');
    resolve(answered('confirmed'));
    expect((await running).order).toMatchObject({ state: 'cancelled', cancel: { inDoubt: false } });
    expect(await rules(plain)).toEqual(['attempt-abandoned', 'scripted']);
    await expectTruthful(memory, []);
  });

  test('is in doubt at its deadline if the gateway is silent, and records a later answer', async () => {
    const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
    const { runtime, running, plain, orders } = await cancelling(
      () => ({}),
      () => promise,
    );
    await runtime.advance(30_001);
    expect((await running).order.stateDetail).toBe('cancelling.inDoubt');
    // No caller waits for ever, nor does a process that closes.
    await orders.close();
    resolve(answered('confirmed'));
    await expect.poll(async () => (await plain.get(orderNo))?.state).toBe('cancelled');
    expect(await rules(plain)).toEqual(['call-unanswered', 'scripted']);
  });

  test('is not sent by a computer that slept between the append and the call', async () => {
    const asleep: Ways = (memory, runtime) => ({
      append: async (...batch) => {
        const result = await memory.append(...batch);
        runtime.setNow(runtime.now() + 3_600_000);
        return result;
      },
    });
    const { running, plain, calls } = await cancelling(asleep, () =>
      Promise.resolve(answered('confirmed')),
    );
    await running;
    expect(calls()).toBe(0);
    expect(await rules(plain)).toEqual(['not-sent']);
  });

  test('records its outcome after the store was unavailable for a minute', async () => {
    const { store, runtime, running, plain } = await cancellingWhileStoreGoesAway();
    await runtime.advance(60_000);
    expect((await plain.get(orderNo))?.stateDetail).toBe('cancelling.requesting');
    store.isAway = false;
    await runtime.advance(60_000);
    expect((await running).order.state).toBe('cancelled');
  });

  test('reports an outcome that can never be recorded, and shows in doubt after its deadline', async () => {
    const { runtime, running, plain } = await cancellingWhileStoreGoesAway();
    await runtime.advance(400_000);
    // The attempt is stored, so 'nothing was stored' would be false (simulation, seed 75).
    await expect(running).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    await plain.recoverOnce();
    expect((await plain.get(orderNo))?.cancel?.inDoubt).toBe(true);
  });

  test('records its outcome despite a read that shows less than was acknowledged', async () => {
    let reads = 0;
    let appends = 0;
    const stale: Ways = (memory, runtime) => ({
      async append(...batch) {
        appends += 1;
        if (appends === 2) {
          const rival = await openPaymentOrders({ store: memory, runtime });
          await rival.recordPaymentDeclined(orderNo, { code: 'D1' });
        }
        return memory.append(...batch);
      },
      async *read(stream) {
        reads += 1;
        // The second read follows the rival. It lacks the event that began the attempt.
        for await (const event of memory.read(stream)) {
          if (reads === 2 && event.revision > 0) return;
          yield event;
        }
      },
    });
    const { runtime, running, plain } = await cancelling(stale, () =>
      Promise.resolve(answered('confirmed')),
    );
    await runtime.advance(1_000);
    // It was lost as 'illegal-history' (simulation, seed 161).
    expect((await running).order.state).toBe('cancelled');
    expect(await rules(plain)).toEqual(['scripted']);
    expect(reads).toBe(3);
  });

  /** The store is unavailable from the call on, until it is switched on again. */
  async function cancellingWhileStoreGoesAway() {
    const store = { isAway: false };
    const world = await cancelling(
      (memory) => ({
        append: (...batch) => {
          if (!store.isAway) return memory.append(...batch);
          return Promise.reject(new PaymentOrderError('store-unavailable', 'away'));
        },
      }),
      () => {
        store.isAway = true;
        return Promise.resolve(answered('confirmed'));
      },
    );
    return { store, ...world };
  }

  async function giveUp(memory: EventStore) {
    const later = simulatedRuntime({ seed: 2, nowMs: 1_700_000_031_000 });
    const never: CancelGateway = {
      identity: 'scripted',
      attemptMs: 15_000,
      cancel: () => new Promise(() => undefined),
      close: () => Promise.resolve(),
    };
    const other = await openPaymentOrders({ store: memory, gateway: never, runtime: later });
    expect(await other.recoverOnce()).toEqual({ waiting: 1, fired: 1 });
  }
});
