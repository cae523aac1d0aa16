import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { validHistories } from '../../src/testing/histories.ts';
import { scratchPath } from '../event-store/scratch.ts';
import { fullFolds, openIndex, searchAll, withoutWhy, writeMixed } from './world.ts';

test('an index goes on in memory where its directory is missing', async () => {
  const runtime = systemRuntime();
  const store = openMemoryStore(runtime);
  const { path, remove } = scratchPath();
  const { index, errors, close } = openIndex(store, runtime, `${path}/none/orders.index`);
  expect(await index.search({})).toMatchObject({ index: 'memory', orders: [] });
  expect(errors).toEqual([]);
  await close();
  remove();
});

test('an index loses nothing where a reader makes it write again', async () => {
  const histories = fc.sample(validHistories({ eventsMax: 8 }), { numRuns: 9, seed: 1_120 });
  const { path, remove } = scratchPath();
  const system = systemRuntime();
  const store = openMemoryStore(system);
  let reader: DatabaseSync | null = null;
  const runtime: Runtime = {
    ...system,
    // The commit waits until the reader has read.
    setTimer: (_, run) => {
      reader?.close();
      reader = null;
      return system.setTimer(0, run);
    },
  };
  const { index, close } = openIndex(store, runtime, path);
  await index.search({});
  await writeMixed(store, system, histories, [0, 1]);
  reader = new DatabaseSync(path);
  reader.exec('BEGIN');
  expect(reader.prepare('SELECT count(*) AS count FROM orders').get()).toEqual({ count: 0 });

  const found = withoutWhy(await searchAll(index));

  expect(reader).toBeNull();
  expect(found).toEqual(await fullFolds(store));
  await close();
  remove();
});
