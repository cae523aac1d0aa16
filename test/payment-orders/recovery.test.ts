import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import {
  abandonedThenConfirmed,
  closeOpened,
  never,
  opened,
  pathOf,
  twoProcesses,
} from './two-processes.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered, expectTruthful, order, orderNo, reason, scriptedGateway } from './world.ts';

closeOpened();

describe('a worker whose read is stale', () => {
  test('reads again, and makes the retry', async () => {
    const runtime = simulatedRuntime();
    const memory = openMemoryStore(runtime);
    let hidden = 0;
    const stale = withWays(memory, {
      async *read(stream, from) {
        const events = await Array.fromAsync(memory.read(stream, from));
        const isNew = events.at(-1)?.type === 'CancelNotExecuted';
        // A node that was the leader a moment ago (simulation, seed 20220916).
        if (isNew) hidden += 1;
        yield* isNew && hidden <= 2 ? events.slice(0, 1) : events;
      },
    });
    let calls = 0;
    const gateway = scriptedGateway(memory, () => {
      calls += 1;
      return Promise.resolve(answered(calls === 1 ? 'not-executed' : 'confirmed'));
    });
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const worker = await openPaymentOrders({ store: stale, gateway, runtime, onError });
    opened.push(worker);
    await worker.startRecovery();
    const service = await openPaymentOrders({ store: memory, gateway, runtime });
    await service.create(order);
    await service.cancel(orderNo, { reason });
    await runtime.advance(30_000);
    expect((await service.get(orderNo))?.state).toBe('cancelled');
    for (const error of errors) expect(error).toMatchObject({ code: 'store-unavailable' });
    expect(errors.length).toBeGreaterThan(0);
  });
});

describe('a recovery worker', () => {
  test('takes over an attempt of a process that died after the worker had started', async () => {
    const { runtime, worker, dies, memory } = await twoProcesses();
    await worker.startRecovery();
    await runtime.advance(1_000);
    await dies();
    await runtime.advance(28_000);
    expect(await pathOf(worker)).toEqual(['CancelRequested']);
    await runtime.advance(10_000);
    expect(await pathOf(worker)).toEqual(abandonedThenConfirmed);
    await expectTruthful(memory, []);
  });

  test('misses no event that is appended between its scan and its subscription', async () => {
    let between: (() => Promise<void>) | undefined;
    const { runtime, worker, dies } = await twoProcesses((memory) => ({
      async *readAll(...range) {
        yield* memory.readAll(...range);
        await between?.();
        between = undefined;
      },
    }));
    between = () => dies();
    await worker.startRecovery();
    await runtime.advance(60_000);
    expect(await pathOf(worker)).toEqual(abandonedThenConfirmed);
  });

  test('attends an order again after a failed read', async () => {
    let failures = 3;
    const { runtime, worker, dies, errors } = await twoProcesses((memory) => ({
      read: (...range) => {
        failures -= 1;
        if (failures >= 0) throw new PaymentOrderError('store-unavailable', 'not now');
        return memory.read(...range);
      },
    }));
    await dies();
    await worker.startRecovery();
    await runtime.advance(120_000);
    expect(errors).toHaveLength(3);
    expect(await pathOf(worker)).toEqual(abandonedThenConfirmed);
  });

  test('subscribes again after its subscription ended, with or without an error', async () => {
    let breaks = 2;
    const { runtime, worker, dies, errors } = await twoProcesses((memory) => ({
      subscribe: (...range) => {
        breaks -= 1;
        if (breaks === 1) throw new PaymentOrderError('store-unavailable', 'dropped');
        return breaks === 0 ? memory.readAll(range[0], range[1]) : memory.subscribe(...range);
      },
    }));
    await worker.startRecovery();
    await runtime.advance(12_000);
    await dies();
    await runtime.advance(60_000);
    expect(errors).toHaveLength(1);
    expect(await pathOf(worker)).toEqual(abandonedThenConfirmed);
  });

  test('goes on if its listener throws', async () => {
    const { runtime, memory, dies } = await twoProcesses();
    let failures = 1;
    const store = withWays(memory, {
      subscribe: (...range) => {
        failures -= 1;
        if (failures >= 0) throw new PaymentOrderError('store-unavailable', 'dropped');
        return memory.subscribe(...range);
      },
    });
    const worker = await openPaymentOrders({
      store,
      runtime,
      gateway: {
        identity: 'scripted',
        attemptMs: 15_000,
        cancel: () => Promise.resolve(answered('confirmed')),
        close: () => Promise.resolve(),
      },
      onError: () => {
        throw new Error('the listener is broken too');
      },
    });
    opened.push(worker);
    await worker.startRecovery();
    await runtime.advance(6_000);
    await dies();
    await runtime.advance(60_000);
    expect(await pathOf(worker)).toEqual(abandonedThenConfirmed);
  });

  test('notices within a minute that the clock jumped forward', async () => {
    const { runtime, worker, dies } = await twoProcesses();
    await dies();
    await worker.startRecovery();
    await runtime.advance(1_000);
    runtime.setNow(runtime.now() + 25 * 3_600_000);
    await runtime.advance(70_000);
    expect((await pathOf(worker)).slice(0, 2)).toEqual(['CancelRequested', 'CancelOutcomeUnknown']);
  });

  test('does not wait for a time that a wrong clock recorded', async () => {
    const { runtime, worker, memory, open } = await twoProcesses();
    const ahead = simulatedRuntime({ seed: 3, nowMs: 253_402_300_000_000 });
    const wrong = await open(memory, () => never, ahead);
    await wrong.create(order);
    await wrong.cancel(orderNo, { reason, wait: false });
    await worker.startRecovery();
    await runtime.advance(60_000);
    expect(await pathOf(worker)).toEqual(abandonedThenConfirmed);
  });

  test('skips an event that cannot be read, and reports it', async () => {
    const { runtime, worker, dies, errors } = await twoProcesses((memory) => ({
      async *readAll(after, prefix) {
        for await (const event of memory.readAll(after, prefix)) {
          if (event.stream !== 'paymentOrder-O2') yield event;
          else {
            const { stream, revision, position } = event;
            const place = { stream, revision, position };
            throw new PaymentOrderError('store-corrupt', 'not a JSON object', place);
          }
        }
      },
    }));
    await dies('O1');
    await dies('O2');
    await dies('O3');
    await worker.startRecovery();
    await runtime.advance(60_000);
    for (const number of ['O1', 'O2', 'O3']) {
      expect(await pathOf(worker, number)).toEqual(abandonedThenConfirmed);
    }
    expect(errors.length).toBeGreaterThan(0);
  });

  test('makes one attempt at a time for each order, with any number of workers', async () => {
    const { runtime, memory, dies, open, most, calls } = await twoProcesses();
    let made = 0;
    const slow = async (): Promise<CancelOutcome> => {
      made += 1;
      await new Promise<void>((resolve) => runtime.setTimer(2_000, resolve));
      return answered(made < 5 ? 'not-executed' : 'confirmed');
    };
    await dies();
    const before = calls();
    for (let count = 0; count < 3; count += 1) {
      const worker = await open(memory, slow);
      opened.push(worker);
      await worker.startRecovery();
    }
    await runtime.advance(300_000);
    expect(calls() - before).toBe(5);
    // One more is the call of the process that died, which never ends.
    expect(most()).toBe(2);
    const [worker] = opened;
    expect((await worker?.get(orderNo))?.state).toBe('cancelled');
  });

  test('goes on if a port never answers', async () => {
    const { runtime, memory, dies, open } = await twoProcesses();
    const numbers = Array.from({ length: 40 }, (_, index) => `H${index}`);
    for (const number of numbers) await dies(number);
    const worker = await open(memory, () => never);
    await worker.startRecovery();
    await runtime.advance(200_000);
    for (const number of numbers) {
      expect((await worker.get(number))?.cancel?.attempts.length).toBeGreaterThan(1);
    }
    // Nor is close: a call that is never answered is awaited until its deadline.
    const closed = worker.close();
    await runtime.advance(30_000);
    await closed;
  });
});

describe('an outcome', () => {
  test('is stored once if its append was in doubt for longer than an append may take', async () => {
    let isLost = false;
    const { runtime, memory, worker, open } = await twoProcesses();
    const forgetful = withWays(memory, {
      append: async (...batch) => {
        const result = await memory.append(...batch);
        if (isLost) throw new PaymentOrderError('append-outcome-unknown', 'no answer');
        return result;
      },
    });
    const orders = await open(forgetful, () => {
      isLost = true;
      return Promise.resolve(answered('confirmed'));
    });
    await worker.create(order);
    const running = orders.cancel(orderNo, { reason });
    await runtime.advance(15_000);
    isLost = false;
    await runtime.advance(60_000);
    expect((await running).order.state).toBe('cancelled');
    expect(await pathOf(worker)).toEqual(['CancelRequested', 'CancelConfirmed']);
  });
});
