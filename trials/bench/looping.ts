/**
 * What commits do to the event loop. A service answers HTTP in the process that also appends, so
 * while a commit holds the thread nothing is answered.
 *
 * Against the same commands with every commit on the thread of the loop: a runtime that is not the
 * system's keeps them there. The client and what keeps the disk busy are processes of their own.
 */

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { figure, latencyOf, quantile, roundsMin } from './figure.ts';
import type { Figure } from './figure.ts';

const roundMs = 1_500;

/** What one round of one way saw. */
type Seen = {
  readonly commandsPerSecond: number;
  readonly commandsMs: readonly number[];
  /** The event loop's delay, p99, ms. */
  readonly loopMs: number;
  /** The client's wait for an answer, p99, ms. */
  readonly clientMs: number;
  /** Processor time of the process, all threads, per second. */
  readonly cpu: number;
};

type Pair = { readonly ours: Seen; readonly against: Seen };

type Service = {
  /** Callers send commands, one after the other each, while the client asks. */
  round(orders: PaymentOrders, callers: number): Promise<Seen>;
  setDisk(disk: 'busy' | 'quiet'): void;
  close(): void;
};

export async function loopFigures(directory: string, rounds = roundsMin): Promise<Figure[]> {
  const service = await startService(directory);
  const open = (name: string, runtime = systemRuntime()) =>
    openPaymentOrders({ store: `sqlite:${join(directory, name)}`, runtime });
  await using ours = await open('thread.db');
  await using against = await open('loop.db', { ...systemRuntime() });
  const pairsOf = async (callers: number, disk: 'busy' | 'quiet') => {
    service.setDisk(disk);
    const pairs: Pair[] = [];
    for (let round = 0; round < rounds + 1; round += 1) {
      const first = round % 2 === 0 ? await service.round(against, callers) : null;
      const own = await service.round(ours, callers);
      const pair = { ours: own, against: first ?? (await service.round(against, callers)) };
      if (round > 0) pairs.push(pair);
    }
    return pairs;
  };
  try {
    return [
      ...figuresOf('64 callers, busy disk', await pairsOf(64, 'busy'), 3),
      ...figuresOf('64 callers, quiet disk', await pairsOf(64, 'quiet'), 2),
      ...figuresOf('one caller, quiet disk', await pairsOf(1, 'quiet'), 1),
    ];
  } finally {
    service.close();
  }
}

function figuresOf(where: string, pairs: readonly Pair[], delayAtLeast: number): Figure[] {
  const of = (read: (seen: Seen) => number) => ({
    rounds: pairs.map(({ ours, against }) => ({ ours: read(ours), against: read(against) })),
    alternative: "every commit on the loop's thread",
  });
  const cpu = (way: keyof Pair) =>
    quantile(
      pairs.map((pair) => (pair[way].cpu * 1_000) / pair[way].commandsPerSecond),
      0.5,
    ).toFixed(3);
  return [
    figure({
      name: `event loop delay p99: ${where}`,
      unit: 'ms',
      atLeast: delayAtLeast,
      ...of(({ loopMs }) => loopMs),
    }),
    figure({
      name: `HTTP answer p99 of the same process: ${where}`,
      unit: 'ms',
      atLeast: delayAtLeast / 2,
      ...of(({ clientMs }) => clientMs),
    }),
    figure({
      name: `accepted commands while HTTP is answered: ${where}`,
      unit: '/s',
      atLeast: 0.8,
      latency: latencyOf(pairs.flatMap(({ ours }) => ours.commandsMs)),
      remark: `ms of processor time a command: ${cpu('ours')}, ${cpu('against')}`,
      ...of(({ commandsPerSecond }) => commandsPerSecond),
    }),
  ];
}

async function startService(directory: string): Promise<Service> {
  const server = createServer((_, response) => response.end('{"ok":true}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = (file: string, argument: string): ChildProcess =>
    fork(join(import.meta.dirname, file), [argument]);
  const client = child('looping-client.ts', String(port));
  const disk = child('looping-disk.ts', join(directory, 'busy'));
  await once(client, 'message');
  let sent = 0;
  return {
    round: async (orders, callers) => {
      const commandsMs: number[] = [];
      let isOver = false;
      const call = async () => {
        while (!isOver) {
          const orderNo = `L${(sent += 1)}`;
          const sentMs = performance.now();
          await orders.create({ orderNo, processBillNo: 'F1' });
          const createdMs = performance.now();
          const { kind } = await orders.startPayment(orderNo);
          if (kind !== 'accepted') throw new Error(`${orderNo} was not started: ${kind}`);
          commandsMs.push(createdMs - sentMs, performance.now() - createdMs);
        }
      };
      const delay = monitorEventLoopDelay({ resolution: 1 });
      client.send('begin');
      delay.enable();
      const cpuBefore = process.cpuUsage();
      const startedMs = performance.now();
      const calling = Promise.all(Array.from({ length: callers }, call));
      await Promise.race([sleep(roundMs), calling]);
      const seconds = (performance.now() - startedMs) / 1_000;
      delay.disable();
      const { user, system } = process.cpuUsage(cpuBefore);
      const commandsPerSecond = commandsMs.length / seconds;
      isOver = true;
      client.send('end');
      const [clientMs] = (await once(client, 'message')) as [number];
      await calling;
      const loopMs = delay.percentile(99) / 1e6;
      return {
        commandsPerSecond,
        commandsMs,
        loopMs,
        clientMs,
        cpu: (user + system) / 1e6 / seconds,
      };
    },
    setDisk: (state) => disk.send(state),
    close: () => {
      client.kill();
      disk.kill();
      server.closeAllConnections();
      server.close();
    },
  };
}
