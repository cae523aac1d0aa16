// Compiled in a project that installed the package, with its types and nothing else of ours.
import {
  PaymentOrderError,
  openPaymentOrders,
  systemRuntime,
  upcastEvent,
} from 'payment-order-machine';
import type { CancelGateway, ErrorCode, OpenOptions, Receipt } from 'payment-order-machine';
import { openEventStoreDbStore } from 'payment-order-machine/eventstoredb';
import { openHttpGateway } from 'payment-order-machine/gateway';
import { platformNotices } from 'payment-order-machine/platform-notices';
import { sandboxKeys, startSandbox } from 'payment-order-machine/sandbox';
import { openSqliteStore } from 'payment-order-machine/sqlite';

const gateway: CancelGateway = {
  identity: 'scripted',
  attemptMs: 1_000,
  cancel: () => Promise.resolve({ kind: 'confirmed', rule: 'scripted' }),
  close: () => Promise.resolve(),
};
const store = await openSqliteStore({ path: 'orders.db', runtime: systemRuntime() });
const options: OpenOptions = { store, gateway };
const orders = await openPaymentOrders(options);
await orders.create({ orderNo: 'O1', processBillNo: 'F1', amountMinor: 1, currency: 'CNY' });
const receipt: Receipt = await orders.cancel('O1', { reason: 'no more' });
const state: 'cancelled' | (string & {}) = receipt.order.state;
for (const stored of await orders.history('O1')) {
  const event = upcastEvent(stored);
  if (event.type === 'CancelRequested') console.log(event.reason?.toUpperCase(), state);
}
// @ts-expect-error: an order is not a number, and the types say so.
await orders.get(1).catch((error: unknown) => {
  const code: ErrorCode | null = error instanceof PaymentOrderError ? error.code : null;
  console.log(code);
});
await orders.close();
await store.close();
console.log(
  [openEventStoreDbStore, openHttpGateway, platformNotices, sandboxKeys, startSandbox]
    .map((f) => typeof f)
    .join(),
);
