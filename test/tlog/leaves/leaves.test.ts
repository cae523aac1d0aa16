import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../../src/event-store/memory.ts';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { sha256 } from '../../../src/text.ts';
import { KeptLeaves } from '../../../src/tlog/leaves/kept-leaves.ts';
import { openKeptLeaves } from '../../../src/tlog/leaves/leaves-file.ts';
import { Frontier } from '../../../src/tlog/c2sp/merkle.ts';

const runtime = systemRuntime();
const directory = mkdtempSync(join(tmpdir(), 'payment-order-leaves-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

let files = 0;
const newFile = () => join(directory, `${(files += 1)}.tlog`);

/** Appends events of some orders; `seed` makes their hashes differ from log to log. */
async function grow(store: EventStore, seed: string, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1) {
    const stream = `paymentOrder-O${at % 7}`;
    const revision = Math.floor(at / 7);
    const metadata = { hash: sha256(`${seed} ${at}`) };
    const event = { id: runtime.newId(), type: 'PaymentStarted', data: {}, metadata };
    await store.append(stream, [event], revision === 0 ? 'no-stream' : revision - 1);
  }
}

function kept(store: EventStore, leavesFile: string | null) {
  const errors: unknown[] = [];
  const closing = new AbortController().signal;
  const onError = (error: unknown) => errors.push(error);
  return { errors, leaves: new KeptLeaves({ store, runtime, leavesFile, closing, onError }) };
}

function rootOf(seed: string, size: number): Buffer {
  const frontier = new Frontier();
  for (let at = 0; at < size; at += 1) frontier.append(Buffer.from(sha256(`${seed} ${at}`), 'hex'));
  return Buffer.from(frontier.root());
}

describe('the kept leaves', () => {
  test('give the root of every size, however they were caught up with and by whom', async () => {
    const store = openMemoryStore(runtime);
    const file = newFile();
    const [one, other] = [kept(store, file).leaves, kept(store, file).leaves];
    let size = 0;
    for (const more of [1, 254, 1, 1, 300, 2_500, 40]) {
      await grow(store, 'a', size, size + more);
      size += more;

      const sizes = await Promise.all([one, other].map((each) => each.use((all) => all.size())));

      expect(sizes).toEqual([size, size]);
      for (const at of [0, 1, 255, 256, 257, Math.floor(size / 2), size - 1, size]) {
        if (at > size) continue;
        const root = await other.use((all) => Buffer.from(all.rootAt(at)).toString('hex'));
        expect(`${at} ${root}`).toBe(`${at} ${rootOf('a', at).toString('hex')}`);
      }
    }
    await one.close();
    await other.close();
  });

  test('give the root over more leaves than a subtree of the second level has', async () => {
    // Given 65,536 leaves and some more, which nobody needs to append
    const count = 65_536 + 300;
    const store: EventStore = {
      ...openMemoryStore(runtime),
      async *readAll() {
        for (let at = 0; at < count; at += 1) {
          const [stream, position] = ['paymentOrder-O1', String(at + 1)];
          const metadata = { hash: at.toString(16).padStart(64, '0') };
          yield { stream, position, revision: at, id: position, type: 'T', data: {}, metadata };
          if (at % 4_096 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
      },
      placeAt: (position) => {
        const revision = Number(position) - 1;
        return Promise.resolve({ stream: 'paymentOrder-O1', revision, id: position, type: 'T' });
      },
      async *read(stream, revision = 0) {
        await Promise.resolve();
        const hash = revision.toString(16).padStart(64, '0');
        const position = String(revision + 1);
        yield { stream, revision, id: position, type: 'T', data: {}, metadata: { hash }, position };
      },
    };
    const frontier = new Frontier();
    const roots = new Map<number, string>();
    for (let size = 1; size <= count; size += 1) {
      frontier.append(Buffer.from((size - 1).toString(16).padStart(64, '0'), 'hex'));
      if ([65_535, 65_536, 65_537, count].includes(size)) {
        roots.set(size, Buffer.from(frontier.root()).toString('hex'));
      }
    }
    const { leaves } = kept(store, null);

    // When they are caught up with, then each root is that of a tree over the leaves alone
    for (const [size, root] of roots) {
      const found = await leaves.use((all) => Buffer.from(all.rootAt(size)).toString('hex'));
      expect(`${size} ${found}`).toBe(`${size} ${root}`);
    }
    await leaves.close();
  });

  test('hash any aligned range as a tree over its leaves', async () => {
    const store = openMemoryStore(runtime);
    await grow(store, 'a', 0, 1_300);
    const { leaves } = kept(store, null);
    await fc.assert(
      fc.asyncProperty(fc.nat(10), fc.nat(1_299), async (level, at) => {
        const width = 2 ** level;
        const from = at - (at % width);
        const to = Math.min(from + width, 1_300);
        const frontier = new Frontier();
        for (let one = from; one < to; one += 1) {
          frontier.append(Buffer.from(sha256(`a ${one}`), 'hex'));
        }
        const found = await leaves.use((all) => all.rangeHash(from, to));
        expect(Buffer.from(found)).toEqual(Buffer.from(frontier.root()));
      }),
      { seed: 19, numRuns: 200 },
    );
  });

  test('go on as they were where an event was altered that they know', async () => {
    // Given leaves of a log
    const before = openMemoryStore(runtime);
    await grow(before, 'a', 0, 20);
    const file = newFile();
    const first = kept(before, file).leaves;
    await first.use(() => undefined);
    await first.close();

    // When the store gives another hash for an old event
    const altered: EventStore = {
      ...before,
      async *readAll(...range) {
        for await (const event of before.readAll(...range)) {
          yield event.revision === 0 ? { ...event, metadata: { hash: sha256('x') } } : event;
        }
      },
    };
    await grow(before, 'a', 20, 30);
    const { leaves } = kept(altered, file);

    // Then they still hold what stood there
    const root = await leaves.use((all) => Buffer.from(all.rootAt(30)));
    expect(root).toEqual(rootOf('a', 30));
    await leaves.close();
  });

  test('are left as they are where the store holds another log, which is built in memory', async () => {
    // Given leaves of a log
    const [before, after] = [openMemoryStore(runtime), openMemoryStore(runtime)];
    await grow(before, 'a', 0, 20);
    await grow(after, 'b', 0, 25);
    const file = newFile();
    const first = kept(before, file).leaves;
    await first.use(() => undefined);
    await first.close();

    // When another log stands in the store
    const { leaves, errors } = kept(after, file);
    const root = await leaves.use((all) => Buffer.from(all.rootAt(25)));
    await leaves.close();

    // Then its root is known, nothing may be signed, and the file is as it was
    expect(root).toEqual(rootOf('b', 25));
    expect(errors).toMatchObject([{ name: 'LeavesUnusable' }]);
    expect(() => {
      leaves.assertSameLog();
    }).toThrow(expect.objectContaining({ code: 'log-contradicted' }) as Error);
    const old = openKeptLeaves(file);
    expect(old.prepare('SELECT count(*) AS count FROM leaves').get()).toEqual({ count: 20 });
    old.close();
  });

  test('forbid to sign where the store became another one under this process', async () => {
    const [before, after] = [openMemoryStore(runtime), openMemoryStore(runtime)];
    await grow(before, 'a', 0, 20);
    await grow(after, 'b', 0, 25);
    let isAfter = false;
    const now = () => (isAfter ? after : before);
    const changing: EventStore = {
      ...before,
      readAll: (...range) => now().readAll(...range),
      read: (...range) => now().read(...range),
      placeAt: (position) => now().placeAt(position),
    };
    const { leaves, errors } = kept(changing, null);
    await leaves.use(() => undefined);
    leaves.assertSameLog();
    isAfter = true;

    const root = await leaves.use((all) => Buffer.from(all.rootAt(25)));

    expect(root).toEqual(rootOf('b', 25));
    expect(errors).toEqual([]);
    expect(() => {
      leaves.assertSameLog();
    }).toThrow(expect.objectContaining({ code: 'log-contradicted' }) as Error);
  });

  test.each([
    ['is no database', 'something else, and long enough to be read as the header of a file'],
    ['is empty text', '\0'.repeat(200)],
  ])('are built in memory, and the file is left alone, where it %s', async (_what, content) => {
    const store = openMemoryStore(runtime);
    await grow(store, 'a', 0, 9);
    const file = newFile();
    writeFileSync(file, content);
    const { leaves, errors } = kept(store, file);

    const root = await leaves.use((all) => Buffer.from(all.rootAt(9)));

    expect(root).toEqual(rootOf('a', 9));
    expect(errors).toMatchObject([{ name: 'LeavesUnusable' }]);
    await leaves.use(() => undefined);
    expect(errors).toHaveLength(1);
    await leaves.close();
    expect(statSync(file).size).toBe(content.length);
  });

  test.each([
    ['a leaf was altered', 'UPDATE leaves SET hash = zeroblob(32) WHERE number = 299'],
    ['the mark is gone', 'DELETE FROM mark'],
    ['the mark is no JSON', "UPDATE mark SET place = '{'"],
  ])('are built in memory where %s in the file', async (_what, alteration) => {
    const store = openMemoryStore(runtime);
    await grow(store, 'a', 0, 300);
    const file = newFile();
    const first = kept(store, file).leaves;
    await first.use(() => undefined);
    await first.close();
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(file);
    database.exec(alteration);
    database.close();

    const { leaves, errors } = kept(store, file);
    const root = await leaves.use((all) => Buffer.from(all.rootAt(300)));

    expect(root).toEqual(rootOf('a', 300));
    expect(errors).toMatchObject([{ name: 'LeavesUnusable' }]);
    await leaves.close();
  });

  test('make a file that only its owner may read', async () => {
    const store = openMemoryStore(runtime);
    const file = newFile();
    const { leaves } = kept(store, file);
    await leaves.use(() => undefined);
    await leaves.close();
    expect(existsSync(file)).toBe(true);
    expect(statSync(file).mode & 0o077).toBe(0);
  });
});
