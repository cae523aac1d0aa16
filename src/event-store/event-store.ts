/** A JSON value, as `JSON.parse` gives it. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** An event ready to be appended. A retry of the append sends exactly this again, id included. */
export type PreparedEvent = {
  /** A UUID, drawn when the batch was prepared. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
};

/** An event as the store returns it. */
export type RecordedEvent = PreparedEvent & {
  readonly stream: string;
  /** 0-based and contiguous within its stream. */
  readonly revision: number;
  /** Where it stands among all events of the store. Opaque: pass it back as it is. */
  readonly position: string;
};

/** The revision of the last event read, or `'no-stream'` when the stream was empty. */
export type ExpectedRevision = number | 'no-stream';

/**
 * - `appended`: durable. `revision` and `position` are those of the batch's last event. `settled` is
 *   `after-doubt` where the batch was found stored already or a retry was needed: time has passed,
 *   and others may have written since. Otherwise it is `first-try`.
 * - `conflict`: nothing of the batch was stored; the stream's head is not at the expected revision.
 */
export type AppendResult =
  | {
      readonly kind: 'appended';
      readonly revision: number;
      readonly position: string;
      readonly settled: 'first-try' | 'after-doubt';
    }
  | { readonly kind: 'conflict' };

/** Which event stands at a position. */
export type EventPlace = Pick<RecordedEvent, 'stream' | 'revision' | 'id' | 'type'>;

/** How the names of the streams begin that are asked for: in one way, or in one of several. */
export type Prefix = string | readonly string[];

/**
 * Called while all streams are read, after every few hundred events or more: the caller has taken
 * every event up to `position` that it asked for, and the store has looked past those of others.
 * Reading may go on after it. `share` is how much of the way to the newest event that is, from 0 to 1.
 */
export type Reached = (position: string, share: number) => void;

/**
 * Called by a store that subscribes again by itself, instead of an error: with false when it cannot
 * follow, and with true when it follows again.
 */
export type OnFollowing = (isFollowing: boolean) => void;

/** What a caller knows of a store that only it writes to. A server shared with others ignores it. */
export type StoreExpectations = {
  /** The name of every stream begins with one of these. */
  readonly prefixes?: readonly string[];
  /** No batch had more events than this. */
  readonly batchEventsMax?: number;
};

/**
 * The port of every store. The contract suite (`src/testing/store-contract.ts`), which every adapter
 * passes, defines what it means.
 *
 * Errors are `PaymentOrderError`s. `store-unavailable`: nothing was stored.
 * `append-outcome-unknown`: the batch may have been stored. `store-corrupt`, `store-closed` and
 * `event-too-large` are final. `invalid-event` names the JSON or text that cannot be kept as it is.
 *
 * What reads lets the event loop turn, at the latest after some 10 ms of its own work, by awaiting a
 * `setImmediate`. Its callers read thousands of events in one loop, and a promise that is resolved
 * already gives no turn, so without this no timer or answer of the gateway comes in between.
 */
export type EventStore = {
  /**
   * Appends 1 to 100 events, all or nothing, at exactly the expected revision; there is no 'any'.
   *
   * An adapter makes one try. After an unknown outcome pass the same batch again: with the same ids
   * at the same expected revision it is `appended` and stored once.
   */
  append(
    stream: string,
    events: readonly PreparedEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult>;
  /** The stream's events from a revision on, oldest first; an unknown stream reads as empty. */
  read(stream: string, fromRevision?: number): AsyncIterable<RecordedEvent>;
  /** The last event of the stream, or null where there is none. */
  readLast(stream: string): Promise<RecordedEvent | null>;
  /**
   * All events of the streams whose name begins with `prefix`, in the order of their positions,
   * after `afterPosition` (null: from the beginning) up to the newest event at the time of the call,
   * which is `reached` in the end.
   */
  readAll(
    afterPosition: string | null,
    prefix: Prefix,
    reached?: Reached,
  ): AsyncIterable<RecordedEvent>;
  /** As `readAll`, and goes on with later events until `signal` aborts; then it ends. */
  subscribe(
    afterPosition: string | null,
    prefix: Prefix,
    signal: AbortSignal,
    reached?: Reached,
    onFollowing?: OnFollowing,
  ): AsyncIterable<RecordedEvent>;
  /**
   * The event that stands exactly at a position, in whatever stream; null where none does. After a
   * backup was restored, another one may stand there.
   */
  placeAt(position: string): Promise<EventPlace | null>;
  /** The names of all streams that begin with `prefix`, in the order they were first written. */
  streams(prefix: string): AsyncIterable<string>;
  /**
   * The damage that the store finds in its files, tables, indexes and columns, a sentence each.
   * Empty where it finds none, or cannot look. Histories are checked by `verify`.
   */
  check(expected?: StoreExpectations): Promise<readonly string[]>;
  /**
   * Copies the store into a new file while others go on writing, and gives `examine` the copy, to
   * read, before it has its name: where that fails, or `signal` aborts, no file is left. Absent where
   * a store has a backup of its own, or keeps nothing.
   */
  backup?<Found>(
    path: string,
    examine: (copy: EventStore) => Promise<Found>,
    signal?: AbortSignal,
  ): Promise<Found>;
  /** Ends subscriptions and releases what is held. Harmless when repeated. */
  close(): Promise<void>;
};
