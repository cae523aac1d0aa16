import { PaymentOrderError, type ErrorCode } from '../../errors.ts';

/** SQLITE_ERROR: of a statement that is right, it says that the schema is wrong. */
const generic = 1;
const busy = 5;
const ioError = 10;
const corrupt = 11;
const full = 13;
const constraint = 19;
const notADatabase = 26;

/** SQLite's extended result code, where the error is one of its own. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** SQLITE_BUSY in all its extensions: another connection is in the way, now. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy;
}

export function isConstraint(error: unknown): boolean {
  return primaryCode(error) === constraint;
}

export function isCorrupt(error: unknown): boolean {
  // A number that no event of ours has: Node refuses to read it.
  if (error instanceof RangeError && 'code' in error) return error.code === 'ERR_OUT_OF_RANGE';
  const code = primaryCode(error);
  return code === corrupt || code === notADatabase;
}

/** What an error while opening or reading is to a caller. */
export function readError(error: unknown, action: string): PaymentOrderError {
  if (error instanceof PaymentOrderError) return error;
  return named(isCorrupt(error) ? 'store-corrupt' : 'store-unavailable', error, action);
}

/** What an error is to a caller when our own statements do not fit the schema that is stored. */
export function schemaError(error: unknown, action: string): PaymentOrderError {
  if (primaryCode(error) !== generic) return readError(error, action);
  return named('store-corrupt', error, action);
}

/**
 * What an error while appending is to a caller. `committing` tells whether COMMIT was under way:
 * before it, an error that SQLite does not call doubtful has surely stored nothing.
 */
export function appendError(error: unknown, committing: boolean): PaymentOrderError {
  return named(appendErrorCode(error, committing), error, 'Appending to the SQLite store failed');
}

function appendErrorCode(error: unknown, committing: boolean): ErrorCode {
  const code = primaryCode(error);
  if (code === busy) return 'store-unavailable';
  if (code === full || code === ioError) return 'append-outcome-unknown';
  // Under the write lock all was looked up before: now an index contradicts its table.
  if (code === constraint || isCorrupt(error)) return 'store-corrupt';
  return committing ? 'append-outcome-unknown' : 'store-unavailable';
}

function primaryCode(error: unknown): number | undefined {
  const code = resultCode(error);
  return code === undefined ? undefined : code & 0xff;
}

function named(code: ErrorCode, cause: unknown, action: string): PaymentOrderError {
  const why = cause instanceof Error ? cause.message : 'unknown error';
  const number = resultCode(cause);
  const detail = number === undefined ? why : `${why} (SQLite ${number})`;
  return new PaymentOrderError(code, `${action}: ${detail}.`, { cause });
}
