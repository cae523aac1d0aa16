/**
 * Opening the file, and how SQLite is set up.
 *
 * A path may name another application's database, a file that is just being created by another
 * process, one that a crash left with a journal, or evidence on a medium where nothing may be
 * written. SQLite would create, lock or roll back files in all of these cases. So a file is first
 * read with `immutable=1`, which touches nothing, then opened to read, and only then to write.
 *
 * WAL with `synchronous=FULL`: an acknowledged event is on the disk, and readers never wait for the
 * writer. `fullfsync` does the same on macOS, where `fsync` does not wait for the disk.
 */

import { existsSync, lstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { PaymentOrderError, invalidInput } from '../../errors.ts';
import { writePrivateFile } from '../../private-files.ts';
import type { Runtime } from '../../runtime.ts';
import { hasCode, isCorrupt, resultCode } from '../../sqlite-errors.ts';
import { readError } from './errors.ts';
import { busyTimeoutMs, patiently } from '../../sqlite-patience.ts';
import { applicationId, assertOurSchema, schema, schemaVersion } from './schema.ts';

const openLimitMs = 10_000;
const readonlyRollback = 776;
const readonlyDirectory = 1544;
/** 16 MiB of log between checkpoints: pages that change often are then copied less often. */
const checkpointPages = 4_000;

export type OpenedFile = {
  readonly database: DatabaseSync;
  /** Opened to read where there is no file: the database is an empty one in memory. */
  readonly absent: boolean;
};

/**
 * Opens the file, or creates it where it is absent or empty. A foreign, newer or corrupt file is
 * refused and left as it is, byte for byte.
 */
export async function openFile(
  path: string,
  runtime: Runtime,
  readOnly: boolean,
): Promise<OpenedFile> {
  checkRuntime(process.versions);
  const url = fileUrl(path);
  try {
    return await patiently(runtime, openLimitMs, () => openOnce(path, url, readOnly));
  } catch (error) {
    throw readError(error, `opening the SQLite store ${path} failed`);
  }
}

/** SQLite up to 3.51.2 can corrupt a WAL file that several processes share. */
export function checkRuntime(versions: { readonly node: string; readonly sqlite?: string }): void {
  const sqlite = versions.sqlite ?? '0';
  if (isAtLeast(versions.node, '24.16.0') && isAtLeast(sqlite, '3.51.3')) return;
  throw new PaymentOrderError(
    'store-unavailable',
    'the SQLite store needs Node 24.16 with SQLite 3.51.3 or newer; ' +
      `this is Node ${versions.node} with SQLite ${sqlite}`,
  );
}

/** Without a collator, which takes 10 ms to make: every command of the command line comes here. */
function isAtLeast(version: string, least: string): boolean {
  const numbersOf = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10));
  const found = numbersOf(version);
  const needed = numbersOf(least);
  const differs = needed.findIndex((part, index) => part !== found[index]);
  return differs === -1 || (found[differs] ?? 0) > (needed[differs] ?? 0);
}

/** As a URL, so that a path is never taken for `:memory:` or for SQLite's own URI options. */
function fileUrl(path: string): URL {
  if (path === '' || path.includes('\0')) {
    throw invalidInput('path', 'must be a path that is not empty and has no NUL');
  }
  return pathToFileURL(resolve(path));
}

function openOnce(path: string, url: URL, readOnly: boolean): OpenedFile {
  // `stat`, never a read: closing a file drops all locks that this process's SQLite holds on it.
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing !== undefined && !existing.isFile()) {
    throw new PaymentOrderError('store-unavailable', `the SQLite store ${path} is not a file`);
  }
  if (existing === undefined || existing.size === 0) {
    if (!readOnly) {
      if (existing === undefined) createPrivately(path);
      return { database: openToWrite(path, url), absent: false };
    }
    const database = new DatabaseSync(':memory:');
    database.exec(schema);
    return { database, absent: true };
  }
  precheckHeader(path, url);
  const database = openToRead(path, url);
  if (database !== undefined && readOnly) return { database, absent: false };
  database?.close();
  return { database: openToWrite(path, url), absent: false };
}

/**
 * Makes an empty file that only its owner may read, whatever the umask is. SQLite gives its log and
 * its index the mode of the file. It would follow a link, and make the file somewhere else.
 */
function createPrivately(path: string): void {
  try {
    writePrivateFile(path, '');
  } catch {
    // Another process was faster, or SQLite's own error says why.
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() !== true || existsSync(path)) return;
  throw new PaymentOrderError(
    'store-unavailable',
    `the SQLite store ${path} is a link to a file that is missing; name a file instead`,
  );
}

/** Reads the header without locks, log or journal: nothing appears next to a foreign file. */
function precheckHeader(path: string, url: URL): void {
  const database = openImmutable(url);
  try {
    assertOurFormat(path, database);
  } catch (error) {
    if (hasCode(error, 'notADatabase')) throw notOurs(path, error);
    // A checkpoint may be running, or may have been cut short: only a proper read can tell.
    if (!isCorrupt(error)) throw error;
  } finally {
    database.close();
  }
}

/** Undefined where a crash left a journal that only a writer may roll back. */
function openToRead(path: string, url: URL): DatabaseSync | undefined {
  const database = new DatabaseSync(url, { readOnly: true, timeout: busyTimeoutMs });
  try {
    return prepared(path, database, checkFormat);
  } catch (error) {
    if (resultCode(error) === readonlyRollback) return undefined;
    if (resultCode(error) === readonlyDirectory) return openSealed(path);
    throw error;
  }
}

/**
 * A file in a directory where nothing can be written, as when evidence is handed over. Without a
 * log next to it the file is complete, and no process can write to it through that directory.
 */
function openSealed(path: string): DatabaseSync {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new PaymentOrderError(
      'store-unavailable',
      `the SQLite store ${path} has a log (-wal) next to it, in a directory where nothing can be ` +
        'written; copy both files to a directory where you may write, and read them there',
    );
  }
  return openWhole(path).database;
}

/** A file of ours that no process writes; nothing appears next to it. */
export function openWhole(path: string): OpenedFile {
  return { database: prepared(path, openImmutable(fileUrl(path)), checkFormat), absent: false };
}

function openImmutable(url: URL): DatabaseSync {
  const immutable = new URL(url);
  immutable.searchParams.set('immutable', '1');
  return new DatabaseSync(immutable, { readOnly: true });
}

function openToWrite(path: string, url: URL): DatabaseSync {
  const database = new DatabaseSync(url, { timeout: busyTimeoutMs, defensive: true });
  return prepared(path, database, setUp);
}

function setUp(path: string, database: DatabaseSync): void {
  createSchemaIfEmpty(path, database);
  assertOurSchema(database, path);
  setPragma(database, 'journal_mode', 'WAL', 'wal');
  setPragma(database, 'synchronous', 'FULL', 2);
  setPragma(database, 'fullfsync', 'ON', 1);
  setPragma(database, 'trusted_schema', 'OFF', 0);
  setPragma(database, 'wal_autocheckpoint', String(checkpointPages), checkpointPages);
}

/** The database after `prepare`; closed where that fails. */
function prepared(
  path: string,
  database: DatabaseSync,
  prepare: (path: string, database: DatabaseSync) => void,
): DatabaseSync {
  try {
    prepare(path, database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Creates the schema in one transaction: another process that opens the file finds it whole. */
function createSchemaIfEmpty(path: string, database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    if (objectCount(database) === 0 && headerValue(database, 'application_id') === 0) {
      database.exec(schema);
    }
    assertOurFormat(path, database);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function assertOurFormat(path: string, database: DatabaseSync): void {
  if (headerValue(database, 'application_id') !== applicationId) throw notOurs(path);
  const version = headerValue(database, 'user_version');
  if (version > schemaVersion) {
    throw new PaymentOrderError(
      'store-newer',
      `the SQLite store ${path} has schema version ${version}; ` +
        `this release knows versions up to ${schemaVersion}`,
    );
  }
}

function checkFormat(path: string, database: DatabaseSync): void {
  assertOurFormat(path, database);
  assertOurSchema(database, path);
}

function objectCount(database: DatabaseSync): number {
  const row = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get();
  return Number(row?.['count']);
}

function headerValue(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** Sets a pragma and reads it back: SQLite does not report that it ignored one. */
function setPragma(
  database: DatabaseSync,
  name: string,
  value: string,
  wanted: string | number,
): void {
  database.exec(`PRAGMA ${name} = ${value}`);
  const got = database.prepare(`PRAGMA ${name}`).get()?.[name];
  if (got === wanted) return;
  const message = `SQLite ignored PRAGMA ${name} = ${value}; it is ${String(got)}`;
  throw new PaymentOrderError('store-unavailable', message);
}

function notOurs(path: string, cause?: unknown): PaymentOrderError {
  const message = `${path} is not a store of payment orders; it was left as it is`;
  return new PaymentOrderError('store-not-ours', message, { cause });
}
