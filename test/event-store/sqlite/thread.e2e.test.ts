import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import {
  all,
  anEvent,
  idsOf,
  put,
  someEvents,
} from '../../../src/testing/store-contract-support.ts';
import { storeContract } from '../contract.ts';
import { scratchForEach } from '../scratch-for-each.ts';
import { scratchPath } from '../scratch.ts';
import { commit, commitsBeforeThread, moved, threadsOf } from './moved.ts';

const stream = 'paymentOrder-1';
const runtime = systemRuntime();
let path = '';

scratchForEach((scratch) => {
  path = scratch;
});

storeContract('sqlite that writes from a thread', async () => {
  const { path, remove } = scratchPath();
  const open = async () => {
    const store = await openSqliteStore({ path, runtime });
    await moved(store);
    return store;
  };
  const store = await open();
  return {
    store,
    reopen: open,
    cleanup: async () => {
      await store.close();
      remove();
    },
  };
});

describe('a thread to write from', () => {
  test(`is started by ${commitsBeforeThread} commits, once, and by fewer is not`, async () => {
    const store = await openSqliteStore({ path, runtime });

    expect(await threadsOf(() => commit(store, commitsBeforeThread - 1))).toHaveLength(0);
    expect(await threadsOf(() => commit(store, 1))).toHaveLength(1);
    expect(await threadsOf(() => commit(store, 4 * commitsBeforeThread))).toHaveLength(0);

    await store.close();
  });

  test("is not started where the runtime is not the system's", async () => {
    const store = await openSqliteStore({ path, runtime: simulatedRuntime() });

    expect(await threadsOf(() => commit(store, 4 * commitsBeforeThread))).toHaveLength(0);

    await store.close();
  });

  test('does not write where the path names another file by now', async () => {
    const store = await openSqliteStore({ path, runtime });
    renameSync(path, `${path}.renamed`);
    const other = await openSqliteStore({ path, runtime });
    await other.close();

    const [worker] = await threadsOf(() => commit(store, commitsBeforeThread));
    await new Promise((resolve) => worker?.on('exit', resolve).on('error', () => undefined));
    const given = someEvents(3);
    await put(store, stream, given);

    expect(idsOf(await all(store.read(stream)))).toEqual(idsOf(given));
    await store.close();
  });

  test('is ended by a store that closes while it starts', async () => {
    const store = await openSqliteStore({ path, runtime });
    const [worker] = await threadsOf(() => commit(store, commitsBeforeThread));

    await store.close();

    expect(worker?.threadId).toBe(-1);
  });

  test('keeps the order of what is given while it takes over', async () => {
    const store = await openSqliteStore({ path, runtime });
    const appending: Promise<unknown>[] = [];
    const [worker] = await threadsOf(async () => {
      for (let revision = -1; revision < 300; revision += 1) {
        const expected = revision === -1 ? 'no-stream' : revision;
        appending.push(store.append(stream, [anEvent()], expected));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });

    const kinds = (await Promise.all(appending)).map((result) => result);
    expect(kinds.filter((result) => JSON.stringify(result).includes('conflict'))).toEqual([]);
    expect(worker).toBeDefined();
    await store.close();
  });
});

describe('a store that writes from a thread', () => {
  let store: EventStore;
  let worker: Worker;

  beforeEach(async () => {
    store = await openSqliteStore({ path, runtime });
    worker = await moved(store);
    return () => store.close();
  });

  test('stores what was given before it closes, and leaves no thread', async () => {
    const given = Array.from({ length: 600 }, (_, at) => ({ name: `s-${at}`, event: anEvent() }));
    const appending = given.map(({ name, event }) => store.append(name, [event], 'no-stream'));

    await store.close();

    const results = await Promise.all(appending);
    expect(results.filter(({ kind }) => kind !== 'appended')).toEqual([]);
    expect(worker.threadId).toBe(-1);
    const again = await openSqliteStore({ path, runtime });
    const ids = idsOf(await all(again.readAll(null, '')));
    expect(ids).toEqual(given.map(({ event }) => event.id));
    await again.close();
  });

  test('limits the appends that are waiting', async () => {
    const settled = await Promise.allSettled(
      Array.from({ length: 1_001 }, (_, at) => store.append(`s-${at}`, [anEvent()], 'no-stream')),
    );

    const refused = settled.filter((result) => result.status === 'rejected');
    expect(refused.map((result) => result.reason as unknown)).toEqual([
      expect.objectContaining({ code: 'store-unavailable' }),
    ]);
    expect(await all(store.readAll(null, ''))).toHaveLength(1_000);
  });

  test('names what somebody planted, and writes nothing more', async () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE planted (a)');
    other.close();

    await expect(store.append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject({
      code: 'store-corrupt',
      message: expect.stringContaining('"planted"') as string,
    });
  });

  test('is in doubt about what was sent to a thread that died, and goes on without it', async () => {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const event = anEvent();
    const sent = store.append(stream, [event], 'no-stream');
    const doubted = expect(sent).rejects.toMatchObject({ code: 'append-outcome-unknown', stream });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    const held = store.append('s-held', [anEvent()], 'no-stream');
    const refused = expect(held).rejects.toMatchObject({ code: 'store-unavailable' });

    await worker.terminate();

    await Promise.all([doubted, refused]);
    other.close();
    expect(await store.append(stream, [event], 'no-stream')).toMatchObject({ kind: 'appended' });
    expect(idsOf(await all(store.readAll(null, '')))).toEqual([event.id]);
  });

  test('wakes its followers', async () => {
    const ending = new AbortController();
    const following = store.subscribe(null, '', ending.signal)[Symbol.asyncIterator]();
    const next = following.next();
    await new Promise((resolve) => setImmediate(resolve));

    const event = anEvent();
    await put(store, stream, [event]);

    expect(await next).toMatchObject({ value: { id: event.id } });
    ending.abort();
    expect(await following.next()).toMatchObject({ done: true });
  });
});

describe('a process that closes no store', () => {
  const source = (file: string) =>
    JSON.stringify(new URL(`../../../src/${file}`, import.meta.url).href);

  /** Runs a program to which a store and an event's fields are given, and expects it to end. */
  const ended = (program: string) => {
    const script = join(dirname(path), 'unclosed.mjs');
    writeFileSync(
      script,
      `import { openSqliteStore } from ${source('event-store/sqlite/store.ts')};
       import { systemRuntime } from ${source('runtime.ts')};
       import { moved } from ${JSON.stringify(new URL('moved.ts', import.meta.url).href)};
       const runtime = systemRuntime();
       const store = await openSqliteStore({ path: process.argv[2], runtime });
       const anEvent = () => ({ id: runtime.newId(), type: 'Appended', data: {}, metadata: {} });
       ${program}`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, path], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  const storedCount = () => {
    const alone = new DatabaseSync(path);
    try {
      return alone.prepare('SELECT count(*) AS count FROM events').get()?.['count'];
    } finally {
      alone.close();
    }
  };

  test('ends by itself, once everything given is answered and stands in the file', () => {
    const stdout = ended(
      `await moved(store);
       store.append('s', [anEvent()], 'no-stream').then(({ kind }) => console.log(kind));`,
    );

    expect(stdout).toBe('appended\n');
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(storedCount()).toBe(1);
  });

  test('ends by itself where its last commit has just made the thread start', () => {
    ended(
      `for (let commits = 0; commits < 16; commits += 1) {
         await store.append(\`s\${commits}\`, [anEvent()], 'no-stream');
       }`,
    );

    expect(storedCount()).toBe(16);
  });
});
