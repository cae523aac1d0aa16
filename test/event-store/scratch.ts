import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A path for a database in a directory of its own, where no file is yet. */
export function scratchPath(): { readonly path: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'event-store-'));
  return {
    path: join(directory, 'orders.db'),
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
