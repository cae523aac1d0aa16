/**
 * Opening the index. It is derived, so whatever is wrong with it is mended by building it again: a
 * file that is damaged, of another version, or gone. Only a file that may be somebody else's is left
 * alone. Where the file cannot be written, this process works on a copy of its own.
 *
 * One file with a rollback journal: it can be copied, and deleted, as one; and it can be read where
 * nothing may be written.
 */

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { invalidInput } from '../errors.ts';
import { ensurePrivateFile } from '../private-files.ts';
import { hasCode, isCorrupt } from '../sqlite-errors.ts';
import { busyTimeoutMs } from '../sqlite-patience.ts';
import type { IndexPlace } from './types.ts';
import { applicationId, IndexDamaged, schema, schemaVersion } from './schema.ts';

export type OpenedIndex = {
  readonly database: DatabaseSync;
  readonly kind: 'file' | 'memory';
  /** Null for a database of this process alone. */
  readonly file: { readonly path: string; readonly inode: number | null } | null;
};

/** Opens an index that only this process sees. What does not fit into its cache, SQLite puts aside. */
export function openOwn(): OpenedIndex {
  const database = new DatabaseSync('');
  database.exec(schema);
  return { database, kind: 'memory', file: null };
}

/**
 * Opens the file, or creates it.
 *
 * @throws {IndexDamaged} where the file is to be replaced
 * @throws {PaymentOrderError} `invalid-input` where it may be somebody else's
 */
export function openFile(path: string, isOurs: boolean): OpenedIndex {
  ensurePrivateFile(path, 'index');
  const database = new DatabaseSync(pathToFileURL(resolve(path)), {
    timeout: busyTimeoutMs,
    defensive: true,
  });
  try {
    setUp(database, isOurs);
    return { database, kind: 'file', file: { path, inode: inodeOf(path) } };
  } catch (error) {
    database.close();
    throw error;
  }
}

function setUp(database: DatabaseSync, isOurs: boolean): void {
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF');
  try {
    database.exec('BEGIN IMMEDIATE');
    if (header(database, 'application_id') === 0 && isEmpty(database)) database.exec(schema);
    assertOurs(database, isOurs);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    if (!isCorrupt(error)) throw error;
    if (!isOurs && hasCode(error, 'notADatabase')) throw notAnIndex();
    throw new IndexDamaged('it cannot be read', { cause: error });
  }
}

function assertOurs(database: DatabaseSync, isOurs: boolean): void {
  if (header(database, 'application_id') !== applicationId) {
    if (!isOurs) throw notAnIndex();
    throw new IndexDamaged('its header is not that of an index');
  }
  if (header(database, 'user_version') === schemaVersion && hasOurSchema(database)) return;
  throw new IndexDamaged('its schema is another one');
}

function notAnIndex() {
  return invalidInput('index', 'is not an index of payment orders; name a file of its own');
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT name FROM sqlite_schema LIMIT 1').get() === undefined;
}

/** A trigger or a view that somebody added would change what is written or read. */
function hasOurSchema(database: DatabaseSync): boolean {
  return (schemaToday ??= ownSchema()) === textOf(database);
}

let schemaToday: string | undefined;

function ownSchema(): string {
  const { database } = openOwn();
  try {
    return textOf(database);
  } finally {
    database.close();
  }
}

function textOf(database: DatabaseSync): string {
  const objects = database.prepare(
    "SELECT type, name, sql FROM sqlite_schema WHERE name <> 'sqlite_stat1' ORDER BY name",
  );
  return JSON.stringify(objects.all());
}

function header(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** What follows the name of an index that took the place of a damaged one. */
const rebuilt = '.rebuilt-';

/** The file that the index is in: the last one that took the place of a damaged one. */
export function newestFile({ path }: IndexPlace): string {
  const number = generationOf(path);
  return number === 0 ? path : `${path}${rebuilt}${number}`;
}

function generationOf(path: string): number {
  const beginning = `${basename(path)}${rebuilt}`;
  const directory = dirname(resolve(path));
  // A directory that is missing is SQLite's to report.
  if (!existsSync(directory)) return 0;
  const names = readdirSync(directory).filter((name) => name.startsWith(beginning));
  return Math.max(0, ...names.map((name) => Number(name.slice(beginning.length)) || 0));
}

/**
 * Puts a new file in the place of a damaged one, unless another process did. It gets another name:
 * processes that have the old file open find their journal by its name, and would play it into a new
 * file, or take what they remember of the old one for the new one.
 */
export function replaceFile(place: IndexPlace, damaged: string): void {
  if (newestFile(place) !== damaged) return;
  ensurePrivateFile(`${place.path}${rebuilt}${generationOf(place.path) + 1}`, 'index');
  rmSync(`${damaged}-journal`, { force: true });
  rmSync(damaged, { force: true });
}

export function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

/** Whether an error says that the file is not what this module wrote. */
export function isDamage(error: unknown): boolean {
  // Our statements are right, so a generic error means that the schema is another one.
  return error instanceof IndexDamaged || isCorrupt(error) || hasCode(error, 'generic');
}

/** A copy of the file for this process alone; an empty index where the file cannot be read. */
export function openCopy(place: IndexPlace): OpenedIndex {
  const own = openOwn();
  const { database } = own;
  const source = pathToFileURL(resolve(newestFile(place)));
  source.searchParams.set('mode', 'ro');
  try {
    database.prepare('ATTACH ? AS source').run(source.href);
    database.exec('BEGIN');
    const { user_version: version } = database.prepare('PRAGMA source.user_version').get() ?? {};
    if (version === schemaVersion) {
      for (const table of ['mark', 'orders', 'rows', 'terms', 'notices']) {
        database.exec(`INSERT INTO main.${table} SELECT * FROM source.${table}`);
      }
    }
    database.exec('COMMIT; DETACH source');
    return own;
  } catch {
    database.close();
    return openOwn();
  }
}

/** Whether an error says that the file cannot be written, and not that it is damaged. */
export function isUnwritable(error: unknown): boolean {
  return hasCode(error, 'readOnly', 'cannotOpen', 'full', 'ioError');
}
