import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { checkRuntime, openFile } from '../../../src/event-store/sqlite/file.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchForEach } from '../scratch-for-each.ts';
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

scratchForEach((scratch) => {
  path = scratch;
});

describe('a SQLite file', () => {
  test('keeps all events for the next one that opens it', async () => {
    const given = someEvents(60);
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

  test('is for its owner only, with its log and its index', async () => {
    await using_(async (store) => {
      await put(store, stream, [anEvent()]);

      expect(modes(dirname(path))).toEqual({
        'orders.db': '600',
        'orders.db-shm': '600',
        'orders.db-wal': '600',
      });
    });
  });

  test('is never made through a link that leads nowhere', async () => {
    symlinkSync(join(dirname(path), 'target.db'), path);

    await expect(using_((store) => put(store, stream, [anEvent()]))).rejects.toMatchObject({
      code: 'store-unavailable',
      message: `the SQLite store ${path} is a link to a file that is missing; name a file instead`,
    });
    expect(readdirSync(dirname(path))).toEqual(['orders.db']);
  });

  test('is used where a link leads to it', async () => {
    const target = join(dirname(path), 'target.db');
    const event = anEvent();
    await using_((store) => put(store, stream, [event]));
    renameSync(path, target);
    symlinkSync(target, path);

    await using_(async (store) => {
      expect(idsOf(await all(store.read(stream)))).toEqual([event.id]);
    });
  });

  test('keeps the mode that somebody gave it', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    chmodSync(path, 0o640);

    await using_(async (store) => {
      await put(store, stream, [anEvent()]);

      expect(Object.values(modes(dirname(path)))).toEqual(['640', '640', '640']);
    });
  });

  test('requires a Node and a SQLite that share a WAL file safely', () => {
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

describe('opening a foreign or damaged SQLite file', () => {
  test.each([
    ['text', () => 'not a database'],
    ['long text', () => 'not a database\n'.repeat(1_000)],
    ['one byte', () => '\0'],
    ['zeros', () => Buffer.alloc(8_192)],
  ])('reports store-not-ours for %s', async (_, content) => {
    writeFileSync(path, content());
    await isRefused('store-not-ours');
  });

  test.each(['delete', 'wal'])(
    'reports store-not-ours for another database with journal %s',
    async (journal) => {
      const other = new DatabaseSync(path);
      other.exec(`PRAGMA journal_mode = ${journal}; CREATE TABLE events (position INTEGER)`);
      other.close();
      await isRefused('store-not-ours');
    },
  );

  test('reports store-not-ours for another application id', async () => {
    const other = new DatabaseSync(path);
    other.exec('PRAGMA application_id = 42; CREATE TABLE t (a)');
    other.close();
    await isRefused('store-not-ours');
  });

  test('reports store-newer for a later schema version', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    alter('PRAGMA user_version = 2');
    await isRefused('store-newer');
  });

  test('reports store-newer for a later version that is still in the log', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 2');
    await isRefused('store-newer');
    newer.close();
  });

  test('reports store-corrupt for an overwritten schema', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    const bytes = readFileSync(path);
    bytes.fill(0xff, 100, 4_096);
    writeFileSync(path, bytes);
    await isRefused('store-corrupt');
  });

  test('reports store-corrupt for a file that is cut short', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    writeFileSync(path, readFileSync(path).subarray(0, 5_000));
    await isRefused('store-corrupt');
  });

  test('reports store-corrupt for missing tables', async () => {
    await using_(() => Promise.resolve());
    alter('DROP TABLE events');
    await isRefused('store-corrupt');
  });

  test('reports store-corrupt for a renamed column', async () => {
    await using_((store) => put(store, stream, [anEvent()]));
    alter('ALTER TABLE events RENAME COLUMN type TO tyqe');
    await isRefused('store-corrupt');
  });

  test('reports store-unavailable for a directory or a place that does not exist', async () => {
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
  test('reads an absent file as empty, creates none, and refuses appends and subscriptions', async () => {
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

  test('reads events and writes nothing', async () => {
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

function modes(directory: string): Record<string, string> {
  const mode = (name: string) => statSync(join(directory, name)).mode & 0o777;
  return Object.fromEntries(readdirSync(directory).map((name) => [name, mode(name).toString(8)]));
}

function alter(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** With this code, for reading and writing, and with every byte and every neighbour unchanged. */
async function isRefused(code: string): Promise<void> {
  const files = readdirSync(dirname(path));
  const before = readFileSync(path);
  for (const readOnly of [false, true]) {
    await expect(openSqliteStore({ path, runtime, readOnly })).rejects.toMatchObject({ code });
  }
  expect(readFileSync(path).equals(before)).toBe(true);
  if (code === 'store-not-ours') expect(readdirSync(dirname(path))).toEqual(files);
}
