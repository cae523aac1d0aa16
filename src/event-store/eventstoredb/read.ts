import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { RecordedEvent } from '../event-store.ts';
import type { Connection } from './client.ts';
import { failureOf, NoAnswer, readingError } from './errors.ts';
import { recordedEvent } from './events.ts';
import type { EventStoreDbLimits } from './limits.ts';
import { StreamReader, type Source } from './stream-reader.ts';
import { Backoff, pause } from './waiting.ts';

/** What reading needs. */
export type EventStoreDbContext = {
  readonly runtime: Runtime;
  readonly limits: EventStoreDbLimits;
  readonly connection: Connection;
};

export type ReadOptions = {
  readonly fromRevision: number;
  readonly maxCount?: number;
  /** How long the server may keep us waiting altogether, ms. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
};

const never = new AbortController().signal;

/**
 * A stream's events from a revision on, contiguous; what fails is begun again behind the last
 * event. `signal` ends it with `store-closed`.
 */
export async function* readStream(
  context: EventStoreDbContext,
  stream: string,
  fromRevision: number,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const { runtime, limits, connection } = context;
  const backoff = new Backoff(runtime, limits);
  const endless = { patienceMs: limits.readTotalMs, signal };
  let next = fromRevision;
  for (;;) {
    if (signal.aborted) throw closed();
    const { client } = connection;
    try {
      const options = { ...endless, fromRevision: next };
      for await (const event of readStreamOnce(context, client, stream, options)) {
        next = event.revision + 1;
        yield event;
        backoff.reset();
      }
      connection.succeeded();
      return;
    } catch (error) {
      const waitMs = retryMs(context, client, backoff, error, `Reading ${name(stream)}`, stream);
      await pause(runtime, waitMs, signal);
    }
  }
}

/** How long to wait before a reading is begun again, ms; throws where it is not. */
export function retryMs(
  { limits, connection }: EventStoreDbContext,
  client: EventStoreDBClient,
  backoff: Backoff,
  error: unknown,
  action: string,
  stream?: string,
): number {
  if (error instanceof PaymentOrderError) throw error;
  const failure = failureOf(error);
  connection.failed(client, failure);
  const mayPass = failure.verdict === 'unknown' || failure.verdict === 'not-sent';
  const waitMs = mayPass ? backoff.nextMs(limits.readRetryMs) : undefined;
  if (waitMs === undefined) throw readingError(failure, action, stream);
  return waitMs;
}

/** One call of the server; throws the client's own errors. An unknown stream is empty. */
export async function* readStreamOnce(
  context: EventStoreDbContext,
  client: EventStoreDBClient,
  stream: string,
  { fromRevision, maxCount, patienceMs, signal }: ReadOptions,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const reading = client.readStream(stream, {
    ...context.connection.callOptions,
    fromRevision: BigInt(fromRevision),
    ...(maxCount === undefined ? {} : { maxCount }),
  });
  const source = { stream: reading, callOff: () => reading.cancel() };
  let next = fromRevision;
  try {
    for await (const resolved of itemsOf<ResolvedEvent>(context, source, patienceMs, signal)) {
      const event = recordedEvent(resolved);
      if (event.revision !== next) throw gap(stream, next, event.revision);
      next += 1;
      yield event;
    }
  } catch (error) {
    if (failureOf(error).verdict !== 'absent') throw error;
  }
}

/** The stream's last event, or null where there is none. */
export function readLast(
  context: EventStoreDbContext,
  stream: string,
  signal: AbortSignal,
): Promise<RecordedEvent | null> {
  const action = `Reading ${name(stream)}`;
  return retried(context, signal, action, stream, async (client) => {
    const reading = client.readStream(stream, {
      ...context.connection.callOptions,
      direction: 'backwards',
      fromRevision: 'end',
      maxCount: 1,
    });
    const source = { stream: reading, callOff: () => reading.cancel() };
    try {
      const { readTotalMs } = context.limits;
      for await (const item of itemsOf<ResolvedEvent>(context, source, readTotalMs, signal)) {
        return recordedEvent(item);
      }
    } catch (error) {
      if (failureOf(error).verdict !== 'absent') throw error;
    }
    return null;
  });
}

/** The answer of a reading that is begun again while it fails, within the limit. */
export async function retried<Answer>(
  context: EventStoreDbContext,
  signal: AbortSignal,
  action: string,
  stream: string | undefined,
  call: (client: EventStoreDBClient) => Promise<Answer>,
): Promise<Answer> {
  const backoff = new Backoff(context.runtime, context.limits);
  for (;;) {
    if (signal.aborted) throw closed();
    const { client } = context.connection;
    try {
      const answer = await call(client);
      context.connection.succeeded();
      return answer;
    } catch (error) {
      await pause(
        context.runtime,
        retryMs(context, client, backoff, error, action, stream),
        signal,
      );
    }
  }
}

/** Everything a source gives until it ends by itself; the time of who takes it does not count. */
export async function* itemsOf<Item>(
  { runtime, limits }: EventStoreDbContext,
  source: Source,
  patienceMs: number,
  signal: AbortSignal = never,
): AsyncGenerator<Item, void, undefined> {
  const pull = new StreamReader<Item>(runtime, source);
  try {
    for (;;) {
      for (let item = pull.take(); item !== null; item = pull.take()) yield item;
      if (signal.aborted) throw closed();
      if (pull.isOver()) return;
      const leftMs = patienceMs - pull.waitedMs;
      if (leftMs <= 0) throw new NoAnswer(`the server kept us waiting for ${patienceMs} ms`);
      await pull.wait(Math.min(limits.readIdleMs, leftMs), signal);
    }
  } finally {
    pull.close();
  }
}

export function closed(): PaymentOrderError {
  return new PaymentOrderError('store-closed', 'The EventStoreDB store is closed.');
}

function gap(stream: string, revision: number, found: number): PaymentOrderError {
  const message =
    `Revision ${revision} of ${name(stream)} is missing; the next one there is ${found}: the ` +
    'stream was deleted or cut ($maxAge, $maxCount, $tb), which must never be done to it.';
  return new PaymentOrderError('not-contiguous', message, { stream, revision, found });
}

function name(stream: string): string {
  return `stream ${JSON.stringify(stream)}`;
}
