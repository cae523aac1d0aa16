import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { checkRuntime, openFile } from '../../../src/event-store/sqlite/file.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchPath } from '../scratch.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';

const stream = 'paymentOrder-1';
const runtime = simulatedRuntime();
let path = '';
let remove: () => void;

beforeEach(() => {
  ({ path, remove } = scratchPath());
});

afterEach(() => {
  remove();
});

describe('a SQLite file', () => {
  test('keeps everything for whoever opens it again', async () => {
    const given = someEvents(300);
    for (const event of given) await using_((store) => put(store, stream, [event]));
    await using_(async (store) => {
      expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(given));
      expect(await store.append(stream, given.slice(0, 1), 'no-stream')).toMatchObject({
        kind: 'appended',
        settled: 'after-doubt',
      });
    });
    expect(readdirSync(dirname(path))).toEqual(['orders.db']);
  });

  test.each(['a b?%20#.db', ':memory:', 'file:x', '付款.db'])('may be called %j', async (name) => {
    path = join(dirname(path), name);
    await using_((store) => put(store, stream, [anEvent()]));
    expect(readdirSync(dirname(path))).toEqual([name]);
    await using_(async (store) => {
      expect(await all(store.read(stream))).toHaveLength(1);
    });
  });

  test('waits for the disk at every commit', async () => {
    const { database } = await openFile(path, runtime, false);
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA trusted_schema').get()).toEqual({ trusted_schema: 0 });
    database.close();
  });

  test('needs a Node and a SQLite that share a WAL file safely', () => {
    expect(() => {
      checkRuntime({ node: '24.16.0', sqlite: '3.51.3' });
      checkRuntime({ node: '26.0.0', sqlite: '4.0.0' });
    }).not.toThrow();
    for (const [node, sqlite] of [
      ['24.15.9', '3.53.0'],
      ['22.99.0', '3.53.0'],
      ['24.16.0', '3.51.2'],
      ['24.16.0', '3.9.9'],
    ] as const) {
      expect(() => {
        checkRuntime({ node, sqlite });
      }).toThrow(expect.objectContaining({ code: 'store-unavailable' }));
    }
  });
});

describe('a file that is refused', () => {
  test.each([
    ['text', () => 'not a database'],
    ['long text', () => 'not a database\n'.repeat(1_000)],
    ['one byte', () => '\0'],
    ['zeros', () => Buffer.alloc(8_192)],
  ])('is not ours: %s', async (_, content) => {
    writeFileSync(path, content());
    await isRefused('store-not-ours');
  });

  test.each(['delete', 'wal'])('is not ours: a database of others, journal %s', async (journal) => {
    const other = new DatabaseSync(path);
    other.exec(`PRAGMA journal_mode = ${journal}; CREATE TABLE events (position INTEGER)`);
    other.close();
    await isRefused('store-not-ours');
  });

  test('is not ours: another application id', async () => {
    const other = new DatabaseSync(path);
    other.exec('PRAGMA application_id = 42; CREATE TABLE t (a)');
    other.close();
    await isRefused('store-not-ours');
  });

  test('is newer', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    alter('PRAGMA user_version = 2');
    await isRefused('store-newer');
  });

  test('is newer in a log that was not yet moved into it', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 2');
    await isRefused('store-newer');
    newer.close();
  });

  test('is corrupt: its schema is overwritten', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    const bytes = readFileSync(path);
    bytes.fill(0xff, 100, 4_096);
    writeFileSync(path, bytes);
    await isRefused('store-corrupt');
  });

  test('is corrupt: it is cut short', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    writeFileSync(path, readFileSync(path).subarray(0, 5_000));
    await isRefused('store-corrupt');
  });

  test('is corrupt: its tables are gone', async () => {
    await using_(() => Promise.resolve());
    alter('DROP TABLE events');
    await isRefused('store-corrupt');
  });

  test('is corrupt: a column has another name', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    alter('ALTER TABLE events RENAME COLUMN type TO tyqe');
    await isRefused('store-corrupt');
  });

  test('is a directory, or in a place that cannot be written', async () => {
    const directory = dirname(path);
    mkdirSync(path);
    writeFileSync(join(directory, 'file'), '');
    const places = [path, join(directory, 'no/such/place.db'), join(directory, 'file/orders.db')];
    for (path of places) {
      await expect(openSqliteStore({ path, runtime })).rejects.toMatchObject({
        code: 'store-unavailable',
      });
    }
    for (path of ['', 'a\0b']) {
      await expect(openSqliteStore({ path, runtime })).rejects.toMatchObject({
        code: 'invalid-input',
      });
    }
  });
});

describe('a SQLite store opened to read only', () => {
  test('reads an absent file as empty, creates none, and refuses the rest', async () => {
    const store = await openSqliteStore({ path, runtime, readOnly: true });
    expect(await all(store.read(stream))).toEqual([]);
    expect(await store.readLast(stream)).toBeNull();
    expect(await all(store.readAll(null, ''))).toEqual([]);
    expect(await all(store.streams(''))).toEqual([]);
    const unavailable = { code: 'store-read-only' };
    await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject(unavailable);
    const { signal } = new AbortController();
    await expect(all(store.subscribe(null, '', signal))).rejects.toMatchObject(unavailable);
    await store.close();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('reads what is there and writes nothing', async () => {
    const given = someEvents(3);
    await using_((store) => put(store, stream, given));
    const before = readFileSync(path);
    const store = await openSqliteStore({ path, runtime, readOnly: true });
    expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(given));
    await expect(store.append(stream, [anEvent()], 2)).rejects.toMatchObject({
      code: 'store-read-only',
    });
    await store.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

async function using_<Result>(use: (store: EventStore) => Promise<Result>): Promise<Result> {
  const store = await openSqliteStore({ path, runtime });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function alter(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** By this code, to write as to read only, with every byte and every neighbour left as it was. */
async function isRefused(code: string): Promise<void> {
  const files = readdirSync(dirname(path));
  const before = readFileSync(path);
  for (const readOnly of [false, true]) {
    await expect(openSqliteStore({ path, runtime, readOnly })).rejects.toMatchObject({ code });
  }
  expect(readFileSync(path).equals(before)).toBe(true);
  if (code === 'store-not-ours') expect(readdirSync(dirname(path))).toEqual(files);
}
