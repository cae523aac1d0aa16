import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { headOf } from '../../src/testing/store-contract-support.ts';

/**
 * A process that appends `count` events to one stream, each at the revision it reads, and writes a
 * line per acknowledgement: `<revision> <id>`. Run as `child.ts PATH STREAM COUNT`.
 */
const [path = '', stream = '', count = '0'] = process.argv.slice(2);

const runtime = systemRuntime();
const store = await openSqliteStore({ path, runtime });
let done = 0;
while (done < Number(count)) {
  const event = { id: runtime.newId(), type: 'Appended', data: { pid: process.pid }, metadata: {} };
  const last = await store.readLast(stream);
  const result = await store.append(stream, [event], headOf(last));
  if (result.kind === 'conflict') continue;
  // Synchronous: the line is out before anything else happens in this process.
  writeSync(1, `${result.revision} ${event.id}\n`);
  done += 1;
}
await store.close();
