import { writeSync } from 'node:fs';
import { sqliteStore } from '../../src/event-store/sqlite/log.ts';
import { openFile } from '../../src/event-store/sqlite/file.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** What a child of `sqlite-fsync` is to do, one system call after the other. */
export type Orders = {
  readonly path: string;
  readonly acknowledgements: number;
  /** What an acknowledgement begins with, in the trace too. */
  readonly mark: string;
  /** `NORMAL` does not wait for the disk: the negative control. Null: as the store is shipped. */
  readonly synchronous: 'NORMAL' | null;
};

// `sqlite-fsync.ts` wrote it.
const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const { path, acknowledgements, mark, synchronous } = orders;
const runtime = systemRuntime();
const file = await openFile(path, runtime, false);
if (synchronous !== null) file.database.exec(`PRAGMA synchronous = ${synchronous}`);
const store = sqliteStore(file, { path, runtime });
let acknowledged = 0;

async function append(stream: string): Promise<void> {
  const last = await store.readLast(stream);
  const event = { id: runtime.newId(), type: 'Appended', data: { acknowledged }, metadata: {} };
  const result = await store.append(stream, [event], last === null ? 'no-stream' : last.revision);
  if (result.kind === 'conflict') throw new Error(`another writer appended to ${stream}`);
  // Synchronous, and so in the trace where it happened.
  writeSync(1, `${mark}${result.position}\n`);
  acknowledged += 1;
}

// Alone, and two and three at a time, which share a commit.
for (let round = 0; acknowledged < acknowledgements; round += 1) {
  const together = Math.min(1 + (round % 3), acknowledgements - acknowledged);
  await Promise.all(Array.from({ length: together }, (_, index) => append(`stream-${index}`)));
}
await store.close();
