import { expect, test } from 'vitest';
import { openFile } from '../../../src/event-store/sqlite/file.ts';
import { sqliteStore } from '../../../src/event-store/sqlite/log.ts';
import { SqliteRows } from '../../../src/event-store/sqlite/read.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { anEvent, put } from '../../../src/testing/store-contract-support.ts';
import { scratchPath } from '../scratch.ts';

test('a page of long events ends after a mebibyte of text, one of a stream after 16 events', async () => {
  const { path, remove } = scratchPath();
  const runtime = simulatedRuntime();
  const file = await openFile(path, runtime, false);
  const store = sqliteStore(file, { path, runtime });
  for (let count = 0; count < 20; count += 1) {
    await put(store, 's-1', [anEvent({ text: 'x'.repeat(200_000) })]);
  }

  const rows = new SqliteRows(file.database);
  const pages = [rows.page(0, 20, ['']), rows.streamPage('s-1', -1), rows.streamPage('s-1', 15)];

  expect(pages.map(({ events }) => events.length)).toEqual([6, 16, 4]);
  await store.close();
  remove();
});
