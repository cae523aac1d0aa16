import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';

// A page of a damaged file may lead back to an earlier one: a reader that goes on would read for ever.
const draws = simulatedRuntime();
const streams = 600;
let directory: string;
let path: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'payment-order-circle-'));
  path = join(directory, 'orders.db');
  const store = await openSqliteStore({ path, runtime: systemRuntime() });
  const event = () => ({
    id: draws.newId(),
    type: 'A',
    data: { text: 'x'.repeat(400) },
    metadata: {},
  });
  await Promise.all(
    Array.from({ length: streams }, (_, at) => store.append(`s-${at}`, [event()], 'no-stream')),
  );
  await store.close();
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('the check of a store ends where its rows lead back to earlier ones', async () => {
  await using store = await damaged('events');

  const faults = await store.check();

  expect(faults.join('\n')).toMatch(
    /position \d+ stands after position \d+; the rest was not checked/,
  );
});

test('the listing of streams ends with a named error where their index leads back', async () => {
  await using store = await damaged('stream_starts');

  const listing = Array.fromAsync(store.streams(''));

  await expect(listing).rejects.toMatchObject({ code: 'store-corrupt' });
});

/** The store after the last page of a table or an index was made to lead to its first one. */
async function damaged(name: string): Promise<EventStore & AsyncDisposable> {
  const database = new DatabaseSync(path);
  const { rootpage } = database
    .prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?')
    .get(name) as { readonly rootpage: number };
  const { page_size: pageBytes } = database.prepare('PRAGMA page_size').get() as {
    readonly page_size: number;
  };
  database.close();
  const bytes = readFileSync(path);
  const root = bytes.subarray((rootpage - 1) * pageBytes, rootpage * pageBytes);
  // An inner page: its last child stands in its header, the first one in its first cell.
  expect([0x02, 0x05]).toContain(root[0]);
  const firstCell = root.readUInt16BE(12);
  root.writeUInt32BE(root.readUInt32BE(firstCell), 8);
  writeFileSync(path, bytes);
  const store = await openSqliteStore({ path, runtime: systemRuntime(), readOnly: true });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
