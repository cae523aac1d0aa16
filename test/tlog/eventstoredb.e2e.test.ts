import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { digest } from '../../src/history/chain.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';
import { readLeaves } from '../../src/tlog/leaves/leaf.ts';
import { Frontier } from '../../src/tlog/c2sp/merkle.ts';
import { aServer, aStore, scoped, serverAndStore } from '../event-store/eventstoredb/support.ts';
import { scratchPath } from '../event-store/scratch.ts';

const named = process.env['PAYMENT_ORDER_TEST_ESDB'] ?? '';
const runtime = systemRuntime();
const { text: key } = newSigningKey('log', 'example.com/orders');

/** Four orders whose events take turns, and an event that is no leaf. */
async function writeHistories(store: EventStore): Promise<void> {
  const orders = await openPaymentOrders({ store, runtime });
  const numbers = ['O1', 'O2', 'O3', 'O4'];
  for (const orderNo of numbers) await orders.create({ orderNo, processBillNo: 'F1' });
  for (const orderNo of numbers) await orders.startPayment(orderNo);
  for (const orderNo of numbers.toReversed()) {
    await orders.recordPaymentSucceeded(orderNo, { transactionNo: `T-${orderNo}` });
  }
  const other = { id: randomUUID(), type: 'Other', data: {}, metadata: {} };
  await store.append('paymentOrderOther', [other], 'no-stream');
}

async function rootOf(store: EventStore): Promise<{ size: number; root: string }> {
  const frontier = new Frontier();
  await readLeaves(store, null, ({ hash }) => {
    frontier.append(hash);
    return undefined;
  });
  return { size: frontier.size, root: Buffer.from(frontier.root()).toString('hex') };
}

/** Appends the same events in the same order. */
async function copy(from: EventStore, to: EventStore): Promise<EventStore> {
  for await (const { stream, revision, id, type, data, metadata } of from.readAll(null, '')) {
    const expected = revision === 0 ? 'no-stream' : revision - 1;
    await to.append(stream, [{ id, type, data, metadata }], expected);
  }
  return to;
}

function logOn(url: () => Promise<string>) {
  const open = async () => scoped(await aStore(await url()), `paymentOrderTest-${randomUUID()}-`);

  test('has the root that SQLite and memory have over the same events', async () => {
    // Given the same events in three stores
    const memory = openMemoryStore(runtime);
    await writeHistories(memory);
    const { path, remove } = scratchPath();
    const sqlite = await openSqliteStore({ path, runtime });
    onTestFinished(() => sqlite.close().then(remove));
    const stores = [memory, await copy(memory, sqlite), await copy(memory, await open())];

    const roots = await Promise.all(stores.map(rootOf));

    expect(roots[0]?.size).toBe(12);
    expect(roots).toEqual([roots[0], roots[0], roots[0]]);
  });

  test('is signed, proven and verified', async () => {
    const store = await open();
    await writeHistories(store);
    const orders = await openPaymentOrders({ store, runtime });
    const log = orders.transparencyLog();

    const { note, size } = await log.checkpoint({ key });
    await orders.create({ orderNo: 'O5', processBillNo: 'F1' });
    const next = await log.checkpoint({ key });

    expect([size, next.size]).toEqual([12, 13]);
    expect(await log.verify({ checkpoint: note })).toMatchObject({ ok: true, size: 13 });
    expect(await log.newest()).toBe(next.note);
    expect(await log.proof('O3', { revision: 1 })).toContain('\nindex 6\n');
    expect(await log.consistency(note, next.note)).toMatch(/^old 12\n/);
    expect(await orders.checkStore()).toEqual([]);
  });
}

describe('the log on EventStoreDB, over gRPC on loopback', () => {
  logOn(async () => (await aServer()).connectionString);

  test('has a leaf of its own for an event that cannot be read, and names it', async () => {
    // Given an order, of which one event is no JSON
    const { server, store } = await serverAndStore();
    const orders = await openPaymentOrders({ store, runtime });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    const stream = 'paymentOrder-O1';
    const id = randomUUID();
    server.seed(stream, [{ id, type: 'PaymentStarted', bytes: Buffer.from('{'), metadata: {} }]);
    await orders.create({ orderNo: 'O2', processBillNo: 'F1' });

    const leaves: { hash: string; isReadable: boolean }[] = [];
    await readLeaves(store, null, ({ hash, isReadable }) => {
      leaves.push({ hash: hash.toString('hex'), isReadable });
      return undefined;
    });

    expect(leaves.map(({ isReadable }) => isReadable)).toEqual([true, false, true]);
    expect(leaves[1]?.hash).toBe(digest({ stream, revision: 1, id, type: 'PaymentStarted' }));
    const { note } = await orders.transparencyLog().checkpoint({ key });
    expect(await orders.transparencyLog().verify({ checkpoint: note })).toMatchObject({
      ok: false,
      faults: [{ code: 'leaf-unreadable', orderNo: 'O1', revision: 1, index: 1 }],
    });
  });
});

describe.skipIf(named === '')(
  'the log on the EventStoreDB that PAYMENT_ORDER_TEST_ESDB names',
  () => {
    logOn(() => Promise.resolve(named));
  },
);
