import type { Runtime } from '../runtime.ts';
import type { Batch, EventRow } from './batch.ts';
import type { AppendResult, EventPlace, EventStore } from './event-store.ts';
import { isAskedFor } from './inputs.ts';
import { judgeAppend, takenId, type StreamIndex } from './judge-append.ts';
import { logStore, pageEventsMax, type Log, type Page, type StreamPage } from './log-store.ts';
import { Notifier } from './notifier.ts';

/**
 * A store that lives as long as the process: the double that tests use, and `memory:`.
 *
 * It keeps rows as SQLite does, JSON text included, so that no caller shares an object with it.
 */
export const openMemoryStore: (runtime: Runtime) => EventStore = (runtime) =>
  logStore(new MemoryLog(), runtime);

type Row = EventRow & { readonly batchLast: number };

class MemoryLog implements Log, StreamIndex {
  readonly name = 'memory';
  /** The event at position n is `#rows[n - 1]`. */
  readonly #rows: Row[] = [];
  readonly #streams = new Map<string, Row[]>();
  /** In the order they were first written. */
  readonly #names: string[] = [];
  readonly #ids = new Map<string, Row>();
  readonly #notifier = new Notifier();
  #closed = false;

  isClosed(): boolean {
    return this.#closed;
  }

  append(stream: string, batch: Batch, expected: number): AppendResult {
    const verdict = judgeAppend(this, stream, batch, expected);
    if (verdict.kind !== 'insert') return verdict;
    const refusal = takenId(this, stream, batch);
    if (refusal !== undefined) throw refusal;
    const batchLast = expected + batch.events.length;
    const rows = this.#rowsOf(stream);
    if (rows.length === 0) {
      this.#streams.set(stream, rows);
      this.#names.push(stream);
    }
    for (const event of batch.events) {
      const position = this.#rows.length + 1;
      const row = { ...event, stream, revision: rows.length, position, batchLast };
      this.#rows.push(row);
      rows.push(row);
      this.#ids.set(row.id, row);
    }
    this.#notifier.notify();
    const position = String(this.#rows.length);
    return { kind: 'appended', revision: batchLast, position, settled: 'first-try' };
  }

  headPosition(): number {
    return this.#rows.length;
  }

  page(after: number, upTo: number, prefixes: readonly string[]): Page {
    const reached = Math.min(upTo, after + pageEventsMax);
    const rows = this.#rows.slice(after, reached);
    return { events: rows.filter(({ stream }) => isAskedFor(stream, prefixes)), reached };
  }

  placeAt(position: number): EventPlace | undefined {
    const row = this.#rows[position - 1];
    if (row === undefined) return undefined;
    const { stream, revision, id, type } = row;
    return { stream, revision, id, type };
  }

  streamPage(stream: string, after: number): StreamPage {
    const events = this.#rowsOf(stream).slice(after + 1, after + 1 + pageEventsMax);
    return { events, isLast: events.length < pageEventsMax };
  }

  last(stream: string): EventRow | undefined {
    return this.#rowsOf(stream).at(-1);
  }

  *streamNames(): Generator<readonly string[]> {
    for (let from = 0; from < this.#names.length;) {
      const page = this.#names.slice(from, from + pageEventsMax);
      yield page;
      from += page.length;
    }
  }

  check(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  changed(signal: AbortSignal, head: number): Promise<void> {
    if (this.#rows.length > head) return Promise.resolve();
    return this.#notifier.wait(signal);
  }

  close(): void {
    this.#closed = true;
    this.#notifier.notify();
  }

  headRevision(stream: string): number {
    return this.#rowsOf(stream).length - 1;
  }

  places(stream: string, fromRevision: number, toRevision: number): readonly Row[] {
    return this.#rowsOf(stream).slice(fromRevision, toRevision + 1);
  }

  holder(id: string): Row | undefined {
    return this.#ids.get(id);
  }

  #rowsOf(stream: string): Row[] {
    return this.#streams.get(stream) ?? [];
  }
}
