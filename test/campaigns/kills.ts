import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { lawOf, loadOrder, streamOf, streamPrefix } from '../../src/history/order-history.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { openStore } from '../../src/open.ts';
import { realHost } from '../../src/real-host.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import { startEventStoreDb } from '../eventstoredb-server/index.ts';

export type KillsReport = {
  readonly seconds: number;
  readonly kills: number;
  readonly orders: number;
  readonly acknowledged: number;
  readonly calls: number;
  readonly abandoned: number;
  readonly states: Record<string, number>;
  /** What broke a promise; empty when all were kept. */
  readonly violations: readonly string[];
};

type Call = { readonly orderNo: string; readonly receivedAt: number };
type Acknowledged = { readonly orderNo: string; readonly revision: number; readonly hash: string };

const faults = [
  ...['ok', 'delay:300', 'silent-after', 'silent-before', 'reset-after', 'http-500', 'wrong-type'],
  ...['delay:700', 'ok', 'ok'],
];

/**
 * Two workers and a service over one store, each killed at any time and started again; then peace
 * until nothing waits, and every promise is checked against what was acknowledged.
 */
export async function killAtRandom(given: {
  readonly seconds: number;
  readonly seed: number;
  /** Default: an EventStoreDB of ours on loopback. */
  readonly storeUrl?: string;
}): Promise<KillsReport> {
  const { seconds, seed } = given;
  const host = realHost();
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-kills-'));
  const server = given.storeUrl === undefined ? await startEventStoreDb() : null;
  const storeUrl = given.storeUrl ?? server?.connectionString ?? '';
  const { publicKey } = sandboxKeys(directory);
  const calls: Call[] = [];
  const sandbox = await startSandbox({
    ...{ host, callerPublicKey: publicKey },
    onRequest: ({ orderNo = '', receivedAt }) => {
      calls.push({ orderNo, receivedAt });
    },
  });
  const acknowledged: Acknowledged[] = [];
  const random = numbersFrom(seed);
  const anyFault = () => faults[Math.floor(random() * faults.length)] ?? 'ok';
  let incarnations = 0;
  let kills = 0;
  let isOver = false;
  // Asked anew after every wait.
  const over = () => isOver;

  const start = (role: 'worker' | 'service'): ChildProcess => {
    const file = join(import.meta.dirname, 'process.ts');
    incarnations += 1;
    const args = [
      file,
      role,
      storeUrl,
      sandbox.url,
      sandbox.appId,
      directory,
      `${seed}x${incarnations}`,
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      // Our own child wrote the line.
      const told = JSON.parse(line) as Acknowledged;
      acknowledged.push(told);
      if (told.revision === 0) {
        const steps = Array.from({ length: 5 }, anyFault);
        sandbox.set(told.orderNo, { faults: steps });
      }
    });
    return child;
  };

  const lives = (['worker', 'worker', 'service'] as const).map(async (role) => {
    while (!over()) {
      const child = start(role);
      const ended = new Promise((resolve) => child.once('close', resolve));
      await sleep(600 + random() * 2_400);
      child.kill('SIGKILL');
      if (!over()) kills += 1;
      await ended;
    }
  });
  await sleep(seconds * 1_000);
  isOver = true;
  await Promise.all(lives);

  const peace = start('worker');
  const store = await openStore(storeUrl, host);
  try {
    const checked = await inPeace(store, acknowledged, calls);
    const counts = { acknowledged: acknowledged.length, calls: calls.length };
    return { seconds, kills, ...counts, ...checked };
  } finally {
    peace.kill();
    await store.close();
    await sandbox.close();
    await server?.stop({ hard: true });
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Waits until no order waits any more, and checks what every history says. */
async function inPeace(
  store: EventStore,
  acknowledged: readonly Acknowledged[],
  calls: readonly Call[],
) {
  const law = lawOf();
  const violations: string[] = [];
  const states: Record<string, number> = {};
  const numbers: string[] = [];
  let abandoned = 0;
  for await (const stream of store.streams(streamPrefix)) {
    numbers.push(stream.slice(streamPrefix.length));
  }
  for (const orderNo of numbers) {
    const endMs = performance.now() + 60_000;
    let order = await loadOrder(store, law, orderNo);
    while (order !== null && order.fold.pending.timers.length > 0 && performance.now() < endMs) {
      await sleep(200);
      order = await loadOrder(store, law, orderNo);
    }
    const state = order?.fold.state ?? 'absent';
    states[state] = (states[state] ?? 0) + 1;
    if (order !== null && order.fold.pending.timers.length > 0) {
      violations.push(`I13 ${orderNo} still waits in ${state}`);
    }
    const { faults: found } = await verifyOrder(store, law, orderNo);
    for (const { code, message } of found) violations.push(`I3 I10 ${orderNo} ${code} ${message}`);
    const outcomes = await outcomesOf(store, orderNo);
    abandoned += outcomes.filter(({ rule }) => rule === 'attempt-abandoned').length;
    const ofOrder = calls.filter((call) => call.orderNo === orderNo);
    for (const [index, { receivedAt }] of ofOrder.entries()) {
      const next = ofOrder[index + 1];
      const isAnswered = outcomes.some(
        ({ recordedAtMs }) => recordedAtMs >= receivedAt && recordedAtMs <= (next?.receivedAt ?? 0),
      );
      if (next !== undefined && !isAnswered) violations.push(`I6 ${orderNo} two calls at once`);
    }
  }
  for (const { orderNo, revision, hash } of acknowledged) {
    const { faults: found } = await verifyOrder(store, law, orderNo, { revision, hash });
    if (found.length > 0) violations.push(`I1 ${orderNo} lost revision ${revision}`);
  }
  return { orders: numbers.length, abandoned, states, violations };
}

async function outcomesOf(store: EventStore, orderNo: string) {
  const outcomes: { readonly rule: string; readonly recordedAtMs: number }[] = [];
  for await (const recorded of store.read(streamOf(orderNo))) {
    const { event, metadata } = decodeEvent(recorded);
    const recordedAtMs = Date.parse(metadata.recordedAt);
    if ('rule' in event) outcomes.push({ rule: event.rule, recordedAtMs });
  }
  return outcomes;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
