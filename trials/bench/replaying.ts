import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { evolve, loadOrder, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { orderNoOf, streamOf, streamPrefix } from '../../src/history/event.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { figure, residentMb } from './figure.ts';
import type { Figure } from './figure.ts';

const runtime = systemRuntime();
const compiled = compileMachine();

const later: readonly PaymentOrderEvent[] = [
  { type: 'PaymentStarted' },
  { type: 'CancelRequested', reason: '临时决定关单取消支付' },
  { type: 'CancelOutcomeUnknown', attempt: 1, rule: 'answer-timeout', retryInMs: 5_000 },
  { type: 'CancelRetryDue' },
  { type: 'CancelRefused', attempt: 2, rule: 'refused', retryInMs: 15_000 },
  { type: 'CommandRejected', command: 'RequestCancel', code: 'already-cancelling' },
  { type: 'ClosedAtGateway', factId: 'bill-7' },
  { type: 'PaymentSucceeded', factId: 'T1', transactionNo: 'T1' },
  { type: 'AnomalyAcknowledged', number: 1, by: 'operator-1' },
];

/** Fills a file with orders of ten events each, as the service would have written them. */
async function fill(path: string, events: number): Promise<void> {
  const store = await openSqliteStore({ path, runtime });
  const circumstances = { source: 'bench', $correlationId: 'bench' };
  const write = async (orderNo: string) => {
    const stream = streamOf(orderNo);
    const first: PaymentOrderEvent = { type: 'PaymentOrderCreated', orderNo, processBillNo: 'F1' };
    const begun = prepareEvent(compiled, null, stream, first, circumstances, runtime);
    const order = evolve(compiled, null, begun.stored);
    const batch = [begun.prepared];
    for (const event of later) {
      const next = prepareEvent(compiled, order, stream, event, circumstances, runtime);
      order.apply(next.stored);
      batch.push(next.prepared);
    }
    const { kind } = await store.append(stream, batch, 'no-stream');
    if (kind !== 'appended') throw new Error(`${stream} was there already`);
  };
  for (let order = 0; order < events / 10; order += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, index) => write(`O${order + index}`)));
  }
  await store.close();
}

export async function replayFigures(directory: string, events: number): Promise<Figure[]> {
  const path = join(directory, 'replay.db');
  await fill(path, events);
  const parsing = bare(path, (data, metadata) => {
    JSON.parse(data);
    JSON.parse(metadata);
  });
  const hashing = bare(path, (data, metadata) => {
    createHash('sha256').update(data).update(metadata).digest();
  });
  const store = await openSqliteStore({ path, runtime, readOnly: true });
  const replayed = await rate(events, async (orderNo) => {
    const order = await loadOrder(store, compiled, orderNo);
    return order === null ? 0 : order.head.revision + 1;
  });
  const verified = await rate(events, async (orderNo) => {
    const verification = await verifyOrder(store, compiled, orderNo);
    if (!verification.ok) throw new Error(`${orderNo} does not verify`);
    return verification.events;
  });
  await store.close();
  const remark = `${events} events`;
  return [
    figure({
      name: 'replay of a whole store',
      ours: replayed.perSecond,
      against: parsing,
      unit: ' events/s',
      alternative: 'bare read + JSON.parse',
      atLeast: 0.2,
      remark,
    }),
    figure({
      name: 'replay with hash verification',
      ours: verified.perSecond,
      against: hashing,
      unit: ' events/s',
      alternative: 'bare read + SHA-256',
      atLeast: 0.15,
      remark,
    }),
    figure({
      name: 'memory growth of both',
      ours: Math.max(replayed.grownMb, verified.grownMb, 1),
      against: 100,
      unit: 'MB',
      alternative: 'the limit',
      atLeast: 1,
      remark,
    }),
  ];

  async function rate(expected: number, each: (orderNo: string) => Promise<number>) {
    const before = residentMb();
    let peak = before;
    let seen = 0;
    const startedMs = performance.now();
    for await (const stream of store.streams(streamPrefix)) {
      seen += await each(orderNoOf(stream));
      if (seen % 10_000 === 0) peak = Math.max(peak, residentMb());
    }
    if (seen !== expected) throw new Error(`${seen} of ${expected} events were read`);
    return { perSecond: (seen / (performance.now() - startedMs)) * 1_000, grownMb: peak - before };
  }
}

function bare(path: string, use: (data: string, metadata: string) => void): number {
  const database = new DatabaseSync(path, { readOnly: true });
  let rows = 0;
  const startedMs = performance.now();
  for (const { data, metadata } of database
    .prepare('SELECT * FROM events ORDER BY position')
    .iterate()) {
    use(String(data), String(metadata));
    rows += 1;
  }
  const perSecond = (rows / (performance.now() - startedMs)) * 1_000;
  database.close();
  return perSecond;
}
