import type { status } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import type { EventStoreDbLimits } from '../../../src/event-store/eventstoredb/limits.ts';
import { openEventStoreDbStore } from '../../../src/event-store/eventstoredb/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { startEventStoreDb } from '../../../trials/eventstoredb-server/index.ts';
import type {
  AppendFault,
  EventStoreDbServer,
  ServerOptions,
} from '../../../trials/eventstoredb-server/index.ts';

/** Short, so that a fault is lived through in milliseconds. */
export const shortLimits: Partial<EventStoreDbLimits> = {
  appendTryMs: 150,
  appendBudgetMs: 2_500,
  watchdogMarginMs: 50,
  readIdleMs: 250,
  readTotalMs: 2_000,
  readRetryMs: 2_000,
  silenceMs: 300,
  backoffMs: 5,
  backoffMsMax: 40,
  openMs: 2_000,
  closeMs: 1_000,
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
): Promise<EventStore> {
  const store = await openEventStoreDbStore({
    url,
    runtime: systemRuntime(),
    limits: { ...shortLimits, ...limits },
  });
  onTestFinished(() => store.close());
  return store;
}

export async function serverAndStore(
  limits: Partial<EventStoreDbLimits> = {},
  options: ServerOptions = {},
): Promise<{ readonly server: EventStoreDbServer; readonly store: EventStore }> {
  const server = await aServer(options);
  return { server, store: await aStore(server.connectionString, limits) };
}

/** The store as if it held only streams whose names begin with `scope`, and were called the rest. */
export function scoped(store: EventStore, scope: string): EventStore {
  // What is no name stays none: the store refuses it.
  const inside = (name: string): string =>
    typeof name === 'string' && name !== '' ? `${scope}${name}` : name;
  const prefixInside = (prefix: string): string =>
    typeof prefix === 'string' ? `${scope}${prefix}` : prefix;
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
    readAll: (after, prefix) => mapped(store.readAll(after, prefixInside(prefix)), outside),
    subscribe: (after, prefix, signal) =>
      mapped(store.subscribe(after, prefixInside(prefix), signal), outside),
    streams: (prefix) =>
      mapped(store.streams(prefixInside(prefix)), (name) => name.slice(scope.length)),
    check: () => store.check(),
    close: () => store.close(),
  };
}

/** Promises of the contract that no EventStoreDB keeps, by title, with the reason. */
export const cannotKeep: Readonly<Record<string, string>> = {
  'takes a prefix of a stored batch for a conflict':
    'the server takes the first events of a batch for that batch, and stores nothing again',
  'refuses an id that another event has, and nothing else with it':
    'event ids are not unique on the server, neither in a stream nor among streams',
  'decides each of many appends made at once on its own':
    'appends made at once are calls of their own, and arrive in any order',
};

export function appendStatus(code: status, commits: boolean, details?: string): AppendFault {
  return { kind: 'status', code, commits, ...(details === undefined ? {} : { details }) };
}
