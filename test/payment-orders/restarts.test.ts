import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { SimulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import type { Call } from './world.ts';
import { withWays } from '../event-store/with-ways.ts';
import { expectTruthful, order, orderNo, reason, storedEvents } from './world.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'payment-order-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const never = new Promise<never>(() => undefined);

/** A process that dies at its `k`-th step: nothing that it awaits settles any more. */
function mortal(store: EventStore, gateway: CancelGateway, k: number) {
  let steps = 0;
  const step = async () => {
    steps += 1;
    if (steps >= k) await never;
  };
  const mortalStore = withWays(store, {
    async append(...batch) {
      await step();
      const result = await store.append(...batch);
      await step();
      return result;
    },
    async *read(stream, from) {
      await step();
      yield* store.read(stream, from);
    },
  });
  const mortalGateway: CancelGateway = {
    ...gateway,
    async cancel(request, maySend) {
      await step();
      const outcome = await gateway.cancel(request, maySend);
      await step();
      return outcome;
    },
  };
  return { store: mortalStore, gateway: mortalGateway, isDead: () => steps >= k };
}

/** A platform whose channel closes an order once, and refuses afterwards. */
function platform() {
  const calls: Call[] = [];
  let isClosed = false;
  const gateway: CancelGateway = {
    identity: 'scripted',
    attemptMs: 15_000,
    cancel: (request, maySend) => {
      const kind = !maySend() ? 'not-executed' : isClosed ? 'refused' : 'confirmed';
      if (kind !== 'not-executed') calls.push({ request, inFlight: [] });
      isClosed ||= kind === 'confirmed';
      const outcome: CancelOutcome = { kind, rule: kind === 'not-executed' ? 'not-sent' : kind };
      return Promise.resolve(outcome);
    },
    close: () => Promise.resolve(),
  };
  return { gateway, calls, isClosed: () => isClosed };
}

const openFile = (runtime: SimulatedRuntime) =>
  openSqliteStore({ path: join(directory, 'orders.db'), runtime });

describe('a process that dies', () => {
  test('leaves, at any step of a cancel, an order that another process completes truthfully', async () => {
    const seen = new Set<string>();
    for (let k = 1; ; k += 1) {
      rmSync(join(directory, 'orders.db'), { force: true });
      const runtime = simulatedRuntime({ seed: k });
      const { gateway, calls, isClosed } = platform();
      const first = await openFile(runtime);
      await (await openPaymentOrders({ store: first, runtime })).create(order);
      const process = mortal(first, gateway, k);
      const { store, gateway: dying } = process;
      const doomed = await openPaymentOrders({ store, gateway: dying, runtime });
      void doomed.cancel(orderNo, { reason }).catch(() => undefined);
      await runtime.advance(1);
      if (!process.isDead()) break;
      await first.close();

      const second = await openFile(runtime);
      const orders = await openPaymentOrders({ store: second, gateway, runtime });
      await orders.startRecovery();
      await runtime.advance(40_000);
      const found = await orders.get(orderNo);
      const types = (await orders.history(orderNo)).map(({ type }) => type);
      seen.add(`${found?.stateDetail ?? ''}: ${types.slice(1).join(' ')}`);
      if (types.includes('CancelRequested')) expect(found?.state).not.toBe('created');
      if (found?.state === 'cancelled') expect(isClosed()).toBe(true);
      await expectTruthful(second, calls);
      const outcomes = (await storedEvents(second, orderNo)).flatMap(({ event }) =>
        'rule' in event ? [event.rule] : [],
      );
      if (outcomes.length > 1) expect(outcomes[0]).toBe('attempt-abandoned');
      await orders.close();
      await second.close();
    }
    // Nothing requested; requested but not called (a probe confirms); called but not recorded (a
    // probe is refused, so the doubt stays); recorded before it died.
    expect([...seen].toSorted()).toEqual([
      'cancelled: CancelRequested CancelConfirmed',
      'cancelled: CancelRequested CancelOutcomeUnknown CancelRetryDue CancelConfirmed',
      'cancelling.inDoubt: CancelRequested CancelOutcomeUnknown CancelRetryDue CancelRefused',
      'created: ',
    ]);
  });

  test('leaves its attempt to recoverOnce, which fires only what is due', async () => {
    const runtime = simulatedRuntime();
    const { gateway } = platform();
    const first = await openFile(runtime);
    const hanging: CancelGateway = { ...gateway, cancel: () => never };
    // A dead process has no timers.
    const stopped = simulatedRuntime({ seed: 2 });
    const doomed = await openPaymentOrders({ store: first, gateway: hanging, runtime: stopped });
    await doomed.create(order);
    void doomed.cancel(orderNo, { reason });
    await runtime.advance(29_000);
    const second = await openFile(runtime);
    const orders = await openPaymentOrders({ store: second, gateway, runtime });
    expect(await orders.recoverOnce()).toEqual({ waiting: 1, fired: 0 });
    await runtime.advance(1_001);
    expect(await orders.recoverOnce()).toEqual({ waiting: 1, fired: 1 });
    expect(await orders.get(orderNo)).toMatchObject({
      stateDetail: 'cancelling.inDoubt',
      cancel: { inDoubt: true },
    });
    expect((await orders.history(orderNo)).at(-1)).toMatchObject({
      type: 'CancelOutcomeUnknown',
      data: { attempt: 1, rule: 'attempt-abandoned' },
      metadata: { source: 'timer' },
    });
    expect(await orders.recoverOnce()).toEqual({ waiting: 1, fired: 0 });
  });

  test('starts no call and no write by opening, reading or verifying', async () => {
    const runtime = simulatedRuntime();
    const { gateway, calls } = platform();
    const store = await openFile(runtime);
    const orders = await openPaymentOrders({
      store,
      runtime,
      gateway: { ...gateway, cancel: () => never },
    });
    await orders.create(order);
    void orders.cancel(orderNo);
    await runtime.advance(3_600_000);
    const reader = await openPaymentOrders({ store, runtime, gateway });
    const before = await reader.get(orderNo);
    await runtime.advance(3_600_000);
    await reader.history(orderNo);
    await reader.verify(orderNo);
    for await (const listed of reader.list()) expect(listed).toEqual(before);
    expect(await reader.get(orderNo)).toEqual(before);
    expect(calls).toEqual([]);
  });
});

describe('several recovering processes', () => {
  test('make one attempt at a time together', async () => {
    const runtime = simulatedRuntime();
    const store = await openFile(runtime);
    let calls = 0;
    const gateway: CancelGateway = {
      identity: 'scripted',
      attemptMs: 15_000,
      cancel: () => {
        calls += 1;
        return Promise.resolve({ kind: calls < 4 ? 'not-executed' : 'confirmed', rule: 'tried' });
      },
      close: () => Promise.resolve(),
    };
    const open = () => openPaymentOrders({ store, gateway, runtime });
    const workers = [await open(), await open(), await open()];
    await workers[0]?.create(order);
    await workers[0]?.cancel(orderNo, { reason });
    for (const worker of workers) await worker.startRecovery();
    await runtime.advance(20_000);
    expect(calls).toBe(4);
    expect(await workers[2]?.get(orderNo)).toMatchObject({ state: 'cancelled' });
    for (const worker of workers) await worker.close();
    await expectTruthful(store, []);
  });
});
