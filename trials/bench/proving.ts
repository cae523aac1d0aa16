/** What the log over all orders costs: its root, its kept leaves, a proof, and an append beside it. */

import { createHash, hash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { streamPrefix, textIn } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';
import { readLeaves } from '../../src/tlog/leaves/leaf.ts';
import { Frontier, isIncluded } from '../../src/tlog/c2sp/merkle.ts';
import { parseProof } from '../../src/tlog/c2sp/proof-file.ts';
import { figure, inRounds, inTurn, latencyOf } from './figure.ts';
import type { Figure, Timed } from './figure.ts';
import { msOf } from './growing.ts';
import { fill } from './replaying.ts';

const runtime = systemRuntime();
const key = newSigningKey('log', 'bench').text;

/** @param before - A checkout of an older version, to measure its appends as well. */
export async function logFigures(
  directory: string,
  events: number,
  rounds: number,
  before?: string,
): Promise<Figure[]> {
  const path = join(directory, 'log.db');
  await fill(path, events);
  const store = await openSqliteStore({ path, runtime });
  const whole = { directory, path, store, events, rounds };
  const figures = [
    ...(await rootFigures(whole)),
    await leavesFigure(whole),
    await proofFigure(whole),
    ...(await appendFigures(directory, rounds, before)),
  ];
  await store.close();
  return figures;
}

type Whole = {
  readonly directory: string;
  readonly path: string;
  readonly store: EventStore;
  readonly events: number;
  readonly rounds: number;
};

const rootOf = async (store: EventStore): Promise<Uint8Array> => {
  const tree = new Frontier();
  await readLeaves(store, null, (leaf) => {
    tree.append(leaf.hash);
    return undefined;
  });
  return tree.root();
};

async function rootFigures({ path, store, events, rounds }: Whole): Promise<Figure[]> {
  const timed = (run: Timed['run']): Timed => ({ count: events, run });
  const root = timed(async () => {
    await rootOf(store);
  });
  const read = timed(async () => {
    for await (const { metadata } of store.readAll(null, streamPrefix)) {
      hash('sha256', textIn(metadata, 'hash') ?? '', 'buffer');
    }
  });
  const bare = timed(() => {
    const database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare('SELECT data, metadata FROM events ORDER BY position');
    for (const { data, metadata } of rows.iterate()) {
      createHash('sha256').update(String(data)).update(String(metadata)).digest();
    }
    database.close();
  });
  const common = { unit: ' events/s', remark: `${events} events` };
  return [
    figure({
      ...{ ...common, name: 'root over all orders', ...(await inTurn(root, read, rounds, 1)) },
      // At most 1.2 times as long.
      ...{ alternative: 'the same read + one SHA-256 of each', atLeast: 0.83 },
    }),
    figure({
      ...{ ...common, name: 'root, next to SQL alone', ...(await inTurn(root, bare, rounds, 1)) },
      ...{ alternative: 'bare read + SHA-256', atLeast: 0.6 },
    }),
  ];
}

async function leavesFigure({ directory, store, events, rounds }: Whole): Promise<Figure> {
  const build = async (round: number) => {
    const index = join(directory, `built-${round}`);
    await using orders = await openPaymentOrders({ store, index, runtime });
    const { size } = await orders.transparencyLog().checkpoint({ key });
    if (size !== events) throw new Error(`${size} of ${events} events were signed`);
  };
  const root = async () => {
    await rootOf(store);
  };
  const measured = await inTurn(
    { count: events, run: build },
    { count: events, run: root },
    rounds,
    1,
  );
  return figure({
    ...{ name: 'a first checkpoint, which keeps all leaves', unit: ' events/s', ...measured },
    ...{ alternative: 'the root alone', atLeast: 0.4, remark: `${events} events` },
  });
}

/** A process opens the file, goes on from the kept leaves to the newest events, and proves one. */
async function proofFigure({ directory, store, events, rounds }: Whole): Promise<Figure> {
  const index = join(directory, 'proofs');
  const open = () => openPaymentOrders({ store, index, runtime });
  await using writer = await open();
  const { note, root } = await writer.transparencyLog().checkpoint({ key });
  const timesMs: number[] = [];
  const prove = async (round: number) => {
    await writer.create({ orderNo: `P${round}`, processBillNo: 'F1' });
    const orderNo = `O${(round * 7_919) % (events / 10)}`;
    let text = '';
    timesMs.push(
      await msOf(async () => {
        await using orders = await open();
        text = await orders.transparencyLog().proof(orderNo, { checkpoint: note });
      }),
    );
    await assertProves(store, orderNo, text, root);
    return timesMs.at(-1) ?? NaN;
  };
  const measured = await inRounds(prove, 200, 3 * rounds);
  return figure({
    ...{ name: 'a proof, with the kept leaves', ...measured, latency: latencyOf(timesMs) },
    ...{ unit: 'ms', alternative: 'the limit', atLeast: 1 },
    remark: `${events} events, opening included`,
  });
}

async function assertProves(store: EventStore, orderNo: string, text: string, root: string) {
  const { index, proof, checkpoint } = parseProof(text);
  const last = await store.readLast(`${streamPrefix}${orderNo}`);
  const leaf = Buffer.from(textIn(last?.metadata ?? {}, 'hash') ?? '', 'hex');
  const signed = { size: checkpoint.size, root: Buffer.from(root, 'hex') };
  if (!isIncluded({ leaf, index, proof, ...signed })) throw new Error(`${orderNo} is not proven`);
}

type Opened = Pick<PaymentOrders, 'create' | 'startPayment' | 'close'>;

/** Nothing of the log is called when an event is appended; this shows that it is so. */
async function appendFigures(directory: string, rounds: number, before?: string) {
  const open = (name: string) => openPaymentOrders({ store: `sqlite:${join(directory, name)}` });
  const signed = await open('signed.db');
  await signed.transparencyLog().checkpoint({ key });
  const plain = await open('plain.db');
  const figures = [await appendFigure(signed, plain, 'a file whose log was never signed', rounds)];
  await plain.close();
  if (before !== undefined) {
    const older = await opened(before, join(directory, 'older.db'));
    figures.push(await appendFigure(signed, older, `the code in ${before}`, rounds));
    await older.close();
  }
  await signed.close();
  return figures;
}

/** By the code of another checkout, such as one of an older commit. */
async function opened(checkout: string, path: string): Promise<Opened> {
  const url = pathToFileURL(join(resolve(checkout), 'src', 'open.ts')).href;
  // An older one has the same entry, or the call below fails at once.
  const older = (await import(url)) as {
    readonly openPaymentOrders: (options: { readonly store: string }) => Promise<Opened>;
  };
  return older.openPaymentOrders({ store: `sqlite:${path}` });
}

async function appendFigure(
  ours: Opened,
  against: Opened,
  alternative: string,
  rounds: number,
): Promise<Figure> {
  const timesMs: number[] = [];
  let count = 0;
  const commands = (orders: Opened, times: number[]): Timed => ({
    count: 40,
    run: async () => {
      for (let order = 0; order < 20; order += 1) {
        const orderNo = `A${(count += 1)}`;
        times.push(await msOf(() => orders.create({ orderNo, processBillNo: 'F1' })));
        times.push(await msOf(() => orders.startPayment(orderNo)));
      }
    },
  });
  const measured = await inTurn(commands(ours, timesMs), commands(against, []), 5 * rounds);
  return figure({
    ...{ name: `accepted commands with a signed log, next to ${alternative}`, ...measured },
    ...{ unit: '/s', alternative, atLeast: 0.95, latency: latencyOf(timesMs) },
  });
}
