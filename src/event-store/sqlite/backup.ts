/**
 * A copy of a file that other processes go on writing. Copying the file by hand misses what is only
 * in its log, and a copy of both may mix two moments.
 */

import { lstatSync } from 'node:fs';
import { backup } from 'node:sqlite';
import { invalidInput, PaymentOrderError } from '../../errors.ts';
import { makePrivateFile } from '../../private-files.ts';
import type { Runtime } from '../../runtime.ts';
import { readError } from './errors.ts';
import { openFile, openWhole, type OpenedFile } from './file.ts';

const pagesPerStep = 1_000;
/** A log next to the new file would be taken for its own. */
const suffixes = ['', '-wal', '-shm', '-journal'];

type Copying = {
  readonly path: string;
  readonly target: string;
  readonly runtime: Runtime;
  readonly signal: AbortSignal | undefined;
};

/**
 * Copies the store at `path` into the new file `target`. `examine` gets the copy before it has its
 * name; where that fails, no file is left.
 *
 * @throws {PaymentOrderError} `invalid-input` where the place is taken or cannot be written;
 * `store-unavailable`, `store-corrupt`.
 * @throws The reason of the signal.
 */
export async function backupFile<Found>(
  copying: Copying,
  examine: (draft: string, copy: OpenedFile) => Promise<Found>,
): Promise<Found> {
  const { path, target, signal } = copying;
  for (const suffix of suffixes) assertFree(`${target}${suffix}`);
  try {
    return await makePrivateFile(target, async (draft) => {
      await copyInto(draft, copying);
      const found = await examine(draft, openWhole(draft));
      signal?.throwIfAborted();
      return found;
    });
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (isOfFiles(error)) throw unwritable(target, error.code);
    throw readError(error, `copying the SQLite store ${path} to ${target} failed`);
  }
}

/**
 * Node copies on a thread of its own. With an open view of the file the copy never starts again,
 * which it would do for ever where others write without a pause; and they need not wait for it.
 */
async function copyInto(draft: string, { path, runtime, signal }: Copying): Promise<void> {
  const { database, absent } = await openFile(path, runtime, true);
  try {
    if (absent) {
      throw new PaymentOrderError('store-unavailable', `there is no SQLite store at ${path}`);
    }
    database.exec('BEGIN; SELECT 1 FROM events LIMIT 1');
    const progress = () => {
      signal?.throwIfAborted();
    };
    await backup(database, draft, { rate: pagesPerStep, progress });
  } finally {
    database.close();
  }
}

function assertFree(path: string): void {
  let existing: unknown;
  try {
    existing = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw isOfFiles(error) ? unwritable(path, error.code) : error;
  }
  if (existing !== undefined) throw unwritable(path, 'EEXIST');
}

function unwritable(path: string, code: string): PaymentOrderError {
  const problem =
    code === 'EEXIST'
      ? `must name a new file, but ${path} exists; a backup replaces nothing`
      : `must name a file that can be written; ${path} cannot: ${code}`;
  return invalidInput('file', problem);
}

function isOfFiles(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
