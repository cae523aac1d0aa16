/** A JSON value: what `JSON.parse` gives. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

/** An event ready to be appended. Retrying an append resends exactly this, id included. */
export type PreparedEvent = {
  /** A UUID, drawn when the batch was prepared. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
};

/** An event as the store gives it back. */
export type RecordedEvent = PreparedEvent & {
  readonly stream: string;
  /** 0-based and contiguous within its stream. */
  readonly revision: number;
  /** Where it stands among all events of the store; opaque, to be passed back as it is. */
  readonly position: string;
};

/** The revision of the last event read, or `'no-stream'` when the stream was empty. */
export type ExpectedRevision = number | 'no-stream';

/**
 * - `appended`: durable. `revision` and `position` are those of the batch's last event.
 *   `settled` tells how the answer was reached: at the `first-try`, or `after-doubt`: a retry or
 *   a read-back was needed, so time has passed and others may have written since.
 * - `conflict`: nothing of the batch was stored; the stream's head is not where it was expected.
 */
export type AppendResult =
  | {
      readonly kind: 'appended';
      readonly revision: number;
      readonly position: string;
      readonly settled: 'first-try' | 'after-doubt';
    }
  | { readonly kind: 'conflict' };

/** What a caller knows of a store that is its alone; a server shared with others ignores it. */
export type StoreExpectations = {
  /** Every stream's name begins with one of these. */
  readonly prefixes?: readonly string[];
  /** No batch held more events than this. */
  readonly batchEventsMax?: number;
};

/**
 * The port every store keeps. What its words mean is said by the contract suite
 * (`src/testing/store-contract.ts`), which every adapter passes.
 *
 * Errors are `PaymentOrderError`s: `store-unavailable` = nothing was stored;
 * `append-outcome-unknown` = it may have been; `store-corrupt`, `store-closed`,
 * `event-too-large` are final; `invalid-event` names what JSON or text cannot be kept as it is.
 */
export type EventStore = {
  /**
   * Appends 1 to 100 events, all or nothing, at exactly the expected revision; there is no 'any'.
   * The same batch (same ids, same expected revision) again is `appended` and stored once.
   */
  append(
    stream: string,
    events: readonly PreparedEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult>;
  /** The stream's events from a revision on, oldest first; an unknown stream reads as empty. */
  read(stream: string, fromRevision?: number): AsyncIterable<RecordedEvent>;
  /** The stream's last event, or null where there is none. */
  readLast(stream: string): Promise<RecordedEvent | null>;
  /**
   * All events of the streams whose name begins with `prefix`, in the order of their positions,
   * after `afterPosition` (null: from the beginning) up to what is there when it begins.
   */
  readAll(afterPosition: string | null, prefix: string): AsyncIterable<RecordedEvent>;
  /** As `readAll`, then goes on with what is appended later, until `signal` aborts: then it ends. */
  subscribe(
    afterPosition: string | null,
    prefix: string,
    signal: AbortSignal,
  ): AsyncIterable<RecordedEvent>;
  /** The names of all streams that begin with `prefix`, in the order they were first written. */
  streams(prefix: string): AsyncIterable<string>;
  /**
   * What the store finds wrong with itself, a sentence each: files, tables, indexes, columns. Empty where
   * all is well, or where it has no way to look. Whether histories are true is `verify`'s business.
   */
  check(expected?: StoreExpectations): Promise<readonly string[]>;
  /** Ends subscriptions and gives back what is held. Harmless when repeated. */
  close(): Promise<void>;
};
