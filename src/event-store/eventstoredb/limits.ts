/** Bounds of the EventStoreDB adapter; these fit a cluster in production. */
export const limitDefaults = {
  /** The deadline of one append, ms; longer than the 2 s after which the server itself gives up. */
  appendTryMs: 2_500,
  /** How much later than the deadline the local watchdog stops waiting, ms. */
  watchdogMarginMs: 250,
  /** How long the server may send nothing during a read, ms. */
  readIdleMs: 5_000,
  /** Total wait for the server in one read of one stream, ms. */
  readTotalMs: 60_000,
  /** How long a failing read is tried again without one event of progress, ms. */
  readRetryMs: 8_000,
  /** A subscription that hears nothing for this long is replaced, ms. */
  silenceMs: 30_000,
  /** The first wait before a read is tried again, ms; the next ones double, with jitter. */
  backoffMs: 50,
  /** The longest such wait, ms. */
  backoffMsMax: 2_000,
  /** How long opening waits for a server that is not there yet, ms. */
  openMs: 10_000,
  /** How long closing waits for appends in flight, ms; longer than one try and its read-back. */
  closeMs: 6_000,
  /** Subscriptions and reads of all streams open at once; a connection has 100 calls. */
  subscriptionsMax: 50,
  /** Appends in flight at once. */
  appendsMax: 1_000,
  /** Bytes of appends in flight at once. */
  appendBytesMax: 64 * 1024 * 1024,
  /** After this many unclassified failures in a row the client is replaced. */
  failuresMax: 3,
};

export type EventStoreDbLimits = { readonly [Limit in keyof typeof limitDefaults]: number };
