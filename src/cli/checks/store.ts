import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Runtime } from '../../runtime.ts';
import { openStore } from '../../open.ts';
import { mayWrite } from '../output/advice.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { isAbsentFile, sqlitePath } from '../input/store-path.ts';
import type { Settings } from '../input/settings.ts';
import type { Check } from './check.ts';
import { messageOf } from './check.ts';

/** Lets the store look at itself, and reads its first event; writes nothing, also no file. */
export async function storeChecks(settings: Settings, runtime: Runtime): Promise<readonly Check[]> {
  const path = sqlitePath(settings.storeUrl);
  const checks = [await reachable(settings.storeUrl, path, runtime)];
  if (path !== null) checks.push(permissions(path));
  return checks;
}

async function reachable(url: string, path: string | null, runtime: Runtime): Promise<Check> {
  const name = 'store';
  try {
    const store = await openStore(url, runtime, { readOnly: true });
    try {
      const found = await store.check();
      if (found.length > 0) return { name, ok: false, isDamage: true, say: damage(found) };
      await store.readAll(null, '')[Symbol.asyncIterator]().next();
    } finally {
      await store.close();
    }
  } catch (error) {
    const isDamage = exitCodeOf(error) === exitCodes.integrity;
    return { name, ok: false, isDamage, say: () => messageOf(error) };
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

const sentencesShown = 5;

function damage(found: readonly string[]): Check['say'] {
  const shown = found.slice(0, sentencesShown).join('; ');
  return (words) => words.storeIsDamaged(found.length > sentencesShown ? `${shown}; …` : shown);
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
