/** Bounds of the EventStoreDB adapter; each has a default that fits a cluster in production. */
export type EventStoreDbLimits = {
  /** One try of an append, ms; longer than the 2 s after which the server itself gives up. */
  readonly appendTryMs: number;
  /** All tries of one append, ms: shorter than what the service gives an append (10 s). */
  readonly appendBudgetMs: number;
  /** What a local watchdog leaves the client over a deadline before it stops waiting, ms. */
  readonly watchdogMarginMs: number;
  /** How long the server may say nothing while it is read from, ms. */
  readonly readIdleMs: number;
  /** Waiting for the server in one reading of one stream, altogether, ms. */
  readonly readTotalMs: number;
  /** How long a failing reading is tried again without one event of progress, ms. */
  readonly readRetryMs: number;
  /** A subscription that hears nothing for so long is made anew, ms. */
  readonly silenceMs: number;
  /** The first wait before something is tried again, ms; the next ones double, with jitter. */
  readonly backoffMs: number;
  /** The longest such wait, ms. */
  readonly backoffMsMax: number;
  /** How long opening waits for a server that is not there yet, ms. */
  readonly openMs: number;
  /** How long closing waits for appends in flight, ms; longer than their budget. */
  readonly closeMs: number;
  /** Subscriptions and readings of all streams open at once, of the 100 calls of a connection. */
  readonly subscriptionsMax: number;
  /** Appends in flight at once. */
  readonly appendsMax: number;
  /** Bytes of appends in flight at once. */
  readonly appendBytesMax: number;
  /** After so many failures in a row that nobody can name, the client is made anew. */
  readonly failuresMax: number;
};

export const limitDefaults: EventStoreDbLimits = {
  appendTryMs: 2_500,
  appendBudgetMs: 8_000,
  watchdogMarginMs: 250,
  readIdleMs: 5_000,
  readTotalMs: 60_000,
  readRetryMs: 8_000,
  silenceMs: 30_000,
  backoffMs: 50,
  backoffMsMax: 2_000,
  openMs: 10_000,
  closeMs: 9_000,
  subscriptionsMax: 50,
  appendsMax: 1_000,
  appendBytesMax: 64 * 1024 * 1024,
  failuresMax: 3,
};
