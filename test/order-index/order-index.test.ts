import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { newestFile, openCopy } from '../../src/order-index/database.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { validHistories } from '../../src/testing/histories.ts';
import type { History } from '../../src/testing/replayed-order.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { anEvent, put } from '../../src/testing/store-contract-support.ts';
import { scratchPath } from '../event-store/scratch.ts';
import { fullFolds, openIndex, searchAll, withoutWhy, writeMixed } from './world.ts';

const seed = 1_116;
const manyHistories = (max: number) =>
  fc.array(validHistories({ eventsMax: 20 }), { minLength: 1, maxLength: max });

async function expectWhole(store: EventStore, path: string | null, errors: number): Promise<void> {
  const runtime = simulatedRuntime();
  const opened = openIndex(store, runtime, path);
  try {
    const found = withoutWhy(await searchAll(opened.index, { limit: 7 }));
    expect(found).toEqual(await fullFolds(store));
    expect(opened.errors.length).toBeLessThanOrEqual(errors);
  } finally {
    await opened.close();
  }
}

/** A SQLite store with orders, and the path of its index, which is whole. */
async function world(histories: readonly History[], draws: readonly number[] = [0, 1, 2]) {
  const runtime = simulatedRuntime();
  const { path, remove } = scratchPath();
  const store = await openSqliteStore({ path, runtime });
  onTestFinished(async () => {
    await store.close();
    remove();
  });
  await writeMixed(store, runtime, histories, draws);
  const file = `${path}.index`;
  await expectWhole(store, file, 0);
  return { runtime, store, path, file };
}

const someHistories = fc.sample(validHistories({ eventsMax: 20 }), { numRuns: 40, seed });

describe('the order index', () => {
  test('equals the whole folds after every step, in memory and over restarts in a file', async () => {
    const property = fc.asyncProperty(
      fc.array(manyHistories(5), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
      async (rounds, draws) => {
        const runtime = simulatedRuntime();
        const store = openMemoryStore(runtime);
        const { path, remove } = scratchPath();
        const inMemory = openIndex(store, runtime, null);
        for (const [round, histories] of rounds.entries()) {
          await writeMixed(store, runtime, histories, draws, round * 10);
          await put(store, 'other-1', [anEvent()]);
          const wanted = await fullFolds(store);
          expect(withoutWhy(await searchAll(inMemory.index, { limit: 3 }))).toEqual(wanted);
          await expectWhole(store, path, 0);
        }
        await inMemory.close();
        remove();
      },
    );
    await fc.assert(property, { numRuns: 40, seed });
  });

  test('shows what was acknowledged before the search', async () => {
    const { runtime, store, file } = await world([]);
    const { index, close } = openIndex(store, runtime, file);
    for (const [at, history] of someHistories.slice(0, 10).entries()) {
      await writeMixed(store, runtime, [history], [0], at);
      expect((await index.search({})).orders).toHaveLength(at + 1);
    }
    await close();
  });

  test('reads nothing again that it has seen, nor past events of others', async () => {
    const { runtime, store, file } = await world(someHistories);
    for (let count = 0; count < 60; count += 1) {
      await put(
        store,
        'other-1',
        Array.from({ length: 100 }, () => anEvent()),
      );
    }
    await expectWhole(store, file, 0);
    const after: (string | null)[] = [];
    const { index, close } = openIndex(
      {
        ...store,
        readAll: (position, prefix, reached) => {
          after.push(position);
          return store.readAll(position, prefix, reached);
        },
      },
      runtime,
      file,
    );
    await index.search({});
    await close();
    expect(after).toEqual([(await store.readLast('other-1'))?.position]);
  });

  test('is built again where its file was deleted', async () => {
    const { store, file } = await world(someHistories);
    rmSync(file);
    await expectWhole(store, file, 0);
    expect(existsSync(file)).toBe(true);
  });

  test('belongs to its owner alone', async () => {
    const { file } = await world(someHistories.slice(0, 1));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('goes on, deleted under it', async () => {
    const { runtime, store, file } = await world(someHistories.slice(0, 5));
    const { index, close } = openIndex(store, runtime, file);
    await index.search({});
    rmSync(file);
    await writeMixed(store, runtime, someHistories.slice(5, 9), [0, 1], 100);
    expect(withoutWhy(await searchAll(index))).toEqual(await fullFolds(store));
    await close();
  });

  test('is built again where its file is that of another store, or an older copy', async () => {
    const one = await world(someHistories.slice(0, 8));
    const other = await world(someHistories.slice(8, 14), [2, 0, 1]);
    copyFileSync(other.file, one.file);
    await expectWhole(one.store, one.file, 0);
    copyFileSync(one.file, `${one.file}.old`);
    await writeMixed(one.store, one.runtime, someHistories.slice(20, 24), [0], 50);
    await expectWhole(one.store, one.file, 0);
    copyFileSync(`${one.file}.old`, one.file);
    await expectWhole(one.store, one.file, 0);
  });

  test('is built again over a restored backup, wherever events of others stand', async () => {
    for (const othersAfter of [0, 40]) {
      const { runtime, store, path, file } = await world(someHistories.slice(0, 6));
      const backup = `${path}.backup`;
      await store.backup?.(backup, () => Promise.resolve());
      await writeMixed(store, runtime, someHistories.slice(6, 9), [0], 20);
      for (let count = 0; count < othersAfter; count += 1) {
        await put(
          store,
          'other-1',
          Array.from({ length: 100 }, () => anEvent()),
        );
      }
      await expectWhole(store, file, 0);
      const restored = await openSqliteStore({ path: backup, runtime });
      // It goes on in another way, and further than the index had come.
      await writeMixed(restored, runtime, someHistories.slice(9, 12), [0], 30);
      for (let count = 0; count < 2 * othersAfter; count += 1) {
        await put(
          restored,
          'other-2',
          Array.from({ length: 100 }, () => anEvent()),
        );
      }
      await writeMixed(restored, runtime, someHistories.slice(12, 20), [0], 40);
      await expectWhole(restored, file, 0);
      await restored.close();
    }
  });

  test('is built again where a byte, a page or its end is lost', async () => {
    const { store, file } = await world(someHistories);
    const whole = readFileSync(file);
    const damages: readonly ((bytes: Buffer) => Buffer)[] = [
      () => Buffer.alloc(0),
      (bytes) => bytes.subarray(0, 10),
      (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
      (bytes) => Buffer.from(bytes).fill(0, 0, 100),
      (bytes) => Buffer.from(bytes).fill(0xff, 4_096, 8_192),
      () => Buffer.from('not a database at all'.repeat(500)),
    ];
    for (const damage of damages) {
      writeFileSync(newestFile({ path: file, isOurs: true }), damage(whole));
      await expectWhole(store, file, 1);
      await expectWhole(store, file, 0);
    }
  });

  test('goes on without a file where none can be written', async () => {
    const { runtime, store, file } = await world(someHistories);
    // A directory in the place of its journal, or of itself.
    for (const place of [`${file}-journal`, file]) {
      rmSync(place, { force: true });
      mkdirSync(place);
      const { index, errors, close } = openIndex(store, runtime, file);
      await writeMixed(store, runtime, someHistories.slice(0, 2), [0], place === file ? 70 : 60);
      expect(await index.search({ limit: 1 })).toMatchObject({ index: 'memory' });
      expect(withoutWhy(await searchAll(index))).toEqual(await fullFolds(store));
      expect(errors).toEqual([]);
      await close();
    }
  });

  test('is copied by a process that may not write it', async () => {
    const { store, file } = await world(someHistories);
    const { database, kind } = openCopy({ path: file, isOurs: true });
    const { orders } = database.prepare('SELECT orders FROM mark').get() ?? {};
    const rows = database.prepare('SELECT count(*) AS count FROM rows').get();
    const wanted = (await fullFolds(store)).length;
    expect({ kind, orders, ...rows }).toEqual({ kind: 'memory', orders: wanted, count: wanted });
    database.close();
  });

  test('leaves the damaged file to those that have it open, and none of them lies', async () => {
    const { runtime, store, file } = await world(someHistories.slice(0, 30));
    const one = openIndex(store, runtime, file);
    await one.index.search({});
    writeFileSync(file, readFileSync(file).subarray(0, 9_000));
    const other = openIndex(store, runtime, file);
    const wanted = await fullFolds(store);
    expect(withoutWhy(await searchAll(other.index))).toEqual(wanted);
    expect(newestFile({ path: file, isOurs: true })).toBe(`${file}.rebuilt-1`);
    expect(existsSync(file)).toBe(false);
    await writeMixed(store, runtime, someHistories.slice(30, 33), [0], 90);
    const later = await fullFolds(store);
    expect(withoutWhy(await searchAll(one.index, { limit: 4 }))).toEqual(later);
    expect(withoutWhy(await searchAll(other.index))).toEqual(later);
    await Promise.all([one.close(), other.close()]);
  });

  test('never shows what a changed byte made of it', async () => {
    const { store, file } = await world(someHistories);
    const whole = readFileSync(file);
    const property = fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, mask) => {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);
        writeFileSync(newestFile({ path: file, isOurs: true }), bytes);
        await expectWhole(store, file, 8);
      },
    );
    await fc.assert(property, { numRuns: 60, seed });
  });

  test('is built again where somebody changed a row, or its schema', async () => {
    const { store, file } = await world(someHistories);
    const changes = [
      "UPDATE orders SET state = 'paid' WHERE number = 3",
      'UPDATE orders SET watched = 1 - watched WHERE number = 3',
      'DELETE FROM orders WHERE number = 3',
      "UPDATE rows SET row = replace(row, 'Order-1', 'Order-2')",
      'DELETE FROM terms WHERE number = 3',
      "UPDATE mark SET place = '{}'",
      "UPDATE mark SET identity = 'another machine'",
      'DROP TABLE terms',
      'CREATE TRIGGER t AFTER INSERT ON orders BEGIN DELETE FROM rows; END',
      'PRAGMA user_version = 99',
    ];
    for (const change of changes) {
      const database = new DatabaseSync(newestFile({ path: file, isOurs: true }));
      database.exec(change);
      database.close();
      await expectWhole(store, file, 1);
    }
  });
});
