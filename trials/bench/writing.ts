import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPaymentOrders } from '../../src/open.ts';
import { sandboxAppId, sandboxKeys } from '../../src/sandbox/index.ts';
import { bareCancels } from './bare-cancel.ts';
import { figure, inRounds, inTurn, latencyOf, quantile, roundsMin } from './figure.ts';
import type { Figure } from './figure.ts';

/** What the disk allows: one small row, one commit, synchronous=FULL. */
function bareCommits(directory: string) {
  const database = new DatabaseSync(join(directory, 'bare.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE bare (n INTEGER PRIMARY KEY, text TEXT) STRICT');
  const insert = database.prepare('INSERT INTO bare (text) VALUES (?)');
  const text = 'x'.repeat(1_000);
  const run = () => {
    for (let count = 0; count < 200; count += 1) insert.run(text);
  };
  return { count: 200, run };
}

/** Many short rounds: a disk's weather changes within seconds. */
export async function commandsFigure(directory: string, rounds = roundsMin): Promise<Figure> {
  await using orders = await openPaymentOrders({ store: `sqlite:${join(directory, 'one.db')}` });
  const run = async (round: number) => {
    for (let count = 0; count < 100; count += 1) {
      const orderNo = `O${round}x${count}`;
      await orders.create({ orderNo, processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' });
      const { kind } = await orders.startPayment(orderNo);
      if (kind !== 'accepted') throw new Error(`${orderNo} was not started: ${kind}`);
    }
  };
  return figure({
    name: 'accepted commands, one writer, SQLite synchronous=FULL',
    unit: '/s',
    ...(await inTurn({ count: 200, run }, bareCommits(directory), 3 * rounds)),
    alternative: 'bare one-row commits',
    atLeast: 0.55,
  });
}

const reason = '临时决定关单取消支付';
/** What the machine and the disk allow one cancel, done by the least program that does it. */
const alternative = 'a bare program: four commits, signature, call';

/**
 * Whole cancels by ours and by the bare program, at the same sandbox in a process of its own, with a
 * connection for each call: 32 at a time, then by one caller.
 */
export async function cancelFigures(directory: string, rounds = roundsMin): Promise<Figure[]> {
  const { privateKey } = sandboxKeys(directory);
  const sandbox = spawn(process.execPath, [join(import.meta.dirname, 'sandbox.ts'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(sandbox.stdout.setEncoding('utf8'), 'data')) as [string];
  const url = line.trim();
  const appId = sandboxAppId;
  const bare = bareCancels(join(directory, 'bare.db'), url, { appId, privateKey });
  try {
    await using orders = await openPaymentOrders({
      store: `sqlite:${join(directory, 'many.db')}`,
      gateway: { url, appId, privateKey },
    });
    const cancelOne = async (orderNo: string) => {
      await orders.create({ orderNo, processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' });
      await orders.startPayment(orderNo);
      const { order } = await orders.cancel(orderNo, { reason });
      if (order.state !== 'cancelled') throw new Error(`${orderNo} is ${order.stateDetail}`);
    };
    const ours = cancelling('O', cancelOne);
    const other = cancelling('B', (orderNo) => bare.cancelOne(orderNo));
    const many = await inTurn(
      { count: 256, run: ours.many },
      { count: 256, run: other.many },
      3 * rounds,
    );
    const manyLatency = ours.latency();
    const alone = await inRounds(ours.alone, other.alone, 3 * rounds);
    return [
      figure({
        ...{ name: 'whole cancels, 32 at a time', ...many, latency: manyLatency },
        ...{ unit: '/s', alternative, atLeast: 0.6 },
      }),
      figure({
        ...{ name: 'p50 of a whole cancel, one caller', ...alone, latency: ours.latency() },
        ...{ unit: 'ms', alternative, atLeast: 0.5 },
      }),
    ];
  } finally {
    bare.close();
    sandbox.kill();
  }
}

function cancelling(prefix: string, cancelOne: (orderNo: string) => Promise<void>) {
  let cancels = 0;
  let timesMs: number[] = [];
  const timed = async (): Promise<number> => {
    cancels += 1;
    const startedMs = performance.now();
    await cancelOne(`${prefix}${cancels}`);
    const tookMs = performance.now() - startedMs;
    timesMs.push(tookMs);
    return tookMs;
  };
  const oneAfterAnother = async (count: number): Promise<number> => {
    const times: number[] = [];
    while (times.length < count) times.push(await timed());
    return quantile(times, 0.5);
  };
  return {
    many: async () => {
      await Promise.all(Array.from({ length: 32 }, () => oneAfterAnother(8)));
    },
    alone: () => oneAfterAnother(20),
    /** Of all cancels since it was asked last. */
    latency: () => {
      const latency = latencyOf(timesMs);
      timesMs = [];
      return latency;
    },
  };
}
