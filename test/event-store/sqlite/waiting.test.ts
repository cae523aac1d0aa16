import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openFile } from '../../../src/event-store/sqlite/file.ts';
import { sqliteStore } from '../../../src/event-store/sqlite/log.ts';
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
import { scratchForEach } from '../scratch-for-each.ts';

const stream = 'paymentOrder-1';
/** How long an append or a read waits, and how long opening does, ms. */
const waitMs = 5_000;
const openMs = 10_000;
let runtime: SimulatedRuntime;
let path = '';

scratchForEach((scratch) => {
  path = scratch;
  runtime = simulatedRuntime();
});

/** What became of a promise so far. */
function outcomeOf<Result>(promise: Promise<Result>): { settled: 'no' | 'resolved' | 'rejected' } {
  const outcome: { settled: 'no' | 'resolved' | 'rejected' } = { settled: 'no' };
  promise.then(
    () => (outcome.settled = 'resolved'),
    () => (outcome.settled = 'rejected'),
  );
  return outcome;
}

/** Another program that holds the write lock. */
function lockedBy(begin = 'BEGIN IMMEDIATE'): DatabaseSync {
  const other = new DatabaseSync(path);
  other.exec(begin);
  return other;
}

describe('an append while another process holds the write lock', () => {
  let store: EventStore;

  beforeEach(async () => {
    store = await openSqliteStore({ path, runtime });
    await put(store, stream, someEvents(1));
  });

  test('waits on timers, and the loop goes on', async () => {
    const other = lockedBy();
    const event = anEvent();

    const appending = store.append(stream, [event], 0);
    const outcome = outcomeOf(appending);
    let waits = 0;
    for (let turn = 0; turn < 50; turn += 1) {
      await runtime.advance(20);
      waits += runtime.pendingTimers() > 0 ? 1 : 0;
    }

    expect(outcome.settled).toBe('no');
    expect(waits).toBe(50);
    other.close();
    await runtime.advance(50);
    expect(await appending).toMatchObject({ kind: 'appended', settled: 'first-try' });
    await store.close();
  });

  test('ends after 5 s with nothing stored, and the next one succeeds', async () => {
    const other = lockedBy();

    const appending = store.append(stream, [anEvent()], 0);
    const outcome = outcomeOf(appending);
    await runtime.advance(waitMs - 100);
    expect(outcome.settled).toBe('no');
    await runtime.advance(200);

    await expect(appending).rejects.toMatchObject({ code: 'store-unavailable' });
    other.close();
    const next = store.append(stream, [anEvent()], 0);
    await runtime.advance(50);
    expect(await next).toMatchObject({ kind: 'appended', revision: 1 });
    await store.close();
  });

  test('keeps the order in which appends were given, and each its own 5 s', async () => {
    const other = lockedBy();
    const events = someEvents(4);

    const first = store.append('paymentOrder-2', [anEvent()], 'no-stream');
    const refused = expect(first).rejects.toMatchObject({ code: 'store-unavailable' });
    await runtime.advance(waitMs - 100);
    const later = events.map((event, index) => store.append(stream, [event], index));
    await runtime.advance(1_000);
    await refused;
    other.close();
    await runtime.advance(50);

    expect((await Promise.all(later)).map(({ kind }) => kind)).toEqual(
      Array.from(events, () => 'appended'),
    );
    expect(idsOf(await all(store.read(stream, 1)))).toEqual(idsOf(events));
    await store.close();
  });

  test('is stored before the store closes, and every close waits for it', async () => {
    const other = lockedBy();

    const appending = store.append(stream, [anEvent()], 0);
    const closings = [outcomeOf(store.close()), outcomeOf(store.close())];
    await runtime.advance(1_000);
    expect(closings.map(({ settled }) => settled)).toEqual(['no', 'no']);
    other.close();
    await runtime.advance(50);

    expect(await appending).toMatchObject({ kind: 'appended' });
    expect(closings.map(({ settled }) => settled)).toEqual(['resolved', 'resolved']);
    expect(runtime.pendingTimers()).toBe(0);
  });
});

describe('opening a file that another process has locked', () => {
  const ways = [
    { way: 'to write', readOnly: false },
    { way: 'to read', readOnly: true },
  ];

  test.each(ways)('waits on timers: $way', async ({ readOnly }) => {
    await (await openSqliteStore({ path, runtime })).close();
    const other = lockedBy('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE');

    const opening = openSqliteStore({ path, runtime, readOnly });
    const outcome = outcomeOf(opening);
    await runtime.advance(openMs - 1_000);
    expect(outcome.settled).toBe('no');
    expect(runtime.pendingTimers()).toBe(1);
    other.close();
    await runtime.advance(100);

    expect(outcome.settled).toBe('resolved');
    await (await opening).close();
    expect(runtime.pendingTimers()).toBe(0);
  });

  test.each(ways)('ends after 10 s: $way', async ({ readOnly }) => {
    await (await openSqliteStore({ path, runtime })).close();
    const other = lockedBy('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE');

    const opening = openSqliteStore({ path, runtime, readOnly });
    const refused = expect(opening).rejects.toMatchObject({ code: 'store-unavailable' });
    await runtime.advance(openMs + 200);

    await refused;
    other.close();
  });

  test('waits while the schema cannot be created', async () => {
    const other = lockedBy('BEGIN IMMEDIATE');

    const opening = openSqliteStore({ path, runtime });
    await runtime.advance(1_000);
    other.close();
    await runtime.advance(100);

    await (await opening).close();
  });

  test('waits while a reader keeps the file from becoming a log', async () => {
    await (await openSqliteStore({ path, runtime })).close();
    const other = new DatabaseSync(path);
    other.exec('PRAGMA journal_mode = DELETE; BEGIN; SELECT * FROM events');

    const opening = openSqliteStore({ path, runtime });
    const outcome = outcomeOf(opening);
    await runtime.advance(1_000);
    expect(outcome.settled).toBe('no');
    other.close();
    await runtime.advance(100);

    await (await opening).close();
  });
});

describe('a read while another process is in the way', () => {
  const busy = Object.assign(new Error('database is locked'), { errcode: 261 });

  /** A store whose reads meet another process that rebuilds the log's index. */
  async function recovering(fails: () => boolean): Promise<EventStore> {
    const file = await openFile(path, runtime, false);
    const { database } = file;
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => {
      const statement = prepare(sql);
      if (!sql.trimStart().startsWith('SELECT')) return statement;
      for (const method of ['all', 'get', 'iterate'] as const) {
        const run = statement[method].bind(statement) as (...args: unknown[]) => never;
        statement[method] = (...args: unknown[]) => {
          if (fails()) throw busy;
          return run(...args);
        };
      }
      return statement;
    };
    return sqliteStore(file, { path, runtime });
  }

  const readings: readonly (readonly [name: string, (store: EventStore) => Promise<unknown>])[] = [
    ['read', (store) => all(store.read(stream))],
    ['readLast', (store) => store.readLast(stream)],
    ['readAll', (store) => all(store.readAll(null, ''))],
    ['streams', (store) => all(store.streams(''))],
    ['check', (store) => store.check()],
  ];

  test.each(readings)('waits on timers: %s', async (_, read) => {
    let left = 0;
    const store = await recovering(() => left-- > 0);
    await put(store, stream, someEvents(3));
    const expected = await read(store);

    left = 7;
    const reading = read(store);
    const outcome = outcomeOf(reading);
    await runtime.advance(1);
    expect(outcome.settled).toBe('no');
    await runtime.advance(500);

    expect(await reading).toEqual(expected);
    await store.close();
  });

  test.each(readings)('ends after 5 s: %s', async (_, read) => {
    let isBusy = false;
    const store = await recovering(() => isBusy);
    await put(store, stream, someEvents(3));
    isBusy = true;

    const reading = read(store);
    const refused = expect(reading).rejects.toMatchObject({ code: 'store-unavailable' });
    await runtime.advance(waitMs + 200);

    await refused;
    await store.close();
  });

  test('ends when the store closes', async () => {
    let isBusy = false;
    const store = await recovering(() => isBusy);
    isBusy = true;

    const reading = store.readLast(stream);
    const refused = expect(reading).rejects.toMatchObject({ code: 'store-closed' });
    await runtime.advance(10);
    await store.close();
    await runtime.advance(100);

    await refused;
  });
});

describe('SQLite itself', () => {
  test.each([false, true])('waits a few ms at most (only reading: %s)', async (readOnly) => {
    await (await openSqliteStore({ path, runtime })).close();

    const { database } = await openFile(path, runtime, readOnly);

    expect(database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 2 });
    database.close();
  });
});
