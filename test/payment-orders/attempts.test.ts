import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { answered, expectTruthful, order, orderNo, reason, withWays } from './world.ts';

type Ways = (
  memory: EventStore,
  runtime: ReturnType<typeof simulatedRuntime>,
) => Partial<EventStore>;

/** An order on a memory store; the service that cancels it sees the store in other ways. */
async function cancelling(ways: Ways, answer: () => Promise<CancelOutcome>) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  let calls = 0;
  const gateway: CancelGateway = {
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
  const orders = await openPaymentOrders({ store, gateway, runtime });
  const running = orders.cancel(orderNo, { reason });
  running.catch(() => undefined);
  return { runtime, memory, plain, orders, running, calls: () => calls };
}

const rules = async (orders: Awaited<ReturnType<typeof openPaymentOrders>>) =>
  (await orders.history(orderNo)).flatMap(({ data }) => data['rule'] ?? []);

describe('an attempt', () => {
  test('is not sent when its append took so long that others may have given it up', async () => {
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

  test('is not sent late where the wall clock was set back meanwhile', async () => {
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

  test('is sent when its append was just in time', async () => {
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

  test('whose append was in doubt is sent only while a fresh look shows it in flight', async () => {
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

  test('that cannot look afresh is not sent', async () => {
    let tries = 0;
    const { runtime, running, plain, calls } = await cancelling(
      (memory) => ({
        append: async (...batch) => {
          const result = await memory.append(...batch);
          tries += 1;
          if (tries === 1) throw new PaymentOrderError('append-outcome-unknown', 'no answer');
          return result;
        },
        read: (...range) => {
          // Only the fresh look fails, between the append and the record of the outcome.
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
  });

  test('whose gateway throws may have run', async () => {
    const { running, plain } = await cancelling(
      () => ({}),
      () => Promise.reject(new Error('a secret may be in here')),
    );
    expect((await running).order.stateDetail).toBe('cancelling.inDoubt');
    expect(await rules(plain)).toEqual(['call-failed']);
    expect(JSON.stringify(await plain.history(orderNo))).not.toContain('secret');
  });

  test.each([
    ['a rule that is no name', { kind: 'confirmed', rule: 'Rule 1!' }, 'unreadable-evidence'],
    ['a time that is none', { kind: 'confirmed', rule: 'r', sentAt: 'now' }, 'unreadable-evidence'],
    [
      'half a character',
      { kind: 'confirmed', rule: 'r', responseMsg: '\ud800' },
      'unreadable-evidence',
    ],
    [
      'fields of its own',
      { kind: 'confirmed', rule: 'r', retryInMs: 1, type: 'X' },
      'unreadable-evidence',
    ],
    ['no known kind', { kind: 'toString', rule: 'r' }, 'unreadable-outcome'],
    ['an empty outcome', {}, 'unreadable-outcome'],
    ['nothing', undefined, 'unreadable-outcome'],
  ])('whose gateway gives %s is recorded all the same', async (_, given, rule) => {
    // Somebody's own gateway, in JavaScript.
    const outcome = given as CancelOutcome;
    const { running, plain } = await cancelling(
      () => ({}),
      () => Promise.resolve(outcome),
    );
    const { state } = (await running).order;
    expect(state).toBe(rule === 'unreadable-evidence' ? 'cancelled' : 'cancelling');
    expect(await rules(plain)).toEqual([rule]);
  });

  test('that others gave up while it was out leaves its late outcome in the history', async () => {
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

  test('that never answers is in doubt by its deadline, and what it says later is recorded', async () => {
    const { promise, resolve } = Promise.withResolvers<CancelOutcome>();
    const { runtime, running, plain, orders } = await cancelling(
      () => ({}),
      () => promise,
    );
    await runtime.advance(30_001);
    expect((await running).order.stateDetail).toBe('cancelling.inDoubt');
    // Nobody waits for ever, a closing process neither.
    await orders.close();
    resolve(answered('confirmed'));
    await expect.poll(async () => (await plain.get(orderNo))?.state).toBe('cancelled');
    expect(await rules(plain)).toEqual(['call-unanswered', 'scripted']);
  });

  test('is not sent by a machine that slept between the record and the call', async () => {
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

  test('keeps its outcome through a store that is away for a minute', async () => {
    const { store, runtime, running, plain } = await cancellingWhileStoreGoesAway();
    await runtime.advance(60_000);
    expect((await plain.get(orderNo))?.stateDetail).toBe('cancelling.requesting');
    store.isAway = false;
    await runtime.advance(60_000);
    expect((await running).order.state).toBe('cancelled');
  });

  test('whose outcome can never be recorded tells its caller, and shows in doubt after its deadline', async () => {
    const { runtime, running, plain } = await cancellingWhileStoreGoesAway();
    await runtime.advance(400_000);
    // The attempt is stored: 'nothing was stored' would not be true (simulation, seed 75).
    await expect(running).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    await plain.recoverOnce();
    expect((await plain.get(orderNo))?.cancel?.inDoubt).toBe(true);
  });

  test('keeps its outcome through a read that shows less than was acknowledged', async () => {
    let reads = 0;
    const behind: Ways = (memory) => ({
      async *read(stream) {
        reads += 1;
        // The second read is the one behind the call: it lacks the event that entered the attempt.
        for await (const event of memory.read(stream)) {
          if (reads === 2 && event.revision > 0) return;
          yield event;
        }
      },
    });
    const { runtime, running, plain } = await cancelling(behind, () =>
      Promise.resolve(answered('confirmed')),
    );
    await runtime.advance(1_000);
    // It was lost as 'illegal-history' (simulation, seed 161).
    expect((await running).order.state).toBe('cancelled');
    expect(await rules(plain)).toEqual(['scripted']);
    expect(reads).toBe(3);
  });

  /** The store is away from the moment of the call on, until it is told otherwise. */
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
      attemptMs: 15_000,
      cancel: () => new Promise(() => undefined),
      close: () => Promise.resolve(),
    };
    const other = await openPaymentOrders({ store: memory, gateway: never, runtime: later });
    expect(await other.recoverOnce()).toEqual({ waiting: 1, fired: 1 });
  }
});
