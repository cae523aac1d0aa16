import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './arguments.ts';

const fileBytesMax = 512 * 1024 * 1024;
const filesMax = 1_000;

/** Writes a package into a new or an empty directory. */
export function writeBundle(directory: string, files: ReadonlyMap<string, string>): void {
  try {
    mkdirSync(directory, { recursive: true });
    if (readdirSync(directory).length > 0) {
      throw new UsageError(`${directory} is not empty: name a new directory`);
    }
    for (const [name, content] of files) writeFileSync(join(directory, name), content);
  } catch (error) {
    throw unwritable(error, directory);
  }
}

export function writeNewFile(file: string, content: string): void {
  try {
    writeFileSync(file, content, { flag: 'wx' });
  } catch (error) {
    throw unwritable(error, file);
  }
}

/** All entries of a package's directory by name; an entry that is not a file has no bytes. */
export function readBundle(directory: string): ReadonlyMap<string, Uint8Array> {
  try {
    const names = readdirSync(directory);
    if (names.length > filesMax) throw new UsageError(`${directory} holds too many files`);
    return new Map(names.map((name) => [name, contentOf(join(directory, name))]));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${directory} cannot be read as a package: ${reasonOf(error)}`);
  }
}

/** Links are not followed, since their targets are not part of the package. */
function contentOf(path: string): Uint8Array {
  const entry = lstatSync(path);
  if (!entry.isFile()) return new Uint8Array();
  if (entry.size > fileBytesMax) throw new UsageError(`${path} is too large for a package`);
  return readFileSync(path);
}

function unwritable(error: unknown, place: string): Error {
  if (error instanceof UsageError) return error;
  return new UsageError(`${place} cannot be written: ${reasonOf(error)}`);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return 'unknown error';
}
