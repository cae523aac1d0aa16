import {
  EventStoreDBClient,
  NO_STREAM,
  START,
  jsonEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import { appendSettled } from '../../src/event-store/append-settled.ts';
import { openEventStoreDbStore } from '../../src/event-store/eventstoredb/store.ts';
import type {
  EventStore,
  ExpectedRevision,
  PreparedEvent,
} from '../../src/event-store/event-store.ts';
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

/** The adapter and the bare client, on the server that is named or on our own. */
export async function eventStoreDbFigures(rounds?: number): Promise<Figure[]> {
  const given = process.env['PAYMENT_ORDER_TEST_ESDB'];
  // A process of its own, as a server is: in ours it would take its time from the figures.
  const server = given === undefined ? await startServerProcess() : null;
  const url = given ?? server?.connectionString ?? '';
  const store = await openEventStoreDbStore({ url, runtime });
  const client = EventStoreDBClient.connectionString(url);
  const run = `paymentOrderBench-${runtime.newId()}-`;
  try {
    return [
      ...(await appendFigures(store, client, run, rounds)),
      await readFigure(store, client, run, rounds),
      ...(await followFigures(store, client, run, rounds)),
    ];
  } finally {
    await store.close();
    await client.dispose();
    await server?.end('SIGKILL');
  }
}

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

async function appendFigures(
  store: EventStore,
  client: EventStoreDBClient,
  run: string,
  rounds?: number,
): Promise<Figure[]> {
  let streams = 0;
  const ours = async () => {
    streams += 1;
    await append(store, `${run}o${streams}`, [prepared()], 'no-stream');
  };
  const bare = async () => {
    streams += 1;
    const { id, type, data } = prepared();
    await client.appendToStream(
      `${run}b${streams}`,
      jsonEvent({ id, type, data: { ...data }, metadata }),
      { credentials, expectedRevision: NO_STREAM, deadline: 5_000 },
    );
  };
  const oneByOne = (once: () => Promise<void>) => ({
    count: 300,
    run: async () => {
      for (let count = 0; count < 300; count += 1) await once();
    },
  });
  const atOnce = (once: () => Promise<void>) => ({
    count: 1_000,
    run: async () => {
      const worker = async () => {
        for (let count = 0; count < 5; count += 1) await once();
      };
      await Promise.all(Array.from({ length: 200 }, worker));
    },
  });
  const alternative = "the bare client's Append";
  return [
    figure({
      name: 'EventStoreDB append, one by one',
      unit: '/s',
      alternative,
      atLeast: 0.9,
      ...(await inTurn(oneByOne(ours), oneByOne(bare), rounds)),
    }),
    figure({
      name: 'EventStoreDB append, 200 at a time',
      unit: '/s',
      alternative,
      atLeast: 0.9,
      ...(await inTurn(atOnce(ours), atOnce(bare), rounds)),
    }),
  ];
}

async function readFigure(
  store: EventStore,
  client: EventStoreDBClient,
  run: string,
  rounds?: number,
): Promise<Figure> {
  const stream = `${run}long`;
  const events = 10_000;
  for (let at = 0; at < events; at += 100) {
    const batch = Array.from({ length: 100 }, prepared);
    await append(store, stream, batch, at === 0 ? 'no-stream' : at - 1);
  }
  const counted = (seen: number) => {
    if (seen !== events) throw new Error(`${seen} of ${events} events were read`);
  };
  const ours = async () => {
    let seen = 0;
    for await (const { revision } of store.read(stream)) seen += revision >= 0 ? 1 : 0;
    counted(seen);
  };
  const bare = async () => {
    let seen = 0;
    for await (const { event } of client.readStream(stream, { fromRevision: START, credentials })) {
      seen += event === undefined ? 0 : 1;
    }
    counted(seen);
  };
  return figure({
    name: 'EventStoreDB read of 10,000 events',
    unit: ' events/s',
    ...(await inTurn({ count: events, run: ours }, { count: events, run: bare }, rounds)),
    alternative: "the bare client's loop",
    atLeast: 0.85,
  });
}

async function followFigures(
  store: EventStore,
  client: EventStoreDBClient,
  run: string,
  rounds?: number,
): Promise<Figure[]> {
  const prefix = `${run}follow`;
  const events = 20_000;
  // Few at once: each append has to be answered within its limit, also on a busy machine.
  for (let at = 0; at < events; at += 1_000) {
    const streams = Array.from({ length: 10 }, (_, index) => `${prefix}${at}x${index}`);
    const batch = () => Array.from({ length: 100 }, prepared);
    await Promise.all(streams.map((stream) => append(store, stream, batch(), 'no-stream')));
  }
  let grownMb = 0;
  const ours = async () => {
    const before = residentMb();
    const end = new AbortController();
    let seen = 0;
    for await (const { revision } of store.subscribe(null, prefix, end.signal)) {
      seen += revision >= 0 ? 1 : 0;
      if (seen % 10_000 === 0) grownMb = Math.max(grownMb, residentMb() - before);
      if (seen === events) break;
    }
    end.abort();
  };
  const bare = async () => {
    const filter = streamNameFilter({ prefixes: [prefix] });
    const subscription = client.subscribeToAll({ fromPosition: START, filter, credentials });
    let seen = 0;
    for await (const { event } of subscription) {
      seen += event === undefined ? 0 : 1;
      if (seen === events) break;
    }
    await subscription.unsubscribe();
  };
  const rates = await inTurn({ count: events, run: ours }, { count: events, run: bare }, rounds);
  return [
    figure({
      name: 'EventStoreDB subscribe, 20,000 events',
      ...rates,
      unit: ' events/s',
      alternative: 'the bare filtered subscription',
      atLeast: 0.8,
    }),
    figure({
      name: 'memory growth while it catches up',
      rounds: [{ ours: Math.max(grownMb, 1), against: 100 }],
      isCounted: true,
      unit: 'MB',
      alternative: 'the limit',
      atLeast: 1,
    }),
  ];
}
