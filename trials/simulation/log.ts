import type {
  ExpectedRevision,
  Json,
  PreparedEvent,
  RecordedEvent,
} from '../../src/event-store/event-store.ts';

/** An event as the server keeps it, and what the checker wants to know of it. */
export type Row = RecordedEvent & {
  /** The bytes that were appended: data and metadata. */
  readonly text: string;
  /** The incarnation whose request was applied. */
  readonly by: string;
  readonly atMs: number;
};

/** A member of an event's data or metadata as text; empty where there is none. */
export function textOf(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export type Applied =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: string }
  | { readonly kind: 'conflict' };

/**
 * The server's side of the simulated store: EventStoreDB's rule of idempotency as its source has
 * it. At the head an id is not looked at; below the head, the same ids at the same place are the
 * same append, and anything else is a conflict.
 */
export class ServerLog {
  readonly all: Row[] = [];
  readonly #streams = new Map<string, Row[]>();
  readonly #watchers = new Set<() => void>();

  stream(name: string): readonly Row[] {
    return this.#streams.get(name) ?? [];
  }

  get streams(): ReadonlyMap<string, readonly Row[]> {
    return this.#streams;
  }

  append(
    by: string,
    atMs: number,
    stream: string,
    events: readonly PreparedEvent[],
    expected: ExpectedRevision,
  ): Applied & { readonly isRepeat: boolean } {
    const rows = this.#streams.get(stream) ?? [];
    const expectedHead = expected === 'no-stream' ? -1 : expected;
    const head = rows.length - 1;
    if (expectedHead > head) return { kind: 'conflict', isRepeat: false };
    if (expectedHead < head) {
      const isRepeat = events.every(({ id }, index) => rows[expectedHead + 1 + index]?.id === id);
      const last = rows[expectedHead + events.length];
      if (!isRepeat || last === undefined) return { kind: 'conflict', isRepeat: false };
      return { kind: 'appended', revision: last.revision, position: last.position, isRepeat };
    }
    for (const { id, type, data, metadata } of events) {
      const text = JSON.stringify([data, metadata]);
      // What JSON.stringify made of two JSON objects.
      const parsed = JSON.parse(text) as [RecordedEvent['data'], RecordedEvent['metadata']];
      const row: Row = {
        id,
        type,
        stream,
        text,
        by,
        atMs,
        data: parsed[0],
        metadata: parsed[1],
        revision: rows.length,
        position: String(this.all.length + 1),
      };
      rows.push(frozen(row));
      this.all.push(row);
    }
    this.#streams.set(stream, rows);
    for (const watcher of [...this.#watchers]) watcher();
    const position = String(this.all.length);
    return { kind: 'appended', revision: rows.length - 1, position, isRepeat: false };
  }

  /** Calls `changed` after every append, until the returned function is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => {
      this.#watchers.delete(changed);
    };
  }
}

/** Whoever alters what it has read is found out. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
