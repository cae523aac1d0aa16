/** What an error of SQLite means to a caller. */

import { PaymentOrderError, type ErrorCode } from '../../errors.ts';
import { hasCode, isCorrupt, resultCode } from '../../sqlite-errors.ts';

/** An error while opening or reading. */
export function readError(error: unknown, action: string): PaymentOrderError {
  if (error instanceof PaymentOrderError) return error;
  return named(isCorrupt(error) ? 'store-corrupt' : 'store-unavailable', error, action);
}

/** An error of our own statements where they do not fit the schema that is stored. */
export function schemaError(error: unknown, action: string): PaymentOrderError {
  if (!hasCode(error, 'generic')) return readError(error, action);
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
  if (hasCode(error, 'busy')) return 'store-unavailable';
  if (hasCode(error, 'full', 'ioError')) return 'append-outcome-unknown';
  // Everything was looked up before, under the write lock: now an index contradicts its table.
  if (hasCode(error, 'constraint') || isCorrupt(error)) return 'store-corrupt';
  return committing ? 'append-outcome-unknown' : 'store-unavailable';
}

function named(code: ErrorCode, cause: unknown, action: string): PaymentOrderError {
  const why = cause instanceof Error ? cause.message : 'unknown error';
  const number = resultCode(cause);
  const detail = number === undefined ? why : `${why} (SQLite ${number})`;
  return new PaymentOrderError(code, `${action}: ${detail}`, { cause });
}
