/** Which store a URL names, and where its index is kept. */

import { existsSync } from 'node:fs';
import { PaymentOrderError } from './errors.ts';
import type { EventStore } from './event-store/event-store.ts';
import type { OpenOptions } from './open-options.ts';
import type { IndexPlace } from './order-index/types.ts';
import type { Runtime } from './runtime.ts';

/** Opens the store of a URL. An adapter is loaded only when its URL is used. */
export async function openStore(
  url: string,
  runtime: Runtime,
  options: Pick<OpenOptions, 'readOnly' | 'allowInsecureCredentials'> = {},
): Promise<EventStore> {
  if (url === 'memory:') {
    const { openMemoryStore } = await import('./event-store/memory.ts');
    return openMemoryStore(runtime);
  }
  const path = sqlitePathOf(url);
  if (path !== null) {
    const { openSqliteStore } = await import('./event-store/sqlite/store.ts');
    return openSqliteStore({ path, runtime, readOnly: options.readOnly });
  }
  if (/^(?:esdb|kurrentdb)(?:\+discover)?:\/\//.test(url)) {
    const { openEventStoreDbStore } = await import('./event-store/eventstoredb/store.ts');
    const allowInsecureCredentials = options.allowInsecureCredentials ?? false;
    return openEventStoreDbStore({ url, runtime, allowInsecureCredentials });
  }
  // The URL may hold a password, so only its scheme is shown.
  const scheme = /^[a-z][a-z+]{0,31}:/.exec(url)?.[0] ?? 'no scheme';
  const problem = `must be sqlite:FILE, esdb://HOST:PORT or memory:, but has ${scheme}`;
  const message = `store: ${problem}`;
  throw new PaymentOrderError('invalid-store-url', message, { field: 'store', problem });
}

/** A SQLite store has its index in a file beside it; any other store only where one is named. */
export function indexPlaceOf({
  store,
  index,
  readOnly,
}: Pick<OpenOptions, 'store' | 'index' | 'readOnly'>): IndexPlace | null {
  if (index === 'memory:') return null;
  if (index !== undefined) return { path: index, isOurs: false };
  const path = typeof store === 'string' ? sqlitePathOf(store) : null;
  // What is only read makes no file beside one that is not there.
  if (path === null || (readOnly === true && !existsSync(path))) return null;
  return { path: `${path}.index`, isOurs: true };
}

/** Where the leaves of the log are kept: beside a SQLite store, or beside the index that was named. */
export function leavesFileOf(index: IndexPlace | null): string | null {
  if (index === null) return null;
  return `${index.isOurs ? index.path.replace(/\.index$/, '') : index.path}.tlog`;
}

function sqlitePathOf(url: string): string | null {
  const isPath = url.startsWith('sqlite:') && url.length > 'sqlite:'.length;
  return isPath ? url.slice('sqlite:'.length) : null;
}
