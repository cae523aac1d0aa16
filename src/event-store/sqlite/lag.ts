import type { Runtime } from '../../runtime.ts';
import { openFile } from './file.ts';

/** How much is in the log and not yet in the file itself. Changes nothing. */
export async function lagOf(
  path: string,
  runtime: Runtime,
): Promise<{ readonly pages: number; readonly bytes: number }> {
  const { database } = await openFile(path, runtime, true);
  try {
    const { log, checkpointed } = database.prepare('PRAGMA wal_checkpoint(NOOP)').get() ?? {};
    const { page_size: size } = database.prepare('PRAGMA page_size').get() ?? {};
    // Both are -1 where there is no log.
    const pages = Number(log) - Number(checkpointed);
    return { pages, bytes: pages * Number(size) };
  } finally {
    database.close();
  }
}
