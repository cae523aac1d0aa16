import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Words } from '../../words/cli/words.ts';

/** The file of a SQLite store; null for any other store. */
export function sqlitePath(store: string): string | null {
  const path = /^sqlite:([^\0]+)$/s.exec(store)?.[1];
  return path ?? null;
}

export function isAbsentFile(store: string): boolean {
  const path = sqlitePath(store);
  return path !== null && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** That nothing is stored yet, and where was looked; null where a file is. Not yet inert. */
export function absenceOf(store: string, words: Pick<Words, 'store'>): string | null {
  const path = sqlitePath(store);
  if (path === null || !isAbsentFile(store)) return null;
  const { noFile, emptyFile } = words.store;
  return (existsSync(path) ? emptyFile : noFile)(store, resolve(path));
}
