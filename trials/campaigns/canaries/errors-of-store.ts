import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PaymentOrderError } from '../../../src/errors.ts';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../../src/event-store/memory.ts';
import { openFile } from '../../../src/event-store/sqlite/file.ts';
import { sqliteStore } from '../../../src/event-store/sqlite/log.ts';
import { loadOrder } from '../../../src/history/load.ts';
import { compileMachine } from '../../../src/history/machine.ts';
import { openStore } from '../../../src/open-store.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import { decideCommand, decideFact } from '../../../src/order/decide.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { withWays } from '../../../test/event-store/with-ways.ts';
import { startEventStoreDb } from '../../eventstoredb-server/index.ts';
import { newAuthority } from '../../../test/gateway/certificates.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import type { Forcings, Kit } from './forcing.ts';
import { confirming, failureOf, failuresOf, ordersWithOne } from './forcing.ts';

const runtime = systemRuntime();

/** An event whose every text is a secret. */
const eventOf = (text: string) => ({
  id: runtime.newId(),
  type: 'SomethingHappened',
  data: { text },
  metadata: { text },
});

/** A cancel that is decided while time is moved on, on a store with ways of its own. */
async function cancelOn(ways: Partial<EventStore>, text: string): Promise<unknown> {
  const virtual = simulatedRuntime();
  const store = openMemoryStore(virtual);
  const first = await openPaymentOrders({ store, runtime: virtual, gateway: confirming });
  await first.create({ orderNo: 'O1', processBillNo: 'F1' });
  const changed = withWays(store, ways);
  const orders = await openPaymentOrders({ store: changed, runtime: virtual, gateway: confirming });
  const failure = failureOf(() => orders.cancel('O1', { reason: text.slice(0, 512) }));
  await virtual.advance(60_000);
  return failure;
}

/** An EventStoreDB server with TLS and another password. */
async function denied({ secrets, directory }: Kit): Promise<unknown> {
  const authority = newAuthority();
  const authorityFile = join(directory, 'authority.pem');
  writeFileSync(authorityFile, authority.cert);
  const tls = authority.issue({ ip: '127.0.0.1' });
  const server = await startEventStoreDb({
    tls,
    credentials: { username: 'admin', password: 'another' },
  });
  const file = encodeURIComponent(authorityFile);
  const login = `admin:${secrets.password}`;
  const store = `esdb://${login}@127.0.0.1:${server.port}?tlsCAFile=${file}`;
  const failure = await failureOf(() => openPaymentOrders({ store }));
  await server.stop({ hard: true });
  return failure;
}

function sqliteAt(directory: string, name: string): string {
  return `sqlite:${join(directory, name)}`;
}

async function damaged({ directory, secrets }: Kit, sql: string): Promise<string> {
  const name = `${runtime.newId()}.db`;
  const orders = await openPaymentOrders({ store: sqliteAt(directory, name), gateway: confirming });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  await orders.cancel('O1', { reason: secrets.pem.slice(0, 512) });
  await orders.close();
  const database = new DatabaseSync(join(directory, name));
  database.exec(sql);
  database.close();
  return sqliteAt(directory, name);
}

async function readAt(store: string): Promise<unknown> {
  const orders = await openPaymentOrders({ store });
  const failure = await failureOf(() => orders.get('O1'));
  await orders.close();
  return failure;
}

export const storeErrors = {
  'store-unavailable': ({ secrets, directory }) => {
    const { password, pem } = secrets;
    const unavailable = new PaymentOrderError('store-unavailable', 'no');
    return failuresOf([
      () => openPaymentOrders({ store: `esdb://admin:${password}@127.0.0.1:1` }),
      () => openPaymentOrders({ store: `sqlite:${directory}` }),
      async () => {
        throw await cancelOn({ append: () => Promise.reject(unavailable) }, pem);
      },
    ]);
  },
  'store-read-only': async ({ directory, secrets }) => {
    const store = sqliteAt(directory, 'read-only.db');
    const orders = await openPaymentOrders({ store });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    await orders.close();
    await using reading = await openPaymentOrders({ store, readOnly: true, gateway: confirming });
    return [await failureOf(() => reading.cancel('O1', { reason: secrets.password }))];
  },
  'backup-unsupported': async ({ secrets }) => {
    await using orders = await openPaymentOrders({ store: 'memory:' });
    return [await failureOf(() => orders.backup(`${secrets.password}.db`))];
  },
  'store-denied': async (kit) => [await denied(kit)],
  'append-outcome-unknown': async ({ secrets, directory }) => {
    const lost = new PaymentOrderError('append-outcome-unknown', 'lost');
    const path = join(directory, 'full.db');
    const file = await openFile(path, runtime, false);
    const store = sqliteStore(file, { path, runtime });
    const { page_count: pages } = file.database.prepare('PRAGMA page_count').get() ?? {};
    file.database.exec(`PRAGMA max_page_count = ${String(pages)}`);
    const long = secrets.pem.repeat(10);
    const full = await failureOf(() => store.append('s', [eventOf(long)], 'no-stream'));
    await store.close();
    return [full, await cancelOn({ append: () => Promise.reject(lost) }, secrets.pem)];
  },
  'store-not-ours': async ({ secrets, directory }) => {
    writeFileSync(join(directory, 'text.db'), secrets.all.join('\n').repeat(3));
    const other = new DatabaseSync(join(directory, 'other.db'));
    other.exec(`CREATE TABLE "${secrets.password}" (card TEXT)`);
    other.close();
    return failuresOf(
      ['text.db', 'other.db'].map(
        (name) => () => openPaymentOrders({ store: sqliteAt(directory, name) }),
      ),
    );
  },
  'store-newer': async (kit) => {
    const store = await damaged(kit, 'PRAGMA user_version = 99');
    return [await failureOf(() => openPaymentOrders({ store }))];
  },
  'store-corrupt': async (kit) => {
    const text = kit.secrets.pem.replaceAll('\n', '');
    const changes = [
      `UPDATE events SET data = '{"${text}' WHERE revision = 1`,
      `UPDATE events SET metadata = '["${text}"]' WHERE revision = 1`,
      `UPDATE events SET data = '${text}' WHERE revision = 0`,
    ];
    const failures: unknown[] = [];
    for (const sql of changes) failures.push(await readAt(await damaged(kit, sql)));
    return failures;
  },
  'store-closed': async ({ secrets }) => {
    const { orders, store } = await ordersWithOne();
    await orders.close();
    await store.close();
    return failuresOf([
      () => orders.cancel('O1', { reason: secrets.password }),
      () => store.append('s', [eventOf(secrets.pem)], 'no-stream'),
    ]);
  },
  'event-too-large': async ({ secrets, directory }) => {
    const large = eventOf(secrets.pem.repeat(1_000));
    const failures: unknown[] = [];
    for (const url of ['memory:', sqliteAt(directory, 'large.db')]) {
      const store = await openStore(url, runtime);
      failures.push(await failureOf(() => store.append('s', [large], 'no-stream')));
      await store.close();
    }
    return failures;
  },
  'stream-full': async ({ secrets }) => {
    const { store } = await ordersWithOne();
    const order = await loadOrder(store, compileMachine(), 'O1');
    const limits = { streamEventsMax: 1, keptForFacts: 0, keptForOperators: 0, rejectionsMax: 0 };
    const reason = secrets.pem.slice(0, 512);
    return failuresOf([
      () => decideCommand(order, 'O1', { type: 'RequestCancel', payload: { reason } }, {}, limits),
      () => decideFact(order, 'O1', { type: 'PaymentSucceeded', transactionNo: 'T1' }, limits),
    ]);
  },
  'heartbeat-unwritable': async ({ secrets, directory }) => {
    const errors: unknown[] = [];
    const { orders } = await ordersWithOne({
      index: join(directory, 'absent', 'orders.index'),
      onError: (error) => errors.push(error),
    });
    await orders.startPayment('O1', { correlationId: secrets.card });
    await orders.startRecovery();
    await orders.close();
    return errors;
  },
  'too-much-contention': async ({ secrets }) => [
    await cancelOn({ append: () => Promise.resolve({ kind: 'conflict' }) }, secrets.pem),
  ],
} satisfies Partial<Forcings>;
