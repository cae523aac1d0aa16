import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Notifier } from '../../src/event-store/notifier.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { cancelApiCode } from '../../src/gateway/wire.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { isOutcome } from '../../src/history/deduplication.ts';
import { orderNoOf, streamOf, streamPrefix } from '../../src/history/event.ts';
import { loadOrder } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { openStore } from '../../src/open-store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import { startEventStoreDb } from '../eventstoredb-server/index.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { startChild, type Child } from './children.ts';
import type { ProcessOptions } from './process.ts';

export type KillsReport = {
  readonly kills: number;
  readonly orders: number;
  readonly acknowledged: number;
  readonly calls: number;
  readonly abandoned: number;
  readonly states: Record<string, number>;
  /** Broken promises. */
  readonly violations: readonly string[];
};

/** `sentAt` is by the sender's clock, because this process may notice late. */
type Call = { readonly orderNo: string; readonly sentAt: number };
type Acknowledged = { readonly orderNo: string; readonly revision: number; readonly hash: string };

const faults = [
  'ok',
  'delay:300',
  'silent-after',
  'silent-before',
  'reset-after',
  'http-500',
  'wrong-type',
  'delay:700',
  'ok',
  'ok',
];
/** How many events a process lives for, and how many ms more. */
const life = { acknowledgementsAndCalls: 10, ms: 500 };
/** A process that is not up by then hangs; generous, for busy machines. */
const hangsAfterMs = 120_000;

/**
 * Two workers and a service over one store, each killed at random and started again. Afterwards a
 * worker finishes all pending work, and every promise is checked against the acknowledgements.
 */
export async function killAtRandom(given: {
  readonly kills: number;
  readonly seed: number;
  readonly over: 'eventstoredb' | 'sqlite';
  readonly progress: (done: number) => void;
}): Promise<KillsReport> {
  const { seed, over } = given;
  const runtime = systemRuntime();
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-kills-'));
  const server = over === 'eventstoredb' ? await startEventStoreDb() : null;
  const store = server?.connectionString ?? `sqlite:${join(directory, 'orders.db')}`;
  const { publicKey } = sandboxKeys(directory);
  const calls: Call[] = [];
  const notifier = new Notifier();
  const sandbox = await startSandbox({
    runtime,
    callerPublicKey: publicKey,
    onRequest: ({ apiCode, orderNo = '', receivedAt, timestamp }) => {
      // Questions may be asked by several processes at once.
      if (apiCode === cancelApiCode) calls.push({ orderNo, sentAt: timestamp ?? receivedAt });
      notifier.notify();
    },
  });
  const acknowledged: Acknowledged[] = [];
  const violations: string[] = [];
  const isOver = new AbortController();
  const draws = simulatedRuntime({ seed });
  const anyFault = () => faults[Math.floor(draws.random() * faults.length)] ?? 'ok';
  let incarnations = 0;
  let kills = 0;

  const start = (role: 'worker' | 'service', onUp: () => void): Child => {
    incarnations += 1;
    const { url, appId } = sandbox;
    const argument: ProcessOptions = {
      role,
      store,
      url,
      appId,
      keys: directory,
      run: `${seed}x${incarnations}`,
    };
    return startChild({
      file: 'process.ts',
      argument,
      cache: join(directory, 'compiled'),
      onLine: (line) => {
        if (line === 'up') {
          onUp();
          return;
        }
        // Our own child wrote the line.
        const acknowledgement = JSON.parse(line) as Acknowledged;
        acknowledged.push(acknowledgement);
        notifier.notify();
        if (acknowledgement.revision === 0) {
          sandbox.set(acknowledgement.orderNo, { faults: Array.from({ length: 5 }, anyFault) });
        }
      },
    });
  };

  const lives = (['worker', 'worker', 'service'] as const).map(async (role) => {
    while (kills < given.kills) {
      const { promise: up, resolve } = Promise.withResolvers<'up'>();
      const child = start(role, () => {
        resolve('up');
      });
      const first = await Promise.race([up, child.ended, sleep(hangsAfterMs)]);
      if (first === 'up') {
        const more = Math.ceil(draws.random() * life.acknowledgementsAndCalls);
        for (let seen = 0; seen < more && !isOver.signal.aborted; seen += 1) {
          await notifier.wait(isOver.signal);
        }
        await sleep(draws.random() * life.ms);
      } else violations.push(`crash a ${role} never came up: ${first?.stderr ?? 'it hung'}`);
      child.kill();
      kills += 1;
      given.progress(kills);
      if (kills >= given.kills) isOver.abort();
      const { signal, stderr } = await child.ended;
      if (signal !== 'SIGKILL') violations.push(`crash a ${role} ended by itself: ${stderr}`);
    }
  });
  await Promise.all(lives);

  const peace = start('worker', () => undefined);
  const reader = await openStore(store, runtime);
  try {
    const checked = await inPeace(reader, acknowledged, calls);
    const counts = { kills, acknowledged: acknowledged.length, calls: calls.length };
    return { ...counts, ...checked, violations: [...violations, ...checked.violations] };
  } finally {
    peace.kill();
    await peace.ended;
    await reader.close();
    await sandbox.close();
    await server?.stop({ hard: true });
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Waits until no order has a timer, then checks every history. */
async function inPeace(
  store: EventStore,
  acknowledged: readonly Acknowledged[],
  calls: readonly Call[],
) {
  const compiled = compileMachine();
  const violations: string[] = [];
  const states: Record<string, number> = {};
  const numbers: string[] = [];
  let abandoned = 0;
  for await (const stream of store.streams(streamPrefix)) {
    numbers.push(orderNoOf(stream));
  }
  for (const orderNo of numbers) {
    const endMs = performance.now() + hangsAfterMs;
    let order = await loadOrder(store, compiled, orderNo);
    while (order !== null && order.fold.pending.timers.length > 0 && performance.now() < endMs) {
      await sleep(200);
      order = await loadOrder(store, compiled, orderNo);
    }
    const state = order?.fold.state ?? 'absent';
    states[state] = (states[state] ?? 0) + 1;
    if (order !== null && order.fold.pending.timers.length > 0) {
      violations.push(`I13 ${orderNo} still waits in ${state}`);
    }
    const { faults: found } = await verifyOrder(store, compiled, orderNo);
    for (const { code, message } of found) violations.push(`I3 I10 ${orderNo} ${code} ${message}`);
    const outcomes = await outcomesOf(store, orderNo);
    abandoned += outcomes.filter(({ rule }) => rule === 'attempt-abandoned').length;
    const ofOrder = calls
      .filter((call) => call.orderNo === orderNo)
      .toSorted((a, b) => a.sentAt - b.sentAt);
    for (const [index, { sentAt }] of ofOrder.entries()) {
      const next = ofOrder[index + 1];
      const isAnswered = outcomes.some(
        ({ recordedAtMs }) => recordedAtMs >= sentAt && recordedAtMs <= (next?.sentAt ?? 0),
      );
      if (next !== undefined && !isAnswered) {
        const found = JSON.stringify({ sent: ofOrder.map((call) => call.sentAt), outcomes });
        violations.push(`I6 ${orderNo} two calls at once: ${found}`);
      }
    }
  }
  for (const { orderNo, revision, hash } of acknowledged) {
    const { faults: found } = await verifyOrder(store, compiled, orderNo, { revision, hash });
    if (found.length > 0) violations.push(`I1 ${orderNo} lost revision ${revision}`);
  }
  return { orders: numbers.length, abandoned, states, violations };
}

async function outcomesOf(store: EventStore, orderNo: string) {
  const outcomes: { readonly rule: string; readonly recordedAtMs: number }[] = [];
  for await (const recorded of store.read(streamOf(orderNo))) {
    const { event, metadata } = decodeEvent(recorded);
    const recordedAtMs = Date.parse(metadata.recordedAt);
    if (isOutcome(event)) outcomes.push({ rule: event.rule, recordedAtMs });
  }
  return outcomes;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
