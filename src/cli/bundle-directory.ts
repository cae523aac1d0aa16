import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateDirectory, writePrivateFile } from '../private-files.ts';
import { UsageError } from './input/arguments.ts';

const fileBytesMax = 512 * 1024 * 1024;
const filesMax = 1_000;

/** Writes a package into a new or an empty directory: all of its files, or none. */
export function writeBundle(directory: string, files: ReadonlyMap<string, string>): void {
  orUsageError(`${directory} cannot be written`, () => {
    const isNew = makePrivateDirectory(directory);
    if (readdirSync(directory).length > 0) {
      throw new UsageError(`${directory} is not empty: name a new directory`);
    }
    const written: string[] = [];
    try {
      for (const [name, content] of files) {
        writePrivateFile(join(directory, name), content);
        written.push(name);
      }
    } catch (error) {
      for (const name of written) rmSync(join(directory, name));
      if (isNew) rmdirSync(directory);
      throw error;
    }
  });
}

export function writeNewFile(file: string, content: string): void {
  orUsageError(`${file} cannot be written`, () => {
    writePrivateFile(file, content);
  });
}

/** All entries of a package's directory by name; an entry that is not a file has no bytes. */
export function readBundle(directory: string): ReadonlyMap<string, Uint8Array> {
  return orUsageError(`${directory} cannot be read as a package`, () => {
    const names = readdirSync(directory);
    if (names.length > filesMax) throw new UsageError(`${directory} holds too many files`);
    return new Map(names.map((name) => [name, contentOf(join(directory, name))]));
  });
}

/** Links are not followed, since their targets are not part of the package. */
function contentOf(path: string): Uint8Array {
  const entry = lstatSync(path);
  if (!entry.isFile()) return new Uint8Array();
  if (entry.size > fileBytesMax) throw new UsageError(`${path} is too large for a package`);
  return readFileSync(path);
}

function orUsageError<T>(problem: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(`${problem}: ${reason}`);
  }
}
