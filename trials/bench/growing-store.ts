/** How commands, lists, verifying and files grow by the orders of a store. */

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { streamOf } from '../../src/history/event.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { groupCommits } from './bare-cancel.ts';
import { figure, inRounds, inTurn, latencyOf } from './figure.ts';
import type { Figure } from './figure.ts';
import { msOf } from './growing.ts';
import { preparedOrder } from './histories.ts';

const runtime = systemRuntime();
const compiled = compileMachine();

/** How many orders are verified in a round, spread over the store. */
const sample = 500;

/** Writes the orders from one number to another, each with three events. */
async function fill(store: EventStore, from: number, to: number): Promise<void> {
  const later: readonly PaymentOrderEvent[] = [
    { type: 'PaymentStarted' },
    { type: 'PaymentSucceeded', transactionNo: 'T1' },
  ];
  const write = async (at: number) => {
    const { kind } = await store.append(
      streamOf(`O${at}`),
      preparedOrder(`O${at}`, later),
      'no-stream',
    );
    if (kind !== 'appended') throw new Error(`O${at} was there already`);
  };
  for (let at = from; at < to; at += 200) {
    const group = Array.from({ length: Math.min(200, to - at) }, (_, index) => at + index);
    await Promise.all(group.map(write));
  }
}

type Step = {
  readonly at: number;
  readonly path: string;
  readonly store: EventStore;
  readonly orders: PaymentOrders;
  readonly rounds: number;
};

export async function ordersGrowth(
  directory: string,
  rounds: number,
  most: number,
): Promise<Figure[]> {
  const path = join(directory, 'orders.db');
  const store = await openSqliteStore({ path, runtime });
  const figures: Figure[] = [];
  let filled = 0;
  for (let at = 1_000; at <= most; at *= 10) {
    await fill(store, filled, at);
    filled = at;
    await using orders = await openPaymentOrders({ store: `sqlite:${path}` });
    const step = { at, path, store, orders, rounds };
    // The first look builds the index; `index` measures that.
    await orders.search({ limit: 1 });
    figures.push(await commandsAt(step), await searchAt(step), await verifyAt(step));
    figures.push(fileAt(step));
  }
  await store.close();
  return figures;
}

async function commandsAt({ at, path, orders, rounds }: Step): Promise<Figure> {
  const commits = groupCommits(`${path}.bare${at}`);
  const timesMs: number[] = [];
  const run = async (round: number) => {
    for (let count = 0; count < 20; count += 1) {
      const orderNo = `N${at}x${round}x${count}`;
      timesMs.push(await msOf(() => orders.create({ orderNo, processBillNo: 'F1' })));
      timesMs.push(await msOf(() => orders.startPayment(orderNo)));
    }
  };
  const bare = async () => {
    for (let count = 0; count < 40; count += 1) await commits.commit();
  };
  const measured = await inTurn({ count: 40, run }, { count: 40, run: bare }, 3 * rounds);
  commits.close();
  const of = 'accepted commands, one caller';
  return figure({
    ...{ name: `${of}, ${at} orders`, ...measured, latency: latencyOf(timesMs), unit: '/s' },
    ...{ alternative: 'bare commits', atLeast: 0.1, growth: { of, by: 'orders', at } },
  });
}

async function searchAt({ at, orders, rounds }: Step): Promise<Figure> {
  const timesMs: number[] = [];
  const search = async () => {
    timesMs.push(await msOf(() => orders.search({ state: 'paid', sort: 'since', limit: 50 })));
    return timesMs.at(-1) ?? NaN;
  };
  const measured = await inRounds(search, 50, 3 * rounds);
  const of = 'search for the first 50 paid orders, warm index';
  return figure({
    ...{ name: `${of}, ${at} orders`, ...measured, latency: latencyOf(timesMs), unit: 'ms' },
    ...{ alternative: 'the limit', atLeast: 1, growth: { of, by: 'orders', at } },
  });
}

async function verifyAt({ at, path, store, rounds }: Step): Promise<Figure> {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('SELECT * FROM events WHERE stream = ? ORDER BY revision');
  const sampled = Array.from(
    { length: sample },
    (_, index) => `O${Math.floor((index * at) / sample)}`,
  );
  const ours = async () => {
    for (const orderNo of sampled) await verifyOrder(store, compiled, orderNo);
  };
  const bare = () => {
    for (const orderNo of sampled) {
      for (const { data, metadata } of rows.iterate(streamOf(orderNo))) {
        createHash('sha256').update(String(data)).update(String(metadata)).digest();
      }
    }
  };
  const count = 3 * sample;
  const measured = await inTurn({ count, run: ours }, { count, run: bare }, rounds);
  database.close();
  const of = 'verify of orders of 3 events';
  return figure({
    ...{ name: `${of}, ${at} orders`, ...measured, unit: ' events/s' },
    ...{ alternative: 'read + SHA-256', atLeast: 0.1, growth: { of, by: 'orders', at } },
  });
}

function fileAt({ at, path }: Step): Figure {
  // What is not yet moved from the write-ahead log into the file would be missing.
  const database = new DatabaseSync(path);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const bytes = (file: string) => statSync(file).size / at;
  const of = 'store and index on disk, an order';
  return figure({
    ...{ name: `${of}, ${at} orders`, unit: 'bytes', isCounted: true },
    rounds: [{ ours: bytes(path) + bytes(`${path}.index`), against: 8_000 }],
    ...{ alternative: 'the limit', atLeast: 1, growth: { of, by: 'orders', at } },
  });
}
