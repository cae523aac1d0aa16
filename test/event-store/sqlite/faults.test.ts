import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { sqliteStore } from '../../../src/event-store/sqlite/log.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { appendError, readError } from '../../../src/event-store/sqlite/errors.ts';
import { openFile } from '../../../src/event-store/sqlite/file.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchForEach } from '../scratch-for-each.ts';
import {
  all,
  anEvent,
  headOf,
  idsOf,
  put,
  someEvents,
  take,
} from '../../../src/testing/store-contract-support.ts';

const stream = 'paymentOrder-1';
const runtime = simulatedRuntime();
let path = '';

scratchForEach((scratch) => {
  path = scratch;
});

describe('two SQLite stores on one file', () => {
  let first: EventStore;
  let second: EventStore;

  beforeEach(async () => {
    first = await openSqliteStore({ path, runtime });
    second = await openSqliteStore({ path, runtime });
  });

  afterEach(async () => {
    await Promise.all([first.close(), second.close()]);
    expect(runtime.pendingTimers()).toBe(0);
  });

  test('answer a conflict and read each other', async () => {
    await put(first, stream, someEvents(2));
    expect(await second.append(stream, [anEvent()], 0)).toEqual({ kind: 'conflict' });
    await put(second, stream, someEvents(2));
    expect(await all(first.read(stream))).toHaveLength(4);
  });

  test('let one of them win each revision', async () => {
    const write = async (store: EventStore): Promise<number[]> => {
      const revisions: number[] = [];
      while (revisions.length < 50) {
        const last = await store.readLast(stream);
        const result = await store.append(stream, [anEvent()], headOf(last));
        if (result.kind === 'appended') revisions.push(result.revision);
      }
      return revisions;
    };
    const won = (await Promise.all([write(first), write(second)])).flat();
    expect(won.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });

  test('follow each other, also where an append comes before the first poll', async () => {
    const given = someEvents(6);
    const taken = take(second.subscribe(null, '', new AbortController().signal), 6);
    await put(first, stream, given.slice(0, 2));
    await runtime.advance(0);
    await put(first, stream, given.slice(2, 4));
    await runtime.advance(200);
    await put(first, stream, given.slice(4));
    await runtime.advance(200);
    expect(idsOf(await taken)).toEqual(idsOf(given));
  });

  test('poll with one timer per follower, and with none after it ended', async () => {
    const ending = new AbortController();
    const following = all(second.subscribe(null, '', ending.signal));
    await runtime.advance(1_000);
    expect(runtime.pendingTimers()).toBe(1);
    await put(second, stream, [anEvent()]);
    await runtime.advance(1_000);
    expect(runtime.pendingTimers()).toBe(1);
    ending.abort();
    expect(await following).toHaveLength(1);
    expect(runtime.pendingTimers()).toBe(0);
  });
});

describe('a SQLite store', () => {
  test('reports a full disk, loses nothing, and goes on when there is room again', async () => {
    // Every layout of pages is a level of the campaigns.
    for (const full of [1, 2, 3, 5, 8, 13, 21, 34]) {
      const file = await openFile(`${path}-${full}`, runtime, false);
      const store = sqliteStore(file, { path, runtime });
      const acknowledged: string[] = [];
      const append = async (): Promise<void> => {
        const event = anEvent({ text: 'x'.repeat(3_000) });
        await put(store, stream, [event]);
        acknowledged.push(event.id);
      };
      for (let count = 1; count < full; count++) await append();
      const { page_count: pages } = file.database.prepare('PRAGMA page_count').get() ?? {};
      file.database.exec(`PRAGMA max_page_count = ${String(pages)}`);
      // A page may have room for one more event, but never for two.
      await expect(append().then(append)).rejects.toMatchObject({ code: 'append-outcome-unknown' });
      expect(idsOf(await all(store.read(stream)))).toEqual(acknowledged);
      file.database.exec('PRAGMA max_page_count = 1000000');
      await append();
      await store.close();
      const again = await openSqliteStore({ path: `${path}-${full}`, runtime });
      expect(idsOf(await all(again.read(stream)))).toEqual(acknowledged);
      await again.close();
    }
  });

  test('fails all appends that shared a transaction, and stores none of them', async () => {
    const file = await openFile(path, runtime, false);
    const store = sqliteStore(file, { path, runtime });
    file.database.exec('PRAGMA max_page_count = 8');
    const pending = Array.from({ length: 5 }, (_, index) =>
      store.append(`s-${index}`, [anEvent({ text: 'x'.repeat(20_000) })], 'no-stream'),
    );
    const settled = await Promise.allSettled(pending);
    expect(settled.map((result) => result.status)).toEqual(Array(5).fill('rejected'));
    expect(await all(store.readAll(null, ''))).toEqual([]);
    await store.close();
  });

  test('limits the appends that are waiting', async () => {
    const store = await openSqliteStore({ path, runtime });
    const settled = await Promise.allSettled(
      Array.from({ length: 1_001 }, (_, at) => store.append(`s-${at}`, [anEvent()], 'no-stream')),
    );
    const refused = settled.filter((result) => result.status === 'rejected');
    expect(refused.map((result) => result.reason as unknown)).toEqual([
      expect.objectContaining({ code: 'store-unavailable' }),
    ]);
    expect(await all(store.readAll(null, ''))).toHaveLength(1_000);
    await put(store, stream, [anEvent()]);
    await store.close();
  });

  test.each([
    ["UPDATE events SET data = '{\"cut' WHERE revision = 2", 'store-corrupt', 2],
    ["UPDATE events SET metadata = '[]' WHERE revision = 1", 'store-corrupt', 1],
    ['DELETE FROM events WHERE revision = 1', 'not-contiguous', 1],
    ['DELETE FROM events WHERE revision = 0', 'not-contiguous', 0],
    ['UPDATE events SET revision = 7, batch_last = 7 WHERE revision = 3', 'not-contiguous', 3],
  ])('reports the place of the damage after %s', async (sql, code, revision) => {
    const store = await openSqliteStore({ path, runtime });
    await put(store, stream, someEvents(4));
    const other = new DatabaseSync(path);
    other.exec(sql);
    other.close();
    await expect(all(store.read(stream))).rejects.toMatchObject({ code, stream, revision });
    expect(await take(store.read(stream), revision)).toHaveLength(revision);
    await store.close();
  });

  test('gives all events before a damaged column, and then names its place', async () => {
    const given = someEvents(4);
    const written = await openSqliteStore({ path, runtime });
    await put(written, stream, given);
    await written.close();
    damage("UPDATE events SET data = x'00' WHERE revision = 2");

    const store = await openSqliteStore({ path, runtime });
    const before = idsOf(given.slice(0, 2));
    for (const read of [() => store.readAll(null, ''), () => store.read(stream)]) {
      expect(idsOf(await take(read(), 2))).toEqual(before);
      await expect(all(read())).rejects.toMatchObject({ code: 'store-corrupt', revision: 2 });
    }
    await store.close();
  });

  test('skips a gap of billions that a damaged position leaves', async () => {
    const store = await openSqliteStore({ path, runtime });
    const given = someEvents(4);
    await put(store, stream, given);
    const other = new DatabaseSync(path);
    other.exec('UPDATE events SET position = position + (1 << 40) WHERE position > 2');
    other.close();
    expect(idsOf(await all(store.readAll(null, 'paymentOrder-')))).toEqual(idsOf(given));
    expect(idsOf(await take(store.subscribe(null, '', new AbortController().signal), 4))).toEqual(
      idsOf(given),
    );
    await store.close();
  });

  test.each([
    [5, false, 'store-unavailable'],
    [517, false, 'store-unavailable'],
    [8, false, 'store-unavailable'],
    [8, true, 'append-outcome-unknown'],
    [13, false, 'append-outcome-unknown'],
    [778, true, 'append-outcome-unknown'],
    [1034, true, 'append-outcome-unknown'],
    [11, false, 'store-corrupt'],
    [26, false, 'store-corrupt'],
    [2067, false, 'store-corrupt'],
  ])('reports SQLite code %i (at commit: %s) as %s', (errcode, committing, code) => {
    const cause = Object.assign(new Error('SQLite says no'), { errcode });
    expect(appendError(cause, committing)).toMatchObject({ code, cause });
    const reading = [11, 26].includes(errcode) ? 'store-corrupt' : 'store-unavailable';
    expect(readError(cause, 'Reading failed')).toMatchObject({ code: reading, cause });
  });
});

/** Changes bytes that no statement may change: the table is STRICT again afterwards. */
function damage(sql: string): void {
  const strict = "replace(sql, ') STRICT', ')')";
  const edits = [
    `UPDATE sqlite_schema SET sql = ${strict} WHERE name = 'events'`,
    sql,
    "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'events'",
  ];
  for (const edit of edits) {
    const database = new DatabaseSync(path, { defensive: false });
    database.exec(`PRAGMA writable_schema = ON; ${edit}`);
    database.close();
  }
}
