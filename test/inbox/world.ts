import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { noticePrefix } from '../../src/inbox/events.ts';
import type { Notice, Translate, Translation } from '../../src/inbox/types.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { Runtime } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

export const orderNo = 'O1';
export const order = { orderNo, processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' };

/** The body of a notice that this house's translator knows. */
export const bodyOf = (transactionNo = 'T1', ofOrder = orderNo) =>
  JSON.stringify({ paid: transactionNo, order: ofOrder });

export const payment = bodyOf();
export const vouchedBy = 'mTLS';

/**
 * Knows payments, failures, refunds of unknown orders and nothing else; the signature `genuine`
 * is valid, and any other is not.
 */
export const translate: Translate = ({ body, signature, orderNo: named }: Notice): Translation => {
  if (signature !== undefined && signature !== 'genuine') {
    return { kind: 'forged', problem: 'its signature is not valid' };
  }
  const signed = signature === undefined ? undefined : 'key-1';
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    return { kind: 'unreadable', problem: 'it is not JSON' };
  }
  if ('refunded' in fields && named === undefined) {
    return { kind: 'waits', problem: 'nobody knows the order of this refund' };
  }
  const { paid = 'R1', failed, order: ofOrder, amount } = fields;
  const to = named ?? (typeof ofOrder === 'string' ? ofOrder : '');
  if (failed !== undefined) {
    return { kind: 'fact', orderNo: to, type: 'PaymentFailed', fact: {}, signed };
  }
  if (typeof paid !== 'string') {
    return { kind: 'unreadable', problem: 'it is no payment' };
  }
  const money = typeof amount === 'number' ? { amountMinor: amount, currency: 'CNY' } : {};
  const fact = { transactionNo: paid, ...money };
  return { kind: 'fact', orderNo: to, type: 'PaymentSucceeded', fact, signed };
};

type Ways = {
  readonly store?: (memory: EventStore) => EventStore;
  readonly translate?: Translate;
};

/** An inbox over a store that others may use too. */
export async function openInbox(memory: EventStore, runtime: Runtime, ways: Ways = {}) {
  const store = ways.store?.(memory) ?? memory;
  const errors: unknown[] = [];
  const orders = await openPaymentOrders({
    ...{ store, runtime, onError: (error: unknown) => errors.push(error) },
  });
  const inbox = orders.inbox({ translate: ways.translate ?? translate });
  return { memory, errors, orders, inbox };
}

/** An inbox over a store in memory, in virtual time. */
export async function inboxWorld(ways: Ways = {}) {
  const runtime = simulatedRuntime();
  return { runtime, ...(await openInbox(openMemoryStore(runtime), runtime, ways)) };
}

/** The types of the events of an order, and of its notices. */
export async function typesOf(store: EventStore, prefix: string): Promise<readonly string[]> {
  return Array.fromAsync(store.readAll(null, prefix), ({ type }) => type);
}

export const noticeTypes = (store: EventStore) => typesOf(store, noticePrefix);
export const orderTypes = (store: EventStore) => typesOf(store, 'paymentOrder-');
