import { expect, test } from 'vitest';
import { openFile } from '../../../src/event-store/sqlite/file.ts';
import { sqliteStore } from '../../../src/event-store/sqlite/log.ts';
import { SqliteRows } from '../../../src/event-store/sqlite/read.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { anEvent, put } from '../../../src/testing/store-contract-support.ts';
import { scratchPath } from '../scratch.ts';

test('a page of long events ends after a mebibyte of text', async () => {
  const { path, remove } = scratchPath();
  const runtime = simulatedRuntime();
  const file = await openFile(path, runtime, false);
  const store = sqliteStore(file, { path, runtime });
  for (let count = 0; count < 20; count += 1) {
    await put(store, 's-1', [anEvent({ text: 'x'.repeat(200_000) })]);
  }

  const rows = new SqliteRows(file.database);
  const pages = [rows.streamPage('s-1', -1), rows.page(0, 20, [''])];

  for (const { events } of pages) expect(events).toHaveLength(6);
  await store.close();
  remove();
});
