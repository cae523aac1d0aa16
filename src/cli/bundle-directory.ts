import { accessSync, constants, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PaymentOrderError } from '../errors.ts';
import { makePrivateDirectory, writePrivateFile, writePrivateFiles } from '../private-files.ts';
import { UsageError } from './input/arguments.ts';

/**
 * Writes a package into a new or an empty directory: all of its files, or none. With `force`, also
 * over an earlier export, which stays as it is until all new files are written. A directory with any
 * other file is refused.
 */
export function writeBundle(
  directory: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  force: boolean,
): void {
  orUsageError(`${directory} cannot be written`, () => {
    const isNew = makePrivateDirectory(directory);
    const found = readdirSync(directory);
    if (found.length > 0) refuseUnlessReplaced(directory, found, force);
    try {
      writePrivateFiles(directory, files, { replace: found.length > 0 });
    } catch (error) {
      if (isNew) rmdirSync(directory);
      throw error;
    }
    for (const name of found) if (!files.has(name)) rmSync(join(directory, name));
  });
}

/** The names that an export of a history, or of all histories as fixtures, gives its files. */
const ownNames =
  /^(?:\d{6,}\.json|manifest\.json|SHA256SUMS|events\.ndjson|(?:timeline|attempts)\.csv|(?:anomalies|decisions|replay)\.json|diagram\.(?:mmd|dot)|report\.html|verify(?:-log)?\.(?:mjs|html)|README\.txt|notice-[0-9a-f]{64}\.txt|revision-\d+\.tlog-proof)$/;

function refuseUnlessReplaced(directory: string, found: readonly string[], force: boolean): void {
  if (!force) {
    throw new UsageError(
      `${directory} is not empty: name a new directory, or replace an earlier export with --force`,
    );
  }
  const isOurs = (name: string) => ownNames.test(name) && lstatSync(join(directory, name)).isFile();
  const foreign = found.find((name) => !isOurs(name));
  if (foreign === undefined && found.some((name) => /^(manifest|0{5}1)\.json$/.test(name))) return;
  const what = foreign === undefined ? 'no export' : `${foreign}, which is not part of an export`;
  throw new UsageError(`${directory} holds ${what}: name another directory; nothing was changed`);
}

/** Writes one file; without `force` only where none is. */
export function writeExport(file: string, content: string, force: boolean): void {
  if (!force && lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new UsageError(`${file} exists already: name another file, or replace it with --force`);
  }
  orUsageError(`${file} cannot be written`, () => {
    writePrivateFile(file, content, { replace: force });
  });
}

/** Writes a private key, and never over a file that exists: nobody could sign with the old key then. */
export function writeNewKey(file: string, key: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new UsageError(`${file} exists already: name a new file, for a key is never replaced`);
  }
  orUsageError(`${file} cannot be written`, () => {
    writePrivateFile(file, key);
  });
}

/** Refuses a place where no checkpoint could be written later, before one is signed. */
export function refuseUnwritable(file: string): void {
  orUsageError(`${file} cannot be written`, () => {
    accessSync(dirname(file), constants.R_OK | constants.W_OK);
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false) {
      throw new UsageError(`${file} cannot be written: it is a link, a directory or a device`);
    }
  });
}

/** Writes a checkpoint in place of an earlier one, in one step. */
export function writeNote(file: string, note: string): void {
  orUsageError(`${file} cannot be written`, () => {
    writePrivateFile(file, note, { replace: true });
  });
}

function orUsageError<T>(problem: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    // What a place must be says more than the code of our own errors.
    const isOurs = error instanceof PaymentOrderError;
    throw new UsageError(`${problem}: ${(isOurs ? error.problem : undefined) ?? reason}`);
  }
}
