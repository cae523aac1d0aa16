import { PaymentOrderError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { Notifier } from './notifier.ts';
import { judgeAppend, takenId, type StreamIndex } from './judge-append.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  PreparedEvent,
  RecordedEvent,
} from './event-store.ts';
import { checkPrefix, checkStream, headExpected, positionNumber } from './inputs.ts';
import { followLog, nextTurn, pageEventsMax, readLog, readStream, recorded } from './log-store.ts';
import type { Log, EventRow } from './log-store.ts';
import { prepareBatch, type Batch } from './prepared.ts';

/**
 * A store that lives as long as the process: the double that tests use, and `memory:`.
 * It takes a host as every adapter does; memory happens to need none.
 */
export const openMemoryStore: (runtime: Runtime) => EventStore = () => new MemoryStore();

type Row = EventRow & { readonly batchLast: number };

class MemoryStore implements EventStore {
  /** The event at position n is `#rows[n - 1]`. */
  readonly #rows: Row[] = [];
  readonly #streams = new Map<string, Row[]>();
  readonly #ids = new Map<string, Row>();
  readonly #bell = new Notifier();
  #closed = false;

  append(
    stream: string,
    events: readonly PreparedEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> {
    return new Promise((resolve) => {
      this.#checkOpen();
      checkStream(stream);
      const head = headExpected(expected);
      resolve(this.#append(stream, prepareBatch(stream, events), head));
    });
  }

  read(stream: string, fromRevision = 0): AsyncGenerator<RecordedEvent, void, undefined> {
    return readStream(this.#log, stream, fromRevision);
  }

  readLast(stream: string): Promise<RecordedEvent | null> {
    return new Promise((resolve) => {
      this.#checkOpen();
      checkStream(stream);
      const last = this.#rowsOf(stream).at(-1);
      resolve(last === undefined ? null : recorded(last));
    });
  }

  readAll(
    afterPosition: string | null,
    prefix: string,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    return readLog(this.#log, afterPosition, prefix);
  }

  async *subscribe(
    afterPosition: string | null,
    prefix: string,
    signal: AbortSignal,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    this.#checkOpen();
    checkPrefix(prefix);
    yield* followLog(this.#log, positionNumber(afterPosition), prefix, signal);
  }

  async *streams(prefix: string): AsyncGenerator<string, void, undefined> {
    this.#checkOpen();
    checkPrefix(prefix);
    // A Map keeps the order of first insertion, and its iterator sees what is added meanwhile.
    let seen = 0;
    for (const stream of this.#streams.keys()) {
      seen += 1;
      if (seen % pageEventsMax === 0) await nextTurn();
      this.#checkOpen();
      if (stream.startsWith(prefix)) yield stream;
    }
  }

  check(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#bell.ring();
    return Promise.resolve();
  }

  #append(stream: string, batch: Batch, expected: number): AppendResult {
    const decision = judgeAppend(this.#index, stream, batch, expected);
    if (decision.kind !== 'insert') return decision;
    const refused = takenId(this.#index, stream, batch);
    if (refused !== undefined) throw refused.error;
    const batchLast = expected + batch.events.length;
    const rowsOfStream = this.#rowsOf(stream);
    this.#streams.set(stream, rowsOfStream);
    for (const event of batch.events) {
      const position = this.#rows.length + 1;
      const row = { ...event, stream, revision: rowsOfStream.length, position, batchLast };
      this.#rows.push(row);
      rowsOfStream.push(row);
      this.#ids.set(row.id, row);
    }
    this.#bell.ring();
    const position = String(this.#rows.length);
    return { kind: 'appended', revision: batchLast, position, settled: 'first-try' };
  }

  readonly #index: StreamIndex = {
    headRevision: (stream) => this.#rowsOf(stream).length - 1,
    places: (stream, from, to) => this.#rowsOf(stream).slice(from, to + 1),
    holder: (id) => this.#ids.get(id),
  };

  readonly #log: Log = {
    headPosition: () => {
      this.#checkOpen();
      return this.#rows.length;
    },
    page: (after, upTo, prefix) => {
      this.#checkOpen();
      const reached = Math.min(upTo, after + pageEventsMax);
      const rows = this.#rows.slice(after, reached);
      return { events: rows.filter((row) => row.stream.startsWith(prefix)), reached };
    },
    streamPage: (stream, after) => {
      this.#checkOpen();
      const events = this.#rowsOf(stream).slice(after + 1, after + 1 + pageEventsMax);
      return { events, isLast: events.length < pageEventsMax };
    },
    isClosed: () => this.#closed,
    changed: (signal) => this.#bell.wait(signal),
  };

  #rowsOf(stream: string): Row[] {
    return this.#streams.get(stream) ?? [];
  }

  #checkOpen(): void {
    if (this.#closed) throw new PaymentOrderError('store-closed', 'The memory store is closed.');
  }
}
