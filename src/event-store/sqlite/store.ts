import type { EventStore } from '../event-store.ts';
import { schemaError } from './errors.ts';
import { openFile } from './file.ts';
import { sqliteStore, type SqliteStoreOptions } from './log.ts';

export type { SqliteStoreOptions } from './log.ts';

/**
 * A store in one SQLite file that several processes may share.
 *
 * What it is built around, file by file: a WAL bug of older SQLite, journals that only a writer may
 * roll back, and foreign files that opening must not touch (`file.ts`); one wait for the disk for
 * many appends, and COMMIT errors that leave the outcome unknown (`append.ts`); a row that bytes
 * were changed in (`read.ts`); damage that no event shows (`check.ts`); a process that is not told
 * of another's commits (`log.ts`).
 *
 * @throws {PaymentOrderError} `store-not-ours`, `store-newer` or `store-corrupt`, and leaves such a
 * file untouched; `store-unavailable`.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<EventStore> {
  const file = await openFile(options.path, options.runtime, options.readOnly ?? false);
  try {
    return sqliteStore(file, options);
  } catch (error) {
    file.database.close();
    throw schemaError(error, `opening the SQLite store ${options.path} failed`);
  }
}
