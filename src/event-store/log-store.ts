/**
 * The port over a log in this process: what memory and SQLite share.
 *
 * Such a log answers soon, a bounded page at a time. Everything asynchronous about the port is
 * therefore here: before each page and each event the rest of the process has its turn if it has
 * waited for long, and a follower looks for new events before every wait, so it misses none. No view
 * of the file stays open between pages.
 */

import type { Runtime } from '../runtime.ts';
import { nextTurn } from '../runtime.ts';
import type { Batch, EventRow } from './batch.ts';
import { prepareBatch } from './batch.ts';
import { isJsonObject, missingRevision, notAnObject, storeClosed } from './errors.ts';
import type {
  AppendResult,
  EventPlace,
  EventStore,
  JsonObject,
  Prefix,
  Reached,
  RecordedEvent,
  StoreExpectations,
} from './event-store.ts';
import {
  checkFromRevision,
  checkStream,
  headExpected,
  isAskedFor,
  positionNumber,
  prefixesOf,
} from './inputs.ts';

export const pageEventsMax = 256;

/** A bounded piece of the log; `reached` is the last position looked at, matching or not. */
export type Page = { readonly events: readonly EventRow[]; readonly reached: number };

/** A bounded piece of a stream; `isLast` when no event was left after it. */
export type StreamPage = { readonly events: readonly EventRow[]; readonly isLast: boolean };

type Awaitable<Value> = Value | Promise<Value>;

/** What a log has to provide. It is asked only while it is open, with checked inputs. */
export type Log = {
  /** What messages call it. */
  readonly name: string;
  isClosed(): boolean;
  /** `expected` -1: an empty stream. */
  append(stream: string, batch: Batch, expected: number): Awaitable<AppendResult>;
  /** The position of the newest event; 0 where there is none. */
  headPosition(): Awaitable<number>;
  /** Events with `after` < position ≤ `upTo`. */
  page(after: number, upTo: number, prefixes: readonly string[]): Awaitable<Page>;
  placeAt(position: number): Awaitable<EventPlace | undefined>;
  /** The next events of a stream after a revision, as many as fit into a page. */
  streamPage(stream: string, after: number): Awaitable<StreamPage>;
  last(stream: string): Awaitable<EventRow | undefined>;
  /** The names of all streams in the order they were first written, a page at a time. */
  streamNames(): Iterable<readonly string[]> | AsyncIterable<readonly string[]>;
  check(expected: StoreExpectations): Promise<readonly string[]>;
  /**
   * Resolves when there may be more to read than up to `head`, when the store closes, or when
   * `signal` aborts.
   */
  changed(signal: AbortSignal, head: number): Promise<void>;
  /** As that of the port. */
  readonly backup?: EventStore['backup'];
  /** Stores what was given to it, and ends every wait for a change. Called once. */
  close(): Awaitable<void>;
};

export function logStore(log: Log, clock: Clock): EventStore {
  let closing: Promise<void> | undefined;
  return {
    append: async (stream, events, expected) => {
      checkOpen(log);
      checkStream(stream);
      const head = headExpected(expected);
      return log.append(stream, prepareBatch(stream, events), head);
    },
    read: (stream, fromRevision = 0) => readStream(log, clock, stream, fromRevision),
    readLast: async (stream) => {
      checkOpen(log);
      checkStream(stream);
      const last = await log.last(stream);
      return last === undefined ? null : recorded(last);
    },
    readAll: (afterPosition, prefix, reached) =>
      readLog(log, clock, afterPosition, prefix, reached),
    subscribe: (afterPosition, prefix, signal, reached) =>
      followLog(log, clock, { afterPosition, prefix, reached }, signal),
    placeAt: async (position) => {
      checkOpen(log);
      return (await log.placeAt(positionNumber(position, 'position'))) ?? null;
    },
    streams: (prefix) => streams(log, clock, prefix),
    check: async (expected = {}) => {
      checkOpen(log);
      return log.check(expected);
    },
    ...backupOf(log),
    close: async () => {
      await (closing ??= Promise.resolve(log.close()));
    },
  };
}

function backupOf(log: Log): Pick<EventStore, 'backup'> {
  const { backup } = log;
  if (backup === undefined) return {};
  return {
    backup: async (path, examine, signal) => {
      checkOpen(log);
      return backup(path, examine, signal);
    },
  };
}

async function* readStream(log: Log, clock: Clock, stream: string, fromRevision: number): Events {
  checkStream(stream);
  checkFromRevision(fromRevision);
  let reached = fromRevision - 1;
  for (;;) {
    await nextTurn(clock);
    checkOpen(log);
    const { events, isLast } = await log.streamPage(stream, reached);
    for (const event of events) {
      if (event.revision !== reached + 1) {
        throw missingRevision(stream, reached + 1, event.revision);
      }
      yield recorded(event);
      reached = event.revision;
      const turn = nextTurn(clock);
      if (turn !== undefined) await turn;
    }
    if (isLast) return;
  }
}

async function* readLog(
  log: Log,
  clock: Clock,
  afterPosition: string | null,
  prefix: Prefix,
  told: Reached | undefined,
): Events {
  checkOpen(log);
  const prefixes = prefixesOf(prefix);
  let reached = positionNumber(afterPosition);
  const upTo = await log.headPosition();
  while (reached < upTo) {
    await nextTurn(clock);
    checkOpen(log);
    const page = await log.page(reached, upTo, prefixes);
    for (const event of page.events) {
      yield recorded(event);
      const turn = nextTurn(clock);
      if (turn !== undefined) await turn;
    }
    reached = page.reached;
    told?.(String(reached), reached / upTo);
  }
}

type Following = {
  readonly afterPosition: string | null;
  readonly prefix: Prefix;
  readonly reached: Reached | undefined;
};

async function* followLog(
  log: Log,
  clock: Clock,
  { afterPosition, prefix, reached: told }: Following,
  signal: AbortSignal,
): Events {
  checkOpen(log);
  const prefixes = prefixesOf(prefix);
  const isOver = (): boolean => signal.aborted || log.isClosed();
  let reached = positionNumber(afterPosition);
  let saidAt = reached;
  for (;;) {
    await nextTurn(clock);
    if (isOver()) return;
    const upTo = await log.headPosition();
    if (upTo <= reached) {
      if (!isOver()) await log.changed(signal, upTo);
      continue;
    }
    const page = await log.page(reached, upTo, prefixes);
    for (const event of page.events) {
      if (isOver()) return;
      yield recorded(event);
      const turn = nextTurn(clock);
      if (turn !== undefined) await turn;
    }
    reached = page.reached;
    // Where little comes at a time, not with each of it: some hundred events lie between two calls.
    if (reached - saidAt < pageEventsMax || isOver()) continue;
    saidAt = reached;
    told?.(String(reached), reached / upTo);
  }
}

async function* streams(
  log: Log,
  clock: Clock,
  prefix: string,
): AsyncGenerator<string, void, undefined> {
  checkOpen(log);
  const prefixes = prefixesOf(prefix);
  for await (const page of log.streamNames()) {
    for (const stream of page) {
      if (isAskedFor(stream, prefixes)) yield stream;
    }
    await nextTurn(clock);
    checkOpen(log);
  }
}

/** Tells how long a loop has held the process. */
type Clock = Pick<Runtime, 'monotonicMs'>;

type Events = AsyncGenerator<RecordedEvent, void, undefined>;

function checkOpen(log: Log): void {
  if (log.isClosed()) throw storeClosed(log.name);
}

/** A stored row as an event again; `store-corrupt` where its text is not a JSON object. */
function recorded(row: EventRow): RecordedEvent {
  return {
    stream: row.stream,
    revision: row.revision,
    id: row.id,
    type: row.type,
    data: parsed(row, 'data'),
    metadata: parsed(row, 'metadata'),
    position: String(row.position),
  };
}

function parsed(row: EventRow, field: 'data' | 'metadata'): JsonObject {
  try {
    const value: unknown = JSON.parse(row[field]);
    if (isJsonObject(value)) return value;
  } catch {
    // Reported below.
  }
  const { stream, revision, position } = row;
  throw notAnObject(field, { stream, revision, position: String(position) });
}
