import type { BillDifference, ReconcileOptions } from '../../src/bill/types.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { BillRow, CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { at, day } from './support.ts';

/** Payment orders in virtual time, and a platform whose bill is a list of rows. */
export async function billWorld(ways: (memory: EventStore) => EventStore = (memory) => memory) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  const store = ways(memory);
  const errors: unknown[] = [];
  const rows: BillRow[] = [];
  const gateway: CancelGateway = {
    identity: 'scripted',
    attemptMs: 1_000,
    cancel: () => Promise.resolve({ kind: 'refused', rule: 'scripted' }),
    queryBill: ({ type }) => {
      const ofType = rows.filter((row) => row.type === type);
      const entries = ofType.map((row, index) => ({ kind: 'row' as const, line: index + 1, row }));
      return Promise.resolve({ status: 'read', rule: 'bill-read', entries });
    },
    close: () => Promise.resolve(),
  };
  const open = () =>
    openPaymentOrders({ store, gateway, runtime, onError: (error) => errors.push(error) });
  const orders = await open();
  const reconcile = (options: Partial<ReconcileOptions> = {}): Promise<BillDifference[]> =>
    Array.fromAsync(orders.reconcile({ ...day, ...options }));
  return { runtime, memory, rows, errors, gateway, orders, open, reconcile };
}

/** An order of 1.00, and perhaps its payment in the same amount or another, without a number. */
export async function createPaid(
  orders: PaymentOrders,
  orderNo: string,
  amounts: readonly number[] = [],
): Promise<void> {
  await orders.create({ orderNo, processBillNo: 'F1', amountMinor: 100, currency: 'CNY' });
  for (const amountMinor of amounts) {
    await orders.recordPaymentSucceeded(orderNo, { amountMinor, currency: 'CNY', occurredAt: at });
  }
}

/** What each difference is, in short. */
export const shown = (differences: readonly BillDifference[]) =>
  differences.map((each) => {
    const about = 'orderNo' in each ? `${each.orderNo} ` : '';
    return `${about}${each.kind}: ${each.recorded}${each.remains ? ', remains' : ''}`;
  });

/** Of every stream: nothing was recorded where it is the same as before. */
export async function eventIds(memory: EventStore): Promise<readonly string[]> {
  return Array.fromAsync(memory.readAll(null, ''), ({ id }) => id);
}
