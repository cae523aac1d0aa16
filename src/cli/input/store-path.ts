import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Words } from '../../words/cli/en.ts';

/** The file of a SQLite store; null for any other store. */
export function sqlitePath(store: string): string | null {
  const path = /^sqlite:([^\0]+)$/s.exec(store)?.[1];
  return path ?? null;
}

/** A path as it was given, or resolved from `cwd` where a run has its own. */
export function pathAt(cwd: string | undefined, path: string): string {
  return cwd === undefined ? path : resolve(cwd, path);
}

/** The URL of a store, with the path of a SQLite file resolved from `cwd`. */
export function storeUrlAt(cwd: string | undefined, store: string): string {
  const path = sqlitePath(store);
  return path === null ? store : `sqlite:${pathAt(cwd, path)}`;
}

export function isAbsentFile(store: string): boolean {
  const path = sqlitePath(store);
  return path !== null && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** A sentence that no store exists at the path that was tried, not escaped; null if one does. */
export function absenceOf(
  { store, storeUrl }: { readonly store: string; readonly storeUrl: string },
  words: Pick<Words, 'store'>,
): string | null {
  const path = sqlitePath(storeUrl);
  if (path === null || !isAbsentFile(storeUrl)) return null;
  const { noFile, emptyFile } = words.store;
  return (existsSync(path) ? emptyFile : noFile)(store, resolve(path));
}

/** SQLite writes its log next to the file, so the directory must be writable too. */
export function isWritable(path: string): boolean {
  const places = [dirname(resolve(path)), ...(existsSync(path) ? [path] : [])];
  try {
    for (const place of places) accessSync(place, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
