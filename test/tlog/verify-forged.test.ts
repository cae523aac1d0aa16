import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { chainLink, chainStart } from '../../src/history/chain.ts';
import { streamOf, streamPrefix, textIn } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';

const runtime = systemRuntime();
const directory = mkdtempSync(join(tmpdir(), 'payment-order-verify-log-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

let files = 0;
const newFile = (ending: string) => join(directory, `${(files += 1)}.${ending}`);
const { text: key } = newSigningKey('log', 'example.com/orders');

const stores: Readonly<Record<string, () => Promise<EventStore> | EventStore>> = {
  memory: () => openMemoryStore(runtime),
  SQLite: () => openSqliteStore({ path: newFile('db'), runtime }),
};

const linkFields = ['format', 'salt', 'salts', 'dataHash', 'metadataHash', 'prevHash', 'hash'];

/**
 * Writes events into a store with revisions and a chain that are whole, as a forger would. What stands
 * at its old place, after what it stood after, keeps its hash.
 */
async function forge(
  store: EventStore,
  events: readonly RecordedEvent[],
  honest: readonly RecordedEvent[],
): Promise<void> {
  const heads = new Map<string, { readonly revision: number; readonly hash: string }>();
  for (const event of events) {
    const { stream, id, type, data } = event;
    const head = heads.get(stream);
    const revision = (head?.revision ?? -1) + 1;
    const prevHash = head?.hash ?? chainStart;
    const isKept =
      honest.includes(event) &&
      event.revision === revision &&
      event.metadata['prevHash'] === prevHash;
    const metadata = isKept ? event.metadata : linked({ ...event, revision }, prevHash);
    await store.append(stream, [{ id, type, data, metadata }], head?.revision ?? 'no-stream');
    heads.set(stream, { revision, hash: textIn(metadata, 'hash') ?? '' });
  }
}

function linked(event: RecordedEvent, prevHash: string): RecordedEvent['metadata'] {
  const metadata = Object.fromEntries(
    Object.entries(event.metadata).filter(([name]) => !linkFields.includes(name)),
  );
  const draw = (bytes: number) => runtime.randomHex(bytes);
  const { format, salt, dataHash, metadataHash, hash, ...link } = chainLink(
    { ...event, metadata },
    draw,
    prevHash,
  );
  const salts = Object.fromEntries(
    Object.entries(link.salts).map(([part, names]) => [part, { ...names }]),
  );
  return { ...metadata, format, salt, salts, dataHash, metadataHash, prevHash, hash };
}

/** A log of O1 O2 O3 O1 O2 O3 O1, its checkpoint, and where its leaves were kept. */
async function honestLog(store: EventStore) {
  const index = newFile('index');
  await using orders = await openPaymentOrders({ store, index, runtime });
  const all = ['O1', 'O2', 'O3'];
  for (const orderNo of all) await orders.create({ orderNo, processBillNo: 'F1' });
  for (const orderNo of all) await orders.startPayment(orderNo);
  await orders.recordPaymentSucceeded('O1', { transactionNo: 'T1' });
  const { note } = await orders.transparencyLog().checkpoint({ key });
  return { note, leaves: `${index}.tlog`, events: await eventsOf(store) };
}

async function eventsOf(store: EventStore): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readAll(null, streamPrefix)) events.push(event);
  return events;
}

async function verified(store: EventStore, checkpoint: string, leaves?: string) {
  await using orders = await openPaymentOrders({ store, runtime });
  const { ok, faults } = await orders.transparencyLog().verify({ checkpoint, leaves });
  return {
    ok,
    codes: faults.map(({ code, orderNo, revision, index }) =>
      [code, orderNo ?? '-', revision ?? '-', index ?? '-'].join(' '),
    ),
  };
}

const to = (orderNo: string) => (event: RecordedEvent) => ({ ...event, stream: streamOf(orderNo) });
const isOf = (orderNo: string) => (event: RecordedEvent) => event.stream === streamOf(orderNo);

const forgeries: readonly (readonly [
  what: string,
  forged: (events: readonly RecordedEvent[]) => readonly RecordedEvent[],
  codes: readonly string[],
])[] = [
  [
    'two orders exchanged',
    (events) =>
      events.map((event) =>
        isOf('O1')(event) ? to('O2')(event) : isOf('O2')(event) ? to('O1')(event) : event,
      ),
    ['event-exchanged O2 0 0', 'event-exchanged O1 0 1'],
  ],
  [
    'an order deleted, with all positions renumbered',
    (events) => events.filter((event) => !isOf('O2')(event)),
    ['log-shorter - - -', 'order-missing O2 0 1'],
  ],
  [
    'a history rewritten with its chain',
    (events) =>
      events.map((event) =>
        isOf('O3')(event) ? { ...event, data: { ...event.data, processBillNo: 'F2' } } : event,
      ),
    ['event-rewritten O3 0 2'],
  ],
  [
    'the end cut off',
    (events) => events.slice(0, 5),
    ['log-shorter - - -', 'event-missing O3 1 5', 'event-missing O1 2 6'],
  ],
  [
    'an order inserted',
    (events) => [
      ...events.slice(0, 1).map((event) => ({ ...to('O9')(event), id: runtime.newId() })),
      ...events,
    ],
    ['event-inserted O9 0 0'],
  ],
];

describe.each(Object.entries(stores))('verification of a log in %s', (_, opened) => {
  test.each(forgeries)('names %s', async (_what, forged, expected) => {
    // Given a store with a checkpoint, and the leaves that were kept with it
    const store = await opened();
    const { note, leaves, events } = await honestLog(store);
    // When somebody puts another store in its place
    const copy = await opened();
    await forge(copy, forged(events), events);

    const found = await verified(copy, note, leaves);

    expect(found).toStrictEqual({ ok: false, codes: expected });
    await store.close();
    await copy.close();
  });

  test('says between which checkpoints it differs where no leaves were kept', async () => {
    const store = await opened();
    const { note, events } = await honestLog(store);
    const copy = await opened();
    await forge(copy, events.toReversed(), events);

    const found = await verified(copy, note);

    expect(found).toStrictEqual({
      ok: false,
      codes: ['log-differs - - -', 'log-differs - - 0'],
    });
    await store.close();
    await copy.close();
  });

  test('names nothing in a copy that went on', async () => {
    const store = await opened();
    const { note, leaves, events } = await honestLog(store);
    const copy = await opened();
    await forge(copy, events, events);
    await using orders = await openPaymentOrders({ store: copy, runtime });
    await orders.create({ orderNo: 'O4', processBillNo: 'F1' });

    const found = await verified(copy, note, leaves);

    expect(found).toStrictEqual({ ok: true, codes: [] });
    await store.close();
  });
});
