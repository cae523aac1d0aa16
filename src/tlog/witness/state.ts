/**
 * What a witness remembers: of each log the newest checkpoint that it cosigned. Unlike an index it is
 * derived from nothing, and a witness that forgets it cosigns a fork. So a file that is damaged, or
 * somebody else's, is refused and never replaced.
 *
 * One file with a rollback journal, so that a copy is whole. `synchronous = EXTRA`, because FULL leaves
 * the end of that journal to the next sync of the directory, and a power cut could undo a commit.
 */

import { lstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { invalidInput, PaymentOrderError } from '../../errors.ts';
import { retold } from '../../foreign-error.ts';
import { makePrivateFile } from '../../private-files.ts';
import type { Runtime } from '../../runtime.ts';
import { hasCode, isCorrupt } from '../../sqlite-errors.ts';
import { busyTimeoutMs, patienceMs, patiently } from '../../sqlite-patience.ts';
import type { Checkpoint } from '../c2sp/checkpoint.ts';
import { parseCheckpoint } from '../c2sp/checkpoint.ts';
import { emptyRoot } from '../c2sp/merkle.ts';
import { noteOf } from '../c2sp/note.ts';

/** 'POMw', in the header of every state file. */
const applicationId = 0x504f4d77;
const schemaVersion = 1;

const schema = `
  CREATE TABLE logs (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** The newest checkpoint that was cosigned of a log. Size 0 and the root of nothing where none was. */
export type Recorded = Pick<Checkpoint, 'size' | 'root'>;

/** What comes of a comparison; `next` is persisted before `result` is given. */
export type Compared<Result> = { readonly result: Result; readonly next: Checkpoint | null };

/** The state file of one witness. Several processes may have it open at once. */
export class WitnessState {
  /** Whether the file was created now: this witness has cosigned nothing yet. */
  readonly isNew: boolean;
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #inode: number;
  readonly #runtime: Runtime;

  private constructor(path: string, runtime: Runtime, isNew: boolean) {
    this.#path = path;
    this.#runtime = runtime;
    this.isNew = isNew;
    this.#inode = statSync(path).ino;
    this.#database = opened(path);
  }

  /**
   * Opens the file, or creates it for its owner alone.
   *
   * @throws {PaymentOrderError} `invalid-input` where it is not the state of a witness, `store-newer`,
   * `store-corrupt`, or `store-unavailable`. The file is left as it is.
   */
  static async open(path: string, runtime: Runtime): Promise<WitnessState> {
    const isNew = await createIfMissing(path);
    return patiently(runtime, patienceMs, () => new WitnessState(path, runtime, isNew)).catch(
      (error: unknown) => {
        throw named(path, error);
      },
    );
  }

  /**
   * Compares with what is recorded of a log, and persists what comes of it, in one transaction. No
   * other process records anything of any log between the two.
   *
   * @param compare - Called again where another process is in the way of the commit.
   * @throws {PaymentOrderError} `store-corrupt` or `store-unavailable`; nothing may be cosigned then.
   */
  async change<Result>(
    origin: string,
    compare: (recorded: Recorded) => Compared<Result>,
  ): Promise<Result> {
    try {
      return await patiently(this.#runtime, patienceMs, () => this.#transact(origin, compare));
    } catch (error) {
      throw named(this.#path, error);
    }
  }

  close(): void {
    this.#database.close();
  }

  #transact<Result>(origin: string, compare: (recorded: Recorded) => Compared<Result>): Result {
    // Another file in its place may be recorded in by others, who would not see this one.
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino !== this.#inode) {
      throw unavailable(this.#path, 'it was moved or replaced while it was open');
    }
    const database = this.#database;
    database.exec('BEGIN IMMEDIATE');
    try {
      const { result, next } = compare(this.#recorded(origin));
      if (next !== null) record(database, next);
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  #recorded(origin: string): Recorded {
    const row = this.#database.prepare('SELECT * FROM logs WHERE origin = ?').get(origin);
    return row === undefined ? { size: 0, root: emptyRoot } : readRow(this.#path, row);
  }
}

function record(database: DatabaseSync, { origin, size, root, note }: Checkpoint): void {
  const lines = note.signatures.map(({ line }) => line);
  database
    .prepare('INSERT OR REPLACE INTO logs (origin, size, root, note) VALUES (?, ?, ?, ?)')
    .run(origin, size, root, noteOf(note.text, lines));
}

/** The note says everything a second time, so one damaged column is noticed. */
function readRow(path: string, row: Readonly<Record<string, unknown>>): Recorded {
  const noted = readNote(path, row['note']);
  const { origin, size, root } = row;
  const isSame = origin === noted.origin && size === noted.size && root instanceof Uint8Array;
  if (!isSame || Buffer.compare(root, noted.root) !== 0) {
    throw damaged(path, 'a row contradicts its own checkpoint');
  }
  return noted;
}

function readNote(path: string, note: unknown): Checkpoint {
  try {
    return parseCheckpoint(String(note));
  } catch (error) {
    throw damaged(path, 'a stored checkpoint cannot be read', error);
  }
}

/** Made elsewhere and put in its place whole: an empty file is never taken for one that is new. */
async function createIfMissing(path: string): Promise<boolean> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) {
    const target = statSync(path, { throwIfNoEntry: false });
    if (target?.isFile() === true) return false;
    throw invalidInput('state', 'must be a file, not a directory, a device or a dangling link');
  }
  if (lstatSync(`${path}-journal`, { throwIfNoEntry: false }) !== undefined) {
    throw damaged(path, 'its journal is there, and the file itself is missing');
  }
  try {
    await makePrivateFile(path, (draft) => {
      const database = new DatabaseSync(pathToFileURL(resolve(draft)));
      database.exec(`BEGIN; ${schema}; COMMIT`);
      database.close();
      return Promise.resolve();
    });
    return true;
  } catch (error) {
    // Another process was faster.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw unavailable(path, 'it cannot be created', error);
  }
}

function opened(path: string): DatabaseSync {
  const url = pathToFileURL(resolve(path));
  // SQLite would make a file that is missing by now.
  url.searchParams.set('mode', 'rw');
  const database = new DatabaseSync(url, { timeout: busyTimeoutMs, defensive: true });
  try {
    assertOurs(path, database);
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA fullfsync = ON; PRAGMA synchronous = EXTRA');
    // SQLite does not report that it ignored one.
    const extra = 3;
    if (pragma(database, 'synchronous') !== extra) throw unavailable(path, 'it cannot be synced');
    for (const row of database.prepare('SELECT * FROM logs').all()) readRow(path, row);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function assertOurs(path: string, database: DatabaseSync): void {
  if (statSync(path).size === 0) throw damaged(path, 'it is empty');
  if (pragma(database, 'application_id') !== applicationId) throw notOurs();
  if (Number(pragma(database, 'user_version')) > schemaVersion) {
    throw new PaymentOrderError('store-newer', `${path}: a newer release wrote this state`);
  }
  if (pragma(database, 'quick_check') !== 'ok') throw damaged(path, 'its pages are damaged');
  if (schemaOf(database) !== ownSchema()) throw damaged(path, 'its schema is another one');
}

function pragma(database: DatabaseSync, name: string): unknown {
  const [value] = Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {});
  return value;
}

/** A trigger that somebody added would change what is recorded. */
function schemaOf(database: DatabaseSync): string {
  const objects = database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name');
  return JSON.stringify(objects.all());
}

function ownSchema(): string {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec(schema);
    return schemaOf(database);
  } finally {
    database.close();
  }
}

function named(path: string, error: unknown): PaymentOrderError {
  if (error instanceof PaymentOrderError) return error;
  if (hasCode(error, 'notADatabase')) return notOurs();
  // Our statements are right, so a generic error means that the schema is another one.
  if (isCorrupt(error) || hasCode(error, 'generic')) {
    return damaged(path, 'it cannot be read', error);
  }
  return unavailable(path, 'it cannot be read or written now', error);
}

function notOurs(): PaymentOrderError {
  return invalidInput('state', 'is not the state of a witness; name a file of its own');
}

function damaged(path: string, what: string, cause?: unknown): PaymentOrderError {
  const message =
    `${path}: the state of the witness is damaged: ${what}; nothing was cosigned: ` +
    'begin with a new file and a new key, for this one no longer knows what its key cosigned';
  return new PaymentOrderError('store-corrupt', message, { cause });
}

function unavailable(path: string, what: string, cause?: unknown): PaymentOrderError {
  const message = `${path}: the state of the witness: ${what}; nothing was cosigned`;
  const details = cause === undefined ? {} : { cause: retold(cause) };
  return new PaymentOrderError('store-unavailable', message, details);
}
