import { appendSettled } from '../../src/event-store/append-settled.ts';
import type { EventStore, PreparedEvent } from '../../src/event-store/event-store.ts';
import { isRetryable, PaymentOrderError } from '../../src/errors.ts';
import { openStore } from '../../src/open-store.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';
import { headOf } from '../../src/testing/store-contract-support.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { until } from '../../test/until.ts';
import { openKilledServer } from './killed-server.ts';
import type { KilledServer } from './killed-server.ts';

/** What a writer was told about one batch. */
export type Told = {
  readonly stream: string;
  readonly ids: readonly string[];
  /** `unknown`: it may be stored. `nothing`: surely not. */
  readonly outcome: 'stored' | 'unknown' | 'nothing';
  /** Of the last event; null unless stored. */
  readonly revision: number | null;
};

export type ServerKillsReport = {
  readonly counts: Readonly<Record<string, number>>;
  readonly seen: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
};

const runtime = systemRuntime();
const writers = 8;
/** How many of them share one stream. */
const rivals = 2;
/** Batches that must be acknowledged before the server is killed once more. */
const batchesPerLife = 40;

/** Kills the server again and again while writers append and a subscription follows them. */
export async function killServer(given: {
  readonly kills: number;
  readonly seed: number;
  readonly progress: (done: number) => void;
}): Promise<ServerKillsReport> {
  const server = await openKilledServer();
  const store = await openStore(server.url, runtime);
  const prefix = `paymentOrderTest-${runtime.newId()}-`;
  const ending = new AbortController();
  const told: Told[] = [];
  const counts = { acknowledged: 0, 'after doubt': 0, unknown: 0, conflicts: 0 };
  const followed: string[] = [];
  const following = (async () => {
    for await (const { id } of store.subscribe(null, prefix, ending.signal)) followed.push(id);
  })();
  try {
    const stopWriting = new AbortController();
    const writing = Array.from({ length: writers }, (_, number) => {
      const stream = `${prefix}${number < rivals ? 'shared' : number}`;
      return write({ store, stream, number, told, counts, signal: stopWriting.signal });
    });
    await killOften(server, given, counts);
    stopWriting.abort();
    await Promise.all(writing);
    const { violations, ids, storedInDoubt } = await judge(store, prefix, told);
    const endMs = runtime.monotonicMs() + 60_000;
    while (followed.length < ids.length && runtime.monotonicMs() < endMs) await sleep(runtime, 20);
    if (followed.join() !== ids.join()) {
      violations.push(`I11 the subscription saw ${followed.length} events of ${ids.length}`);
    }
    const { kills } = given;
    const lost = violations.filter((what) => what.startsWith('I1 ')).length;
    return {
      counts: { kills, ...counts, events: ids.length, 'stored in doubt': storedInDoubt, lost },
      seen: { 'settled after a doubt': counts['after doubt'], conflicts: counts.conflicts },
      violations,
    };
  } finally {
    ending.abort();
    await following;
    await store.close();
    await server.close();
  }
}

async function killOften(
  server: KilledServer,
  { kills, seed, progress }: { kills: number; seed: number; progress: (done: number) => void },
  counts: { readonly acknowledged: number },
): Promise<void> {
  const draws = simulatedRuntime({ seed });
  for (let kill = 0; kill < kills; kill += 1) {
    const wanted = counts.acknowledged + batchesPerLife;
    await until(() => counts.acknowledged >= wanted);
    await sleep(runtime, draws.random() * 50);
    await (kill % 4 === 3 ? server.stop() : server.kill());
    await sleep(runtime, draws.random() * 200);
    await server.start();
    progress(kill + 1);
  }
  // It goes on after the last kill too.
  const wanted = counts.acknowledged + batchesPerLife;
  await until(() => counts.acknowledged >= wanted);
}

/** Appends batches at the end that it reads, until the signal aborts. */
async function write(given: {
  readonly store: EventStore;
  readonly stream: string;
  readonly number: number;
  readonly told: Told[];
  readonly counts: Record<'acknowledged' | 'after doubt' | 'unknown' | 'conflicts', number>;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { store, stream, number, told, counts, signal } = given;
  let at = 0;
  while (!signal.aborted) {
    at += 1;
    const events = batchOf(1 + (at % 5), number);
    const ids = events.map(({ id }) => id);
    try {
      const expected = headOf(await store.readLast(stream));
      const result = await appendSettled(store, runtime, stream, events, expected);
      if (result.kind === 'conflict') {
        counts.conflicts += 1;
        told.push({ stream, ids, outcome: 'nothing', revision: null });
        continue;
      }
      counts.acknowledged += 1;
      if (result.settled === 'after-doubt') counts['after doubt'] += 1;
      told.push({ stream, ids, outcome: 'stored', revision: result.revision });
    } catch (error) {
      if (!(error instanceof PaymentOrderError) || !isRetryable(error)) throw error;
      const isUnknown = error.code === 'append-outcome-unknown';
      if (isUnknown) counts.unknown += 1;
      told.push({ stream, ids, outcome: isUnknown ? 'unknown' : 'nothing', revision: null });
    }
  }
}

function batchOf(count: number, writer: number): readonly PreparedEvent[] {
  return Array.from({ length: count }, () => ({
    id: runtime.newId(),
    type: 'Appended',
    data: { writer },
    metadata: {},
  }));
}

/** Compares the store with what the writers were told. `ids`: of all events, in their order. */
export async function judge(
  store: EventStore,
  prefix: string,
  told: readonly Told[],
): Promise<{ violations: string[]; readonly ids: string[]; readonly storedInDoubt: number }> {
  const violations: string[] = [];
  const ids: string[] = [];
  const places = new Map<string, { readonly stream: string; readonly revision: number }>();
  for await (const { id, stream, revision } of store.readAll(null, prefix)) {
    if (places.has(id)) violations.push(`I9 ${stream} has event ${id} twice`);
    places.set(id, { stream, revision });
    ids.push(id);
  }
  let storedInDoubt = 0;
  for (const { stream, ids: batch, outcome, revision } of told) {
    const stored = batch.filter((id) => places.get(id)?.stream === stream);
    const first = places.get(batch[0] ?? '')?.revision ?? 0;
    const isInOrder = batch.every((id, index) => places.get(id)?.revision === first + index);
    if (outcome === 'stored') {
      const wanted = (revision ?? 0) - batch.length + 1;
      if (stored.length < batch.length || first !== wanted || !isInOrder) {
        violations.push(`I1 ${stream} lost what was acknowledged at revision ${revision ?? '?'}`);
      }
    } else if (outcome === 'nothing' && stored.length > 0) {
      violations.push(`I17 ${stream} stored a batch of which nothing was to be stored`);
    } else if (stored.length > 0) {
      storedInDoubt += 1;
      if (stored.length < batch.length || !isInOrder) {
        violations.push(`I3 ${stream} stored a part of a batch`);
      }
    }
  }
  const known = new Set(told.flatMap(({ ids: batch }) => batch));
  const foreign = ids.filter((id) => !known.has(id)).length;
  if (foreign > 0) violations.push(`I9 ${foreign} events are of nobody`);
  return { violations, ids, storedInDoubt };
}
