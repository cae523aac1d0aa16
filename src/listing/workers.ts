/** Whether anybody runs recovery, as the processes that work say beside the index. */

import type { Beat } from '../recovery/heartbeat.ts';
import { readHeartbeats } from '../recovery/heartbeat.ts';
import type { Words } from '../words/cli/en.ts';

/** Why nobody seems to work. */
export type WorkFault = keyof Words['work']['faults'];

export type Workers = {
  readonly workers: readonly Beat[];
  /** Null where somebody works. */
  readonly fault: WorkFault | null;
};

/**
 * Reads the heartbeats; the store is not asked.
 *
 * @param indexFile - The file of the order index; null where the index is kept in memory.
 */
export async function workersBeside(indexFile: string | null, nowMs: number): Promise<Workers> {
  if (indexFile === null) return { workers: [], fault: 'no-file' };
  const workers = await readHeartbeats(indexFile, nowMs);
  return { workers, fault: faultOf(workers) };
}

function faultOf(workers: readonly Beat[]): WorkFault | null {
  if (workers.length === 0) return 'none';
  const fresh = workers.filter(({ isFresh }) => isFresh);
  if (fresh.length === 0) return 'stale';
  return fresh.some(({ status }) => status.phase === 'following') ? null : 'not-following';
}
