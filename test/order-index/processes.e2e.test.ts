import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { validHistories } from '../../src/testing/histories.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { scratchPath } from '../event-store/scratch.ts';
import { fullFolds, openIndex, searchAll, withoutWhy, writeMixed } from './world.ts';

const run = promisify(execFile);
const child = join(import.meta.dirname, 'child.ts');

type Said = { readonly orders: number; readonly digest: string; readonly errors: number };

/** What the child says; null where it killed itself. */
async function said(path: string, killBefore = 0): Promise<Said | null> {
  try {
    const { stdout } = await run(process.execPath, [child, path, String(killBefore)]);
    // The child prints this document alone.
    return JSON.parse(stdout) as Said;
  } catch (error) {
    if (error instanceof Error && 'signal' in error && error.signal === 'SIGKILL') return null;
    throw error;
  }
}

async function world(orders: number) {
  const runtime = simulatedRuntime();
  const { path, remove } = scratchPath();
  const store = await openSqliteStore({ path, runtime });
  onTestFinished(async () => {
    await store.close();
    remove();
  });
  const histories = fc.sample(validHistories({ eventsMax: 3 }), { numRuns: 50, seed: 1_118 });
  for (let first = 0; first < orders; first += 50) {
    await writeMixed(store, runtime, histories, [0, 3, 1], first);
  }
  const folds = await fullFolds(store);
  const digest = createHash('sha256').update(JSON.stringify(folds)).digest('hex');
  const expectWhole = async () => {
    const { index, errors, close } = openIndex(store, runtime, `${path}.index`);
    expect(withoutWhy(await searchAll(index, { limit: 1_000 }))).toEqual(folds);
    expect(errors).toEqual([]);
    await close();
  };
  return { path, expectWhole, wanted: { orders: folds.length, digest } };
}

test('is whole for each of four processes that build it at the same time', async () => {
  const { path, wanted } = await world(2_500);
  const answers = await Promise.all([1, 2, 3, 4].map(() => said(path)));
  for (const answer of answers) expect(answer).toMatchObject({ ...wanted, errors: 0 });
}, 120_000);

test('is mended under four processes, of which none shows what the damage left', async () => {
  const { path, expectWhole, wanted } = await world(1_500);
  await expectWhole();
  const whole = readFileSync(`${path}.index`);
  // Its second half is gone: all of them find that, and one after the other comes too late to mend it.
  writeFileSync(`${path}.index`, whole.subarray(0, whole.length / 2));
  const answers = await Promise.all([1, 2, 3, 4].map(() => said(path)));
  for (const answer of answers) expect(answer).toMatchObject(wanted);
  await expectWhole();
}, 120_000);

test('goes on where a process was killed, with nothing missing and nothing twice', async () => {
  const { path, expectWhole } = await world(1_500);
  let kills = 0;
  for (let killBefore = 1; ; killBefore += 1) {
    // Every second build begins with nothing, the others go on with what the killed ones left.
    if (killBefore % 2 === 0) rmSync(`${path}.index`, { force: true });
    if ((await said(path, killBefore)) !== null) break;
    kills += 1;
    await expectWhole();
    if (killBefore % 2 === 0) rmSync(`${path}.index`, { force: true });
  }
  expect(kills).toBeGreaterThan(6);
}, 240_000);
