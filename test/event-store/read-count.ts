import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../src/runtime.ts';

// A reader in a process of its own, which may run as another user.
const store = await openSqliteStore({
  path: process.argv[2] ?? '',
  runtime: systemRuntime(),
  readOnly: true,
});
let events = 0;
for await (const { revision } of store.readAll(null, '')) events += revision >= 0 ? 1 : 0;
await store.close();
process.stdout.write(String(events));
