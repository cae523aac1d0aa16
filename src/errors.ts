/**
 * The one family of operating errors. Answers (a rejection, a conflict, an outcome of the gateway)
 * are values and never thrown; what is thrown tells what happened, where, and what to do, and
 * holds no secret and no payer data.
 */
export class PaymentOrderError extends Error {
  /** Stable across releases: switch on this, not on the message. */
  readonly code: ErrorCode;
  /** The stream it happened in, where there is one. */
  readonly stream: string | undefined;
  /** The 0-based revision it happened at, where there is one. */
  readonly revision: number | undefined;
  /** The input field it is about, for `invalid-input`. */
  readonly field: string | undefined;
  /** Where in the store the event stands that cannot be read, for `store-corrupt`. */
  readonly position: string | undefined;
  /** The revision that stands where another was expected, for `not-contiguous` of a store. */
  readonly found: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PaymentOrderError';
    this.code = code;
    this.stream = details.stream;
    this.revision = details.revision;
    this.field = details.field;
    this.position = details.position;
    this.found = details.found;
  }
}

export type ErrorDetails = {
  readonly stream?: string | undefined;
  readonly revision?: number | undefined;
  readonly field?: string | undefined;
  readonly position?: string | undefined;
  readonly found?: number | undefined;
  readonly cause?: unknown;
};

/**
 * Every code there is, by what the caller can do about it.
 *
 * - input: `invalid-input`, `command-id-reused`, `order-not-found`, `gateway-not-configured`,
 *   `invalid-gateway-url`, `invalid-private-key`, `invalid-store-url`
 * - store: `store-unavailable` (nothing was written), `append-outcome-unknown` (read before you
 *   write again), `store-not-ours`, `store-newer`, `store-corrupt`, `store-closed`,
 *   `store-read-only`, `store-denied`, `event-too-large`, `stream-full`, `too-much-contention`
 * - history: `unknown-event-type`, `unknown-schema-version`, `invalid-event`, `not-contiguous`,
 *   `illegal-history`, `replay-divergence`
 * - gateway: `gateway-failed` (a port threw)
 * - machine: `unsupported-machine`
 */
export type ErrorCode =
  | 'invalid-input'
  | 'command-id-reused'
  | 'order-not-found'
  | 'gateway-not-configured'
  | 'invalid-gateway-url'
  | 'invalid-private-key'
  | 'invalid-store-url'
  | 'gateway-failed'
  | 'store-unavailable'
  | 'store-read-only'
  | 'store-denied'
  | 'append-outcome-unknown'
  | 'store-not-ours'
  | 'store-newer'
  | 'store-corrupt'
  | 'store-closed'
  | 'event-too-large'
  | 'stream-full'
  | 'too-much-contention'
  | 'unknown-event-type'
  | 'unknown-schema-version'
  | 'invalid-event'
  | 'not-contiguous'
  | 'illegal-history'
  | 'replay-divergence'
  | 'unsupported-machine';
