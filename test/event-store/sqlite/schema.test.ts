import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openFile } from '../../../src/event-store/sqlite/file.ts';
import { sqliteStore } from '../../../src/event-store/sqlite/log.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';
import { scratchForEach } from '../scratch-for-each.ts';

const stream = 'paymentOrder-1';
const runtime = simulatedRuntime();
let path = '';

scratchForEach((scratch) => {
  path = scratch;
});

/** What somebody may plant into the file, by the words that name it. */
const planted: readonly (readonly [named: string, sql: string])[] = [
  [
    'trigger "quiet" on events',
    'CREATE TRIGGER quiet BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END',
  ],
  [
    'trigger "eraser" on events',
    `CREATE TRIGGER eraser AFTER INSERT ON events
     BEGIN DELETE FROM events WHERE position = NEW.position; END`,
  ],
  [
    'trigger "forger" on events',
    `CREATE TRIGGER forger AFTER INSERT ON events
     BEGIN UPDATE events SET type = 'x' WHERE position = NEW.position; END`,
  ],
  [
    'trigger "frozen" on events',
    'CREATE TRIGGER frozen BEFORE UPDATE ON events BEGIN SELECT RAISE(IGNORE); END',
  ],
  ['view "v"', 'CREATE VIEW v AS SELECT * FROM events'],
  ['table "notes"', 'CREATE TABLE notes (text TEXT)'],
  ['index "partial" on events', 'CREATE INDEX partial ON events (id) WHERE revision > 3'],
  ['table "events" is not', 'ALTER TABLE events ADD COLUMN note TEXT'],
  [
    'table "events" is not',
    'ALTER TABLE events ADD COLUMN size INTEGER GENERATED ALWAYS AS (length(data)) VIRTUAL',
  ],
  [
    'table "events" is not',
    "ALTER TABLE events ADD COLUMN kind TEXT CHECK (type <> 'PaymentSucceeded')",
  ],
  ['index "stream_starts" on events is missing', 'DROP INDEX stream_starts'],
  [
    'index "stream_starts" on events is not',
    `DROP INDEX stream_starts;
     CREATE INDEX stream_starts ON events (position, stream) WHERE revision = 1`,
  ],
  ['table "events" is missing', 'ALTER TABLE events RENAME TO hidden'],
  [
    'view "events"',
    `ALTER TABLE events RENAME TO hidden;
     CREATE VIEW events AS SELECT * FROM hidden WHERE revision = 0`,
  ],
];

/** As another program does it, with a connection of its own. */
function alter(sql: string): void {
  const other = new DatabaseSync(path);
  other.exec(sql);
  other.close();
}

async function made(): Promise<EventStore> {
  const store = await openSqliteStore({ path, runtime });
  await put(store, stream, someEvents(2));
  return store;
}

describe('a schema that is not ours', () => {
  test.each(planted)('is named when the file is opened: %s', async (named, sql) => {
    await (await made()).close();

    alter(sql);

    for (const readOnly of [false, true]) {
      const opening = openSqliteStore({ path, runtime, readOnly });
      await expect(opening).rejects.toMatchObject({ code: 'store-corrupt' });
      await expect(opening).rejects.toThrow(named);
    }
  });

  test.each(planted)('acknowledges nothing once it is there: %s', async (named, sql) => {
    const store = await made();

    alter(sql);
    const appending = store.append(stream, [anEvent()], 1);

    await expect(appending).rejects.toMatchObject({ code: 'store-corrupt' });
    await expect(appending).rejects.toThrow(named);
    await store.close();
  });

  test.each(planted)('is read by nobody, and named by the check: %s', async (named, sql) => {
    const store = await made();
    const reader = await openSqliteStore({ path, runtime, readOnly: true });

    alter(sql);

    const readings = [
      () => all(reader.read(stream)),
      () => reader.readLast(stream),
      () => all(reader.readAll(null, '')),
      () => all(reader.streams('')),
    ];
    for (const reading of readings) {
      await expect(reading()).rejects.toThrow(named);
    }
    expect((await reader.check()).join('; ')).toContain(named);
    await Promise.all([store.close(), reader.close()]);
  });

  test('is no longer in the way once it is gone', async () => {
    const reader = await made();
    alter('CREATE TABLE notes (text TEXT)');
    await expect(reader.readLast(stream)).rejects.toThrow('notes');

    alter('DROP TABLE notes');

    expect(await all(reader.read(stream))).toHaveLength(2);
    await reader.close();
  });

  test('shows a name with control characters escaped', async () => {
    await (await made()).close();
    alter('CREATE TABLE "x\u001b[2J" (a)');
    await expect(openSqliteStore({ path, runtime })).rejects.toThrow('x\\u001b[2J');
  });
});

describe('an insert that changes nothing', () => {
  test('is refused, also where no object in the file explains it', async () => {
    const file = await openFile(path, runtime, false);
    const store = sqliteStore(file, { path, runtime });
    await put(store, stream, someEvents(2));
    // A temporary trigger stands in no file.
    file.database.exec(
      'CREATE TEMP TRIGGER quiet BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END',
    );

    const appended = await Promise.allSettled([
      store.append(stream, [anEvent()], 1),
      store.append('paymentOrder-2', someEvents(3), 'no-stream'),
    ]);

    expect(appended).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'store-corrupt' }) as unknown },
      { status: 'rejected', reason: expect.objectContaining({ code: 'store-corrupt' }) as unknown },
    ]);
    expect(await all(store.readAll(null, ''))).toHaveLength(2);
    await store.close();
  });
});

describe('a schema of ours', () => {
  test('opens as the first release wrote it', async () => {
    const old = new DatabaseSync(path);
    old.exec(`
      CREATE TABLE events (
        position   INTEGER PRIMARY KEY AUTOINCREMENT,
        stream     TEXT    NOT NULL,
        revision   INTEGER NOT NULL CHECK (revision >= 0),
        id         TEXT    NOT NULL UNIQUE,
        type       TEXT    NOT NULL,
        data       TEXT    NOT NULL,
        metadata   TEXT    NOT NULL,
        batch_last INTEGER NOT NULL CHECK (batch_last >= revision),
        UNIQUE (stream, revision)
      ) STRICT;
      CREATE INDEX stream_starts ON events (position, stream) WHERE revision = 0;
      PRAGMA application_id = 1347374451;
      PRAGMA user_version = 1;
    `);
    old.close();

    const given = someEvents(2);
    const store = await openSqliteStore({ path, runtime });
    await put(store, stream, given);

    expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(given));
    expect(await store.check()).toEqual([]);
    await store.close();
  });

  test('may hold what ANALYZE and VACUUM leave', async () => {
    const store = await made();

    alter('ANALYZE');
    alter('VACUUM');
    await put(store, stream, someEvents(1));

    expect(await store.check()).toEqual([]);
    await store.close();
    await (await openSqliteStore({ path, runtime })).close();
  });
});
