import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../../src/event-store/memory.ts';
import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import type { PaymentOrders } from '../../../src/payment-orders.ts';
import { sleep, systemRuntime } from '../../../src/runtime.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { methodsOf } from '../../../src/testing/recorder.ts';
import { fillWithLong, fillWithWaiting } from '../../../test/payment-orders/waiting-orders.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import { threadMs, turnsDuring } from '../turns.ts';

const name = 'waiting';
const ordersAtScale1 = 20_000;
const longEvents = 10_000;
const turnMsMax = 50;
/** Only ends a level that waits for nothing: how busy the machine is decides nothing here. */
const patienceMs = 600_000;

type Work = { readonly what: string; readonly longestMs: number; readonly turns: number };

/** Many waiting orders: what is done with all of them lets the process have its turn. */
export const waiting: Level = {
  name,
  promise:
    'The event loop is never held for more than 50 ms, however many orders wait, are listed, verified or replayed.',
  async run({ scale, seed, progress }) {
    const directory = mkdtempSync(join(tmpdir(), 'payment-order-waiting-'));
    const count = Math.ceil(ordersAtScale1 * scale);
    const runtime = systemRuntime();
    const sqlite = await openSqliteStore({ path: join(directory, 'orders.db'), runtime });
    const stores = { memory: openMemoryStore(runtime), SQLite: sqlite };
    await fillWithWaiting(runtime, Object.values(stores), count);
    await fillWithLong(runtime, Object.values(stores), 'LONG', longEvents);
    const works: Work[] = [];
    const looks = { first: 0, again: 0 };
    for (const [index, [where, store]] of Object.entries(stores).entries()) {
      const found = await workOn(store, runtime, count, store === sqlite);
      works.push(...found.works.map((work) => ({ ...work, what: `${where}: ${work.what}` })));
      looks.first += found.first;
      looks.again += found.again;
      progress(index + 1, Object.keys(stores).length);
    }
    const control = await turnsDuring(holdTheLoop);
    await sqlite.close();
    rmSync(directory, { recursive: true });
    const longestMs = Math.max(...works.map((work) => work.longestMs));
    return {
      counts: {
        orders: count,
        turns: works.reduce((sum, { turns }) => sum + turns, 0),
        'longest turn, ms of processor time': Math.round(longestMs),
      },
      seen: {
        'orders looked at': looks.first,
        'orders looked at again': looks.again,
        'a held loop, noticed': control.longestMs > turnMsMax ? 1 : 0,
      },
      failures: works
        .filter((work) => work.longestMs > turnMsMax)
        .map<Failure>((work) => ({
          invariant: 'I24',
          repro: reproOf(name, { scale, seed }),
          what: `${work.what} held the event loop for ${Math.round(work.longestMs)} ms`,
        })),
    };
  },
};

async function workOn(store: EventStore, system: Runtime, count: number, isFile: boolean) {
  /** How often an order was looked at, which is to read it. */
  let looks = 0;
  let aheadMs = 0;
  let lookAtClock: (() => void) | undefined;
  const orders = await openPaymentOrders({
    store: {
      ...methodsOf(store),
      async *read(stream, from) {
        yield* store.read(stream, from);
        looks += 1;
      },
    },
    runtime: {
      ...system,
      now: () => system.now() + aheadMs,
      setTimer: (ms, run) => {
        // Recovery looks at the clock once a minute: here when it is told to.
        if (ms <= 30_000 || ms > 60_000) return system.setTimer(ms, run);
        lookAtClock = run;
        return () => undefined;
      },
    },
    gateway: {
      identity: 'scripted',
      attemptMs: 15_000,
      cancel: () => Promise.resolve({ kind: 'outcome-unknown', rule: 'answer-timeout' } as const),
      close: () => Promise.resolve(),
    },
  });
  const works: Work[] = [];
  const during = async (what: string, work: () => Promise<unknown>): Promise<number> => {
    const before = looks;
    const { longestMs, count: turns } = await turnsDuring(work);
    works.push({ what, longestMs, turns });
    return looks - before;
  };
  // The waiting orders, and the one with the long history.
  const allLooked = async (before: number): Promise<void> => {
    const endMs = system.monotonicMs() + patienceMs;
    while (looks - before <= count) {
      if (system.monotonicMs() > endMs) throw new Error(`${looks - before} of ${count} in time`);
      await sleep(system, 20);
    }
  };
  const first = await during('recovery that starts', async () => {
    await orders.startRecovery();
    await allLooked(0);
  });
  const again = await during('recovery after the clock jumped', async () => {
    const before = looks;
    aheadMs += 3_600_000;
    lookAtClock?.();
    await allLooked(before);
  });
  await during('list', () => all(orders.list()));
  if (isFile) await checks(orders, during);
  await during('close', () => orders.close());
  return { works, first, again };
}

async function checks(
  orders: PaymentOrders,
  during: (what: string, work: () => Promise<unknown>) => Promise<number>,
): Promise<void> {
  await during('verifyAll', () => all(orders.verifyAll()));
  await during('replayAll', () => all(orders.replayAll()));
  await during('orderNumbers', () => all(orders.orderNumbers()));
  await during('a long history', () => all(orders.recordedSteps('LONG')));
}

async function all(items: AsyncIterable<unknown>): Promise<void> {
  const seen = { items: 0 };
  for await (const item of items) if (item !== null) seen.items += 1;
  if (seen.items === 0) throw new Error('there was nothing to go through');
}

/** What the measurement must notice. */
function holdTheLoop(): Promise<void> {
  const endMs = threadMs() + 2 * turnMsMax;
  while (threadMs() < endMs);
  return Promise.resolve();
}
