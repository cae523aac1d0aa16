import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { missingRevision, placeOf } from '../errors.ts';
import type { RecordedEvent } from '../event-store.ts';
import type { EventStoreDbContext } from './client.ts';
import { closed, failureOf, NoAnswer, readError } from './errors.ts';
import { recordedEvent } from './events.ts';
import { Retries, retried, type RetryRule } from './retry.ts';
import { StreamReader, type Source } from './stream-reader.ts';

/**
 * Reading a stream. The client ignores the `deadline` of a read, and a read can hang for ever or
 * leave its call open on the server; `itemsOf` limits the wait and always cancels the call.
 *
 * Reads go to the leader: a follower may show less than was acknowledged. Revisions have no gaps,
 * so a gap means that the stream was deleted or truncated.
 */

export type ReadOptions = {
  readonly fromRevision: number;
  readonly maxCount?: number;
  /** How long the server may keep us waiting altogether, ms. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
};

const never = new AbortController().signal;

/** What fails is begun again after the last event. `signal` ends it with `store-closed`. */
export async function* readStream(
  context: EventStoreDbContext,
  stream: string,
  fromRevision: number,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const { limits, connection } = context;
  const retries = new Retries(context, readRule(context, signal, stream));
  let next = fromRevision;
  for (;;) {
    if (signal.aborted) throw closed();
    const { client } = connection;
    try {
      const options = { fromRevision: next, patienceMs: limits.readTotalMs, signal };
      for await (const event of readStreamOnce(context, client, stream, options)) {
        next = event.revision + 1;
        yield event;
        retries.reset();
      }
      connection.succeeded();
      return;
    } catch (error) {
      await retries.after(client, error);
    }
  }
}

/** One call of the server; throws the client's own errors. An unknown stream is empty. */
export async function* readStreamOnce(
  context: EventStoreDbContext,
  client: EventStoreDBClient,
  stream: string,
  { fromRevision, maxCount = Number.MAX_SAFE_INTEGER, patienceMs, signal }: ReadOptions,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const reading = client.readStream(stream, {
    ...context.connection.callOptions,
    fromRevision: BigInt(fromRevision),
    maxCount,
  });
  let next = fromRevision;
  try {
    for await (const resolved of itemsOf<ResolvedEvent>(context, reading, patienceMs, signal)) {
      const event = recordedEvent(resolved);
      if (event.revision !== next) {
        throw missingRevision(stream, next, event.revision, truncated);
      }
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
  return retried(context, readRule(context, signal, stream), async (client) => {
    const reading = client.readStream(stream, {
      ...context.connection.callOptions,
      direction: 'backwards',
      fromRevision: 'end',
      maxCount: 1,
    });
    try {
      const { readTotalMs } = context.limits;
      for await (const item of itemsOf<ResolvedEvent>(context, reading, readTotalMs, signal)) {
        return recordedEvent(item);
      }
    } catch (error) {
      if (failureOf(error).verdict !== 'absent') throw error;
    }
    return null;
  });
}

/** A read of a stream, or of all of them, that is given up after a while. */
export function readRule(
  { limits }: EventStoreDbContext,
  signal: AbortSignal,
  stream?: string,
): RetryRule {
  const action = `reading ${stream === undefined ? 'all streams' : placeOf(stream)}`;
  return {
    budgetMs: limits.readRetryMs,
    signal,
    error: (failure) => readError(failure, action, stream),
  };
}

/** All items of a read until it ends by itself. The time its consumer takes does not count. */
export async function* itemsOf<Item>(
  { runtime, limits }: EventStoreDbContext,
  reading: Source['stream'] & { cancel(): Promise<void> },
  patienceMs: number,
  signal: AbortSignal = never,
): AsyncGenerator<Item, void, undefined> {
  const source = { stream: reading, cancel: () => reading.cancel() };
  const reader = new StreamReader<Item>(runtime, source);
  try {
    for (;;) {
      for (let item = reader.take(); item !== null; item = reader.take()) yield item;
      if (signal.aborted) throw closed();
      if (reader.isOver()) return;
      const leftMs = patienceMs - reader.waitedMs;
      if (leftMs <= 0) throw new NoAnswer(`the server kept us waiting for ${patienceMs} ms`);
      await reader.wait(Math.min(limits.readIdleMs, leftMs), signal);
    }
  } finally {
    reader.close();
  }
}

const truncated =
  ' (the stream was deleted, or truncated by $maxAge, $maxCount or $tb; never do this to a ' +
  'payment order stream)';
