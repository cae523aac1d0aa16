/**
 * Where a log does not have the root of a checkpoint: what differs. The leaves that gave the root say
 * it event by event, wherever they were kept, for the checkpoint proves their hashes. Without them,
 * the checkpoints that stand in the store say between which events the first difference lies.
 */

import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { invalidInput } from '../../errors.ts';
import { nextTurn } from '../../runtime.ts';
import { isCorrupt } from '../../sqlite-errors.ts';
import type { Checkpoint } from '../c2sp/checkpoint.ts';
import { compareLeaves } from './compare.ts';
import { differsBetween, rangeFault } from './differs-between.ts';
import type { LogDependencies } from '../dependencies.ts';
import { assertOpen } from '../dependencies.ts';
import { readLeaves } from '../leaves/leaf.ts';
import { LeavesUnusable, openKeptLeaves } from '../leaves/leaves-file.ts';
import type { Hash } from '../c2sp/merkle.ts';
import { Frontier } from '../c2sp/merkle.ts';
import { leavesSchema } from '../leaves/schema.ts';
import { allStored } from '../stored.ts';
import type { Trust } from '../c2sp/trust.ts';
import { standingOf } from '../c2sp/trust.ts';
import type { LogFault } from '../types.ts';

/** So many rows between two turns of the process. */
const rowsPerTurn = 4_096;

/** Faults, at least one. */
export async function alteredIn(
  dependencies: LogDependencies,
  checkpoint: Checkpoint,
  { trust, leaves: given }: { readonly trust: Trust | null; readonly leaves: string | undefined },
): Promise<readonly LogFault[]> {
  const { store, runtime, leavesFile } = dependencies;
  using current = await currentLeaves(dependencies);
  const beside = leavesFile !== null && existsSync(leavesFile) ? leavesFile : null;
  const path = given ?? beside;
  if (
    path !== null &&
    (await isOfCheckpoint(dependencies, path, checkpoint, given !== undefined))
  ) {
    const url = pathToFileURL(resolve(path));
    url.searchParams.set('mode', 'ro');
    current.prepare('ATTACH ? AS old').run(url.href);
    const { faults, further } = await compareLeaves(current, checkpoint.size, runtime);
    if (further > 0) return [...faults, fault(`${further} further faults are not listed`)];
    // None only where the file was changed between the two looks. Then it says nothing any more.
    if (faults.length > 0) return faults;
  }
  const own = (await allStored(store))
    .map((stored) => stored.checkpoint)
    .filter(({ origin, size }) => origin === checkpoint.origin && size < checkpoint.size)
    // Who alters the store may have the log's key as well: its own signature is not enough.
    .filter((one) => trust === null || standingOf(one, trust).isEnough);
  const inOrder = [...own, checkpoint].toSorted((one, other) => one.size - other.size);
  const range = await differsBetween(inOrder, (size) => rootOf(current, size, dependencies));
  const unknown =
    path === null
      ? 'no leaves were kept that say which'
      : 'the leaves that were kept are not those of the checkpoint';
  const size = Number(current.prepare('SELECT count(*) AS size FROM leaves').get()?.['size']);
  const why: LogFault =
    size < checkpoint.size
      ? {
          ...fault(`${size} events are left of ${checkpoint.size}; ${unknown}`),
          code: 'log-shorter',
        }
      : fault(`the first ${checkpoint.size} events are not the checkpoint's; ${unknown}`);
  return [why, ...(range === null ? [] : [rangeFault(current, range)])];
}

async function currentLeaves({ store, runtime, closing }: LogDependencies): Promise<DatabaseSync> {
  const database = new DatabaseSync('');
  database.exec(`${leavesSchema}; BEGIN`);
  const insert = database.prepare(
    'INSERT INTO leaves (number, stream, revision, id, hash) VALUES (?, ?, ?, ?, ?)',
  );
  let number = 0;
  await readLeaves(store, null, ({ stream, revision, id, hash }) => {
    assertOpen({ closing });
    insert.run(number, stream, revision, id, hash);
    number += 1;
    return nextTurn(runtime);
  });
  database.exec('COMMIT');
  return database;
}

/** Whether the kept leaves can be read, and give the checkpoint's root. No subtree is asked. */
async function isOfCheckpoint(
  dependencies: LogDependencies,
  path: string,
  { size, root }: Checkpoint,
  isRequired: boolean,
): Promise<boolean> {
  try {
    using database = openKeptLeaves(path);
    const found = await rootOf(database, size, dependencies);
    return found !== null && Buffer.compare(found, root) === 0;
  } catch (error) {
    // Who alters the store can damage them too, and must not stop the verification by it.
    if (isCorrupt(error)) return false;
    if (!(error instanceof LeavesUnusable)) throw error;
    if (isRequired)
      throw invalidInput('leaves', 'must be a file of leaves, such as orders.db.tlog');
    return false;
  }
}

/** The root over the first leaves; null where there are fewer, or one is missing. */
async function rootOf(
  database: DatabaseSync,
  size: number,
  { runtime }: LogDependencies,
): Promise<Hash | null> {
  const frontier = new Frontier();
  // All columns, so that what cannot be read is noticed here, and not while they are compared.
  const rows = database.prepare(
    'SELECT * FROM leaves WHERE number >= ? AND number < ? ORDER BY number',
  );
  for (let from = 0; from < size; from += rowsPerTurn) {
    const to = Math.min(size, from + rowsPerTurn);
    for (const { hash } of rows.all(from, to)) {
      if (hash instanceof Uint8Array && hash.length === 32) frontier.append(hash);
    }
    if (frontier.size !== to) return null;
    await nextTurn(runtime);
  }
  return frontier.root();
}

function fault(message: string): LogFault {
  return { code: 'log-differs', orderNo: null, revision: null, index: null, message };
}
