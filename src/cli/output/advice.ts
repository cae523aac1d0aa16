import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ErrorCode } from '../../errors.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { Words } from '../../words/cli/en.ts';
import { isWritable, sqlitePath } from '../input/store-path.ts';

type AdviceName = keyof Words['store']['advice'];

/** What to do about an error of the store or of a history; null if its message already says so. */
export function adviceFor(
  error: unknown,
  store: string | undefined,
  { store: { advice } }: Pick<Words, 'store'>,
): string | null {
  if (!(error instanceof PaymentOrderError)) return null;
  const { code } = error;
  const path = store === undefined ? null : sqlitePath(store);
  const name =
    path === null ? onServer(code) : code === 'store-unavailable' ? reasonOf(path) : code;
  return isAdvice(advice, name) ? advice[name] : null;
}

/** A server has no file to restore, and what cannot be reached says so in its message. */
function onServer(code: ErrorCode): string {
  if (code === 'store-unavailable') return '';
  return code === 'store-corrupt' ? 'illegal-history' : code;
}

/** Asks the file system, because SQLite says 'unable to open' for all of these. */
function reasonOf(path: string): AdviceName {
  if (!existsSync(dirname(resolve(path)))) return 'no-directory';
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) return 'not-a-file';
  if (!isWritable(path)) return 'not-writable';
  return found === undefined ? 'no-file' : 'store-unavailable';
}

function isAdvice(advice: Words['store']['advice'], name: string): name is AdviceName {
  return Object.hasOwn(advice, name);
}
