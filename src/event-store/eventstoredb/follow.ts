/**
 * Following all streams with a prefix, by a filtered subscription to $all; a category projection
 * would have to be switched on, and lags behind.
 *
 * A subscription of the client never resumes. It fails with an error, ends with `end` or `close`
 * and no error, or falls silent on a dead connection; so it is replaced after the last position
 * seen, and what the server sends twice is dropped. Servers before 24.10.5 may send 2^64 - 1 as a
 * checkpoint when nothing matched: resuming there would skip events.
 */

import {
  streamNameFilter,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type Filter,
  type Position,
} from '@eventstore/db-client';
import { nextTurn } from '../../runtime.ts';
import type { EventPlace, OnFollowing } from '../event-store.ts';
import type { EventStoreDbContext } from './client.ts';
import { Dropped, failureOf, NoAnswer } from './errors.ts';
import { foundEvent, isAfter, isPlace, type FoundEvent } from './events.ts';
import { firstOf, readRule } from './read.ts';
import { Retries, retried } from './retry.ts';
import { StreamReader } from './stream-reader.ts';

/**
 * Events that the server looks at between two checkpoints, matching or not. Each checkpoint is a
 * page that it reads and a message that it sends, so a log of others is passed in few of them.
 */
const searchWindow = 4_096;

/** The position of the newest event of all, also of the system's; null where there is none. */
export function headOfAll(
  context: EventStoreDbContext,
  signal: AbortSignal,
): Promise<Position | null> {
  return retried(context, readRule(context, signal), (client) => headOnce(context, client, signal));
}

/** One call of the server; throws the client's own errors. */
async function headOnce(
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
  const newest = await firstOf<AllStreamResolvedEvent>(context, reading, signal);
  return newest?.event?.position ?? null;
}

/**
 * Whether the server lets us read $all: a read backwards from its beginning, where there is nothing
 * to send. One call of the server; throws the client's own errors.
 */
export async function reachAll(
  context: EventStoreDbContext,
  client: EventStoreDBClient,
  signal: AbortSignal,
): Promise<void> {
  const reading = client.readAll({
    ...context.connection.callOptions,
    direction: 'backwards',
    fromPosition: 'start',
    maxCount: 1,
  });
  await firstOf<AllStreamResolvedEvent>(context, reading, signal);
}

/** The event at a position of $all, of whatever content; null where none stands just there. */
export async function placeAt(
  context: EventStoreDbContext,
  position: Position,
  signal: AbortSignal,
): Promise<EventPlace | null> {
  const found = await retried(context, readRule(context, signal), async (client) => {
    const reading = client.readAll({
      ...context.connection.callOptions,
      fromPosition: position,
      maxCount: 1,
    });
    try {
      return await firstOf<AllStreamResolvedEvent>(context, reading, signal);
    } catch (error) {
      if (failureOf(error).verdict === 'no-place') return undefined;
      throw error;
    }
  });
  const event = found?.event;
  if (event === undefined || isAfter(event.position, position)) return null;
  const { streamId, revision, id, type } = event;
  return { stream: streamId, revision: Number(revision), id, type };
}

/** What to follow: the events after a position, up to one or without an end. */
export type Following = {
  readonly prefixes: readonly string[];
  /** Called where the server has looked past events that are not asked for. */
  readonly looked: (position: Position) => void;
  readonly onFollowing?: OnFollowing | undefined;
  readonly after: Position | null;
  /** The last position wanted; null: goes on with what is appended later, for ever. */
  readonly upTo: Position | null;
  /** Ends it without an error. */
  readonly signal: AbortSignal;
};

export type FollowedEvent = FoundEvent<AllStreamResolvedEvent>;

/** The events of the streams with a prefix, each once and in order, of whatever content. */
export async function* follow(
  context: EventStoreDbContext,
  { prefixes, after, upTo, signal, looked, onFollowing }: Following,
): AsyncGenerator<FollowedEvent, void, undefined> {
  const { limits, connection } = context;
  const rule = readRule(context, signal);
  const retries = new Retries(context, upTo === null ? { ...rule, budgetMs: Infinity } : rule);
  const silenceMs = upTo === null ? limits.silenceMs : limits.readIdleMs;
  let reached = after;
  let isFollowing = true;
  const says = (is: boolean): void => {
    if (is !== isFollowing) onFollowing?.(is);
    isFollowing = is;
  };
  const isDone = (): boolean =>
    signal.aborted || (upTo !== null && reached !== null && !isAfter(upTo, reached));
  while (!isDone()) {
    const { client } = connection;
    const subscription = new Subscription(context, client, prefixes, reached, silenceMs);
    try {
      for (;;) {
        await nextTurn(context.runtime);
        const event = await subscription.next(signal);
        if (subscription.isConfirmed) says(true);
        if (event !== null) {
          const { position } = event;
          if (!isAfter(position, reached)) continue;
          if (upTo !== null && isAfter(position, upTo)) return;
          reached = position;
          yield event;
          retries.reset();
        } else if (subscription.checkpoint !== null && isAfter(subscription.checkpoint, reached)) {
          reached = subscription.checkpoint;
          looked(reached);
          retries.reset();
        }
        if (isDone() || (upTo !== null && subscription.isLive && event === null)) return;
      }
    } catch (error) {
      // An idle server sends nothing, but neither does a dead connection: subscribe again.
      if (error instanceof Silence && upTo === null) continue;
      says(false);
      await retries.after(client, error);
    } finally {
      subscription.close();
    }
  }
}

/** A confirmed subscription heard nothing for as long as it waits. */
class Silence extends Dropped {}

/** One subscription of the client: its events, and how far the server has looked. */
class Subscription {
  /** All events up to here were handed out. True right after `next` gave null. */
  checkpoint: Position | null = null;
  /** All events there were at the start were handed out. True right after `next` gave null. */
  isLive = false;
  /** The server has taken it. */
  isConfirmed = false;
  readonly #reader: StreamReader<AllStreamResolvedEvent>;
  readonly #idleMs: number;
  readonly #silenceMs: number;
  /** News besides events: a confirmation, a checkpoint, 'caught up'. */
  #hasNews = false;

  constructor(
    context: EventStoreDbContext,
    client: EventStoreDBClient,
    prefixes: readonly string[],
    after: Position | null,
    silenceMs: number,
  ) {
    this.#idleMs = context.limits.readIdleMs;
    this.#silenceMs = silenceMs;
    const filter = filterFor(prefixes, (position) => {
      if (isPlace(position)) this.checkpoint = position;
      this.#addNews();
    });
    const subscription = client.subscribeToAll({
      ...context.connection.callOptions,
      fromPosition: after ?? 'start',
      filter,
    });
    const cancel = () => subscription.unsubscribe();
    this.#reader = new StreamReader(context.runtime, { stream: subscription, cancel });
    subscription.on('confirmation', () => {
      this.isConfirmed = true;
      this.#addNews();
    });
    subscription.on('caughtUp', () => {
      this.isLive = true;
      this.#addNews();
    });
  }

  /** The next event, or null when all that came were handed out and there is other news. */
  async next(signal: AbortSignal): Promise<FollowedEvent | null> {
    for (;;) {
      if (signal.aborted) return null;
      const item = this.#reader.take();
      if (item !== null) return foundEvent(item);
      if (this.#hasNews) {
        this.#hasNews = false;
        return null;
      }
      if (this.#reader.isOver()) throw new Dropped('the server ended the subscription');
      await this.#wait(signal);
    }
  }

  close(): void {
    this.#reader.close();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    try {
      await this.#reader.wait(this.isConfirmed ? this.#silenceMs : this.#idleMs, signal);
    } catch (error) {
      if (error instanceof NoAnswer && this.isConfirmed) throw new Silence(error.message);
      throw error;
    }
  }

  #addNews(): void {
    this.#hasNews = true;
    this.#reader.notify();
  }
}

function filterFor(prefixes: readonly string[], checkpoint: (position: Position) => void): Filter {
  const common = {
    maxSearchWindow: searchWindow,
    // The client awaits it inside its stream: a rejection would stall the subscription.
    checkpointReached: (_: unknown, position: Position) => {
      checkpoint(position);
    },
  };
  // The names of system streams begin with a dollar sign.
  return prefixes.includes('')
    ? streamNameFilter({ ...common, regex: '^[^$]' })
    : streamNameFilter({ ...common, prefixes: [...prefixes] });
}
