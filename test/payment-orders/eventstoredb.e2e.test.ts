import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { Runtime } from '../../src/runtime.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { startServerProcess } from '../../trials/eventstoredb-server/child-process.ts';
import type { ServerProcess } from '../../trials/eventstoredb-server/child-process.ts';
import { scratchPath } from '../event-store/scratch.ts';
import { aServer, aStore, scoped } from '../event-store/eventstoredb/support.ts';
import { answered, expectTruthful, order, orderNo, reason } from './world.ts';
import { until } from '../until.ts';

const named = process.env['PAYMENT_ORDER_TEST_ESDB'] ?? '';

/**
 * Time that leaps: a timer ends after a twentieth of its wait and moves the clock to its end. In
 * between, the clock runs no faster than the machine, so a busy one still sends in time.
 */
function leapingRuntime(): Runtime {
  const real = systemRuntime();
  let leaptMs = 0;
  const monotonicMs = () => real.monotonicMs() + leaptMs;
  return {
    ...real,
    now: () => real.now() + leaptMs,
    monotonicMs,
    setTimer: (delayMs, run) => {
      const dueMs = monotonicMs() + delayMs;
      return real.setTimer(delayMs / 20, () => {
        leaptMs += Math.max(0, dueMs - monotonicMs());
        run();
      });
    },
  };
}

function gatewayOf(answer: (call: number) => Promise<CancelOutcome>, identity = 'scripted') {
  let calls = 0;
  const gateway: CancelGateway = {
    identity,
    attemptMs: 1_000,
    cancel: (_, maySend) => {
      if (!maySend()) return Promise.resolve({ kind: 'not-executed', rule: 'not-sent' });
      calls += 1;
      return answer(calls);
    },
    close: () => Promise.resolve(),
  };
  return { gateway, calls: () => calls };
}

/** The suite of a service whose instances share one server, each with a connection of its own. */
function serviceOn(url: () => Promise<string>) {
  async function shared() {
    const at = await url();
    const scope = `paymentOrderTest-${randomUUID()}-`;
    return async (): Promise<EventStore> => scoped(await aStore(at), scope);
  }

  test('cancels once if two instances are asked at the same time', async () => {
    const open = await shared();
    const runtime = systemRuntime();
    const { gateway, calls } = gatewayOf(() => Promise.resolve(answered('confirmed')));
    const stores = [await open(), await open()] as const;
    const one = await openPaymentOrders({ store: stores[0], gateway, runtime });
    const other = await openPaymentOrders({ store: stores[1], gateway, runtime });
    const numbers = Array.from({ length: 20 }, (_, index) => `R${index}`);
    for (const number of numbers) await one.create({ ...order, orderNo: number });
    const kinds = await Promise.all(
      numbers.map(async (number) => {
        const both = [one, other].map((orders) => orders.cancel(number, { reason }));
        return (await Promise.all(both)).map(({ kind }) => kind).toSorted();
      }),
    );
    for (const pair of kinds) expect(pair).toEqual(['accepted', 'duplicate']);
    expect(calls()).toBe(numbers.length);
    await expectTruthful(stores[0], []);
  });

  test('calls for no order of another gateway, in whichever order the two are asked', async () => {
    const open = await shared();
    const confirmed = () => Promise.resolve(answered('confirmed'));
    const gateways = [gatewayOf(confirmed, 'APP-A'), gatewayOf(confirmed, 'APP-B')] as const;
    const stores = [await open(), await open()] as const;
    const [one, other] = await Promise.all([
      openPaymentOrders({ store: stores[0], gateways: { a: gateways[0].gateway } }),
      openPaymentOrders({ store: stores[1], gateways: { b: gateways[1].gateway } }),
    ]);
    const without = await openPaymentOrders({ store: await open() });
    const numbers = Array.from({ length: 10 }, (_, index) => `G${index}`);
    for (const number of numbers) await one.create({ ...order, orderNo: number });
    await without.create({ ...order, orderNo: 'N1' });

    // Where the cancel is recorded already, asking for it again is answered, and calls nobody.
    const foreign = (number: string) =>
      other.cancel(number).then(
        ({ kind }) => kind,
        (error: unknown) => (error instanceof PaymentOrderError ? error.code : error),
      );
    const asked = numbers.map((number) => Promise.all([foreign(number), one.cancel(number)]));
    for (const [refusal, own] of await Promise.all(asked)) {
      expect(['duplicate', 'no-gateway']).toContain(refusal);
      expect(own.order.state).toBe('cancelled');
    }
    // `other` records nothing and is not alone, so nobody but who adopts may take this one.
    await expect(other.cancel('N1')).rejects.toMatchObject({ code: 'no-gateway' });

    expect(gateways.map(({ calls }) => calls())).toEqual([numbers.length, 0]);
    await expectTruthful(stores[0], []);
  });

  test('keeps every payment that races with a cancel', async () => {
    const open = await shared();
    const runtime = systemRuntime();
    const { gateway } = gatewayOf(() => Promise.resolve(answered('refused')));
    const stores = [await open(), await open()] as const;
    const one = await openPaymentOrders({ store: stores[0], gateway, runtime });
    const other = await openPaymentOrders({ store: stores[1], gateway, runtime });
    const numbers = Array.from({ length: 20 }, (_, index) => `P${index}`);
    for (const number of numbers) {
      await one.create({ ...order, orderNo: number });
      const cancelled = one.cancel(number, { reason });
      const fact = { transactionNo: `T${number}`, amountMinor: 12_800, currency: 'CNY' };
      const paid = await other.recordPaymentSucceeded(number, fact);
      expect(paid.kind).toBe('accepted');
      await cancelled;
      expect((await other.get(number))?.state).toBe('paid');
    }
    await expectTruthful(stores[1], []);
  });

  test('takes over an attempt that a restart left in flight', async () => {
    const open = await shared();
    const hanging = gatewayOf(() => new Promise(() => undefined));
    const first = await open();
    const doomed = await openPaymentOrders({ store: first, gateway: hanging.gateway });
    await doomed.create(order);
    const { hash, revision } = await doomed.cancel(orderNo, { reason, wait: false });
    await first.close();

    const store = await open();
    const { gateway, calls } = gatewayOf(() => Promise.resolve(answered('confirmed')));
    const orders = await openPaymentOrders({
      store,
      gateway,
      runtime: leapingRuntime(),
      attemptDeadlineMs: 6_000,
    });
    onTestFinished(() => orders.close());
    await orders.startRecovery();
    await until(async () => (await orders.get(orderNo))?.state === 'cancelled');
    expect(calls()).toBe(1);
    const types = (await orders.history(orderNo)).map(({ type }) => type);
    expect(types.slice(1)).toEqual([
      'CancelRequested',
      'CancelOutcomeUnknown',
      'CancelRetryDue',
      'CancelConfirmed',
    ]);
    expect((await orders.verify(orderNo, { revision, hash })).faults).toEqual([]);
  });

  test('feeds a consumer that restarts, and finds orders by an index in a file', async () => {
    const open = await shared();
    const { path, remove } = scratchPath();
    const index = `${path}.index`;
    const writer = await openPaymentOrders({ store: await open() });
    await writer.create(order);
    await writer.recordPaymentSucceeded(orderNo, { transactionNo: 'T-1' });
    const first = await openPaymentOrders({ store: await open(), index });
    const [created] = await Array.fromAsync(first.events());
    expect(created).toMatchObject({ type: 'PaymentOrderCreated', orderNo });
    expect(await first.search({ text: 't-1' })).toMatchObject({
      ...{ index: 'file', orders: [{ orderNo, state: 'paid' }] },
    });
    await first.close();

    await writer.create({ ...order, orderNo: `${orderNo}-2` });
    const again = await openPaymentOrders({ store: await open(), index });
    const after = created?.position ?? null;
    const rest = await Array.fromAsync(again.events({ after }), ({ type }) => type);
    expect(rest).toEqual(['PaymentSucceeded', 'PaymentOrderCreated']);
    expect((await again.search({})).orders.map((found) => found.orderNo)).toEqual([
      ...[orderNo, `${orderNo}-2`],
    ]);
    const following = again.events({ after, follow: true, types: ['CancelRequested'] });
    const next = following.next();
    const cancelling = await openPaymentOrders({
      store: await open(),
      gateway: gatewayOf(() => Promise.resolve(answered('confirmed'))).gateway,
    });
    await cancelling.cancel(`${orderNo}-2`);
    expect((await next).value).toMatchObject({ type: 'CancelRequested' });
    await Promise.all([again.close(), writer.close(), cancelling.close()]);
    remove();
  });

  test('takes over by its subscription what another instance left open', async () => {
    const open = await shared();
    const { gateway } = gatewayOf(() => Promise.resolve(answered('confirmed')));
    const worker = await openPaymentOrders({
      store: await open(),
      gateway,
      runtime: leapingRuntime(),
      attemptDeadlineMs: 6_000,
    });
    onTestFinished(() => worker.close());
    await worker.startRecovery();
    const hanging = gatewayOf(() => new Promise(() => undefined));
    const doomedStore = await open();
    const doomed = await openPaymentOrders({ store: doomedStore, gateway: hanging.gateway });
    await doomed.create(order);
    await doomed.cancel(orderNo, { reason, wait: false });
    await doomedStore.close();
    await until(async () => (await worker.get(orderNo))?.state === 'cancelled');
  });
}

describe('the service on EventStoreDB, over gRPC on loopback', () => {
  serviceOn(async () => (await aServer()).connectionString);

  test('closes after an append that had to be tried again', async () => {
    const server = await aServer();
    const store = await aStore(server.connectionString);
    const orders = await openPaymentOrders({ store });
    server.faults.onAppend({ kind: 'reset', commits: true });
    const creating = orders.create(order);
    await orders.close();
    await store.close();
    expect(await creating).toMatchObject({ kind: 'accepted', revision: 0 });
    expect(server.streams.events(`paymentOrder-${orderNo}`)).toHaveLength(1);
  });

  test("runs the demo's five stories", async () => {
    const server = await aServer();
    const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
    const demo = await new Promise<{ status: number | null; stdout: string; stderr: string }>(
      (resolve) => {
        // Not synchronously: the server lives in this process.
        const args = [main, 'demo', '--json', '--store', server.connectionString];
        execFile(process.execPath, args, (error, stdout, stderr) => {
          resolve({ status: error === null ? 0 : 1, stdout, stderr });
        });
      },
    );
    expect(demo).toMatchObject({ status: 0 });
    const { orders } = JSON.parse(demo.stdout) as { orders: { state: string }[] };
    const states = orders.map(({ state }) => state);
    expect(states).toEqual(['cancelled', 'paid', 'cancelled', 'paid', 'paid']);
  });
});

describe('the service on a server of its own process, which takes calls in any order', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startServerProcess({ disorderMs: 20, noise: 2_000 });
  });

  afterAll(async () => {
    await server.end('SIGKILL');
  });

  serviceOn(() => Promise.resolve(server.connectionString));
});

describe.skipIf(named === '')(
  'the service on the EventStoreDB that PAYMENT_ORDER_TEST_ESDB names',
  () => {
    serviceOn(() => Promise.resolve(named));
  },
);
