/**
 * The port over `@eventstore/db-client` 6.2.1, the last version of that client. It is built around
 * these defects; a newer client is safe only when each was tried again.
 *
 * - Appends without credentials of their own go over one batch stream, which has no deadline, hangs
 *   for ever when the server ends it, and fails the appends of other clients. So every call passes
 *   credentials, which selects the classic Append call (`client.ts`).
 * - A deadline, a lost connection and a change of leader leave the outcome unknown; the server
 *   knows a batch again by its ids at the same expected revision (`append.ts`).
 * - Reads and subscriptions ignore deadlines, leak their call when left early, and end in four
 *   ways, some silent; nothing is retried or resumed (`read.ts`, `follow.ts`, `retry.ts`,
 *   `stream-reader.ts`).
 * - Errors are of few kinds, and incomplete answers throw outside of any promise (`errors.ts`,
 *   `client.ts`). Data is not validated, and stored bytes that are not JSON raise no error
 *   (`events.ts`). Its parser prints passwords (`url.ts`); so does `DEBUG=esdb:*`: never set it.
 */

import type { Position } from '@eventstore/db-client';
import { z } from 'zod';
import { compact } from '../../compact.ts';
import { PaymentOrderError, invalidInput } from '../../errors.ts';
import { parseInput, runtimeSchema } from '../../parse.ts';
import type { Runtime } from '../../runtime.ts';
import { prepareBatch, type Batch } from '../batch.ts';
import { tooManyAppends } from '../errors.ts';
import type {
  AppendResult,
  EventPlace,
  EventStore,
  ExpectedRevision,
  Prefix,
  PreparedEvent,
  Reached,
  RecordedEvent,
} from '../event-store.ts';
import { checkFromRevision, checkStream, headExpected, prefixesOf } from '../inputs.ts';
import { EventStoreDbAppends } from './append.ts';
import { Connection, within, type EventStoreDbContext } from './client.ts';
import { closed, unreachable, type Failure } from './errors.ts';
import { isAfter, parsePosition, positionText, recordedEvent } from './events.ts';
import {
  follow,
  headOfAll,
  placeAt,
  reachAll,
  type FollowedEvent,
  type Following,
} from './follow.ts';
import { limitDefaults, type EventStoreDbLimits } from './limits.ts';
import { readLast, readStream } from './read.ts';
import { retried } from './retry.ts';
import { parseStoreUrl, type Target } from './url.ts';

export type EventStoreDbStoreOptions = {
  /**
   * `esdb://`, `esdb+discover://`, `kurrentdb://` or `kurrentdb+discover://`, with
   * `USER:PASSWORD@` over TLS, and `?tls=false` for a server in insecure mode.
   */
  readonly url: string;
  readonly runtime: Runtime;
  /** Defaults: `limitDefaults`. */
  readonly limits?: Partial<EventStoreDbLimits>;
  /** Accepts a URL with a password and `tls=false` for a remote host. Default false. */
  readonly allowInsecureCredentials?: boolean;
};

const limit = z.number().min(0).optional();

const optionsSchema = z.strictObject({
  url: z.string(),
  runtime: runtimeSchema,
  limits: z
    .strictObject({
      appendTryMs: limit,
      watchdogMarginMs: limit,
      readIdleMs: limit,
      readTotalMs: limit,
      readRetryMs: limit,
      silenceMs: limit,
      backoffMs: limit,
      backoffMsMax: limit,
      openMs: limit,
      closeMs: limit,
      subscriptionsMax: limit,
      appendsMax: limit,
      appendBytesMax: limit,
      failuresMax: limit,
    } satisfies Record<keyof EventStoreDbLimits, z.ZodType>)
    .optional(),
  allowInsecureCredentials: z.boolean().optional(),
} satisfies Record<keyof EventStoreDbStoreOptions, z.ZodType>);

/**
 * Opens the store on an EventStoreDB or KurrentDB server.
 *
 * Asks for $all before it resolves, and reads no event of others. It fails at once where waiting does not help, and waits
 * for a server that is not up yet: 10 s unless `limits` says otherwise.
 *
 * @throws {PaymentOrderError} `invalid-store-url`, `invalid-input` with the name of the option,
 * `store-denied`, or `store-unavailable` with what may help.
 */
export async function openEventStoreDbStore(
  options: EventStoreDbStoreOptions,
): Promise<EventStore> {
  const { url, runtime, limits, allowInsecureCredentials } = parseInput(optionsSchema, options);
  const target = parseStoreUrl(url, allowInsecureCredentials);
  const store = new EventStoreDbStore(target, runtime, {
    ...limitDefaults,
    ...compact(limits ?? {}),
  });
  try {
    await store.reach(target);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

class EventStoreDbStore implements EventStore {
  readonly #commands: EventStoreDbContext;
  readonly #subscriptions: EventStoreDbContext;
  readonly #appends: EventStoreDbAppends;
  readonly #inFlight = new Set<Promise<AppendResult>>();
  readonly #closing = new AbortController();
  #bytesInFlight = 0;
  #following = 0;
  #closed: Promise<void> | undefined;

  constructor(target: Target, runtime: Runtime, limits: EventStoreDbLimits) {
    const connect = (): EventStoreDbContext => ({
      runtime,
      limits,
      connection: new Connection(target, limits.failuresMax),
    });
    // Two, so that subscriptions never use up the calls of the connection that appends need.
    this.#commands = connect();
    this.#subscriptions = connect();
    this.#appends = new EventStoreDbAppends(this.#commands);
  }

  /** Asks the server once. */
  async reach(target: Target): Promise<void> {
    const { signal } = this.#closing;
    const rule = {
      budgetMs: this.#commands.limits.openMs,
      signal,
      mayPass: ({ misconfigured }: Failure) => misconfigured !== true,
      error: (failure: Failure) => unreachable(target, failure),
    };
    await retried(this.#commands, rule, (client) => reachAll(this.#commands, client, signal));
  }

  async append(
    stream: string,
    events: readonly PreparedEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> {
    this.#checkOpen();
    checkUserStream(stream);
    const head = headExpected(expected);
    const batch = prepareBatch(stream, events);
    this.#checkRoom(stream, batch);
    const appending = this.#appends.append(stream, batch, head);
    this.#inFlight.add(appending);
    this.#bytesInFlight += batch.bytes;
    try {
      return await appending;
    } finally {
      this.#inFlight.delete(appending);
      this.#bytesInFlight -= batch.bytes;
    }
  }

  async *read(stream: string, fromRevision = 0): AsyncGenerator<RecordedEvent, void, undefined> {
    this.#checkOpen();
    checkUserStream(stream);
    checkFromRevision(fromRevision);
    yield* readStream(this.#commands, stream, fromRevision, this.#closing.signal);
  }

  async readLast(stream: string): Promise<RecordedEvent | null> {
    this.#checkOpen();
    checkUserStream(stream);
    return readLast(this.#commands, stream, this.#closing.signal);
  }

  /** `prefix` '': all streams except the system's. */
  async *readAll(
    afterPosition: string | null,
    prefix: Prefix,
    reached?: Reached,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    for await (const event of this.#soFar(afterPosition, prefix, reached)) {
      yield recordedEvent(event);
    }
  }

  async *subscribe(
    ...[afterPosition, prefix, signal, reached, onFollowing]: Parameters<EventStore['subscribe']>
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    this.#checkOpen();
    const prefixes = prefixesOf(prefix);
    const after = parsePosition(afterPosition);
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    // How far away the newest event is, a subscription does not learn.
    const looked = (position: Position) => reached?.(positionText(position), 1);
    const wanted = { prefixes, after, upTo: null, signal: ended, looked, onFollowing };
    const following = this.#follow(wanted);
    for await (const event of following) yield recordedEvent(event);
  }

  async placeAt(position: string): Promise<EventPlace | null> {
    this.#checkOpen();
    const parsed = parsePosition(position, 'position');
    // Only `null` has no place, and it is refused here.
    return parsed === null ? null : placeAt(this.#commands, parsed, this.#closing.signal);
  }

  /** Streams whose first event is still there. Reads all their events: there is no projection. */
  async *streams(prefix: string): AsyncGenerator<string, void, undefined> {
    for await (const { streamId, revision } of this.#soFar(null, prefix)) {
      if (revision === 0n) yield streamId;
    }
  }

  /** The server looks after its own files and cannot be asked about them. */
  check(): Promise<readonly string[]> {
    return new Promise((resolve) => {
      this.#checkOpen();
      resolve([]);
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    const { runtime, limits } = this.#commands;
    await within(runtime, limits.closeMs, Promise.allSettled(this.#inFlight));
    const connections = [this.#commands.connection, this.#subscriptions.connection];
    await Promise.all(connections.map((each) => each.close(runtime, limits.closeMs)));
  }

  /** Up to the newest event at the time of the call, whatever its content. */
  async *#soFar(
    afterPosition: string | null,
    prefix: Prefix,
    reached?: Reached,
  ): AsyncGenerator<FollowedEvent, void, undefined> {
    this.#checkOpen();
    const prefixes = prefixesOf(prefix);
    const after = parsePosition(afterPosition);
    const { signal } = this.#closing;
    const upTo = await headOfAll(this.#commands, signal);
    if (upTo === null) return;
    const looked = (position: Position) =>
      reached?.(positionText(position), Number(position.commit) / Number(upTo.commit));
    yield* this.#follow({ prefixes, after, upTo, signal, looked });
    if (signal.aborted) throw closed();
    if (isAfter(upTo, after)) reached?.(positionText(upTo), 1);
  }

  async *#follow(following: Following): AsyncGenerator<FollowedEvent, void, undefined> {
    const { subscriptionsMax } = this.#subscriptions.limits;
    if (this.#following >= subscriptionsMax) {
      const message = `subscription limit reached (${subscriptionsMax})`;
      throw new PaymentOrderError('store-unavailable', message);
    }
    this.#following += 1;
    try {
      yield* follow(this.#subscriptions, following);
    } finally {
      this.#following -= 1;
    }
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw closed();
  }

  #checkRoom(stream: string, batch: Batch): void {
    const { appendsMax, appendBytesMax } = this.#commands.limits;
    const bytes = this.#bytesInFlight + batch.bytes;
    if (this.#inFlight.size < appendsMax && bytes <= appendBytesMax) return;
    throw tooManyAppends(stream, 'in flight', appendsMax, appendBytesMax);
  }
}

/** Names with a dollar sign belong to the system; writing to `$$x` changes the metadata of x. */
function checkUserStream(stream: string): void {
  checkStream(stream);
  if (!stream.startsWith('$')) return;
  throw invalidInput('stream', 'must not begin with $, which marks streams of the system');
}
