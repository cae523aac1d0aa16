/**
 * What an error of SQLite means to a caller. The result code decides, never the text: the primary
 * code is its lowest byte, the extended codes refine it.
 */

import { PaymentOrderError, type ErrorCode } from '../../errors.ts';

/** Primary result codes by name. */
const primaryCodes = {
  /** SQLITE_ERROR. Our statements are right, so from them it means that the schema is wrong. */
  generic: 1,
  /** Another connection is in the way, now. */
  busy: 5,
  ioError: 10,
  corrupt: 11,
  full: 13,
  constraint: 19,
  notADatabase: 26,
} as const;

/** SQLite's extended result code, or undefined for an error of another kind. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** Whether it is an error of SQLite with one of these primary codes, in any extension. */
export function hasCode(error: unknown, ...names: (keyof typeof primaryCodes)[]): boolean {
  const code = resultCode(error);
  return code !== undefined && names.some((name) => primaryCodes[name] === (code & 0xff));
}

export function isCorrupt(error: unknown): boolean {
  // A number that none of our events has: Node refuses to read it.
  if (error instanceof RangeError && 'code' in error) return error.code === 'ERR_OUT_OF_RANGE';
  return hasCode(error, 'corrupt', 'notADatabase');
}

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
