import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Host } from '../../host.ts';
import { openStore } from '../../open.ts';
import { isAbsentFile, sqlitePath } from '../session.ts';
import type { Settings } from '../settings.ts';
import type { Check } from './check.ts';
import { messageOf } from './check.ts';

/** Reads the first event of the store; writes nothing, also where no file is. */
export async function storeChecks(settings: Settings, host: Host): Promise<readonly Check[]> {
  const path = sqlitePath(settings.store);
  const checks = [await reachable(settings.store, path, host)];
  if (path !== null) checks.push(permissions(path));
  return checks;
}

async function reachable(url: string, path: string | null, host: Host): Promise<Check> {
  const name = 'store';
  try {
    const store = await openStore(url, host, true);
    try {
      await store.readAll(null, '')[Symbol.asyncIterator]().next();
    } finally {
      await store.close();
    }
  } catch (error) {
    return { name, ok: false, say: () => messageOf(error) };
  }
  if (url === 'memory:') return { name, ok: true, say: (words) => words.storeInMemory };
  if (path === null) return { name, ok: true, say: (words) => words.storeIsReached };
  const isAbsent = isAbsentFile(url);
  return {
    name,
    ok: true,
    say: (words) => (isAbsent ? words.storeIsAbsent(path) : words.storeIsReadable(path)),
  };
}

const writableByAll = 0o002;

function permissions(path: string): Check {
  const name = 'file-permissions';
  const directory = dirname(resolve(path));
  // The log that SQLite keeps beside the file needs the directory, too.
  const isWritable = mayWrite(directory) && (!existsSync(path) || mayWrite(path));
  if (!isWritable) return { name, ok: false, say: (words) => words.directoryIsNotWritable };
  const mode = statSync(existsSync(path) ? path : directory).mode & 0o777;
  const shown = mode.toString(8).padStart(4, '0');
  // A directory like /tmp is open to all; a file in it must not be.
  const isOpen = existsSync(path) && process.platform !== 'win32' && (mode & writableByAll) !== 0;
  return {
    name,
    ok: !isOpen,
    say: (words) => (isOpen ? words.fileIsOpen(shown) : words.fileIsPrivate(shown)),
  };
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
