import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventStore, PreparedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { saveCheckpoint } from '../../src/recovery/checkpoint.ts';
import { checkpointFaults } from '../../src/recovery/checkpoint-check.ts';
import { followedOpen, followedOrders } from '../../src/recovery/followed.ts';
import type { Followed } from '../../src/recovery/followed.ts';
import { scan } from '../../src/recovery/scan.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { put, someEvents } from '../../src/testing/store-contract-support.ts';
import { withWays } from '../event-store/with-ways.ts';
import { created, minute, platform } from './open-orders.ts';

const askAfterMs = 10 * minute;
const runtime = simulatedRuntime();
const ignore = () => undefined;

/** Says of which prefix the store was read or followed, and how many events it looked at for that. */
function watched(memory: EventStore) {
  const scans: string[] = [];
  const subscriptions: string[] = [];
  let looked = 0;
  const store = withWays(memory, {
    readAll: (after, prefix, reached) => {
      scans.push(String(prefix));
      return memory.readAll(after, prefix, (position, share) => {
        if (share === 1) looked += Number(position) - Number(after);
        reached?.(position, share);
      });
    },
    subscribe: (after, prefix, ...rest) => {
      subscriptions.push(String(prefix));
      return memory.subscribe(after, prefix, ...rest);
    },
  });
  return { store, scans, subscriptions, looked: () => looked };
}

async function fillWithForeign(store: EventStore, hundreds: number): Promise<void> {
  for (let count = 0; count < hundreds; count += 1) await put(store, 'other-1', someEvents(100));
}

describe('recovery of orders that also asks', () => {
  test('reads and follows the streams of each prefix once in a process', async () => {
    const { runtime, memory, open } = platform();
    const { store, scans, subscriptions } = watched(memory);
    await using orders = await open(store);
    await created(orders, 'O1');

    await orders.startRecovery({ askAfterMs });
    await orders.startRecovery({ askAfterMs });
    await runtime.advance(minute);

    expect(scans).toEqual(['paymentOrder-', 'paymentNotice-']);
    expect(subscriptions).toEqual(['paymentOrder-', 'paymentNotice-']);
  });

  test('reads the streams of each prefix once where it works once', async () => {
    const { memory, open } = platform();
    const { store, scans, subscriptions } = watched(memory);
    await using orders = await open(store);
    await created(orders, 'O1');

    await orders.recoverOnce({ askAfterMs });

    expect(scans).toEqual(['paymentOrder-', 'paymentNotice-']);
    expect(subscriptions).toEqual([]);
  });

  test.each(['startRecovery', 'recoverOnce'] as const)(
    'does not look again at thousands of events of others in a second %s',
    async (begin) => {
      const { runtime, memory, open } = platform();
      const first = await open();
      await created(first, 'O1');
      await fillWithForeign(memory, 150);
      await first[begin]({ askAfterMs });
      await runtime.advance(minute);
      await first.close();
      const { store, looked } = watched(memory);
      await using second = await open(store);

      await second[begin]({ askAfterMs });

      // The checkpoints themselves, of orders, open orders and notices.
      expect(looked()).toBeLessThanOrEqual(2 * 3);
      expect(await second.checkStore()).toEqual([]);
    },
  );

  test('moves its checkpoints past what comes from others while it follows', async () => {
    const { runtime, memory, open } = platform();
    const first = await open();
    await created(first, 'O1');
    await first.startRecovery({ askAfterMs });
    for (let count = 0; count < 15; count += 1) {
      await fillWithForeign(memory, 10);
      await runtime.advance(1_000);
    }
    await first.close();
    const { store, looked } = watched(memory);
    await using second = await open(store);

    await second.startRecovery({ askAfterMs });

    // About five thousand came after the checkpoint of each of two prefixes.
    expect(looked()).toBeLessThan(2 * 5_500);
    expect(await second.checkStore()).toEqual([]);
  });

  test('saves a checkpoint after thousands of events, not with each of a few', async () => {
    const { runtime, memory, open } = platform();
    await using orders = await open();
    await orders.startRecovery({ askAfterMs });

    for (let index = 0; index < 300; index += 1) {
      await created(orders, `O${index}`);
      await put(memory, 'other-1', someEvents(1));
    }
    await runtime.advance(minute);

    expect(await memory.readLast(followedOrders.checkpoints)).toBeNull();
    expect(await memory.readLast('paymentNoticeRecovery')).toBeNull();
  });
});

const states = ['created', 'paying', 'paid', 'cancelling.inDoubt', 'cancelling.needsReview'];
const happenings = fc.array(
  fc.record({
    stream: fc.constantFrom('paymentOrder-A', 'paymentOrder-B', 'paymentOrder-C', 'other-1'),
    to: fc.constantFrom(...states),
  }),
  { minLength: 1, maxLength: 12 },
);

const eventTo = (to: string): PreparedEvent => ({
  ...{ id: runtime.newId(), type: 'SomethingHappened', data: {}, metadata: { to } },
});

const kinds = [followedOrders, followedOpen];

/** A store with positions of a form of its own, of which a later one is less. */
function opaque(memory: EventStore): EventStore {
  const veiled = (position: string) => `p${1_000_000 - Number(position)}`;
  const bare = (after: string | null) =>
    after === null ? null : String(1_000_000 - Number(after.slice(1)));
  return withWays(memory, {
    async *readAll(after, prefix, reached) {
      const reading = memory.readAll(bare(after), prefix, (position, share) =>
        reached?.(veiled(position), share),
      );
      for await (const event of reading) yield { ...event, position: veiled(event.position) };
    },
  });
}

const scanned = (store: EventStore, followed: readonly Followed[] = kinds) =>
  scan({ store, signal: new AbortController().signal, onError: ignore }, followed);

describe('a scan for several kinds of waiting', () => {
  test.each([
    ['numbers', (memory: EventStore) => memory],
    ['of a form of its own', opaque],
  ])(
    'finds the same from any two checkpoints as from the beginning, where positions are %s',
    async (_form, formed) => {
      const property = fc.asyncProperty(
        happenings,
        fc.array(fc.nat(12), { minLength: 2, maxLength: 2 }),
        async (all, savedAfter) => {
          const memory = openMemoryStore(runtime);
          const store = formed(memory);
          for (const [index, { stream, to }] of all.entries()) {
            await put(memory, stream, [eventTo(to)]);
            for (const [which, followed] of kinds.entries()) {
              if (savedAfter[which] !== index) continue;
              const lists = await scanned(store, [followed]);
              await lists.save(store, runtime, ignore);
            }
          }

          const lists = await scanned(store);

          const expected = new Map<string, string>();
          for (const { stream, to } of all) expected.set(stream.slice(13), to);
          for (const followed of kinds) {
            const waiting = ['A', 'B', 'C'].filter((name) => followed.mayWait(expected.get(name)));
            expect([...lists.namesOf(followed)].toSorted()).toEqual(waiting);
          }
        },
      );
      await fc.assert(property, { seed: 20_260_930, numRuns: 200 });
    },
  );
});

describe('a check of checkpoints', () => {
  async function faultsAt(position: string | null, names: readonly string[] = []) {
    const store = openMemoryStore(runtime);
    await put(store, 'paymentOrder-A', [eventTo('cancelling.inDoubt')]);
    await fillWithForeign(store, 3);
    const waiting = { followed: followedOrders, names: new Set(names), position };
    await saveCheckpoint(store, runtime, waiting, ignore);
    await put(store, 'paymentOrder-A', [eventTo('paid')]);
    await fillWithForeign(store, 3);
    return checkpointFaults(store, followedOrders);
  }

  test.each([
    ['at the event of an order', '1'],
    ['at an event of others', '7'],
    ['just before itself', '301'],
  ])('passes one that stands %s', async (_where, position) => {
    expect(await faultsAt(position, ['A'])).toEqual([]);
  });

  test.each([
    ['does not hold who waits', '7', []],
    ['holds who does not wait', '7', ['A', 'B']],
    ['has seen nothing and names somebody', null, ['A']],
    ['has seen itself', '302', ['A']],
    ['has seen what came after it', '303', []],
    ['has seen more than there is', '9999', []],
    ['has a position that the store never gave', 'x', ['A']],
  ])('reports one that %s', async (_what, position, names) => {
    expect(await faultsAt(position, names)).toEqual([expect.stringContaining('differs')]);
  });
});
