/**
 * How this module writes files that hold data of orders, or keys. Only their owner may read them,
 * whatever the umask is, and nobody finds half of one. The content is written beside its place, made
 * durable, and then put there in one step, so that no link that somebody planted there is followed.
 */

import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { invalidInput } from './errors.ts';

const ownerOnly = { file: 0o600, directory: 0o700 } as const;

type Options = {
  /** A file that exists is replaced as a whole, so its wider mode goes with it. */
  readonly replace?: boolean;
};

/**
 * Writes a whole file with mode 600.
 *
 * Without `replace`, a file that exists is kept, and the error has the code `EEXIST`.
 *
 * @throws {PaymentOrderError} `invalid-input` where something other than a file would be replaced.
 * @throws an error of `node:fs` where the file cannot be written; nothing of it is left then.
 */
export function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  options: Options = {},
): void {
  writePrivateFiles(dirname(path), new Map([[basename(path), content]]), options);
}

/**
 * As `writePrivateFile`, for several files of one directory. All are written before the first is put
 * in its place, so where one cannot be written, what was there is still there.
 */
export function writePrivateFiles(
  directory: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  { replace = false }: Options = {},
): void {
  if (replace) for (const name of files.keys()) assertFile(join(directory, name));
  // Its name cannot be guessed, and only its owner may look into it.
  const workplace = mkdtempSync(join(directory, '.payment-order-'));
  const made: string[] = [];
  try {
    for (const [name, content] of files) writeDurably(join(workplace, name), content);
    for (const name of files.keys()) {
      const path = join(directory, name);
      if (replace) renameSync(join(workplace, name), path);
      else {
        linkNew(join(workplace, name), path);
        made.push(path);
      }
    }
  } catch (error) {
    for (const path of made) rmSync(path);
    throw error;
  } finally {
    rmSync(workplace, { recursive: true });
  }
}

/**
 * Writes a whole file with mode 600 in place of what stands there, without holding the process. For
 * what is soon written again: after a crash of the machine the older content may be found.
 *
 * @param draft - What no other draft of this file is called.
 * @throws an error of `node:fs` where the file cannot be written; nothing of it is left then.
 */
export async function replacePrivateFile(
  path: string,
  content: string,
  draft: string,
): Promise<void> {
  const beside = `${path}.${draft}`;
  try {
    await writeFile(beside, content, { mode: ownerOnly.file, flag: 'wx' });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/**
 * As `writePrivateFile`, for a new file that `make` fills itself: it gets the path of an empty draft,
 * in a directory of its own.
 */
export async function makePrivateFile<Made>(
  path: string,
  make: (draft: string) => Promise<Made>,
): Promise<Made> {
  const workplace = mkdtempSync(join(dirname(path), '.payment-order-'));
  try {
    const draft = join(workplace, 'draft');
    writeDurably(draft, '');
    const made = await make(draft);
    makeDurable(draft);
    linkNew(draft, path);
    makeDurable(dirname(path));
    return made;
  } finally {
    rmSync(workplace, { recursive: true });
  }
}

/**
 * Makes an empty file with mode 600 where there is none yet, for SQLite to write into. What fails
 * otherwise, SQLite's own error says better; another process may also have been faster.
 *
 * @throws {PaymentOrderError} `invalid-input` for a link that leads nowhere.
 */
export function ensurePrivateFile(path: string, field: string): void {
  if (existsSync(path)) return;
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw invalidInput(field, 'is a link to a file that is missing; name a file instead');
  }
  try {
    writePrivateFile(path, '');
  } catch {
    // As said above.
  }
}

/** Makes a directory, and its missing parents, with mode 700; true if it did not exist. */
export function makePrivateDirectory(path: string): boolean {
  if (existsSync(path)) return false;
  return mkdirSync(path, { recursive: true, mode: ownerOnly.directory }) !== undefined;
}

/**
 * What is wrong with the owner and the mode of a key file, for a process of the user `userId`; null
 * where nothing is. The rule is that of PostgreSQL's server keys.
 */
export function modeProblem(
  { mode, uid }: Pick<Stats, 'mode' | 'uid'>,
  userId: number,
): string | null {
  if (uid === 0) {
    return (mode & 0o037) === 0
      ? null
      : 'belongs to root and is open to more than reading by its group; run chmod 640 on it ' +
          '(Kubernetes: defaultMode 0440 with fsGroup)';
  }
  if (uid !== userId) {
    return `belongs to user ${uid}, but this is user ${userId}; run chown ${userId} on it`;
  }
  return (mode & 0o077) === 0 ? null : 'is open to others than its owner; run chmod 600 on it';
}

function assertFile(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true) return;
  throw invalidInput('path', 'must be a file, not a link, a directory or a device');
}

function writeDurably(draft: string, content: string | Uint8Array): void {
  const file = openSync(draft, 'wx', ownerOnly.file);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function makeDurable(path: string): void {
  // Windows opens no directory, and writes its entries by itself.
  if (process.platform === 'win32') return;
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

const withoutLinks: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Unlike a rename, a link never replaces a file. A memory card knows no links. */
function linkNew(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!withoutLinks.has(code)) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}
