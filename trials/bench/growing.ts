/**
 * How reading, verifying and commanding one order grow by its events. Each step of a growth is a
 * figure of its own, next to its own limit, so a ratio that falls shows what grows.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { streamOf } from '../../src/history/event.ts';
import { loadOrder } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { groupCommits } from './bare-cancel.ts';
import { figure, inRounds, inTurn, latencyOf } from './figure.ts';
import type { Figure } from './figure.ts';
import { preparedOrder } from './histories.ts';

const runtime = systemRuntime();
const compiled = compileMachine();

/** An order of as many events as asked for: refused attempts, one after the other. */
function* storyOf(events: number): Generator<PaymentOrderEvent> {
  yield { type: 'PaymentStarted' };
  yield { type: 'CancelRequested', reason: '临时决定关单取消支付' };
  // Its creation is the first of three.
  for (let count = 3; count < events; count += 1) {
    const attempt = Math.floor((count - 1) / 2);
    yield count % 2 === 0
      ? { type: 'CancelRetryDue' }
      : { type: 'CancelOutcomeUnknown', attempt, rule: 'answer-timeout', retryInMs: 5_000 };
  }
}

/** In batches as large as a store takes. */
async function write(store: EventStore, orderNo: string, events: number): Promise<void> {
  const prepared = preparedOrder(orderNo, storyOf(events));
  for (let at = 0; at < events; at += 100) {
    const batch = prepared.slice(at, at + 100);
    const { kind } = await store.append(streamOf(orderNo), batch, at === 0 ? 'no-stream' : at - 1);
    if (kind !== 'appended') throw new Error(`${orderNo} was there already`);
  }
}

export const msOf = async (run: () => unknown): Promise<number> => {
  const began = performance.now();
  await run();
  return performance.now() - began;
};

type Step = { readonly directory: string; readonly store: EventStore; readonly rounds: number };

/** Loading one order, verifying it, and a command on it, by how many events it has. */
export async function eventsGrowth(
  directory: string,
  rounds: number,
  most: number,
): Promise<Figure[]> {
  const store = await openSqliteStore({ path: join(directory, 'events.db'), runtime });
  const step = { directory, store, rounds };
  const figures: Figure[] = [];
  for (let at = 10; at <= most; at *= 10) {
    await write(store, `O${at}`, at);
    figures.push(await readOf(step, at, 'load of an order'));
    figures.push(await readOf(step, at, 'verify of an order'));
    figures.push(...(await commandsOn(step, at)));
  }
  await store.close();
  return figures;
}

const reads = {
  'load of an order': {
    ours: (store: EventStore, orderNo: string) => loadOrder(store, compiled, orderNo),
    bare: (data: string, metadata: string) => {
      JSON.parse(data);
      JSON.parse(metadata);
    },
    alternative: 'read + JSON.parse',
  },
  'verify of an order': {
    ours: (store: EventStore, orderNo: string) => verifyOrder(store, compiled, orderNo),
    bare: (data: string, metadata: string) => {
      createHash('sha256').update(data).update(metadata).digest();
    },
    alternative: 'read + SHA-256',
  },
} as const;

async function readOf(
  { directory, store, rounds }: Step,
  at: number,
  name: keyof typeof reads,
): Promise<Figure> {
  const { ours, bare, alternative } = reads[name];
  const orderNo = `O${at}`;
  const database = new DatabaseSync(join(directory, 'events.db'), { readOnly: true });
  const rows = database.prepare('SELECT * FROM events WHERE stream = ? ORDER BY revision');
  const readBare = () => {
    for (const { data, metadata } of rows.iterate(streamOf(orderNo))) {
      bare(String(data), String(metadata));
    }
  };
  const often = Math.max(1, Math.round(2_000 / at));
  const repeated = (run: () => unknown) => ({
    count: often * at,
    run: async () => {
      for (let count = 0; count < often; count += 1) await run();
    },
  });
  const measured = await inTurn(
    repeated(() => ours(store, orderNo)),
    repeated(readBare),
    rounds,
  );
  database.close();
  return figure({
    ...{ name: `${name}, ${at} events`, ...measured, unit: ' events/s', alternative },
    ...{ atLeast: 0.1, growth: { of: name, by: 'events', at } },
  });
}

/** The first command after a start reads the order; the next ones know it. */
async function commandsOn({ directory, store, rounds }: Step, at: number): Promise<Figure[]> {
  const commits = groupCommits(join(directory, `bare${at}.db`));
  const bare = () => msOf(() => commits.commit());
  const timesMs: Record<'first' | 'next', number[]> = { first: [], next: [] };
  const nextMs: number[] = [];
  const first = async () => {
    await using orders = await openPaymentOrders({ store });
    // An order in doubt takes no payment: the rejection is recorded, which is one event.
    const command = () => msOf(() => orders.startPayment(`O${at}`));
    timesMs.first.push(await command());
    timesMs.next.push(await command());
    nextMs.push(timesMs.next.at(-1) ?? NaN);
    return timesMs.first.at(-1) ?? NaN;
  };
  const measured = await inRounds(first, bare, 3 * rounds, 0);
  commits.close();
  const next = measured.rounds.map(({ against }, round) => ({
    against,
    ours: nextMs[round] ?? NaN,
  }));
  return Object.entries({ first: measured.rounds, next }).map(([which, both]) => {
    const of = `${which} command on an order`;
    const latency = latencyOf(which === 'first' ? timesMs.first : timesMs.next);
    return figure({
      ...{ name: `${of}, ${at} events`, rounds: both, latency, unit: 'ms' },
      ...{ alternative: 'a bare commit', atLeast: 0.01, growth: { of, by: 'events', at } },
    });
  });
}

/** Commands by how many callers give them at a time. */
export async function callersGrowth(
  directory: string,
  rounds: number,
  most: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  await using orders = await openPaymentOrders({
    store: `sqlite:${join(directory, 'callers.db')}`,
  });
  const commits = groupCommits(join(directory, 'callers-bare.db'));
  let created = 0;
  for (let at = 1; at <= most; at *= 4) {
    const each = Math.max(4, Math.round(64 / at));
    const timesMs: number[] = [];
    const ours = async () => {
      const orderNo = `O${(created += 1)}`;
      timesMs.push(await msOf(() => orders.create({ orderNo, processBillNo: 'F1' })));
      timesMs.push(await msOf(() => orders.startPayment(orderNo)));
    };
    const bare = async () => {
      await commits.commit();
      await commits.commit();
    };
    const together = (once: () => Promise<void>) => ({
      count: 2 * at * each,
      run: async () => {
        const caller = async () => {
          for (let count = 0; count < each; count += 1) await once();
        };
        await Promise.all(Array.from({ length: at }, caller));
      },
    });
    const measured = await inTurn(together(ours), together(bare), 2 * rounds);
    const of = 'accepted commands';
    figures.push(
      figure({
        ...{ name: `${of}, ${at} callers`, ...measured, latency: latencyOf(timesMs), unit: '/s' },
        ...{ alternative: 'bare commits in groups', atLeast: 0.1 },
        growth: { of, by: 'callers', at },
      }),
    );
  }
  commits.close();
  return figures;
}

/** Notices by the bytes of their bodies, which are kept whole: the largest events that there are. */
export async function bytesGrowth(directory: string, rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  await using orders = await openPaymentOrders({ store: `sqlite:${join(directory, 'bytes.db')}` });
  const inbox = orders.inbox({ translate: () => ({ kind: 'unreadable', problem: 'not read' }) });
  for (const at of [100, 1_000, 10_000, 60_000]) {
    const commits = groupCommits(join(directory, `bytes-bare${at}.db`), 'x'.repeat(at));
    const timesMs: number[] = [];
    const receive = async () => {
      const body = JSON.stringify({ id: runtime.newId(), filler: 'x'.repeat(at) }).slice(0, at);
      timesMs.push(await msOf(() => inbox.receive({ body, source: 'bench' })));
      return timesMs.at(-1) ?? NaN;
    };
    const measured = await inRounds(receive, () => msOf(() => commits.commit()), 3 * rounds);
    commits.close();
    const of = 'receipt of a notice';
    figures.push(
      figure({
        ...{ name: `${of}, ${at} bytes`, ...measured, latency: latencyOf(timesMs), unit: 'ms' },
        ...{ alternative: 'a bare commit of as many bytes', atLeast: 0.01 },
        growth: { of, by: 'bytes', at },
      }),
    );
  }
  return figures;
}
