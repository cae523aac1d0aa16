import { z } from 'zod';
import { PaymentOrderError } from '../../errors.ts';
import { nodeFault } from '../../node-version.ts';
import { parseInput, runtimeSchema } from '../../parse.ts';
import type { EventStore } from '../event-store.ts';
import { schemaError } from './errors.ts';
import { sqliteStore, type SqliteStoreOptions } from './log.ts';

export type { SqliteStoreOptions } from './log.ts';

const optionsSchema = z.strictObject({
  path: z.string(),
  runtime: runtimeSchema,
  readOnly: z.boolean().optional(),
  pollMs: z.int().min(1).max(60_000).optional(),
} satisfies Record<keyof SqliteStoreOptions, z.ZodType>);

/**
 * A store in one SQLite file that several processes may share.
 *
 * It is built around these properties of SQLite and of files:
 *
 * - Older SQLite can corrupt a shared WAL file, only a writer may roll back a journal, and opening
 *   changes what it opens, also a foreign file (`file.ts`).
 * - Waiting for the disk is slow, and an error at COMMIT leaves the outcome unknown (`append.ts`).
 *   While it waits, a thread does nothing else (`writer.ts`).
 * - A damaged file still reads, row by row (`read.ts`), and most damage shows in no event
 *   (`check.ts`).
 * - A process does not learn of the commits of another one (`log.ts`).
 *
 * @throws {PaymentOrderError} `store-not-ours`, `store-newer` or `store-corrupt`, and leaves such a
 * file untouched; `store-unavailable`; `unsupported-node`; `invalid-input` with the option's name.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<EventStore> {
  const fault = nodeFault(process.versions.node);
  if (fault !== null) throw new PaymentOrderError('unsupported-node', fault);
  const parsed = parseInput(optionsSchema, options);
  const { path, runtime, readOnly = false } = parsed;
  // An old Node has no SQLite, and would fail at the import.
  const { openFile } = await import('./file.ts');
  const file = await openFile(path, runtime, readOnly);
  try {
    return sqliteStore(file, parsed);
  } catch (error) {
    file.database.close();
    throw schemaError(error, `opening the SQLite store ${path} failed`);
  }
}
