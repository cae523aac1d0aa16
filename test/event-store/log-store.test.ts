import { describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { heldMsMax } from '../../src/runtime.ts';
import { PiecesPerTurn, hurryingRuntime } from '../turns.ts';
import { scratchPath } from './scratch.ts';

const events = 1_000;

/** A little more than a loop may do while its clock moves by a millisecond a piece. */
const piecesMax = 2 * heldMsMax;

const stores = {
  memory: () => ({ store: openMemoryStore(hurryingRuntime()), remove: () => undefined }),
  SQLite: async () => {
    const { path, remove } = scratchPath();
    return { store: await openSqliteStore({ path, runtime: hurryingRuntime() }), remove };
  },
};

const event = (n: number) => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  type: 'Something',
  data: {},
  metadata: {},
});

async function fill(store: EventStore): Promise<void> {
  for (let from = 0; from < events; from += 100) {
    const batch = Array.from({ length: 100 }, (_, index) => event(from + index));
    await store.append('long', batch, from === 0 ? 'no-stream' : from - 1);
  }
}

const ways: Readonly<Record<string, (store: EventStore) => AsyncIterable<unknown>>> = {
  'a long stream': (store) => store.read('long'),
  'the whole store': (store) => store.readAll(null, ''),
};

describe.each(Object.entries(stores))('%s', (_, opened) => {
  test.each(Object.entries(ways))('lets the process turn while it reads %s', async (_, read) => {
    const { store, remove } = await opened();
    await fill(store);

    const pieces = new PiecesPerTurn();
    await pieces.during(async () => {
      for await (const found of read(store)) if (found !== undefined) pieces.piece();
    });

    expect(pieces.all).toBe(events);
    expect(pieces.most).toBeLessThanOrEqual(piecesMax);
    await store.close();
    remove();
  });

  test('lets the process turn while it feeds a subscription', async () => {
    const { store, remove } = await opened();
    await fill(store);

    const pieces = new PiecesPerTurn();
    const over = new AbortController();
    await pieces.during(async () => {
      for await (const found of store.subscribe(null, '', over.signal)) {
        pieces.piece();
        if (found.revision === events - 1) over.abort();
      }
    });

    expect(pieces.all).toBe(events);
    expect(pieces.most).toBeLessThanOrEqual(piecesMax);
    await store.close();
    remove();
  });

  test('says how far it has looked after some hundred events, and not with each', async () => {
    const { store, remove } = await opened();
    await fill(store);
    const mine = (count: number) =>
      store.append(`mine-${count}`, [event(events + count)], 'no-stream');
    await mine(0);
    const over = new AbortController();
    const looked: number[] = [];
    let seen = 0;

    const reached = (position: string) => looked.push(Number(position));
    for await (const { stream } of store.subscribe(null, 'mine-', over.signal, reached)) {
      expect(stream).toBe(`mine-${seen}`);
      seen += 1;
      if (seen < 600) await mine(seen);
      else over.abort();
    }

    const gaps = looked.map((position, index) => position - (looked[index - 1] ?? 0));
    expect(looked.length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(256);
    await store.close();
    remove();
  });
});
