import { PaymentOrderError, type ErrorCode } from '../../errors.ts';

/**
 * What an error of SQLite means to a caller. The result code decides, never the text: the primary
 * code is its lowest byte, the extended codes refine it.
 */

/** SQLITE_ERROR. Our statements are right, so from them it means that the schema is wrong. */
const generic = 1;
const busy = 5;
const ioError = 10;
const corrupt = 11;
const full = 13;
const constraint = 19;
const notADatabase = 26;

/** SQLite's extended result code, or undefined for an error of another kind. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

export function isNotADatabase(error: unknown): boolean {
  return primaryCode(error) === notADatabase;
}

/** SQLITE_BUSY in all its extensions: another connection is in the way, now. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy;
}

export function isConstraint(error: unknown): boolean {
  return primaryCode(error) === constraint;
}

export function isCorrupt(error: unknown): boolean {
  // A number that none of our events has: Node refuses to read it.
  if (error instanceof RangeError && 'code' in error) return error.code === 'ERR_OUT_OF_RANGE';
  const code = primaryCode(error);
  return code === corrupt || code === notADatabase;
}

/** An error while opening or reading. */
export function readError(error: unknown, action: string): PaymentOrderError {
  if (error instanceof PaymentOrderError) return error;
  return named(isCorrupt(error) ? 'store-corrupt' : 'store-unavailable', error, action);
}

/** An error of our own statements where they do not fit the schema that is stored. */
export function schemaError(error: unknown, action: string): PaymentOrderError {
  if (primaryCode(error) !== generic) return readError(error, action);
  return named('store-corrupt', error, action);
}

/**
 * An error while appending. Before COMMIT was begun (`committing`), an error that SQLite does not
 * call doubtful has surely stored nothing.
 */
export function appendError(error: unknown, committing: boolean): PaymentOrderError {
  return named(appendErrorCode(error, committing), error, 'appending to the SQLite store failed');
}

export function readOnly(path: string, action: string, absent: boolean): PaymentOrderError {
  const why = absent ? 'there is no file, and it was opened' : 'it was opened';
  const message = `the SQLite store ${path} cannot be ${action}: ${why} to read only`;
  return new PaymentOrderError('store-read-only', message);
}

function appendErrorCode(error: unknown, committing: boolean): ErrorCode {
  const code = primaryCode(error);
  if (code === busy) return 'store-unavailable';
  if (code === full || code === ioError) return 'append-outcome-unknown';
  // Everything was looked up before, under the write lock: now an index contradicts its table.
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
  return new PaymentOrderError(code, `${action}: ${detail}`, { cause });
}
