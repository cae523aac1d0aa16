/**
 * The leaves of the log, kept with the roots of whole subtrees, so that a proof needs a few hundred
 * rows and not every event. Derived from the events, and never a truth: what is checked against a
 * checkpoint is read from the store again.
 *
 * It only grows. Where an event before its end is altered in the store, it keeps what stood there:
 * a root that is signed from it still extends the older ones, and a check of the store then fails.
 */

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import type { EventStore } from '../../event-store/event-store.ts';
import type { SeenPlace } from '../../history/same-log.ts';
import { isSameLog } from '../../history/same-log.ts';
import { patiently } from '../../sqlite-patience.ts';
import type { Runtime } from '../../runtime.ts';
import type { Leaf } from './leaf.ts';
import { readLeaves } from './leaf.ts';
import type { OpenedLeaves } from './leaves-file.ts';
import type { Hash } from '../c2sp/merkle.ts';
import { emptyRoot, leafHash, leftSize, nodeHash } from '../c2sp/merkle.ts';

/** Whole subtrees of so many leaves, and of so many of those, have a row. */
const fanOut = 256;
const batchLeaves = 2_048;
/** How long one piece of work waits for other processes, ms. */
const leavesPatienceMs = 60_000;

const placeSchema: z.ZodType<SeenPlace> = z.strictObject({
  position: z.string(),
  stream: z.string(),
  revision: z.int(),
  id: z.string(),
  hash: z.string().nullable(),
});

type Mark = { readonly size: number; readonly root: Hash; readonly place: SeenPlace | null };

/** The file is not what was written: its rows do not give the root that they gave then. */
export class LeavesDamaged extends Error {
  constructor() {
    super('the leaves of the log are damaged');
    this.name = 'LeavesDamaged';
  }
}

/**
 * The store does not hold the last event that is known: a backup was restored, it is another store, or
 * that event was altered.
 */
export class OtherLog extends Error {
  constructor() {
    super('the store holds another log than the one that they were built from');
    this.name = 'OtherLog';
  }
}

export class Leaves {
  readonly #opened: OpenedLeaves;
  readonly #runtime: Runtime;
  readonly #sql: ReturnType<typeof statementsOf>;

  constructor(opened: OpenedLeaves, runtime: Runtime) {
    this.#opened = opened;
    this.#runtime = runtime;
    this.#sql = statementsOf(opened.database);
  }

  /** How many there are. */
  size(): number {
    return this.#mark().size;
  }

  /** @throws {LeavesDamaged} where the rows do not give the root that was written with them */
  assertWhole(): void {
    const { size, root } = this.#mark();
    if (Buffer.compare(root, this.rootAt(size)) !== 0) throw new LeavesDamaged();
  }

  rootAt(size: number): Hash {
    return size === 0 ? emptyRoot : this.rangeHash(0, size);
  }

  /** The root over the leaves from one ordinal up to, and without, another one. */
  rangeHash(from: number, to: number): Hash {
    const count = to - from;
    if (count <= fanOut) {
      if (count === fanOut && from % fanOut === 0) return this.#node(1, from / fanOut);
      return rootOf(this.#hashes(from, to));
    }
    for (let [level, width] = [2, fanOut * fanOut]; width <= count; level += 1, width *= fanOut) {
      if (width === count && from % width === 0) return this.#node(level, from / width);
    }
    const half = from + leftSize(count);
    return nodeHash(this.rangeHash(from, half), this.rangeHash(half, to));
  }

  /** The ordinal and the leaf of an event; null where there is none. */
  find(stream: string, revision: number): { readonly index: number; readonly hash: Hash } | null {
    const row = this.#sql.find.get(stream, revision);
    return row === undefined ? null : { index: Number(row['number']), hash: blob(row['hash']) };
  }

  /** The last event of a stream among the first leaves; null where there is none. */
  lastOf(stream: string, size: number): number | null {
    const revision = this.#sql.lastOf.get(stream, size)?.['revision'];
    return typeof revision === 'number' ? revision : null;
  }

  /**
   * Goes on to the newest event of the store at the time of the call.
   *
   * @throws {OtherLog}
   */
  async catchUp(store: EventStore, assertGoingOn: () => void): Promise<void> {
    for (;;) {
      const from = this.#mark();
      if (from.place !== null && !(await isSameLog(store, from.place))) throw new OtherLog();
      if (await this.#goOn(store, from, assertGoingOn)) return;
    }
  }

  close(): void {
    this.#opened.database.close();
  }

  /** False where another process has gone on meanwhile. */
  async #goOn(store: EventStore, from: Mark, assertGoingOn: () => void): Promise<boolean> {
    let mark = from;
    let isAlone = true;
    let batch: Leaf[] = [];
    const flush = async (): Promise<void> => {
      const leaves = batch;
      batch = [];
      const next = isAlone ? await this.#patiently(() => this.#append(mark, leaves)) : null;
      if (next === null) isAlone = false;
      else mark = next;
    };
    await readLeaves(store, from.place?.position ?? null, (leaf) => {
      assertGoingOn();
      if (isAlone) batch.push(leaf);
      return batch.length < batchLeaves ? undefined : flush();
    });
    if (batch.length > 0) await flush();
    return isAlone;
  }

  /** Null, and nothing is written, where another process was faster. */
  #append(from: Mark, leaves: readonly Leaf[]): Mark | null {
    return this.#inTransaction(() => {
      const last = leaves.at(-1);
      if (last === undefined || this.#mark().size !== from.size) return null;
      let size = from.size;
      for (const { stream, revision, id, hash } of leaves) {
        this.#sql.insert.run(size, stream, revision, id, hash);
        size += 1;
        this.#insertNodes(size);
      }
      const { stream, revision, id, position, isReadable } = last;
      const hash = isReadable ? last.hash.toString('hex') : null;
      const mark = {
        size,
        root: this.rootAt(size),
        place: { position, stream, revision, id, hash },
      };
      this.#sql.setMark.run(size, mark.root, JSON.stringify(mark.place));
      return mark;
    });
  }

  /** The roots of the subtrees that are whole since the last leaf. */
  #insertNodes(size: number): void {
    for (let [level, width] = [1, fanOut]; size % width === 0; level += 1, width *= fanOut) {
      const from = size - width;
      const roots =
        level === 1
          ? this.#hashes(from, size)
          : Array.from({ length: fanOut }, (_, at) =>
              this.#node(level - 1, (from * fanOut) / width + at),
            );
      this.#sql.insertNode.run(level, from / width, rootOf(roots));
    }
  }

  #mark(): Mark {
    const row = this.#sql.mark.get();
    if (row === undefined) return { size: 0, root: emptyRoot, place: null };
    const { size, root, place } = row;
    return { size: Number(size), root: blob(root), place: placeIn(place) };
  }

  /** The hashes of some leaves, as they enter the tree. */
  #hashes(from: number, to: number): readonly Hash[] {
    const rows = this.#sql.leaves.all(from, to);
    if (rows.length !== to - from) throw new LeavesDamaged();
    return rows.map(({ hash }) => leafHash(blob(hash)));
  }

  #node(level: number, number: number): Hash {
    return blob(this.#sql.node.get(level, number)?.['hash']);
  }

  #inTransaction<Result>(work: () => Result): Result {
    const { database } = this.#opened;
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  #patiently<Result>(work: () => Result): Promise<Result> {
    return patiently(this.#runtime, leavesPatienceMs, work);
  }
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    mark: prepare('SELECT size, root, place FROM mark'),
    setMark: prepare('INSERT OR REPLACE INTO mark (one, size, root, place) VALUES (1, ?, ?, ?)'),
    insert: prepare(
      'INSERT INTO leaves (number, stream, revision, id, hash) VALUES (?, ?, ?, ?, ?)',
    ),
    leaves: prepare('SELECT hash FROM leaves WHERE number >= ? AND number < ? ORDER BY number'),
    insertNode: prepare('INSERT INTO nodes (level, number, hash) VALUES (?, ?, ?)'),
    node: prepare('SELECT hash FROM nodes WHERE level = ? AND number = ?'),
    find: prepare(
      'SELECT number, hash FROM leaves WHERE stream = ? AND revision = ? ORDER BY number LIMIT 1',
    ),
    lastOf: prepare('SELECT max(revision) AS revision FROM leaves WHERE stream = ? AND number < ?'),
  };
}

function placeIn(value: SQLOutputValue | undefined): SeenPlace {
  try {
    return placeSchema.parse(JSON.parse(String(value)));
  } catch {
    throw new LeavesDamaged();
  }
}

function blob(value: SQLOutputValue | undefined): Buffer {
  if (!(value instanceof Uint8Array) || value.length !== 32) throw new LeavesDamaged();
  return Buffer.from(value);
}

/** The root over hashes that are the leaves of a tree, or the roots of subtrees of one size. */
function rootOf(hashes: readonly Hash[]): Hash {
  const [only, ...others] = hashes;
  if (only === undefined) return emptyRoot;
  if (others.length === 0) return only;
  const half = leftSize(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}
