import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  PreparedEvent,
  RecordedEvent,
} from '../event-store.ts';
import { follow, headOfAll, headOnce, type Following } from './follow.ts';
import { Appends } from './append.ts';
import { Connection, within } from './client.ts';
import { failureOf, type Failure } from './errors.ts';
import { parsePosition } from './events.ts';
import { limitDefaults, type EventStoreDbLimits } from './limits.ts';
import { closed, readLast, readStream, type EventStoreDbContext } from './read.ts';
import { parseStoreUrl, targetName, type Target } from './url.ts';
import { Backoff, pause } from './waiting.ts';
import { checkFromRevision, checkPrefix, checkStream, headExpected } from '../inputs.ts';
import { prepareBatch, type Batch } from '../prepared.ts';

export type EventStoreDbStoreOptions = {
  /**
   * `esdb://`, `esdb+discover://`, `kurrentdb://` or `kurrentdb+discover://`, with
   * `USER:PASSWORD@` over TLS, and `?tls=false` for a server in insecure mode.
   */
  readonly url: string;
  readonly runtime: Runtime;
  /** Defaults: `limitDefaults`. */
  readonly limits?: Partial<EventStoreDbLimits>;
  /** Takes a URL with a password and `tls=false` off loopback. Default false. */
  readonly allowInsecureCredentials?: boolean;
};

/**
 * Opens the store that an EventStoreDB or KurrentDB keeps, over `@eventstore/db-client` 6.2.1. It
 * reads once from $all before it answers: what waiting does not mend fails at once, and a server
 * that is not there yet is waited for, 10 s unless `limits` says otherwise.
 *
 * In production never set DEBUG to `esdb:*`: the client would print what it sends.
 *
 * @throws PaymentOrderError `invalid-store-url`, `store-denied`, or `store-unavailable` with what
 * may help.
 */
export async function openEventStoreDbStore(
  options: EventStoreDbStoreOptions,
): Promise<EventStore> {
  const { url, runtime, limits, allowInsecureCredentials } = options;
  const target = parseStoreUrl(url, allowInsecureCredentials);
  const store = new EventStoreDbStore(target, runtime, { ...limitDefaults, ...limits });
  try {
    await store.reach();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

class EventStoreDbStore implements EventStore {
  readonly #target: Target;
  readonly #runtime: Runtime;
  readonly #limits: EventStoreDbLimits;
  readonly #commands: EventStoreDbContext;
  readonly #subscriptions: EventStoreDbContext;
  readonly #appends: Appends;
  readonly #inFlight = new Set<Promise<AppendResult>>();
  readonly #closing = new AbortController();
  #bytesInFlight = 0;
  #following = 0;
  #closed: Promise<void> | undefined;

  constructor(target: Target, runtime: Runtime, limits: EventStoreDbLimits) {
    this.#target = target;
    this.#runtime = runtime;
    this.#limits = limits;
    const bench = (): EventStoreDbContext => ({
      runtime,
      limits,
      connection: new Connection(target, limits.failuresMax),
    });
    // Two, so that subscriptions never take the calls of a connection that appends need.
    this.#commands = bench();
    this.#subscriptions = bench();
    this.#appends = new Appends(this.#commands);
  }

  /** Reads once from the server. */
  async reach(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(this.#runtime, this.#limits);
    for (;;) {
      const { client } = this.#commands.connection;
      try {
        await headOnce(this.#commands, client, signal);
        return;
      } catch (error) {
        const failure = failureOf(error);
        this.#commands.connection.failed(client, failure);
        const waitMs =
          failure.misconfigured === true ? undefined : backoff.nextMs(this.#limits.openMs);
        if (waitMs === undefined) throw unreachable(this.#target, failure);
        await pause(this.#runtime, waitMs);
      }
    }
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

  /** `prefix` '': all streams but the system's own. */
  async *readAll(
    afterPosition: string | null,
    prefix: string,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    this.#checkOpen();
    checkPrefix(prefix);
    const after = parsePosition(afterPosition);
    const { signal } = this.#closing;
    const upTo = await headOfAll(this.#commands, signal);
    if (upTo !== null) yield* this.#follow({ prefix, after, upTo, signal });
    if (signal.aborted) throw closed();
  }

  async *subscribe(
    afterPosition: string | null,
    prefix: string,
    signal: AbortSignal,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    this.#checkOpen();
    checkPrefix(prefix);
    const after = parsePosition(afterPosition);
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    yield* this.#follow({ prefix, after, upTo: null, signal: ended });
  }

  /** Streams whose first event is still there. Reads all events of all of them: no projection. */
  async *streams(prefix: string): AsyncGenerator<string, void, undefined> {
    for await (const { stream, revision } of this.readAll(null, prefix)) {
      if (revision === 0) yield stream;
    }
  }

  /** The server looks after its own files; nothing can be asked about them here. */
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
    const { closeMs } = this.#limits;
    await within(this.#runtime, closeMs, Promise.allSettled(this.#inFlight));
    const connections = [this.#commands.connection, this.#subscriptions.connection];
    await Promise.all(connections.map((connection) => connection.close(this.#runtime, closeMs)));
  }

  async *#follow(following: Following): AsyncGenerator<RecordedEvent, void, undefined> {
    const { subscriptionsMax } = this.#limits;
    if (this.#following >= subscriptionsMax) {
      const message = `There are ${subscriptionsMax} subscriptions already: the most at once.`;
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
    const { appendsMax, appendBytesMax } = this.#limits;
    const bytes = this.#bytesInFlight + batch.bytes;
    if (this.#inFlight.size < appendsMax && bytes <= appendBytesMax) return;
    const message =
      'Nothing was stored: too many appends are in flight already ' +
      `(limits: ${appendsMax} appends, ${appendBytesMax} bytes).`;
    throw new PaymentOrderError('store-unavailable', message, { stream });
  }
}

/** A stream whose name begins with a dollar sign is the system's; `$$x` is how to spoil x. */
function checkUserStream(stream: string): void {
  checkStream(stream);
  if (!stream.startsWith('$')) return;
  const message = "The store expects stream not to begin with $: such streams are the system's.";
  throw new PaymentOrderError('invalid-input', message, { field: 'stream' });
}

function unreachable(target: Target, { verdict, what }: Failure): PaymentOrderError {
  const hint =
    target.tls || /refused|resolved/.test(what)
      ? ''
      : '; a server that speaks TLS needs a URL without tls=false';
  const message = `${targetName(target)} cannot be reached: ${what}${hint}.`;
  return new PaymentOrderError(
    verdict === 'denied' ? 'store-denied' : 'store-unavailable',
    message,
  );
}
