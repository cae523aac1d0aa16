import { decide } from './decision.ts';
import type { Decision, Expected } from './decision.ts';
import { json, metadataOf } from './system-events.ts';

export type ProposedEvent = {
  readonly id: string;
  readonly type: string;
  readonly contentType: 'application/json' | 'application/octet-stream';
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type StoredEvent = ProposedEvent & {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit and prepare position in `$all`: equal for every write without a transaction. */
  readonly position: bigint;
  readonly createdMs: number;
};

export type AppendOutcome =
  | {
      readonly kind: 'appended' | 'idempotent';
      /** The number of the last event of this write; 0n after zero events on no stream. */
      readonly last: bigint;
      readonly position: bigint | null;
    }
  | Extract<Decision, { kind: 'wrong-expected-version' | 'stream-deleted' }>;

/** One write as a whole: what a server that was killed has of it is all or nothing. */
export type LogEntry = {
  readonly kind: 'events' | 'tombstone';
  readonly stream: string;
  readonly atMs: number;
  readonly events: readonly ProposedEvent[];
};

type Place = { readonly stream: string; readonly revision: bigint };

type Stream = {
  readonly events: StoredEvent[];
  tombstoned: boolean;
  /** `$tb`: older events are hidden; Infinity for a soft-deleted stream. */
  truncateBefore: number;
  /** `$maxCount` */
  maxCount: number;
  /** It was soft-deleted and written again, and nobody has read it since. */
  isReborn: boolean;
};

const revisionMax = 9_223_372_036_854_775_807n;
/** A `$tb` above this means the largest number, so the stream is soft-deleted. */
const softDeletedFrom = 9e18;
/** A small model of the 8 MiB of ids that a server remembers for `any`. */
const recentIdsMax = 50_000;

/** All streams and `$all` in memory: what a node keeps over a restart. */
export class EventLog {
  readonly #now: () => number;
  readonly #keep: (entry: LogEntry) => void;
  readonly #all: StoredEvent[] = [];
  readonly #streams = new Map<string, Stream>();
  /** Two halves: the older one is forgotten as a whole. */
  #recent = new Map<string, Place>();
  #older = new Map<string, Place>();
  readonly #listeners = new Set<() => void>();
  #nextPosition = 1_024n;

  /** `keep` is called with each write before it shows. */
  constructor(now: () => number, keep: (entry: LogEntry) => void = () => undefined) {
    this.#now = now;
    this.#keep = keep;
  }

  append(stream: string, events: readonly ProposedEvent[], expected: Expected): AppendOutcome {
    const ids = events.map(({ id }) => id);
    const decision = this.#decide(stream, ids, expected);
    switch (decision.kind) {
      case 'wrong-expected-version':
      case 'stream-deleted':
        return decision;
      case 'idempotent': {
        const state = this.#existing(stream);
        // Of a soft-deleted stream the server does not say where the events stand.
        const isHidden = state?.truncateBefore === Infinity;
        const stored = isHidden ? undefined : state?.events[Number(decision.last)];
        return { kind: 'idempotent', last: decision.last, position: stored?.position ?? null };
      }
      case 'append': {
        if (events.length === 0) return this.#appendedNothing(stream);
        const state = this.#stream(stream);
        if (state.truncateBefore === Infinity) {
          this.#setTruncateBefore(stream, state.events.length);
          state.isReborn = true;
        }
        this.#commit({ kind: 'events', stream, atMs: this.#now(), events });
        const last = BigInt(state.events.length - 1);
        return { kind: 'appended', last, position: state.events.at(-1)?.position ?? null };
      }
    }
  }

  /** Soft delete: `$tb` in the stream's metadata; the events stay in `$all`. */
  delete(stream: string, expected: Expected): AppendOutcome {
    const decision = this.#decide(stream, ['(a delete)'], expected);
    if (decision.kind !== 'append') return refused(decision);
    return this.#setTruncateBefore(stream, Infinity);
  }

  /** Hard delete: the stream is closed for ever. */
  tombstone(stream: string, expected: Expected): AppendOutcome {
    const decision = this.#decide(stream, ['(a tombstone)'], expected);
    if (decision.kind !== 'append') return refused(decision);
    const events = [json('$streamDeleted', '')];
    this.#commit({ kind: 'tombstone', stream, atMs: this.#now(), events });
    return { kind: 'appended', last: revisionMax, position: this.#all.at(-1)?.position ?? null };
  }

  /** Stores a write that was decided before. */
  apply(entry: LogEntry): void {
    const { kind, stream, atMs, events } = entry;
    if (kind === 'tombstone') this.#stream(stream).tombstoned = true;
    for (const event of events) {
      if (kind === 'events') this.#write(stream, event, atMs);
      else this.#store({ ...event, stream, revision: revisionMax, createdMs: atMs });
    }
  }

  all(): readonly StoredEvent[] {
    return this.#all;
  }

  /** The visible events of the stream; undefined where a read does not find it. */
  visible(stream: string): readonly StoredEvent[] | undefined {
    const state = this.#existing(stream);
    if (state === undefined || state.events.length === 0) return undefined;
    if (state.truncateBefore === Infinity) return undefined;
    const first = Math.max(state.truncateBefore, state.events.length - state.maxCount, 0);
    return first === 0 ? state.events : state.events.slice(first);
  }

  /** True once for a stream that was soft-deleted and written again. */
  takeReborn(stream: string): boolean {
    const state = this.#existing(stream);
    if (state?.isReborn !== true) return false;
    state.isReborn = false;
    return true;
  }

  /** Every stored event of the stream, also hidden ones. */
  events(stream: string): readonly StoredEvent[] {
    return this.#existing(stream)?.events ?? [];
  }

  names(): readonly string[] {
    return [...this.#streams.keys()].filter((name) => this.events(name).length > 0);
  }

  isTombstoned(stream: string): boolean {
    return this.#existing(stream)?.tombstoned ?? false;
  }

  /** The index in `all()` of the first event at or after the position. */
  indexFrom(position: bigint): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = this.#all[middle];
      if (event !== undefined && event.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a record begins at the position, or the log ends before it. */
  isBoundary(position: bigint): boolean {
    const event = this.#all[this.indexFrom(position)];
    return event === undefined || event.position === position || position === 0n;
  }

  /** Runs after every write, until the returned function is called. */
  onChange(run: () => void): () => void {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  /** As a restart does: forgets the ids for `any` and `stream_exists`. */
  forgetRecentIds(): void {
    this.#recent.clear();
    this.#older.clear();
  }

  #decide(stream: string, ids: readonly string[], expected: Expected): Decision {
    const state = this.#existing(stream);
    return decide(expected, ids, {
      last: BigInt((state?.events.length ?? 0) - 1),
      tombstoned: state?.tombstoned ?? false,
      softDeleted: state?.truncateBefore === Infinity,
      hasMetadata: this.events(`$$${stream}`).length > 0,
      idAt: (revision) => state?.events[Number(revision)]?.id,
      recent: (id) => {
        const found = this.#placeOf(id);
        return found?.stream === stream ? found.revision : undefined;
      },
    });
  }

  #existing(stream: string): Stream | undefined {
    return this.#streams.get(stream);
  }

  #stream(name: string): Stream {
    const existing = this.#streams.get(name);
    if (existing !== undefined) return existing;
    const stream = {
      events: [],
      tombstoned: false,
      truncateBefore: 0,
      maxCount: Infinity,
      isReborn: false,
    };
    this.#streams.set(name, stream);
    return stream;
  }

  #commit(entry: LogEntry): void {
    this.#keep(entry);
    this.apply(entry);
  }

  /** The server writes an empty record: a position passes, and no stream comes to be. */
  #appendedNothing(stream: string): AppendOutcome {
    const position = this.#nextPosition;
    this.#nextPosition += 64n;
    const last = this.#lastOf(stream);
    return { kind: 'appended', last: last < 0n ? 0n : last, position };
  }

  #write(stream: string, event: ProposedEvent, createdMs: number): void {
    const { events } = this.#stream(stream);
    const revision = BigInt(events.length);
    this.#store({ ...event, stream, revision, createdMs }, (complete) => events.push(complete));
    this.#remember(event.id, stream, revision);
    if (stream.startsWith('$$')) this.#obeyMetadata(stream.slice(2), event.data);
  }

  #store(event: Omit<StoredEvent, 'position'>, place?: (complete: StoredEvent) => void): void {
    const complete = { ...event, position: this.#nextPosition };
    this.#nextPosition += BigInt(64 + event.data.length + event.metadata.length);
    place?.(complete);
    this.#all.push(complete);
    for (const run of [...this.#listeners]) run();
  }

  #placeOf(id: string): Place | undefined {
    return this.#recent.get(id) ?? this.#older.get(id);
  }

  /** A known id keeps its first place. */
  #remember(id: string, stream: string, revision: bigint): void {
    if (this.#placeOf(id) !== undefined) return;
    this.#recent.set(id, { stream, revision });
    if (this.#recent.size <= recentIdsMax / 2) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }

  #setTruncateBefore(stream: string, revision: number): AppendOutcome {
    const value = revision === Infinity ? String(revisionMax) : String(revision);
    const events = [json('$metadata', `{"$tb":${value}}`)];
    this.#commit({ kind: 'events', stream: `$$${stream}`, atMs: this.#now(), events });
    const position = this.#all.at(-1)?.position ?? null;
    return { kind: 'appended', last: this.#lastOf(stream), position };
  }

  #lastOf(stream: string): bigint {
    return BigInt(this.events(stream).length - 1);
  }

  #obeyMetadata(stream: string, data: Uint8Array): void {
    const state = this.#stream(stream);
    const { $tb, $maxCount } = metadataOf(data);
    state.truncateBefore = typeof $tb !== 'number' ? 0 : $tb > softDeletedFrom ? Infinity : $tb;
    state.maxCount = typeof $maxCount === 'number' ? $maxCount : Infinity;
  }
}

/** A delete has an id of its own and so is never idempotent; the type does not know that. */
function refused(decision: Exclude<Decision, { kind: 'append' }>): AppendOutcome {
  if (decision.kind !== 'idempotent') return decision;
  return { kind: 'wrong-expected-version', current: decision.last };
}
