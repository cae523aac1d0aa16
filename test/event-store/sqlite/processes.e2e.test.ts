import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { runChild, type Acknowledged } from '../processes.ts';
import { scratchPath } from '../scratch.ts';
import { all } from '../../../src/testing/store-contract-support.ts';

const stream = 'paymentOrder-1';
const kills = Number(process.env['EVENT_STORE_KILLS'] ?? 10);
let path = '';
let remove: () => void;

beforeEach(() => {
  ({ path, remove } = scratchPath());
});

afterEach(() => {
  remove();
});

describe('a SQLite store shared by processes', () => {
  test('opens for 8 processes at once in a fresh place, and keeps every append', async () => {
    const children = Array.from({ length: 8 }, () => runChild(path, stream, 5));
    const ended = await Promise.all(children);
    for (const { exitCode, stderr } of ended) {
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
    }
    const acknowledged = ended.flatMap((child) => child.acknowledged);
    expect(acknowledged).toHaveLength(40);
    expect(await stored()).toEqual(byRevision(acknowledged));
  });

  test('loses nothing acknowledged when two writers race for every revision', async () => {
    const ended = await Promise.all([runChild(path, stream, 100), runChild(path, stream, 100)]);
    const acknowledged = ended.flatMap((child) => child.acknowledged);
    expect(acknowledged).toHaveLength(200);
    expect(await stored()).toEqual(byRevision(acknowledged));
  });

  test(`loses nothing acknowledged in ${kills} kills`, async () => {
    const acknowledged: Acknowledged[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const ended = await runChild(path, stream, 1_000_000, 1 + ((kill * 7) % 40));
      expect(ended.exitCode).toBeNull();
      acknowledged.push(...ended.acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(kills);
    const found = new Map((await stored()).map((event) => [event.revision, event.id]));
    for (const { revision, id } of acknowledged) expect(found.get(revision)).toBe(id);
  });
});

async function stored(): Promise<Acknowledged[]> {
  const store = await openSqliteStore({ path, runtime: simulatedRuntime() });
  try {
    const events = await all(store.read(stream));
    return events.map(({ revision, id }) => ({ revision, id }));
  } finally {
    await store.close();
  }
}

function byRevision(acknowledged: readonly Acknowledged[]): Acknowledged[] {
  return acknowledged.toSorted((a, b) => a.revision - b.revision);
}
