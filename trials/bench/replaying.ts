import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { loadOrder } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { orderNoOf, streamOf, streamPrefix } from '../../src/history/event.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { figure, inTurn, residentMb } from './figure.ts';
import type { Figure, Timed } from './figure.ts';
import { preparedOrder } from './histories.ts';

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
export async function fill(path: string, events: number): Promise<void> {
  const store = await openSqliteStore({ path, runtime });
  const write = async (orderNo: string) => {
    const { kind } = await store.append(
      streamOf(orderNo),
      preparedOrder(orderNo, later),
      'no-stream',
    );
    if (kind !== 'appended') throw new Error(`${orderNo} was there already`);
  };
  for (let order = 0; order < events / 10; order += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, index) => write(`O${order + index}`)));
  }
  await store.close();
}

export async function replayFigures(
  directory: string,
  events: number,
  rounds?: number,
): Promise<Figure[]> {
  const path = join(directory, 'replay.db');
  await fill(path, events);
  const store = await openSqliteStore({ path, runtime, readOnly: true });
  let grownMb = 1;
  const each = (read: (orderNo: string) => Promise<number>) => async () => {
    const before = residentMb();
    let seen = 0;
    for await (const stream of store.streams(streamPrefix)) {
      seen += await read(orderNoOf(stream));
      if (seen % 10_000 === 0) grownMb = Math.max(grownMb, residentMb() - before);
    }
    if (seen !== events) throw new Error(`${seen} of ${events} events were read`);
  };
  const replay = each(async (orderNo) => {
    const order = await loadOrder(store, compiled, orderNo);
    return order === null ? 0 : order.head.revision + 1;
  });
  const verify = each(async (orderNo) => {
    const verification = await verifyOrder(store, compiled, orderNo);
    if (!verification.ok) throw new Error(`${orderNo} does not verify`);
    return verification.events;
  });
  const parse = bare(path, (data, metadata) => {
    JSON.parse(data);
    JSON.parse(metadata);
  });
  const hash = bare(path, (data, metadata) => {
    createHash('sha256').update(data).update(metadata).digest();
  });
  const timed = (run: Timed['run']): Timed => ({ count: events, run });
  const replayed = await inTurn(timed(replay), timed(parse), rounds, 1);
  const verified = await inTurn(timed(verify), timed(hash), rounds, 1);
  await store.close();
  const common = { unit: ' events/s', remark: `${events} events` };
  return [
    figure({
      ...{ ...common, name: 'replay of a whole store', ...replayed },
      ...{ alternative: 'bare read + JSON.parse', atLeast: 0.4 },
    }),
    figure({
      ...{ ...common, name: 'replay with hash verification', ...verified },
      ...{ alternative: 'bare read + SHA-256', atLeast: 0.35 },
    }),
    figure({
      ...{ ...common, name: 'memory growth of both', unit: 'MB', isCounted: true },
      ...{ rounds: [{ ours: grownMb, against: 50 }], alternative: 'the limit', atLeast: 1 },
    }),
  ];
}

function bare(path: string, use: (data: string, metadata: string) => void): () => void {
  return () => {
    const database = new DatabaseSync(path, { readOnly: true });
    const statement = database.prepare('SELECT * FROM events ORDER BY position');
    for (const { data, metadata } of statement.iterate()) use(String(data), String(metadata));
    database.close();
  };
}
