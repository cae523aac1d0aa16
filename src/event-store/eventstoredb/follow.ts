import {
  streamNameFilter,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type Filter,
  type Position,
} from '@eventstore/db-client';
import { PaymentOrderError } from '../../errors.ts';
import type { RecordedEvent } from '../event-store.ts';
import { Dropped, failureOf, NoAnswer, readingError } from './errors.ts';
import { isAfter, isPlace, parsePosition, recordedEvent } from './events.ts';
import { StreamReader } from './stream-reader.ts';
import { itemsOf, retried, retryMs, type EventStoreDbContext } from './read.ts';
import { Backoff, pause } from './waiting.ts';

/** Events that the server looks at between two checkpoints, matching or not. */
const searchWindow = 512;

const action = 'Reading all streams';

/** The position of the newest event of all, also of the system's; null where there is none. */
export function headOfAll(
  context: EventStoreDbContext,
  signal: AbortSignal,
): Promise<Position | null> {
  return retried(context, signal, action, undefined, (client) => headOnce(context, client, signal));
}

/** One call of the server; throws the client's own errors. */
export async function headOnce(
  context: EventStoreDbContext,
  client: EventStoreDBClient,
  signal: AbortSignal,
): Promise<Position | null> {
  const reading = client.readAll({
    ...context.connection.callOptions,
    direction: 'backwards',
    fromPosition: 'end',
    maxCount: 1,
  });
  const source = { stream: reading, callOff: () => reading.cancel() };
  const { readTotalMs } = context.limits;
  for await (const item of itemsOf<AllStreamResolvedEvent>(context, source, readTotalMs, signal)) {
    return item.event?.position ?? null;
  }
  return null;
}

/** What to follow: from behind a position, up to one or without an end. */
export type Following = {
  readonly prefix: string;
  readonly after: Position | null;
  /** The last position wanted; null: goes on with what is appended later, whatever fails. */
  readonly upTo: Position | null;
  /** Ends it without an error. */
  readonly signal: AbortSignal;
};

/**
 * Events of the streams with a prefix, by a filtered subscription to $all, which is made anew
 * behind the last event whenever it fails, ends or falls silent. Each event comes once, in order.
 */
export async function* follow(
  context: EventStoreDbContext,
  { prefix, after, upTo, signal }: Following,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const { runtime, limits, connection } = context;
  const backoff = new Backoff(runtime, limits);
  const silenceMs = upTo === null ? limits.silenceMs : limits.readIdleMs;
  let reached = after;
  const isDone = (): boolean =>
    signal.aborted || (upTo !== null && reached !== null && !isAfter(upTo, reached));
  while (!isDone()) {
    const { client } = connection;
    const subscription = new Subscription(context, client, prefix, reached, silenceMs);
    try {
      for (;;) {
        const event = await subscription.next(signal);
        if (event !== null) {
          const position = parsePosition(event.position);
          if (position === null || !isAfter(position, reached)) continue;
          if (upTo !== null && isAfter(position, upTo)) return;
          reached = position;
          yield event;
          backoff.reset();
        } else if (subscription.mark !== null && isAfter(subscription.mark, reached)) {
          reached = subscription.mark;
          backoff.reset();
        }
        if (isDone() || (upTo !== null && subscription.isLive && event === null)) return;
      }
    } catch (error) {
      // Where nothing happens, nothing is said; but a dead connection says as little.
      if (error instanceof Silence && upTo === null) continue;
      const waitMs = renewMs(context, client, backoff, error, upTo !== null);
      await pause(runtime, waitMs, signal);
    } finally {
      subscription.close();
    }
  }
}

/** How long to wait before the next subscription, ms. A live one is never given up for a while. */
function renewMs(
  context: EventStoreDbContext,
  client: EventStoreDBClient,
  backoff: Backoff,
  error: unknown,
  bounded: boolean,
): number {
  if (bounded || error instanceof PaymentOrderError) {
    return retryMs(context, client, backoff, error, action);
  }
  const failure = failureOf(error);
  context.connection.failed(client, failure);
  const isFinal = failure.verdict !== 'unknown' && failure.verdict !== 'not-sent';
  if (isFinal) throw readingError(failure, action);
  return backoff.nextMs(Infinity) ?? 0;
}

/** A subscription that was made and then heard nothing for as long as it waits. */
class Silence extends Dropped {}

/** One subscription of the client: its events, and how far it has looked beside them. */
class Subscription {
  readonly #pull: StreamReader<AllStreamResolvedEvent>;
  readonly #idleMs: number;
  readonly #silenceMs: number;
  #confirmed = false;
  #heard = 0;
  #told = 0;
  #mark: Position | null = null;
  #live = false;

  constructor(
    context: EventStoreDbContext,
    client: EventStoreDBClient,
    prefix: string,
    after: Position | null,
    silenceMs: number,
  ) {
    this.#idleMs = context.limits.readIdleMs;
    this.#silenceMs = silenceMs;
    const filter = filterFor(prefix, (position) => {
      if (isPlace(position)) this.#mark = position;
      this.#hear();
    });
    const subscription = client.subscribeToAll({
      ...context.connection.callOptions,
      fromPosition: after ?? 'start',
      filter,
    });
    const callOff = () => subscription.unsubscribe();
    this.#pull = new StreamReader(context.runtime, { stream: subscription, callOff });
    subscription.on('confirmation', () => {
      this.#confirmed = true;
      this.#hear();
    });
    subscription.on('caughtUp', () => {
      this.#live = true;
      this.#hear();
    });
  }

  /** Everything up to here was handed out. Holds when `next` has just given null. */
  get mark(): Position | null {
    return this.#mark;
  }

  /** All that there was when it began was handed out. Holds when `next` has just given null. */
  get isLive(): boolean {
    return this.#live;
  }

  /** The next event, or null when all that came was handed out and there is other news. */
  async next(signal: AbortSignal): Promise<RecordedEvent | null> {
    for (;;) {
      if (signal.aborted) return null;
      const item = this.#pull.take();
      if (item !== null) return recordedEvent(item);
      if (this.#told < this.#heard) {
        this.#told = this.#heard;
        return null;
      }
      if (this.#pull.isOver()) throw new Dropped('the server ended the subscription');
      await this.#wait(signal);
    }
  }

  close(): void {
    this.#pull.close();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    try {
      await this.#pull.wait(this.#confirmed ? this.#silenceMs : this.#idleMs, signal);
    } catch (error) {
      if (error instanceof NoAnswer && this.#confirmed) throw new Silence(error.message);
      throw error;
    }
  }

  #hear(): void {
    this.#heard += 1;
    this.#pull.ring();
  }
}

function filterFor(prefix: string, checkpoint: (position: Position) => void): Filter {
  const common = {
    maxSearchWindow: searchWindow,
    // The client awaits it inside of its stream; it must not throw.
    checkpointReached: (_: unknown, position: Position) => {
      checkpoint(position);
    },
  };
  // Names of the system's streams begin with a dollar sign.
  return prefix === ''
    ? streamNameFilter({ ...common, regex: '^[^$]' })
    : streamNameFilter({ ...common, prefixes: [prefix] });
}
