/** Bounds of the EventStoreDB adapter; each has a default that fits a cluster in production. */
export type EventStoreDbLimits = {
  /** The deadline of one append, ms; longer than the 2 s after which the server itself gives up. */
  readonly appendTryMs: number;
  /** How much later than the deadline the local watchdog stops waiting, ms. */
  readonly watchdogMarginMs: number;
  /** How long the server may send nothing during a read, ms. */
  readonly readIdleMs: number;
  /** Total wait for the server in one read of one stream, ms. */
  readonly readTotalMs: number;
  /** How long a failing read is tried again without one event of progress, ms. */
  readonly readRetryMs: number;
  /** A subscription that hears nothing for this long is replaced, ms. */
  readonly silenceMs: number;
  /** The first wait before a read is tried again, ms; the next ones double, with jitter. */
  readonly backoffMs: number;
  /** The longest such wait, ms. */
  readonly backoffMsMax: number;
  /** How long opening waits for a server that is not there yet, ms. */
  readonly openMs: number;
  /** How long closing waits for appends in flight, ms; longer than one try and its read-back. */
  readonly closeMs: number;
  /** Subscriptions and reads of all streams open at once; a connection has 100 calls. */
  readonly subscriptionsMax: number;
  /** Appends in flight at once. */
  readonly appendsMax: number;
  /** Bytes of appends in flight at once. */
  readonly appendBytesMax: number;
  /** After this many unclassified failures in a row the client is replaced. */
  readonly failuresMax: number;
};

export const limitDefaults: EventStoreDbLimits = {
  appendTryMs: 2_500,
  watchdogMarginMs: 250,
  readIdleMs: 5_000,
  readTotalMs: 60_000,
  readRetryMs: 8_000,
  silenceMs: 30_000,
  backoffMs: 50,
  backoffMsMax: 2_000,
  openMs: 10_000,
  closeMs: 6_000,
  subscriptionsMax: 50,
  appendsMax: 1_000,
  appendBytesMax: 64 * 1024 * 1024,
  failuresMax: 3,
};
