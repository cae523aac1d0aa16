import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { noticePrefix } from '../../inbox/events.ts';
import { verifyNotices } from '../../inbox/verify.ts';
import { waitsBeside } from '../../listing/waits.ts';
import { openStore } from '../../open-store.ts';
import { openPaymentOrders } from '../../open.ts';
import type { Runtime } from '../../runtime.ts';
import type { Words } from '../../words/cli/en.ts';
import { indexFileOf } from '../input/index-file.ts';
import type { Settings } from '../input/settings.ts';
import { isAbsentFile, isWritable, sqlitePath } from '../input/store-path.ts';
import { exitCodeOf, exitCodes } from '../output/failure.ts';
import { quoted } from '../output/next-commands.ts';

/** JSON reports it in English, people read it in their language. */
export type Check = {
  readonly name: keyof Words['doctor']['names'];
  readonly ok: boolean;
  readonly say: (words: Words['doctor']) => string;
  /** It works, and somebody should read what is said. */
  readonly isNote?: boolean;
  /** The store is damaged, which has an exit code of its own. */
  readonly isDamage?: boolean;
};

/** Lets the store check itself, and checks the notices in a file; writes nothing and makes no file. */
export async function storeChecks(settings: Settings, runtime: Runtime): Promise<readonly Check[]> {
  const { storeUrl } = settings;
  const path = sqlitePath(storeUrl);
  const store = await reachable(storeUrl, path, runtime);
  // A server may hold millions of events, of others too: `verify --all` looks through them.
  if (path === null) {
    // Without a file, finding what is overdue would read every event that the server has.
    const isIndexed = store.ok && settings.index !== undefined;
    return isIndexed ? [store, await overdueCheck(settings, runtime)] : [store];
  }
  const isRead = store.ok && !isAbsentFile(storeUrl);
  const notices = isRead ? await noticesChecks(storeUrl, runtime) : [];
  const log = isRead ? [await logCheck(path, runtime)] : [];
  const overdue = isRead ? [await overdueCheck(settings, runtime)] : [];
  return [store, ...overdue, ...notices, ...log, permissionCheck(path)];
}

/** A timer that nobody fires: recovery does not run, or cannot. It says why only where all have one reason. */
async function overdueCheck(settings: Settings, runtime: Runtime): Promise<Check> {
  const { storeUrl, index } = settings;
  const name = 'overdue';
  try {
    await using orders = await openPaymentOrders({
      ...{ store: storeUrl, readOnly: true, runtime },
      // An index that is there is used, and none is made.
      index: index ?? (isFile(`${sqlitePath(storeUrl) ?? ''}.index`) ? undefined : 'memory:'),
    });
    const { orders: found } = await orders.search({
      ...{ attention: ['overdue', 'attempt-overdue'], sort: 'due', limit: 1_000 },
    });
    const since = found[0]?.dueAt;
    if (typeof since !== 'string') return { name, ok: true, say: (words) => words.nothingOverdue };
    const waitsOf = await waitsBeside(indexFileOf(settings), runtime.now());
    const [why = null, ...others] = new Set(found.map(waitsOf));
    const waits = others.length > 0 ? 'several' : why;
    return { name, ok: false, say: (words) => words.ordersOverdue(found.length, since, waits) };
  } catch (error) {
    return { name, ok: false, say: () => messageOf(error) };
  }
}

/** What no fold of an order looks at. Empty where no notice ever came. */
async function noticesChecks(url: string, runtime: Runtime): Promise<readonly Check[]> {
  const name = 'notices';
  try {
    const store = await openStore(url, runtime, { readOnly: true });
    try {
      let notices = 0;
      const faults: string[] = [];
      for await (const found of verifyNotices(() => ({ store }))) {
        if (found.stream.startsWith(noticePrefix)) notices += 1;
        faults.push(...found.faults.slice(0, 1).map(({ message }) => message));
        if (faults.length > faultsShown) break;
      }
      const isWell = faults.length === 0;
      if (isWell && notices === 0) return [];
      const say: Check['say'] = (words) =>
        isWell ? words.noticesAreSound(notices) : words.noticesAreFaulty(shownOf(faults));
      return [{ name, ok: isWell, isDamage: !isWell, say }];
    } finally {
      await store.close();
    }
  } catch (error) {
    return [{ name, ok: false, say: () => messageOf(error) }];
  }
}

async function reachable(url: string, path: string | null, runtime: Runtime): Promise<Check> {
  const name = 'store';
  try {
    const store = await openStore(url, runtime, { readOnly: true });
    try {
      const faults = await store.check();
      if (faults.length > 0) return { name, ok: false, isDamage: true, say: damage(faults) };
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
  const say: Check['say'] = (words) =>
    (isAbsent ? words.storeIsAbsent : words.storeIsReadable)(path);
  return { name, ok: true, say };
}

const faultsShown = 5;

function damage(faults: readonly string[]): Check['say'] {
  return (words) => words.storeIsDamaged(shownOf(faults));
}

function shownOf(faults: readonly string[]): string {
  const shown = faults.slice(0, faultsShown).join('; ');
  return faults.length > faultsShown ? `${shown}; …` : shown;
}

/** How far the file lags behind its log: what somebody who copies the file alone would miss. */
async function logCheck(path: string, runtime: Runtime): Promise<Check> {
  const name = 'store-log';
  try {
    const { lagOf } = await import('../../event-store/sqlite/lag.ts');
    const { pages, bytes } = await lagOf(path, runtime);
    const say: Check['say'] = (words) =>
      pages === 0 ? words.logIsMoved : words.logIsAhead(pages, bytes);
    return { name, ok: true, isNote: pages > 0, say };
  } catch (error) {
    return { name, ok: false, say: () => messageOf(error) };
  }
}

const bits = { group: 0o070, others: 0o007 } as const;

/** The modes of the file, its log, its index and its leaves; a group may be meant to share them. */
function permissionCheck(path: string): Check {
  const name = 'file-permissions';
  if (!isWritable(path)) return { name, ok: false, say: (words) => words.directoryIsNotWritable };
  const files = ['', '-wal', '-shm', '.index', '.tlog']
    .map((suffix) => path + suffix)
    .filter(isFile);
  const places = files.length > 0 ? files : [dirname(resolve(path))];
  const mode = places.reduce((all, place) => all | statSync(place).mode, 0) & 0o777;
  const shown = mode.toString(8).padStart(4, '0');
  // A directory like /tmp is open to everyone; a file in it must not be. Windows has no such modes.
  const hasModes = files.length > 0 && process.platform !== 'win32';
  const wide = files.filter((file) => (statSync(file).mode & (bits.group | bits.others)) !== 0);
  const named = wide.map(quoted).join(' ');
  if (hasModes && (mode & bits.others) !== 0) {
    return { name, ok: false, say: (words) => words.fileIsOpen(shown, named) };
  }
  const isShared = hasModes && (mode & bits.group) !== 0;
  const say: Check['say'] = (words) =>
    isShared ? words.fileIsShared(shown, named) : words.fileIsPrivate(shown);
  return { name, ok: true, isNote: isShared, say };
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Messages of errors name no secret. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
