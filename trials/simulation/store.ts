import { PaymentOrderError } from '../../src/errors.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  Prefix,
  PreparedEvent,
  Reached,
  RecordedEvent,
} from '../../src/event-store/event-store.ts';
import type { Row } from './log.ts';
import { textOf } from './log.ts';
import type { Incarnation } from './process.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

/** A client gives an append up after this long, ms. */
const appendDeadlineMs = 5_000;

/** The store as one incarnation sees it: the server's log, and a way to it that may fail. */
export function storeOf(sim: Sim, life: Incarnation): EventStore {
  return {
    append: (stream, events, expected) => append(sim, life, stream, events, expected),
    read: (stream, from = 0) => read(sim, life, stream, from),
    readLast: async (stream) => {
      const rows = await snapshot(sim, life, `last of ${stream}`, () => sim.log.stream(stream));
      return rows.at(-1) ?? null;
    },
    readAll: (after, prefix, reached) => readAll(sim, life, { after, prefix, reached }),
    subscribe: (after, prefix, signal, reached) =>
      subscribe(sim, life, { after, prefix, reached }, signal),
    placeAt: async (position) => {
      const before = Number(position) - 1;
      const rows = await snapshot(sim, life, 'place', () => sim.log.all.slice(before, before + 1));
      return rows[0] ?? null;
    },
    async *streams(prefix) {
      const names = await snapshot(sim, life, 'streams', () => [...sim.log.streams.keys()]);
      for (const name of names) if (name.startsWith(prefix)) yield name;
    },
    check: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

async function append(
  sim: Sim,
  life: Incarnation,
  stream: string,
  events: readonly PreparedEvent[],
  expected: ExpectedRevision,
): Promise<AppendResult> {
  const { kernel, log, checker } = sim;
  const kinds = events.map(({ type, metadata }) => `${type}/${textOf(metadata['source'])}`).join();
  const what = `${kinds} of ${stream}@${expected}`;
  await life.point(`append ${what}`);
  checker.appending(life, stream, events);
  if (sim.isStoreDown()) {
    await life.pause(latencyMs(sim), `store is down for ${what}`);
    throw unavailable(stream);
  }
  const { promise, resolve } = Promise.withResolvers<AppendResult | { readonly kind: 'unknown' }>();
  // Whatever becomes of the client, the request is on its way.
  life.acts();
  const isLost = sim.strikes('lostRequest', 0.05);
  const delayMs = sim.strikes('delayedApply', 0.05)
    ? sim.random('delayedApply').between(appendDeadlineMs, 45_000)
    : latencyMs(sim);
  if (!isLost) {
    kernel.schedule(delayMs, `apply ${what} for ${life.name}`, () => {
      const applied = log.append(life.name, kernel.nowMs, stream, events, expected);
      kernel.note(`${applied.kind}${applied.isRepeat ? ' before' : ''}`);
      if (applied.isRepeat) count(sim.seen, 'lost ack, then own id found');
      if (sim.strikes('lostAck', 0.08)) {
        // Reset at once, or silence until the client gives up.
        if (sim.random('lostAck').chance(0.5)) resolve({ kind: 'unknown' });
        return;
      }
      kernel.schedule(latencyMs(sim), `ack ${what}`, () => {
        if (applied.kind === 'conflict') resolve({ kind: 'conflict' });
        else resolve({ ...applied, settled: applied.isRepeat ? 'after-doubt' : 'first-try' });
      });
    });
  }
  const stop = kernel.schedule(appendDeadlineMs, `${life.name} gives up ${what}`, () => {
    resolve({ kind: 'unknown' });
  });
  const answer = await life.wait(promise, `answer to ${what}`);
  stop();
  checker.appended(life, stream, events, answer.kind);
  if (answer.kind === 'unknown') throw outcomeUnknown(stream);
  return answer;
}

async function* read(
  sim: Sim,
  life: Incarnation,
  stream: string,
  from: number,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const rows = await snapshot(sim, life, stream, () => stale(sim, sim.log.stream(stream).slice()));
  sim.checker.hasRead(life, stream, rows.length - 1);
  yield* rows.slice(from);
}

type Asked = {
  readonly after: string | null;
  readonly prefix: Prefix;
  readonly reached: Reached | undefined;
};

const isAskedFor = (prefix: Prefix, { stream }: Row): boolean =>
  [prefix].flat().some((each) => stream.startsWith(each));

async function* readAll(
  sim: Sim,
  life: Incarnation,
  { after, prefix, reached }: Asked,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const rows = await snapshot(sim, life, 'all', () => sim.log.all.slice(Number(after ?? 0)));
  for (const row of rows) if (isAskedFor(prefix, row)) yield row;
  const last = rows.at(-1);
  if (last !== undefined) reached?.(last.position, 1);
}

async function* subscribe(
  sim: Sim,
  life: Incarnation,
  { after, prefix, reached: told }: Asked,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void, undefined> {
  let reached = Number(after ?? 0);
  await life.point('subscribe');
  const ended = () => signal.aborted;
  while (!ended()) {
    if (sim.isStoreDown() || sim.strikes('droppedSubscription', 0.02)) throw unavailable('$all');
    const rows = sim.log.all.slice(reached);
    for (const row of rows) {
      if (isAskedFor(prefix, row)) yield row;
      // The consumer of the event may have ended the subscription.
      if (ended()) return;
    }
    reached += rows.length;
    if (rows.length > 0) {
      told?.(String(reached), 1);
      continue;
    }
    await life.wait(changed(sim, prefix, signal), 'subscription wakes');
    if (!ended()) await life.pause(latencyMs(sim), 'subscription brings');
  }
}

/**
 * Resolves when something was appended to such a stream, or the subscription ends. A server filters
 * too, so a process that follows notices is not woken by every order.
 */
function changed(sim: Sim, prefix: Prefix, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let seen = sim.log.all.length;
    const look = () => {
      const rows = sim.log.all.slice(seen);
      seen += rows.length;
      if (rows.some((row) => isAskedFor(prefix, row))) done();
    };
    const done = () => {
      unwatch();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const unwatch = sim.log.watch(look);
    signal.addEventListener('abort', done);
  });
}

/** What the server holds when the request comes there; older than that by the time it is back. */
async function snapshot<T>(
  sim: Sim,
  life: Incarnation,
  what: string,
  take: () => readonly T[],
): Promise<readonly T[]> {
  await life.point(`read ${what}`);
  if (sim.isStoreDown()) {
    await life.pause(latencyMs(sim), `store is down for a read of ${what}`);
    throw unavailable(what);
  }
  await sim.kernel.after(latencyMs(sim), `${life.name} reads ${what}`);
  const taken = take();
  await life.pause(latencyMs(sim), `has read ${what}`);
  return taken;
}

/** A read from a node that was the leader a moment ago: it lacks what the new one has taken. */
function stale(sim: Sim, rows: readonly Row[]): readonly Row[] {
  if (!sim.strikes('staleRead', 0.05)) return rows;
  const sinceMs = sim.kernel.nowMs - sim.random('staleRead').between(1, 3_000);
  const older = rows.filter(({ atMs }) => atMs < sinceMs);
  return older.length === 0 ? rows : older;
}

function latencyMs(sim: Sim): number {
  const random = sim.random('latency');
  return sim.strikes('slowStore', 0.03) ? random.between(100, 4_000) : random.between(1, 5);
}

function unavailable(stream: string): PaymentOrderError {
  const message = 'the simulated store is down; nothing was stored';
  return new PaymentOrderError('store-unavailable', message, { stream });
}

function outcomeUnknown(stream: string): PaymentOrderError {
  const message = 'the simulated store did not answer; it may have been stored';
  return new PaymentOrderError('append-outcome-unknown', message, { stream });
}
