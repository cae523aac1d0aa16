/**
 * Reading a stream. The client ignores the `deadline` of a read, and a read can hang for ever or
 * leave its call open on the server; `itemsOf` limits the wait and always cancels the call.
 *
 * Reads go to the leader: a follower may show less than was acknowledged. Revisions have no gaps,
 * so a gap means that the stream was deleted or truncated.
 */

import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { missingRevision, placeOf } from '../errors.ts';
import { nextTurn } from '../../runtime.ts';
import type { RecordedEvent } from '../event-store.ts';
import type { EventStoreDbContext } from './client.ts';
import { closed, failureOf, NoAnswer, readError } from './errors.ts';
import { foundEvent, recordedEvent } from './events.ts';
import { Retries, retried, type RetryRule } from './retry.ts';
import { StreamReader, type Source } from './stream-reader.ts';

export type ReadOptions = {
  readonly fromRevision: number;
  readonly maxCount?: number;
  /** How long the server may keep us waiting altogether, ms. Default: `readTotalMs`. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
};

/** A read as the client gives it. */
type Reading = Source['stream'] & { cancel(): Promise<void> };

const never = new AbortController().signal;

/** What fails is begun again after the last event. `signal` ends it with `store-closed`. */
export async function* readStream(
  context: EventStoreDbContext,
  stream: string,
  fromRevision: number,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const { connection } = context;
  const retries = new Retries(context, readRule(context, signal, stream));
  let next = fromRevision;
  for (;;) {
    if (signal.aborted) throw closed();
    const { client } = connection;
    try {
      const options = { fromRevision: next, signal };
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
  { fromRevision, maxCount = Number.MAX_SAFE_INTEGER, patienceMs, signal = never }: ReadOptions,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const reading = client.readStream(stream, {
    ...context.connection.callOptions,
    fromRevision: BigInt(fromRevision),
    maxCount,
  });
  let next = fromRevision;
  for await (const resolved of itemsOf<ResolvedEvent>(context, reading, signal, patienceMs)) {
    const event = recordedEvent(foundEvent(resolved));
    if (event.revision !== next) throw missingRevision(stream, next, event.revision, truncated);
    next += 1;
    yield event;
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
    const last = await firstOf<ResolvedEvent>(context, reading, signal);
    return last === undefined ? null : recordedEvent(foundEvent(last));
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

/** The first item of a read, where it has one. */
export async function firstOf<Item>(
  context: EventStoreDbContext,
  reading: Reading,
  signal: AbortSignal,
): Promise<Item | undefined> {
  for await (const item of itemsOf<Item>(context, reading, signal)) return item;
  return undefined;
}

/**
 * All items of a read until it ends by itself. A stream that does not exist has none. The time that
 * the consumer takes does not count.
 */
async function* itemsOf<Item>(
  { runtime, limits }: EventStoreDbContext,
  reading: Reading,
  signal: AbortSignal,
  patienceMs = limits.readTotalMs,
): AsyncGenerator<Item, void, undefined> {
  const source = { stream: reading, cancel: () => reading.cancel() };
  const reader = new StreamReader<Item>(runtime, source);
  try {
    for (;;) {
      for (let item = reader.take(); item !== null; item = reader.take()) {
        yield item;
        const turn = nextTurn(runtime);
        if (turn !== undefined) await turn;
      }
      if (signal.aborted) throw closed();
      if (reader.isOver()) return;
      const leftMs = patienceMs - reader.waitedMs;
      if (leftMs <= 0) throw new NoAnswer(`the server kept us waiting for ${patienceMs} ms`);
      await reader.wait(Math.min(limits.readIdleMs, leftMs), signal);
    }
  } catch (error) {
    if (failureOf(error).verdict !== 'absent') throw error;
  } finally {
    reader.close();
  }
}

const truncated =
  ' (the stream was deleted, or truncated by $maxAge, $maxCount or $tb; never do this to a ' +
  'payment order stream)';
