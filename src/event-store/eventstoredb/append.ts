import type { EventStoreDBClient, Position } from '@eventstore/db-client';
import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { AppendResult } from '../event-store.ts';
import type { Connection } from './client.ts';
import { appendingError, failureOf, NoAnswer } from './errors.ts';
import { positionText, Proposed } from './events.ts';
import type { EventStoreDbLimits } from './limits.ts';
import { readStreamOnce, type EventStoreDbContext } from './read.ts';
import { answered, Backoff, pause } from './waiting.ts';
import type { Batch } from '../prepared.ts';

/** What is sent, the same at every try. `expected` and `last` are revisions; -1: no stream. */
type Sending = {
  readonly stream: string;
  readonly events: readonly Proposed[];
  readonly expected: number;
  readonly last: number;
  readonly endMs: number;
};

/** Appends a batch until it is known what became of it, or the budget ends. */
export class Appends {
  readonly #bench: EventStoreDbContext;
  readonly #runtime: Runtime;
  readonly #limits: EventStoreDbLimits;
  readonly #connection: Connection;
  /** No event that was acknowledged to us stands behind this commit position. */
  #newestCommit = -1n;

  constructor(context: EventStoreDbContext) {
    this.#bench = context;
    this.#runtime = context.runtime;
    this.#limits = context.limits;
    this.#connection = context.connection;
  }

  /**
   * Sends the same bytes at the same expected revision (-1: an empty stream) again and again: by
   * both the server knows a batch that it has stored, and does not store it twice.
   *
   * @throws PaymentOrderError `append-outcome-unknown` or `store-unavailable` when the budget
   * ends; at once `event-too-large`, `store-corrupt`, `store-unavailable` where rights are missing.
   */
  async append(stream: string, batch: Batch, expected: number): Promise<AppendResult> {
    const { appendBudgetMs, appendTryMs } = this.#limits;
    const sending = {
      stream,
      events: batch.events.map((event) => new Proposed(event)),
      expected,
      last: expected + batch.events.length,
      endMs: this.#runtime.monotonicMs() + appendBudgetMs,
    };
    const backoff = new Backoff(this.#runtime, this.#limits);
    let inDoubt = false;
    for (let tries = 1; ; tries += 1) {
      const { client } = this.#connection;
      try {
        const result = await this.#once(client, sending);
        this.#connection.succeeded();
        if (result.kind === 'conflict' || tries === 1) return result;
        return { ...result, settled: 'after-doubt' };
      } catch (error) {
        if (error instanceof PaymentOrderError) throw error;
        const failure = failureOf(error);
        this.#connection.failed(client, failure);
        const mayPass = failure.verdict === 'unknown' || failure.verdict === 'not-sent';
        // A try that could not last its time would only bring doubt.
        const waitMs = mayPass ? backoff.nextMs(appendBudgetMs - appendTryMs) : undefined;
        if (waitMs === undefined) throw appendingError(failure, inDoubt, stream);
        inDoubt ||= failure.verdict === 'unknown';
        await pause(this.#runtime, waitMs);
      }
    }
  }

  async #once(client: EventStoreDBClient, sending: Sending): Promise<AppendResult> {
    const { stream, last } = sending;
    const newestCommit = this.#newestCommit;
    try {
      const { nextExpectedRevision, position } = await this.#send(client, sending);
      if (nextExpectedRevision !== BigInt(last)) throw strayed(stream, last, nextExpectedRevision);
      // Known again: the server need not tell its position a second time.
      if (position === undefined) return await this.#acknowledgedBefore(client, sending);
      if (position.commit > this.#newestCommit) this.#newestCommit = position.commit;
      // What is stored now stands behind all that was acknowledged before the call.
      const settled = position.commit > newestCommit ? 'first-try' : 'after-doubt';
      return { kind: 'appended', revision: last, position: positionText(position), settled };
    } catch (error) {
      const { verdict, head = -1 } = failureOf(error);
      if (verdict !== 'conflict') throw error;
      // An earlier try, ours or the caller's, may have been stored, in a stream as long as that.
      const own = head < last ? null : await this.#ownBatch(client, sending);
      return own ?? { kind: 'conflict' };
    }
  }

  #send(
    client: EventStoreDBClient,
    { stream, events, expected }: Sending,
  ): Promise<{ nextExpectedRevision: bigint; position?: Position }> {
    const { appendTryMs, watchdogMarginMs } = this.#limits;
    const call = client.appendToStream(stream, [...events], {
      ...this.#connection.callOptions,
      expectedRevision: expected === -1 ? 'no_stream' : BigInt(expected),
      deadline: appendTryMs,
    });
    return answered(this.#runtime, appendTryMs + watchdogMarginMs, call);
  }

  async #acknowledgedBefore(client: EventStoreDBClient, sending: Sending): Promise<AppendResult> {
    const own = await this.#ownBatch(client, sending);
    if (own !== null) return own;
    throw new PaymentOrderError(
      'store-corrupt',
      'The server acknowledged events that do not stand where they should.',
      { stream: sending.stream, revision: sending.last },
    );
  }

  /** The batch as it stands in the stream, or null where other events stand there. */
  async #ownBatch(client: EventStoreDBClient, sending: Sending): Promise<AppendResult | null> {
    const { stream, events, expected, endMs } = sending;
    const patienceMs = Math.max(endMs - this.#runtime.monotonicMs(), this.#limits.watchdogMarginMs);
    const options = { fromRevision: expected + 1, maxCount: events.length, patienceMs };
    let index = 0;
    try {
      for await (const event of readStreamOnce(this.#bench, client, stream, options)) {
        if (event.id !== events[index]?.id) return null;
        index += 1;
        const { revision, position } = event;
        if (index < events.length) continue;
        return { kind: 'appended', revision, position, settled: 'after-doubt' };
      }
    } catch (error) {
      if (error instanceof PaymentOrderError) throw error;
      throw new NoAnswer(`what the stream holds could not be read: ${failureOf(error).what}`);
    }
    return null;
  }
}

function strayed(stream: string, last: number, found: bigint): PaymentOrderError {
  return new PaymentOrderError(
    'store-corrupt',
    `The events were stored, but end at revision ${found} instead of ${last}: the stream was ` +
      'deleted before, which must never be done to it, and its numbering goes on.',
    { stream, revision: Number(found) },
  );
}
