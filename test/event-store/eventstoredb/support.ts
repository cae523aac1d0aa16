import type { status } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import type { EventStore, Prefix } from '../../../src/event-store/event-store.ts';
import type { EventStoreDbLimits } from '../../../src/event-store/eventstoredb/limits.ts';
import { appendSettled } from '../../../src/event-store/append-settled.ts';
import { openEventStoreDbStore } from '../../../src/event-store/eventstoredb/store.ts';
import { systemRuntime, type Runtime } from '../../../src/runtime.ts';
import { startEventStoreDb } from '../../../trials/eventstoredb-server/index.ts';
import type {
  AppendFault,
  EventStoreDbServer,
  ServerOptions,
} from '../../../trials/eventstoredb-server/index.ts';
import { withWays } from '../with-ways.ts';

/**
 * Short waits between tries, and limits that a busy machine keeps. A test whose fault is silence
 * passes the limit that has to end it.
 */
export const testLimits: Partial<EventStoreDbLimits> = {
  appendTryMs: 60_000,
  watchdogMarginMs: 1_000,
  readIdleMs: 60_000,
  readTotalMs: 120_000,
  readRetryMs: 60_000,
  silenceMs: 60_000,
  backoffMs: 5,
  backoffMsMax: 40,
  openMs: 60_000,
};

/** A server that ends with the test. */
export async function aServer(options: ServerOptions = {}): Promise<EventStoreDbServer> {
  const server = await startEventStoreDb(options);
  onTestFinished(() => server.stop({ hard: true }));
  return server;
}

/** A store on it that ends with the test. */
export async function aStore(
  url: string,
  limits: Partial<EventStoreDbLimits> = {},
  runtime = systemRuntime(),
): Promise<EventStore> {
  const store = await openEventStoreDbStore({ url, runtime, limits: { ...testLimits, ...limits } });
  onTestFinished(() => store.close());
  return store;
}

/** `settled`: the store as the module appends to it, with `appendSettled`. */
export async function serverAndStore(
  limits: Partial<EventStoreDbLimits> = {},
  options: ServerOptions = {},
): Promise<{
  readonly server: EventStoreDbServer;
  readonly store: EventStore;
  readonly settled: EventStore;
}> {
  const server = await aServer(options);
  const store = await aStore(server.connectionString, limits);
  return { server, store, settled: settledBy(store) };
}

/** Appends until the outcome is known, with short waits. Time stands still: no budget ends it. */
export function settledBy(store: EventStore): EventStore {
  const real = systemRuntime();
  const runtime: Runtime = {
    ...real,
    monotonicMs: () => 0,
    setTimer: (delayMs, run) => real.setTimer(delayMs / 20, run),
  };
  return withWays(store, { append: (...batch) => appendSettled(store, runtime, ...batch) });
}

/** The store as if it held only the streams whose names begin with `scope`, without that part. */
export function scoped(store: EventStore, scope: string): EventStore {
  // An invalid name stays as it is: the store refuses it.
  const inside = (name: string): string =>
    typeof name === 'string' && name !== '' ? `${scope}${name}` : name;
  const prefixInside = <Given>(prefix: Given): Given | string =>
    typeof prefix === 'string' ? `${scope}${prefix}` : prefix;
  const prefixesInside = (prefix: Prefix): Prefix =>
    Array.isArray(prefix) ? prefix.map(prefixInside) : prefixInside(prefix);
  const outside = <Event extends { readonly stream: string }>(event: Event): Event => ({
    ...event,
    stream: event.stream.slice(scope.length),
  });
  async function* mapped<From, To>(items: AsyncIterable<From>, to: (item: From) => To) {
    for await (const item of items) yield to(item);
  }
  return {
    append: (stream, events, expected) => store.append(inside(stream), events, expected),
    read: (stream, from) => mapped(store.read(inside(stream), from), outside),
    readLast: async (stream) => {
      const last = await store.readLast(inside(stream));
      return last === null ? null : outside(last);
    },
    readAll: (after, prefix, reached) =>
      mapped(store.readAll(after, prefixesInside(prefix), reached), outside),
    subscribe: (after, prefix, ...rest) =>
      mapped(store.subscribe(after, prefixesInside(prefix), ...rest), outside),
    placeAt: async (position) => {
      const place = await store.placeAt(position);
      return place === null ? null : outside(place);
    },
    streams: (prefix) =>
      mapped(store.streams(prefixInside(prefix)), (name) => name.slice(scope.length)),
    check: () => store.check(),
    close: () => store.close(),
  };
}

/** Promises of the contract that EventStoreDB cannot keep, by title, with the reason. */
export const cannotKeep: Readonly<Record<string, string>> = {
  'takes a prefix of a stored batch for a conflict':
    'the server takes the first events of a batch for the batch, and stores nothing again',
  'refuses an id that another event has, and nothing else with it':
    'event ids are not unique on the server, neither in a stream nor across streams',
};

export function appendStatus(
  code: status,
  commits: boolean,
  details = 'the server says no',
): AppendFault {
  return { kind: 'status', code, commits, details };
}
