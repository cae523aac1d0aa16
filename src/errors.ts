/**
 * The one family of operating errors, and the one table of their codes.
 *
 * Answers (a rejection, a conflict, an outcome of the gateway) are values and are never thrown. What
 * is thrown says what happened, where, and what to do. It holds no secret and no payer data.
 */

type ErrorRule = {
  /** What it concerns: the caller's input, the store, a stored history, and so on. */
  readonly lane: 'input' | 'store' | 'history' | 'gateway' | 'inbox' | 'machine' | 'process';
  /** True where the same call may succeed later, without anybody changing anything. */
  readonly retryable: boolean;
  /** What the `payment-order` command ends with. */
  readonly exitCode: 1 | 2 | 3 | 4 | 5 | 6 | 7;
};

/** Every code there is. What a code means to a caller is decided here and nowhere else. */
export const errorCodes = {
  'invalid-input': { lane: 'input', retryable: false, exitCode: 2 },
  /** Reported to `onError` and left out of the record; nothing is refused because of it. */
  'invalid-traceparent': { lane: 'input', retryable: false, exitCode: 2 },
  'command-id-reused': { lane: 'input', retryable: false, exitCode: 2 },
  /** The order or the notice has moved on from `ifRevision`. Look again before you decide again. */
  'revision-moved': { lane: 'input', retryable: false, exitCode: 7 },
  'order-not-found': { lane: 'input', retryable: false, exitCode: 5 },
  'notice-not-found': { lane: 'input', retryable: false, exitCode: 5 },
  /** No checkpoint of the log covers what was asked for. */
  'checkpoint-not-found': { lane: 'input', retryable: false, exitCode: 5 },
  'gateway-not-configured': { lane: 'input', retryable: false, exitCode: 2 },
  /** The order is one of a gateway that this process does not have, or records none. */
  'no-gateway': { lane: 'input', retryable: false, exitCode: 2 },
  /** The gateway has no `query`, or no `queryBill`. */
  'gateway-cannot-be-asked': { lane: 'input', retryable: false, exitCode: 2 },
  'invalid-gateway-url': { lane: 'input', retryable: false, exitCode: 2 },
  'invalid-private-key': { lane: 'input', retryable: false, exitCode: 2 },
  'invalid-store-url': { lane: 'input', retryable: false, exitCode: 2 },
  /** Nothing was written. */
  'store-unavailable': { lane: 'store', retryable: true, exitCode: 6 },
  /** Read the stream before you write again. */
  'append-outcome-unknown': { lane: 'store', retryable: true, exitCode: 6 },
  'too-much-contention': { lane: 'store', retryable: true, exitCode: 1 },
  'store-denied': { lane: 'store', retryable: false, exitCode: 6 },
  'store-read-only': { lane: 'store', retryable: false, exitCode: 6 },
  'store-not-ours': { lane: 'store', retryable: false, exitCode: 6 },
  'store-newer': { lane: 'store', retryable: false, exitCode: 6 },
  /** The store has a backup of its own, or keeps nothing. */
  'backup-unsupported': { lane: 'store', retryable: false, exitCode: 2 },
  'store-closed': { lane: 'store', retryable: false, exitCode: 6 },
  'event-too-large': { lane: 'store', retryable: false, exitCode: 1 },
  'stream-full': { lane: 'store', retryable: false, exitCode: 1 },
  'store-corrupt': { lane: 'history', retryable: false, exitCode: 3 },
  'unknown-event-type': { lane: 'history', retryable: false, exitCode: 3 },
  'unknown-schema-version': { lane: 'history', retryable: false, exitCode: 3 },
  'invalid-event': { lane: 'history', retryable: false, exitCode: 3 },
  'not-contiguous': { lane: 'history', retryable: false, exitCode: 3 },
  'illegal-history': { lane: 'history', retryable: false, exitCode: 3 },
  /** The store does not extend what was signed: an event was altered, lost or added before it. */
  'log-contradicted': { lane: 'history', retryable: false, exitCode: 3 },
  'replay-divergence': { lane: 'history', retryable: false, exitCode: 4 },
  /** A gateway of your own threw, or gave what no event can hold. */
  'gateway-failed': { lane: 'gateway', retryable: false, exitCode: 1 },
  /** The platform answered a question with another order. The answer was not used. */
  'wrong-order-answered': { lane: 'gateway', retryable: false, exitCode: 1 },
  /** A translator of your own threw, or did not answer. */
  'translator-failed': { lane: 'inbox', retryable: false, exitCode: 1 },
  /** Recovery goes on without it. */
  'heartbeat-unwritable': { lane: 'process', retryable: true, exitCode: 1 },
  'unsupported-machine': { lane: 'machine', retryable: false, exitCode: 1 },
  'unsupported-node': { lane: 'process', retryable: false, exitCode: 1 },
} as const satisfies Readonly<Record<string, ErrorRule>>;

export type ErrorCode = keyof typeof errorCodes;

/** Thrown for every operating error of this module. */
export class PaymentOrderError extends Error {
  /** Stable across releases: switch on this, not on the message. */
  readonly code: ErrorCode;
  /** The stream it happened in, where there is one. */
  readonly stream: string | undefined;
  /** The 0-based revision it happened at, where there is one. */
  readonly revision: number | undefined;
  /** The input field it is about, for errors of input. */
  readonly field: string | undefined;
  /** What is wrong with that field, without its name, so that a surface can name it its own way. */
  readonly problem: string | undefined;
  /** Where in the store the unreadable event stands: reading may go on after it. */
  readonly position: string | undefined;
  /** The revision that was found where another was expected, for `not-contiguous` of a store. */
  readonly found: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PaymentOrderError';
    this.code = code;
    this.stream = details.stream;
    this.revision = details.revision;
    this.field = details.field;
    this.problem = details.problem;
    this.position = details.position;
    this.found = details.found;
  }
}

export type ErrorDetails = Partial<Omit<PaymentOrderError, 'code' | keyof Error>> & {
  readonly cause?: unknown;
};

/** `invalid-input` about one field; the message is composed here. `problem` begins with a verb. */
export function invalidInput(
  field: string,
  problem: string,
  details: Omit<ErrorDetails, 'field' | 'problem'> = {},
): PaymentOrderError {
  const message = `${field}: ${problem}; nothing was stored or sent`;
  return new PaymentOrderError('invalid-input', message, { ...details, field, problem });
}

/** True for one of our errors after which the same call may succeed. */
export function isRetryable(error: unknown): error is PaymentOrderError {
  return error instanceof PaymentOrderError && errorCodes[error.code].retryable;
}
