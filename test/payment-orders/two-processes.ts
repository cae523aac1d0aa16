import { afterEach } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';
import { answered, order, orderNo, reason } from './world.ts';

/** Closed after each test. */
export const opened: PaymentOrders[] = [];

export function closeOpened(): void {
  afterEach(async () => {
    for (const orders of opened.splice(0)) await orders.close();
  });
}

export const never = new Promise<CancelOutcome>(() => undefined);

/** A store in virtual time, a process that hangs in its call, and a worker that sees `ways`. */
export async function twoProcesses(ways: (memory: EventStore) => Partial<EventStore> = () => ({})) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  let inFlight = 0;
  let most = 0;
  let calls = 0;
  const gateway = (answer: () => Promise<CancelOutcome>): CancelGateway => ({
    identity: 'scripted',
    attemptMs: 15_000,
    cancel: async () => {
      calls += 1;
      inFlight += 1;
      most = Math.max(most, inFlight);
      const outcome = await answer();
      inFlight -= 1;
      return outcome;
    },
    close: () => Promise.resolve(),
  });
  const errors: unknown[] = [];
  const open = async (store: EventStore, answer: () => Promise<CancelOutcome>, at = runtime) => {
    const onError = (error: unknown) => errors.push(error);
    return openPaymentOrders({ store, gateway: gateway(answer), runtime: at, onError });
  };
  // A dead process has no timers.
  const dead = await open(memory, () => never, simulatedRuntime({ seed: 2 }));
  const confirming = () => Promise.resolve(answered('confirmed'));
  const worker = await open(withWays(memory, ways(memory)), confirming);
  opened.push(worker);
  const dies = async (ofOrder = orderNo) => {
    await dead.create({ ...order, orderNo: ofOrder });
    await dead.cancel(ofOrder, { reason, wait: false });
  };
  return {
    runtime,
    memory,
    dead,
    worker,
    errors,
    dies,
    open,
    calls: () => calls,
    most: () => most,
  };
}

export const pathOf = async (orders: PaymentOrders, ofOrder = orderNo) =>
  (await orders.history(ofOrder)).map(({ type }) => type).slice(1);

export const abandonedThenConfirmed = [
  'CancelRequested',
  'CancelOutcomeUnknown',
  'CancelRetryDue',
  'CancelConfirmed',
];
