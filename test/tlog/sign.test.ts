import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { parseCheckpoint, signedCheckpoint } from '../../src/tlog/c2sp/checkpoint.ts';
import { cosign, signatureIn } from '../../src/tlog/c2sp/cosignature.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';
import { isConsistent } from '../../src/tlog/c2sp/merkle.ts';
import { noteOf, parseNote } from '../../src/tlog/c2sp/note.ts';
import { withSignatures } from '../../src/tlog/sign.ts';
import { allStored, checkpointsStream } from '../../src/tlog/stored.ts';
import { withWays } from '../event-store/with-ways.ts';

const origin = 'example.com/orders';
const { text: key, key: ours } = newSigningKey('log', origin);
const { text: otherKey } = newSigningKey('log', origin);
const runtime = systemRuntime();

async function withOrders(count: number) {
  const store = openMemoryStore(runtime);
  const orders = await openPaymentOrders({ store, runtime });
  for (let at = 1; at <= count; at += 1) {
    await orders.create({ orderNo: `O${at}`, processBillNo: 'F1' });
  }
  return { store, orders, log: orders.transparencyLog() };
}

/** A store in which the first event of an order has another hash. */
function altered(store: EventStore): EventStore {
  return withWays(store, {
    async *readAll(...range) {
      for await (const event of store.readAll(...range)) {
        const isFirst = event.stream === 'paymentOrder-O1' && event.revision === 0;
        yield isFirst ? { ...event, metadata: { ...event.metadata, hash: '0'.repeat(64) } } : event;
      }
    },
  });
}

describe('signing a checkpoint', () => {
  test('extends the one before, and signs nothing where nothing happened', async () => {
    const { store, orders, log } = await withOrders(3);
    const first = await log.checkpoint({ key });
    const again = await log.checkpoint({ key });
    await orders.startPayment('O2');
    const second = await log.checkpoint({ key });

    expect([first.isNew, again.isNew, second.isNew]).toEqual([true, false, true]);
    expect(again.note).toBe(first.note);
    expect([first.size, second.size]).toEqual([3, 4]);
    expect((await allStored(store)).map(({ text }) => text)).toEqual([first.note, second.note]);
    // And anybody can see that the second one extends the first
    const body = await log.consistency(first.note, second.note);
    const lines = body.split('\n\n')[0]?.split('\n').slice(1) ?? [];
    const [old, newer] = [first, second].map(({ note }) => parseCheckpoint(note));
    const proof = lines.map((line) => Buffer.from(line, 'base64'));
    expect(
      isConsistent({
        ...{ oldSize: old?.size ?? -1, oldRoot: old?.root ?? Buffer.alloc(0) },
        ...{ newSize: newer?.size ?? -1, newRoot: newer?.root ?? Buffer.alloc(0), proof },
      }),
    ).toBe(true);
  });

  test('is done by one of several processes at a time', async () => {
    const { store } = await withOrders(2);
    const opened = await Promise.all([1, 2, 3].map(() => openPaymentOrders({ store, runtime })));
    const signed = await Promise.all(
      opened.map((orders) => orders.transparencyLog().checkpoint({ key })),
    );

    expect(signed.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(signed.map(({ note }) => note)).size).toBe(1);
    expect(await allStored(store)).toHaveLength(1);
  });

  test('is refused where an event before the newest checkpoint was altered', async () => {
    const { store, log } = await withOrders(2);
    await log.checkpoint({ key });
    const orders = await openPaymentOrders({ store: altered(store), runtime });

    const signing = orders.transparencyLog().checkpoint({ key });

    await expect(signing).rejects.toMatchObject({ code: 'log-contradicted' });
    expect(await allStored(store)).toHaveLength(1);
  });

  test('is refused where the store has lost events', async () => {
    const { log } = await withOrders(3);
    const { note } = await log.checkpoint({ key });
    // Given a store of fewer events in which that checkpoint stands
    const { store, log: shorter } = await withOrders(2);
    await shorter.checkpoint({ key });
    const data = { note, recordedAt: '2026-11-30T00:00:00.000Z' };
    const event = { id: runtime.newId(), type: 'LogCheckpoint', data, metadata: {} };
    await store.append(checkpointsStream, [event], 0);

    await expect(shorter.checkpoint({ key })).rejects.toMatchObject({ code: 'log-contradicted' });
  });

  test('is refused where a backup was restored under the leaves, until they are moved away', async () => {
    // Given a store in a file, and a backup of it from before its last event
    const directory = mkdtempSync(join(tmpdir(), 'payment-order-sign-'));
    const path = join(directory, 'orders.db');
    const open = () => openPaymentOrders({ store: `sqlite:${path}`, onError: () => undefined });
    const first = await open();
    await first.create({ orderNo: 'O1', processBillNo: 'F1' });
    await first.transparencyLog().checkpoint({ key });
    await first.backup(join(directory, 'backup.db'));
    await first.startPayment('O1');
    await first.transparencyLog().checkpoint({ key });
    await first.close();

    // When it is restored
    renameSync(join(directory, 'backup.db'), path);
    for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
    const second = await open();
    const signing = second.transparencyLog().checkpoint({ key });

    // Then nothing is signed beside what was signed already
    const message = expect.stringContaining(`move ${path}.tlog away`) as string;
    await expect(signing).rejects.toMatchObject({ code: 'log-contradicted', message });
    expect(await second.transparencyLog().proof('O1')).toContain('\nindex 0\n');
    await second.close();
    renameSync(`${path}.tlog`, join(directory, 'kept.tlog'));
    await using third = await open();
    expect(await third.transparencyLog().checkpoint({ key })).toMatchObject({ size: 1 });
    rmSync(directory, { recursive: true });
  });

  test('is refused where another key signed the newest one, unless a trust file vouches for it', async () => {
    const { log, orders } = await withOrders(1);
    await log.checkpoint({ key });
    await orders.startPayment('O1');

    await expect(log.checkpoint({ key: otherKey })).rejects.toMatchObject({
      code: 'log-contradicted',
    });
    const trust = `log ${ours.vkey}\nquorum none\n`;
    expect(await log.checkpoint({ key: otherKey, trust })).toMatchObject({ size: 2, isNew: true });
  });

  test('begins another log only where a trust file vouches for the one before', async () => {
    const { log } = await withOrders(1);
    const before = await log.checkpoint({ key });
    const { text: newKey, key: next } = newSigningKey('log', 'example.com/orders-2');

    await expect(log.checkpoint({ key: newKey })).rejects.toMatchObject({
      code: 'log-contradicted',
      message: expect.stringContaining(`is of the log ${origin}`) as unknown,
    });
    const trust = `log ${ours.vkey}\nquorum none\n`;
    const begun = await log.checkpoint({ key: newKey, trust });

    expect(begun).toMatchObject({ origin: next.name, size: before.size, isNew: true });
    expect(begun.root).toBe(before.root);
    await expect(log.checkpoint({ key })).rejects.toMatchObject({ code: 'log-contradicted' });
  });

  test('is refused where the newest one is no checkpoint', async () => {
    const { store, log } = await withOrders(1);
    const event = { id: runtime.newId(), type: 'LogCheckpoint', data: {}, metadata: {} };
    await store.append(checkpointsStream, [event], 'no-stream');

    await expect(log.checkpoint({ key })).rejects.toMatchObject({
      code: 'invalid-event',
      stream: checkpointsStream,
      revision: 0,
    });
  });

  test('names a stored checkpoint that was altered, when the store is checked', async () => {
    const { store, log, orders } = await withOrders(1);
    await log.checkpoint({ key });
    expect(await orders.checkStore()).toEqual([]);
    const [checkpoint] = await Array.fromAsync(store.read(checkpointsStream));
    const changed = withWays(store, {
      async *read(stream, ...range) {
        for await (const event of store.read(stream, ...range)) {
          const data = { ...event.data, recordedAt: '1999-01-01T00:00:00.000Z' };
          yield stream === checkpointsStream ? { ...event, data } : event;
        }
      },
    });
    const checking = await openPaymentOrders({ store: changed, runtime });

    expect(await checking.checkStore()).toEqual([
      `revision ${checkpoint?.revision} of stream ${checkpointsStream} was altered`,
    ]);
  });

  test.each([
    ['key', { key: 'PRIVATE+KEY+secret' }],
    ['key', { key: newSigningKey('witness', 'w').text }],
    ['trust', { key, witnesses: ['https://example.com'] }],
    ['witnesses', { key, witnesses: ['ftp://example.com'], trust: 'quorum none\n' }],
    ['trust', { key, trust: 'log nonsense\nquorum none\n' }],
  ])('refuses a bad %s before anything is stored', async (field, options) => {
    const { store, log } = await withOrders(1);
    const error: unknown = await log.checkpoint(options).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'invalid-input', field });
    expect(String(error)).not.toContain('PRIVATE+KEY+secret');
    expect(await store.readLast(checkpointsStream)).toBeNull();
  });
});

describe('adding signatures to a note', () => {
  const root = Buffer.alloc(32);
  const { note } = parseCheckpoint(signedCheckpoint({ origin, size: 1, root }, ours));
  const keys = Array.from({ length: 70 }, (_, at) => newSigningKey('witness', `w${at}`).key);
  const signaturesOf = (some: typeof keys, text: string) =>
    parseNote(
      noteOf(
        text,
        some.map((one) => cosign({ origin, size: 1, root, note: { ...note, text } }, one, 1)),
      ),
    ).signatures;

  test('adds as many as the note can be read with again', () => {
    const many = [...signaturesOf(keys.slice(0, 40), note.text)];
    many.push(...signaturesOf(keys.slice(40), note.text));

    const full = withSignatures(note, many, keys);

    expect(parseNote(full).signatures).toHaveLength(64);
  });

  test('adds one of each key, and leaves out what somebody wrote in its name', () => {
    const [bank, other] = keys.slice(0, 2);
    const both = signaturesOf(keys.slice(0, 2), note.text);
    const wrong = signaturesOf(keys.slice(0, 1), 'another text\n');

    const spoiled = { ...note, signatures: [...note.signatures, ...wrong] };
    const mended = parseNote(withSignatures(spoiled, [...both, ...both], keys));

    expect(mended.signatures.map(({ name }) => name)).toEqual([origin, bank?.name, other?.name]);
    for (const key of [ours, ...keys.slice(0, 2)]) {
      expect(signatureIn(mended, key)).toMatchObject({ kind: 'valid' });
    }
  });
});
