import { decide } from './decision.ts';
import type { Decision, Expected } from './decision.ts';

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
      /** The number of the last event of this write; -1n after zero events on no stream. */
      readonly last: bigint;
      readonly position: bigint | null;
    }
  | Extract<Decision, { kind: 'wrong-expected-version' | 'stream-deleted' }>;

type Stream = {
  readonly events: StoredEvent[];
  tombstoned: boolean;
  /** `$tb`: older events are hidden; Infinity for a soft-deleted stream. */
  truncateBefore: number;
  /** `$maxCount` */
  maxCount: number;
};

const revisionMax = 9_223_372_036_854_775_807n;
/** A `$tb` above this means the largest number, so the stream is soft-deleted. */
const softDeletedFrom = 9e18;
/** A small model of the 8 MiB of ids that a server remembers for `any`. */
const recentIdsMax = 50_000;

/** All streams and `$all` in memory: what a node keeps over a restart. */
export class EventLog {
  readonly #now: () => number;
  readonly #all: StoredEvent[] = [];
  readonly #streams = new Map<string, Stream>();
  readonly #recent = new Map<string, { readonly stream: string; readonly revision: bigint }>();
  readonly #listeners = new Set<() => void>();
  #nextPosition = 1_024n;

  constructor(now: () => number) {
    this.#now = now;
  }

  append(stream: string, events: readonly ProposedEvent[], expected: Expected): AppendOutcome {
    const ids = events.map(({ id }) => id);
    const decision = this.#decide(stream, ids, expected);
    switch (decision.kind) {
      case 'wrong-expected-version':
      case 'stream-deleted':
        return decision;
      case 'idempotent': {
        const position = this.#existing(stream)?.events[Number(decision.last)]?.position ?? null;
        return { kind: 'idempotent', last: decision.last, position };
      }
      case 'append': {
        const state = this.#stream(stream);
        if (state.truncateBefore === Infinity) this.#setTruncateBefore(stream, state.events.length);
        for (const event of events) this.#write(stream, event);
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
    this.#stream(stream).tombstoned = true;
    const marker = json('$streamDeleted', '');
    const { position } = this.#store({ ...marker, stream, revision: revisionMax });
    return { kind: 'appended', last: revisionMax, position };
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

  /** Runs after every write, until the returned function is called. */
  onChange(run: () => void): () => void {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  /** As a restart does: forgets the ids for `any` and `stream_exists`. */
  forgetRecentIds(): void {
    this.#recent.clear();
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
        const found = this.#recent.get(id);
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
    const stream = { events: [], tombstoned: false, truncateBefore: 0, maxCount: Infinity };
    this.#streams.set(name, stream);
    return stream;
  }

  #write(stream: string, event: ProposedEvent): StoredEvent {
    const { events } = this.#stream(stream);
    const revision = BigInt(events.length);
    const stored = { ...event, stream, revision };
    const placed = this.#store(stored, (complete) => events.push(complete));
    this.#remember(event.id, stream, revision);
    if (stream.startsWith('$$')) this.#obeyMetadata(stream.slice(2), event.data);
    return placed;
  }

  #store(
    event: Omit<StoredEvent, 'position' | 'createdMs'>,
    place?: (complete: StoredEvent) => void,
  ): StoredEvent {
    const complete = { ...event, position: this.#nextPosition, createdMs: this.#now() };
    this.#nextPosition += BigInt(64 + event.data.length + event.metadata.length);
    place?.(complete);
    this.#all.push(complete);
    for (const run of [...this.#listeners]) run();
    return complete;
  }

  /** A known id keeps its first place. */
  #remember(id: string, stream: string, revision: bigint): void {
    if (this.#recent.has(id)) return;
    this.#recent.set(id, { stream, revision });
    if (this.#recent.size <= recentIdsMax) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }

  #setTruncateBefore(stream: string, revision: number): AppendOutcome {
    const value = revision === Infinity ? String(revisionMax) : String(revision);
    const { position } = this.#write(`$$${stream}`, json('$metadata', `{"$tb":${value}}`));
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

let internalIds = 0;

function json(type: string, text: string): ProposedEvent {
  internalIds += 1;
  return {
    id: `00000000-0000-4000-8000-${internalIds.toString(16).padStart(12, '0')}`,
    type,
    contentType: 'application/json',
    data: Buffer.from(text),
    metadata: Buffer.alloc(0),
  };
}

function metadataOf(data: Uint8Array): { readonly $tb?: unknown; readonly $maxCount?: unknown } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** A delete has an id of its own and so is never idempotent; the type does not know that. */
function refused(decision: Exclude<Decision, { kind: 'append' }>): AppendOutcome {
  if (decision.kind !== 'idempotent') return decision;
  return { kind: 'wrong-expected-version', current: decision.last };
}
