import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  EventStoreDBClient,
  NO_STREAM,
  START,
  jsonEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import { appendSettled } from '../../src/event-store/append-settled.ts';
import type {
  EventStore,
  ExpectedRevision,
  PreparedEvent,
} from '../../src/event-store/event-store.ts';
import { openEventStoreDbStore } from '../../src/event-store/eventstoredb/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { startServerProcess } from '../eventstoredb-server/child-process.ts';
import { figure, inTurn, residentMb } from './figure.ts';
import type { Figure } from './figure.ts';

const runtime = systemRuntime();
const metadata = { recordedAt: '2026-11-23T02:02:03.004Z', to: 'paying', filler: 'x'.repeat(800) };
const prepared = (): PreparedEvent => ({
  id: runtime.newId(),
  type: 'PaymentStarted',
  data: { reason: '临时决定关单取消支付' },
  metadata,
});
/** Per-call credentials keep the bare client on the classic Append as well. */
const credentials = { username: 'bench', password: 'bench' };

/** One way to use the server: through an adapter, or by the client alone. */
type Way = {
  /** A new stream of one event. */
  readonly append: (stream: string) => Promise<unknown>;
  /** How many events there are. */
  readonly read: (stream: string) => Promise<number>;
  /** Until as many events came as are wanted. */
  readonly follow: (prefix: string, wanted: number) => Promise<void>;
};

/** As the module appends, until the outcome is known; figures over lost events mean nothing. */
async function append(
  store: EventStore,
  stream: string,
  events: readonly PreparedEvent[],
  expected: ExpectedRevision,
): Promise<void> {
  const { kind } = await appendSettled(store, runtime, stream, events, expected);
  if (kind !== 'appended') throw new Error(`another writer appends to ${stream}`);
}

function wayOf(store: EventStore): Way {
  return {
    append: (stream) => append(store, stream, [prepared()], 'no-stream'),
    read: async (stream) => {
      let seen = 0;
      for await (const { revision } of store.read(stream)) seen += revision >= 0 ? 1 : 0;
      return seen;
    },
    follow: async (prefix, wanted) => {
      const end = new AbortController();
      let seen = 0;
      for await (const { revision } of store.subscribe(null, prefix, end.signal)) {
        seen += revision >= 0 ? 1 : 0;
        if (seen === wanted) break;
      }
      end.abort();
    },
  };
}

function bareWay(client: EventStoreDBClient): Way {
  return {
    append: (stream) => {
      const { id, type, data } = prepared();
      const event = jsonEvent({ id, type, data: { ...data }, metadata });
      const options = { credentials, expectedRevision: NO_STREAM, deadline: 5_000 } as const;
      return client.appendToStream(stream, event, options);
    },
    read: async (stream) => {
      let seen = 0;
      const options = { fromRevision: START, credentials } as const;
      for await (const { event } of client.readStream(stream, options)) {
        seen += event === undefined ? 0 : 1;
      }
      return seen;
    },
    follow: async (prefix, wanted) => {
      const filter = streamNameFilter({ prefixes: [prefix] });
      const subscription = client.subscribeToAll({ fromPosition: START, filter, credentials });
      let seen = 0;
      for await (const { event } of subscription) {
        seen += event === undefined ? 0 : 1;
        if (seen === wanted) break;
      }
      await subscription.unsubscribe();
    },
  };
}

type Compared = {
  readonly store: EventStore;
  readonly other: Way;
  /** What `other` is. */
  readonly alternative: string;
  /** The least ratio, by what is done. */
  readonly atLeast: Readonly<Record<'append' | 'read' | 'follow', number>>;
  readonly run: string;
  readonly rounds: number;
};

/** The adapter next to the bare client, on the server that is named or on our own. */
export async function eventStoreDbFigures(rounds: number, before?: string): Promise<Figure[]> {
  const given = process.env['PAYMENT_ORDER_TEST_ESDB'];
  // A process of its own, as a server is: in ours it would take its time from the figures.
  const server = given === undefined ? await startServerProcess() : null;
  const url = given ?? server?.connectionString ?? '';
  const store = await openEventStoreDbStore({ url, runtime });
  const client = EventStoreDBClient.connectionString(url);
  const older = before === undefined ? null : await storeOf(before, url);
  const compared = {
    ...{ store, rounds, run: `paymentOrderBench-${runtime.newId()}-` },
    ...(older === null
      ? {
          ...{ other: bareWay(client), alternative: 'the bare client' },
          atLeast: { append: 0.9, read: 0.85, follow: 0.8 },
        }
      : {
          ...{ other: wayOf(older), alternative: 'the adapter of the other checkout' },
          atLeast: { append: 0.97, read: 0.97, follow: 0.97 },
        }),
  };
  try {
    return [
      ...(await appendFigures(compared)),
      await readFigure(compared),
      ...(await followFigures(compared)),
    ];
  } finally {
    await Promise.all([store.close(), older?.close(), client.dispose()]);
    await server?.end('SIGKILL');
  }
}

/** A store by the adapter in another checkout, such as one of an older commit. */
async function storeOf(checkout: string, url: string): Promise<EventStore> {
  const path = join(resolve(checkout), 'src', 'event-store', 'eventstoredb', 'store.ts');
  // An older adapter has the same entry, or the call below fails at once.
  const adapter = (await import(pathToFileURL(path).href)) as {
    readonly openEventStoreDbStore: typeof openEventStoreDbStore;
  };
  return adapter.openEventStoreDbStore({ url, runtime });
}

async function appendFigures(compared: Compared): Promise<Figure[]> {
  const { store, other, alternative, run, rounds } = compared;
  let streams = 0;
  const oneByOne = ({ append }: Way) => ({
    count: 300,
    run: async () => {
      for (let count = 0; count < 300; count += 1) await append(`${run}o${(streams += 1)}`);
    },
  });
  const atOnce = ({ append }: Way) => ({
    count: 1_000,
    run: async () => {
      const worker = async () => {
        for (let count = 0; count < 5; count += 1) await append(`${run}o${(streams += 1)}`);
      };
      await Promise.all(Array.from({ length: 200 }, worker));
    },
  });
  const common = { unit: '/s', alternative, atLeast: compared.atLeast.append };
  const ours = wayOf(store);
  return [
    figure({
      ...{ ...common, name: 'EventStoreDB append, one by one' },
      ...(await inTurn(oneByOne(ours), oneByOne(other), rounds)),
    }),
    figure({
      ...{ ...common, name: 'EventStoreDB append, 200 at a time' },
      ...(await inTurn(atOnce(ours), atOnce(other), rounds)),
    }),
  ];
}

async function readFigure(compared: Compared): Promise<Figure> {
  const { store, other, alternative, run, rounds } = compared;
  const stream = `${run}long`;
  const count = 10_000;
  for (let at = 0; at < count; at += 100) {
    const batch = Array.from({ length: 100 }, prepared);
    await append(store, stream, batch, at === 0 ? 'no-stream' : at - 1);
  }
  const reading = ({ read }: Way) => ({
    count,
    run: async () => {
      const seen = await read(stream);
      if (seen !== count) throw new Error(`${seen} of ${count} events were read`);
    },
  });
  return figure({
    ...{ name: 'EventStoreDB read of 10,000 events', unit: ' events/s', alternative },
    ...(await inTurn(reading(wayOf(store)), reading(other), rounds)),
    atLeast: compared.atLeast.read,
  });
}

async function followFigures(compared: Compared): Promise<Figure[]> {
  const { store, other, alternative, run, rounds } = compared;
  const prefix = `${run}follow`;
  const count = 20_000;
  // Few at once: each append has to be answered within its limit, also on a busy machine.
  for (let at = 0; at < count; at += 1_000) {
    const streams = Array.from({ length: 10 }, (_, index) => `${prefix}${at}x${index}`);
    const batch = () => Array.from({ length: 100 }, prepared);
    await Promise.all(streams.map((stream) => append(store, stream, batch(), 'no-stream')));
  }
  const before = residentMb();
  let grownMb = 1;
  const following = ({ follow }: Way) => ({ count, run: () => follow(prefix, count) });
  const ours = following({
    ...wayOf(store),
    follow: async (...given) => {
      await wayOf(store).follow(...given);
      grownMb = Math.max(grownMb, residentMb() - before);
    },
  });
  const rates = await inTurn(ours, following(other), rounds);
  return [
    figure({
      ...{ name: 'EventStoreDB subscribe, 20,000 events', ...rates, unit: ' events/s' },
      ...{ alternative, atLeast: compared.atLeast.follow },
    }),
    figure({
      ...{ name: 'memory growth while it catches up', isCounted: true, unit: 'MB' },
      rounds: [{ ours: grownMb, against: 100 }],
      ...{ alternative: 'the limit', atLeast: 1 },
      remark: 'also of the other way, in the same process',
    }),
  ];
}
