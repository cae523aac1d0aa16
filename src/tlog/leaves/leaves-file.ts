/**
 * Opening the file that keeps the leaves. It is derived, and may be deleted at any time. Yet it is
 * never replaced here: once the store was altered, it may be the only thing that says what stood
 * there. A file that cannot be used is reported, and this process builds the leaves in its memory.
 */

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { ensurePrivateFile } from '../../private-files.ts';
import { busyTimeoutMs } from '../../sqlite-patience.ts';
import { applicationId, schema, schemaVersion } from './schema.ts';

export type OpenedLeaves = {
  readonly database: DatabaseSync;
  /** Null for a database of this process alone. */
  readonly file: { readonly path: string; readonly inode: number | null } | null;
};

/** The file of leaves cannot be used. */
export class LeavesUnusable extends Error {
  constructor(path: string, problem: string, cause?: unknown) {
    super(
      `the leaves of the log in ${path} cannot be used: ${problem}; this process builds its own. ` +
        'Keep the file if you suspect that the store was altered; else delete it',
      { cause },
    );
    this.name = 'LeavesUnusable';
  }
}

/** Leaves that only this process sees. What does not fit into its cache, SQLite puts aside. */
export function openOwnLeaves(): OpenedLeaves {
  const database = new DatabaseSync('');
  database.exec(schema);
  return { database, file: null };
}

/**
 * Opens the file, or creates it.
 *
 * @throws {LeavesUnusable} where it holds anything else, or cannot be written.
 */
export function openLeavesFile(path: string): OpenedLeaves {
  try {
    ensurePrivateFile(path, 'leaves');
    return openAt(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/**
 * Opens a file of leaves that somebody kept, to read it.
 *
 * @throws {LeavesUnusable} where it is missing, or holds anything else.
 */
export function openKeptLeaves(path: string): DatabaseSync {
  try {
    if (!existsSync(path)) throw new LeavesUnusable(path, 'there is no such file');
    const url = pathToFileURL(resolve(path));
    url.searchParams.set('mode', 'ro');
    const database = new DatabaseSync(url, { timeout: busyTimeoutMs, defensive: true });
    try {
      assertOurs(database, path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Whether somebody deleted or replaced the file: nobody sees what is written to it now. */
export function isGone({ file }: OpenedLeaves): boolean {
  return file !== null && inodeOf(file.path) !== file.inode;
}

function openAt(path: string): OpenedLeaves {
  const location = pathToFileURL(resolve(path));
  const database = new DatabaseSync(location, { timeout: busyTimeoutMs, defensive: true });
  try {
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF');
    database.exec('BEGIN IMMEDIATE');
    if (headerOf(database, 'application_id') === 0 && isEmpty(database)) database.exec(schema);
    assertOurs(database, path);
    database.exec('COMMIT');
    return { database, file: { path, inode: inodeOf(path) } };
  } catch (error) {
    database.close();
    throw error;
  }
}

function assertOurs(database: DatabaseSync, path: string): void {
  const isOurs =
    headerOf(database, 'application_id') === applicationId &&
    headerOf(database, 'user_version') === schemaVersion &&
    textOf(database) === (schemaToday ??= ownSchema());
  if (!isOurs) throw new LeavesUnusable(path, 'it holds something else');
}

let schemaToday: string | undefined;

function ownSchema(): string {
  const { database } = openOwnLeaves();
  try {
    return textOf(database);
  } finally {
    database.close();
  }
}

function textOf(database: DatabaseSync): string {
  return JSON.stringify(
    database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all(),
  );
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT name FROM sqlite_schema LIMIT 1').get() === undefined;
}

function headerOf(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

function unusable(path: string, error: unknown): Error {
  if (error instanceof LeavesUnusable) return error;
  return new LeavesUnusable(path, 'it cannot be opened', error);
}
