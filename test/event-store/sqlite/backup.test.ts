import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { lagOf } from '../../../src/event-store/sqlite/lag.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import type { SimulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';
import { scratchPath } from '../scratch.ts';

const stream = 'paymentOrder-1';
let runtime: SimulatedRuntime;
let path = '';
let target = '';
let remove: () => void;

beforeEach(() => {
  runtime = simulatedRuntime();
  ({ path, remove } = scratchPath());
  mkdirSync(join(dirname(path), 'backups'));
  target = join(dirname(path), 'backups', 'copy.db');
});

afterEach(() => {
  remove();
});

function backupOf(store: EventStore, file = target): Promise<readonly string[]> {
  if (store.backup === undefined) throw new Error('no backup');
  return store.backup(file, async (copy) => idsOf(await all(copy.readAll(null, ''))));
}

async function idsIn(file: string): Promise<readonly string[]> {
  const store = await openSqliteStore({ path: file, runtime, readOnly: true });
  const ids = idsOf(await all(store.readAll(null, '')));
  await store.close();
  return ids;
}

describe('a backup of a SQLite store', () => {
  test('holds what is only in the log, is for its owner only, and leaves nothing else', async () => {
    const store = await openSqliteStore({ path, runtime });
    const given = someEvents(20);
    await put(store, stream, given);

    const examined = await backupOf(store);

    expect(examined).toEqual(idsOf(given));
    expect(readdirSync(dirname(target))).toEqual(['copy.db']);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(await idsIn(target)).toEqual(idsOf(given));
    await store.close();
  });

  test('is one moment, however much is appended meanwhile by others', async () => {
    const store = await openSqliteStore({ path, runtime });
    const given = someEvents(30).map(({ id }) => anEvent({ id, text: 'x'.repeat(90_000) }));
    for (const event of given) await put(store, stream, [event]);
    const other = await openSqliteStore({ path, runtime });

    const ending = new AbortController();
    const backup = backupOf(store).finally(() => {
      ending.abort();
    });
    const written: string[] = [];
    while (!ending.signal.aborted) {
      const event = anEvent();
      await put(other, 'paymentOrder-2', [event]);
      written.push(event.id);
    }

    const examined = await backup;
    expect(examined.slice(0, given.length)).toHaveLength(given.length);
    expect([...(await idsIn(path))].slice(0, examined.length)).toEqual(examined);
    expect(written.length).toBeGreaterThan(0);
    await Promise.all([store.close(), other.close()]);
  });

  test.each(['', '-wal', '-shm', '-journal'])(
    'never replaces a file, nor takes a name next to %j',
    async (suffix) => {
      const store = await openSqliteStore({ path, runtime });
      writeFileSync(`${target}${suffix}`, 'kept');

      const backup = backupOf(store);

      await expect(backup).rejects.toMatchObject({ code: 'invalid-input', field: 'file' });
      await expect(backup).rejects.toThrow(`${target}${suffix} exists`);
      expect(readFileSync(`${target}${suffix}`, 'utf8')).toBe('kept');
      expect(readdirSync(dirname(target))).toHaveLength(1);
      await store.close();
    },
  );

  test('does not replace a file that appears while it is made', async () => {
    const store = await openSqliteStore({ path, runtime });

    const backup = store.backup?.(target, () => {
      writeFileSync(target, 'kept');
      return Promise.resolve();
    });

    await expect(backup).rejects.toMatchObject({ code: 'invalid-input', field: 'file' });
    expect(readFileSync(target, 'utf8')).toBe('kept');
    await store.close();
  });

  test('says why it cannot be written', async () => {
    const store = await openSqliteStore({ path, runtime });
    const nowhere = join(dirname(target), 'no', 'such', 'copy.db');

    const backup = backupOf(store, nowhere);

    await expect(backup).rejects.toMatchObject({ code: 'invalid-input', field: 'file' });
    await expect(backup).rejects.toThrow('ENOENT');
    await store.close();
  });

  test('leaves no file where the copy is found wanting', async () => {
    const store = await openSqliteStore({ path, runtime });
    const wanting = new Error('wanting');

    const backup = store.backup?.(target, () => Promise.reject(wanting));

    await expect(backup).rejects.toThrow('wanting');
    expect(readdirSync(dirname(target))).toEqual([]);
    await store.close();
  });

  test('is made by a process that only reads, and of no file that is absent', async () => {
    const absent = await openSqliteStore({ path, runtime, readOnly: true });
    await expect(backupOf(absent)).rejects.toMatchObject({ code: 'store-unavailable' });
    await absent.close();
    const store = await openSqliteStore({ path, runtime });
    await put(store, stream, someEvents(2));
    await store.close();

    const reader = await openSqliteStore({ path, runtime, readOnly: true });

    expect(await backupOf(reader)).toHaveLength(2);
    await reader.close();
    await expect(backupOf(reader, `${target}-2`)).rejects.toMatchObject({ code: 'store-closed' });
  });
});

describe('a copy of the file alone', () => {
  function copiedIds(): Promise<readonly string[]> {
    copyFileSync(path, target);
    return idsIn(target);
  }

  test('holds everything within a second, though the store goes on', async () => {
    const store = await openSqliteStore({ path, runtime });
    const given = someEvents(40);
    for (const event of given) await put(store, stream, [event]);

    await runtime.advance(1_000);

    expect(await copiedIds()).toEqual(idsOf(given));
    expect(await lagOf(path, runtime)).toEqual({ pages: 0, bytes: 0 });
    await store.close();
  });

  test('lacks what doctor says until then', async () => {
    const store = await openSqliteStore({ path, runtime });
    await runtime.advance(1_000);
    await put(store, stream, someEvents(1));

    const { pages, bytes } = await lagOf(path, runtime);

    expect(pages).toBeGreaterThan(0);
    expect(bytes).toBe(pages * 4_096);
    await store.close();
  });

  test('wakes the process for a reader without end a few times only', async () => {
    const store = await openSqliteStore({ path, runtime });
    await put(store, stream, someEvents(1));
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec('BEGIN; SELECT * FROM events');
    await put(store, stream, someEvents(1));

    await runtime.advance(10 * 60_000);
    expect(runtime.pendingTimers()).toBe(0);

    reader.close();
    await put(store, stream, someEvents(1));
    await runtime.advance(1_000);
    expect(await lagOf(path, runtime)).toEqual({ pages: 0, bytes: 0 });
    await store.close();
  });

  test('waits no longer for a reader than that needs its view', async () => {
    const store = await openSqliteStore({ path, runtime });
    await put(store, stream, someEvents(1));
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec('BEGIN; SELECT * FROM events');
    await put(store, stream, someEvents(1));
    await runtime.advance(1_000);
    expect((await lagOf(path, runtime)).pages).toBeGreaterThan(0);

    reader.close();
    await runtime.advance(1_000);

    expect(await lagOf(path, runtime)).toEqual({ pages: 0, bytes: 0 });
    expect(runtime.pendingTimers()).toBe(0);
    await store.close();
  });

  test('holds everything once a store is closed, though others have the file open', async () => {
    const other = await openSqliteStore({ path, runtime });
    const store = await openSqliteStore({ path, runtime });
    const given = someEvents(3);
    await put(store, stream, given);

    await store.close();

    expect(await copiedIds()).toEqual(idsOf(given));
    expect(runtime.pendingTimers()).toBe(0);
    await other.close();
  });

  test('fails no append where the log cannot be moved', async () => {
    const store = await openSqliteStore({ path, runtime });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await runtime.advance(1_000);
    other.exec('ROLLBACK');

    await put(store, stream, someEvents(1));
    await runtime.advance(1_000);

    expect(await all(store.read(stream))).toHaveLength(1);
    other.close();
    await store.close();
  });
});
