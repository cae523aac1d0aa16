import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchPath } from '../scratch.ts';
import { all, put, someEvents } from '../../../src/testing/store-contract-support.ts';

let path = '';
let remove: () => void;

beforeEach(async () => {
  ({ path, remove } = scratchPath());
  const store = await openSqliteStore({ path, runtime: simulatedRuntime() });
  await put(store, 'paymentOrder-1', someEvents(3));
  await put(store, 'paymentOrder-2', someEvents(2));
  await store.close();
});

afterEach(() => {
  chmodSync(dirname(path), 0o755);
  remove();
});

/** As an ordinary user: root may write everywhere, whatever the mode says. */
function readAsOrdinaryUser(file: string) {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const script = join(import.meta.dirname, '..', 'read-count.ts');
  return spawnSync(process.execPath, [script, file], { encoding: 'utf8', ...user });
}

describe('a SQLite file handed over as evidence', () => {
  function sealed(withLog: boolean): string {
    const directory = join(dirname(path), 'sealed');
    mkdirSync(directory);
    chmodSync(dirname(path), 0o755);
    const copy = join(directory, 'orders.db');
    copyFileSync(path, copy);
    if (withLog) writeFileSync(`${copy}-wal`, 'a log that may hold more');
    chmodSync(copy, 0o444);
    chmodSync(directory, 0o555);
    return copy;
  }

  test('is read where nothing can be written, and gets no file next to it', () => {
    const copy = sealed(false);
    const { stdout, stderr } = readAsOrdinaryUser(copy);
    expect({ stdout, stderr }).toEqual({ stdout: '5', stderr: '' });
    expect(readdirSync(dirname(copy))).toEqual(['orders.db']);
    chmodSync(dirname(copy), 0o755);
  });

  test('is refused with a log next to it, with a hint where to read it', () => {
    const copy = sealed(true);
    const { status, stderr } = readAsOrdinaryUser(copy);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/store-unavailable|copy both files/);
    chmodSync(dirname(copy), 0o755);
  });
});

describe('the check of a SQLite file', () => {
  test('finds nothing in an undamaged file', async () => {
    const store = await openSqliteStore({ path, runtime: simulatedRuntime(), readOnly: true });
    expect(await store.check()).toEqual([]);
    await store.close();
  });

  test.each([
    ['UPDATE events SET position = 0 WHERE position = 1', /position 1\b.*missing/],
    ['UPDATE events SET position = position + 7 WHERE position = 5', /position 5\b.*missing/],
    ['DELETE FROM events WHERE position = 2', /position 2\b.*missing/],
  ])('finds a missing position: %s', async (sql, sentence) => {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    const store = await openSqliteStore({ path, runtime: simulatedRuntime(), readOnly: true });
    expect(await store.check()).toContainEqual(expect.stringMatching(sentence));
    await store.close();
  });

  test.each(['stream_starts', 'sqlite_autoindex_events_1', 'sqlite_autoindex_events_2'])(
    'finds a damaged index %s, which reads may not notice',
    async (index) => {
      const database = new DatabaseSync(path);
      const page = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(index);
      const size = database.prepare('PRAGMA page_size').get();
      database.close();
      const bytes = readFileSync(path);
      const at = (Number(page?.['rootpage']) - 1) * Number(size?.['page_size']) + 3;
      // An index that says it has no entries.
      bytes.writeUInt16BE(0, at);
      writeFileSync(path, bytes);

      const store = await openSqliteStore({ path, runtime: simulatedRuntime(), readOnly: true });
      const found = await store.check();
      expect(found.join(' ')).toContain(index);
      if (index === 'stream_starts') expect(await all(store.streams(''))).toEqual([]);
      await store.close();
    },
  );
});
