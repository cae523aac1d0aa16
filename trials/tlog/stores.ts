/** Stores of each kind, empty, for the histories of one round. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openEventStoreDbStore } from '../../src/event-store/eventstoredb/store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { Runtime } from '../../src/runtime.ts';
import { startEventStoreDb } from '../eventstoredb-server/index.ts';

export const storeKinds = ['memory', 'SQLite', 'EventStoreDB'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** A store, the orders in it, and where the leaves of its log are kept. */
export type Opened = {
  readonly store: EventStore;
  readonly orders: PaymentOrders;
  readonly leaves: string;
  readonly close: () => Promise<void>;
};

export async function opened(
  kind: StoreKind,
  directory: string,
  runtime: Runtime,
): Promise<Opened> {
  mkdirSync(directory, { recursive: true });
  const { store, close } = await storeOf(kind, directory, runtime);
  const index = join(directory, 'index');
  const orders = await openPaymentOrders({ store, index, runtime });
  return {
    ...{ store, orders, leaves: `${index}.tlog` },
    close: async () => {
      await orders.close();
      await close();
    },
  };
}

async function storeOf(
  kind: StoreKind,
  directory: string,
  runtime: Runtime,
): Promise<Pick<Opened, 'store' | 'close'>> {
  if (kind === 'memory') {
    const store = openMemoryStore(runtime);
    return { store, close: () => store.close() };
  }
  if (kind === 'SQLite') {
    const store = await openSqliteStore({ path: join(directory, 'orders.db'), runtime });
    return { store, close: () => store.close() };
  }
  const server = await startEventStoreDb();
  // It waits for a server, on a clock that goes.
  const store = await openEventStoreDbStore({
    url: server.connectionString,
    runtime: systemRuntime(),
  });
  return {
    store,
    close: async () => {
      await store.close();
      await server.stop({ hard: true });
    },
  };
}
