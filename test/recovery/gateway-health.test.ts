import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { GatewayStatus, PaymentOrders } from '../../src/index.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { attemptsAtOnceMax } from '../../src/recovery/due.ts';
import { instantOf } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { fillWithDue } from '../payment-orders/waiting-orders.ts';
import { answered } from '../payment-orders/world.ts';

const second = 1_000;
const minute = 60 * second;
const sentAt = '2026-11-29T10:00:00.000Z';

const refused: CancelOutcome = { kind: 'not-executed', rule: 'connection-refused' };
const blocked: CancelOutcome = { kind: 'blocked', rule: 'signature-refused', sentAt };
const confirmed: CancelOutcome = { ...answered('confirmed'), sentAt };

/** Due orders, and a gateway that answers as it is told to at the moment. */
async function dueOrders(due: number, first: CancelOutcome = refused) {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  await fillWithDue(runtime, store, due);
  await runtime.advance(10);
  const platform = { outcome: first };
  const calledAtMs: number[] = [];
  const gateway: CancelGateway = {
    identity: 'scripted',
    attemptMs: 15_000,
    cancel: async () => {
      calledAtMs.push(runtime.monotonicMs());
      await new Promise<void>((answer) => runtime.setTimer(100, answer));
      return platform.outcome;
    },
    close: () => Promise.resolve(),
  };
  const errors: unknown[] = [];
  const open = () =>
    openPaymentOrders({ store, gateway, runtime, onError: (error) => errors.push(error) });
  const orders = await open();
  onTestFinished(() => orders.close());
  return { runtime, store, platform, gateway, orders, errors, calledAtMs, open };
}

async function revisions(orders: PaymentOrders): Promise<readonly number[]> {
  const all = await Array.fromAsync(orders.list());
  return all.map(({ revision }) => revision);
}

describe('while a gateway cannot be reached, recovery', () => {
  test('fires one of its timers at a time, with a pause that grows from 5 s to 60 s', async () => {
    const { runtime, orders, calledAtMs } = await dueOrders(200);

    await orders.startRecovery();
    await runtime.advance(10 * minute);

    const gaps = calledAtMs
      .slice(1)
      .map((atMs, index) => Math.round((atMs - (calledAtMs[index] ?? 0)) / second));
    expect(gaps.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
    expect(Math.max(...gaps)).toBe(60);
  });

  test('makes no more calls than were out when it went down', async () => {
    const { runtime, platform, orders, calledAtMs } = await dueOrders(200, confirmed);
    await orders.startRecovery();
    await runtime.advance(150);

    platform.outcome = refused;
    await runtime.advance(4 * second);

    // The first one alone, then as many as are made at once.
    expect(calledAtMs).toHaveLength(1 + attemptsAtOnceMax);
    expect(orders.recovery.gateways).toMatchObject([{ state: 'down' }]);
  });

  test('records nothing of those that wait, and says how many they are', async () => {
    const { runtime, orders, calledAtMs } = await dueOrders(200);

    await orders.startRecovery();
    await runtime.advance(10 * minute);

    const attempted = calledAtMs.length;
    const untouched = (await revisions(orders)).filter((revision) => revision === 2);
    const { gateways, due, inFlight } = orders.recovery;
    expect(untouched.length).toBeGreaterThanOrEqual(200 - attempted);
    expect(gateways).toMatchObject([
      { name: 'default', state: 'down', rule: 'connection-refused', waiting: due },
    ]);
    expect(gateways[0]?.since).toBe(instantOf(runtime.now() - 10 * minute + 100));
    expect(due + inFlight).toBe(200);
  });

  test('lets all go on at once when a trial goes through', async () => {
    const { runtime, platform, orders } = await dueOrders(200);
    const seen: GatewayStatus[] = [];
    await orders.startRecovery({ onGateway: (gateway) => seen.push(gateway) });
    await runtime.advance(10 * minute);

    platform.outcome = confirmed;
    await runtime.advance(minute + 5 * second);

    const cancelled = await Array.fromAsync(orders.list({ state: 'cancelled' }));
    expect(cancelled).toHaveLength(200);
    expect(seen.map(({ name, state, rule }) => [name, state, rule])).toEqual([
      ['default', 'down', 'connection-refused'],
      ['default', 'up', null],
    ]);
    expect(orders.recovery.gateways).toMatchObject([{ state: 'up', since: null, waiting: 0 }]);
  });

  test('still records an attempt that another process abandoned', async () => {
    const { runtime, store, gateway, orders } = await dueOrders(5);
    await orders.startRecovery();
    await runtime.advance(minute);
    const never = { ...gateway, cancel: () => new Promise<CancelOutcome>(() => undefined) };
    const dying = await openPaymentOrders({
      store,
      gateway: never,
      runtime: simulatedRuntime({ seed: 2 }),
    });
    await dying.create({ orderNo: 'O1', processBillNo: 'F1' });

    await dying.cancel('O1', { wait: false });
    await runtime.advance(minute);

    expect((await orders.history('O1')).map(({ type }) => type)).toContain('CancelOutcomeUnknown');
  });

  test('forgets an order that nobody need cancel any more', async () => {
    const { runtime, orders } = await dueOrders(50);
    await orders.startRecovery();
    await runtime.advance(second);
    const before = orders.recovery.gateways[0]?.waiting ?? 0;

    for (let index = 0; index < 50; index += 1) {
      await orders.recordPaymentSucceeded(`D${index}`, { transactionNo: `T${index}` });
    }
    await runtime.advance(second);

    expect(before).toBeGreaterThan(10);
    expect(orders.recovery).toMatchObject({ waiting: 0, due: 0, gateways: [{ waiting: 0 }] });
  });

  test('leaves no timer when the orders are closed', async () => {
    const { runtime, orders } = await dueOrders(50);
    await orders.startRecovery();
    await runtime.advance(minute);

    await orders.close();

    expect(runtime.pendingTimers()).toBe(0);
  });

  test('goes on where its listener throws', async () => {
    const { runtime, orders, errors, calledAtMs } = await dueOrders(50);

    await orders.startRecovery({
      onGateway: () => {
        throw new Error('the listener is broken');
      },
    });
    await runtime.advance(minute);

    expect(errors).toHaveLength(1);
    expect(calledAtMs.length).toBeGreaterThan(1);
  });
});

describe('while one of several gateways cannot be reached, recovery', () => {
  test('calls the others as ever', async () => {
    const runtime = simulatedRuntime();
    const store = openMemoryStore(runtime);
    const platform = { isUp: false };
    const port = (identity: string): CancelGateway => ({
      ...{ identity, attemptMs: 15_000 },
      cancel: () => Promise.resolve(platform.isUp && identity === 'B' ? confirmed : refused),
      close: () => Promise.resolve(),
    });
    const orders = await openPaymentOrders({
      ...{ store, runtime },
      gateways: { a: port('A'), b: port('B') },
    });
    onTestFinished(() => orders.close());
    for (let index = 0; index < 80; index += 1) {
      const gateway = index % 2 === 0 ? 'a' : 'b';
      await orders.create({ orderNo: `O${index}`, processBillNo: 'F1', gateway });
      await orders.cancel(`O${index}`);
    }
    platform.isUp = true;

    await orders.startRecovery();
    await runtime.advance(minute);

    const cancelled = await Array.fromAsync(orders.list({ state: 'cancelled' }));
    const { gateways } = orders.recovery;
    expect(cancelled).toHaveLength(40);
    expect(cancelled.every(({ gateway }) => gateway?.name === 'b')).toBe(true);
    expect(gateways).toMatchObject([
      { name: 'a', appId: 'A', state: 'down' },
      { name: 'b', appId: 'B', state: 'up', waiting: 0 },
    ]);
  });
});

describe('while a gateway blocks every call, recovery', () => {
  test('spends few orders', async () => {
    const { runtime, orders, calledAtMs } = await dueOrders(200, blocked);

    await orders.startRecovery();
    await runtime.advance(10 * minute);

    // After 5, 15, 35 and 75 s, and then every minute.
    expect(calledAtMs).toHaveLength(1 + 4 + 8);
    expect(orders.recovery.gateways).toMatchObject([{ state: 'down', rule: 'signature-refused' }]);
  });
});

describe('recoverOnce', () => {
  test('leaves the others of a gateway that went down for the next time, and counts them', async () => {
    const { runtime, platform, orders, calledAtMs, open } = await dueOrders(200);

    const recovering = orders.recoverOnce();
    await runtime.advance(minute);
    const failed = await recovering;
    const calls = calledAtMs.length;
    platform.outcome = confirmed;
    await runtime.advance(minute);
    await using later = await open();
    const recoveringAgain = later.recoverOnce();
    await runtime.advance(minute);

    expect(calls).toBe(1);
    expect(failed).toEqual({ waiting: 200, fired: 1, down: 199 });
    expect(await recoveringAgain).toEqual({ waiting: 200, fired: 200 });
  });

  test('fires those that waited too, where a call in flight shows that the gateway is up', async () => {
    const { runtime, orders, gateway } = await dueOrders(200, confirmed);
    const cancel = gateway.cancel.bind(gateway);
    // One order alone is blocked, and its answer comes first.
    gateway.cancel = async (request, maySend) =>
      request.orderNo === 'D5' ? Promise.resolve(blocked) : cancel(request, maySend);

    const recovering = orders.recoverOnce();
    await runtime.advance(minute);

    expect(await recovering).toEqual({ waiting: 200, fired: 200 });
  });
});

describe('recovery', () => {
  test('loses no order, whatever the gateway does meanwhile', async () => {
    const moods = fc.array(
      fc.record({
        outcome: fc.constantFrom<CancelOutcome>(refused, confirmed, {
          ...{ kind: 'not-executed', rule: 'not-sent' },
        }),
        lastsMs: fc.integer({ min: 0, max: 60_000 }),
      }),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(moods, async (all) => {
        const { runtime, platform, orders } = await dueOrders(attemptsAtOnceMax + 4);
        await orders.startRecovery();
        for (const { outcome, lastsMs } of all) {
          platform.outcome = outcome;
          await runtime.advance(lastsMs);
        }
        platform.outcome = confirmed;
        await runtime.advance(7 * minute);

        const states = (await Array.fromAsync(orders.list())).map(({ state }) => state);
        expect(states).toEqual(Array(attemptsAtOnceMax + 4).fill('cancelled'));
        await orders.close();
      }),
      { numRuns: 6 },
    );
  });
});
