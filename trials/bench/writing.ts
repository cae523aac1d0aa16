import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPaymentOrders } from '../../src/open.ts';
import { sandboxAppId, sandboxKeys } from '../../src/sandbox/index.ts';
import { figure, inTurn, roundsMin } from './figure.ts';
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

export async function cancelsFigure(directory: string, rounds?: number): Promise<Figure> {
  const { privateKey } = sandboxKeys(directory);
  const sandbox = spawn(process.execPath, [join(import.meta.dirname, 'sandbox.ts'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = (await once(sandbox.stdout.setEncoding('utf8'), 'data')) as [string];
  try {
    await using orders = await openPaymentOrders({
      store: `sqlite:${join(directory, 'many.db')}`,
      gateway: { url: url.trim(), appId: sandboxAppId, privateKey },
    });
    const run = async (round: number) => {
      const cancelOne = async (orderNo: string) => {
        await orders.create({ orderNo, processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' });
        await orders.startPayment(orderNo);
        const { order } = await orders.cancel(orderNo, { reason: '临时决定关单取消支付' });
        if (order.state !== 'cancelled') throw new Error(`${orderNo} is ${order.stateDetail}`);
      };
      const worker = async (_: unknown, number: number) => {
        for (let count = 0; count < 32; count += 1) await cancelOne(`O${round}x${number}x${count}`);
      };
      await Promise.all(Array.from({ length: 32 }, worker));
    };
    const bare = bareCommits(directory);
    const four = { ...bare, count: bare.count / 4 };
    return figure({
      name: 'whole cancels over HTTP, 32 at a time',
      ...(await inTurn({ count: 1_024, run }, four, rounds)),
      unit: '/s',
      alternative: 'bare commits ÷ 4',
      atLeast: 0.4,
      remark: 'RSA-2048; the sandbox is a process of its own',
    });
  } finally {
    sandbox.kill();
  }
}
