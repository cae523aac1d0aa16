import type { EventStoreDBClient, Position } from '@eventstore/db-client';
import { PaymentOrderError } from '../../errors.ts';
import { storedBatch } from '../append-settled.ts';
import type { Batch } from '../batch.ts';
import { placeOf } from '../errors.ts';
import type { AppendResult } from '../event-store.ts';
import type { EventStoreDbContext } from './client.ts';
import { appendError, failureOf, NoAnswer } from './errors.ts';
import { positionText, Proposed } from './events.ts';
import { readStreamOnce } from './read.ts';
import { answered } from './retry.ts';

/** What one try sends. `expected` and `last` are revisions; -1: no stream. */
type SentBatch = {
  readonly stream: string;
  readonly events: readonly Proposed[];
  readonly expected: number;
  readonly last: number;
};

/**
 * Appends: one try each, by the classic Append call with a deadline of its own.
 *
 * The server knows a batch again by its ids at its expected revision, and acknowledges it a second
 * time instead of storing it twice. It does not say that it did so: the position of the answer
 * shows it, which then is not after everything acknowledged before; it may also be missing. A
 * WrongExpectedVersion does not say who wrote first. So the stream is read before it counts as a
 * conflict: the events there may be an earlier try of this batch.
 */
export class EventStoreDbAppends {
  readonly #context: EventStoreDbContext;
  /** No acknowledged event stands after this commit position. */
  #newestCommit = -1n;

  constructor(context: EventStoreDbContext) {
    this.#context = context;
  }

  /** @throws {PaymentOrderError} `append-outcome-unknown`, or what surely stored nothing. */
  async append(stream: string, batch: Batch, expected: number): Promise<AppendResult> {
    const { connection } = this.#context;
    const { client } = connection;
    const events = batch.events.map((event) => new Proposed(event));
    const last = expected + events.length;
    try {
      const result = await this.#once(client, { stream, events, expected, last });
      connection.succeeded();
      return result;
    } catch (error) {
      if (error instanceof PaymentOrderError) throw error;
      const failure = failureOf(error);
      connection.failed(client, failure);
      throw appendError(failure, stream);
    }
  }

  async #once(client: EventStoreDBClient, sent: SentBatch): Promise<AppendResult> {
    const { stream, last } = sent;
    const newestCommit = this.#newestCommit;
    try {
      const { nextExpectedRevision, position } = await this.#send(client, sent);
      if (nextExpectedRevision !== BigInt(last)) throw strayed(stream, last, nextExpectedRevision);
      if (position === undefined) return await this.#acknowledgedBefore(client, sent);
      if (position.commit > this.#newestCommit) this.#newestCommit = position.commit;
      const settled = position.commit > newestCommit ? 'first-try' : 'after-doubt';
      return { kind: 'appended', revision: last, position: positionText(position), settled };
    } catch (error) {
      const { verdict, head = -1 } = failureOf(error);
      if (verdict !== 'conflict') throw error;
      const own = head < last ? null : await this.#ownBatch(client, sent);
      return own ?? { kind: 'conflict' };
    }
  }

  #send(
    client: EventStoreDBClient,
    { stream, events, expected }: SentBatch,
  ): Promise<{ nextExpectedRevision: bigint; position?: Position }> {
    const { runtime, limits, connection } = this.#context;
    const call = client.appendToStream(stream, [...events], {
      ...connection.callOptions,
      expectedRevision: expected === -1 ? 'no_stream' : BigInt(expected),
      deadline: limits.appendTryMs,
    });
    return answered(runtime, limits.appendTryMs + limits.watchdogMarginMs, call);
  }

  async #acknowledgedBefore(client: EventStoreDBClient, sent: SentBatch): Promise<AppendResult> {
    const own = await this.#ownBatch(client, sent);
    if (own !== null) return own;
    const { stream, last } = sent;
    const message = `${placeOf(stream, last)}: the server acknowledged events that are not there`;
    throw new PaymentOrderError('store-corrupt', message, { stream, revision: last });
  }

  /** The batch as it stands in the stream, or null where other events stand there. */
  async #ownBatch(client: EventStoreDBClient, sent: SentBatch): Promise<AppendResult | null> {
    const { stream, events, expected } = sent;
    const patienceMs = this.#context.limits.appendTryMs;
    const options = { fromRevision: expected + 1, maxCount: events.length, patienceMs };
    try {
      return await storedBatch(readStreamOnce(this.#context, client, stream, options), events);
    } catch (error) {
      if (error instanceof PaymentOrderError) throw error;
      throw new NoAnswer(`the stream could not be read back: ${failureOf(error).reason}`);
    }
  }
}

function strayed(stream: string, last: number, found: bigint): PaymentOrderError {
  return new PaymentOrderError(
    'store-corrupt',
    `${placeOf(stream)}: the events were stored at revision ${found} instead of ${last}, since ` +
      'the stream was deleted and kept its numbering; never delete a payment order stream',
    { stream, revision: Number(found) },
  );
}
