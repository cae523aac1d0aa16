/** What every store finds wrong in the same words. */

import { PaymentOrderError, type ErrorCode } from '../errors.ts';
import { escapeForTerminal } from '../text.ts';
import type { JsonObject } from './event-store.ts';

export function storeClosed(name: string): PaymentOrderError {
  return new PaymentOrderError('store-closed', `the ${name} store is closed`);
}

/** Where a message is about. A stream's name may hold anything, so it is escaped. */
export function placeOf(stream: string, revision?: number): string {
  const name = `stream ${escapeForTerminal(stream)}`;
  return revision === undefined ? name : `${name}, revision ${revision}`;
}

/** For an append that surely stored nothing. */
export function nothingStored(code: ErrorCode, stream: string, problem: string): PaymentOrderError {
  const message = `${placeOf(stream)}: ${problem}; nothing was stored`;
  return new PaymentOrderError(code, message, { stream });
}

export function tooManyAppends(
  stream: string,
  state: 'waiting' | 'in flight',
  appendsMax: number,
  bytesMax: number,
): PaymentOrderError {
  const limits = `(limits: ${appendsMax} appends, ${bytesMax} bytes)`;
  const problem = `too many appends are ${state} already ${limits}`;
  return nothingStored('store-unavailable', stream, problem);
}

export function missingRevision(
  stream: string,
  revision: number,
  found: number,
  hint = '',
): PaymentOrderError {
  const message = `${placeOf(stream)}: revision ${revision} is missing, ${found} follows${hint}`;
  return new PaymentOrderError('not-contiguous', message, { stream, revision, found });
}

type Place = { readonly stream: string; readonly revision: number; readonly position?: string };

/** For stored `data` or `metadata`. Without a cause: a syntax error would quote the text. */
export function notAnObject(field: string, place: Place): PaymentOrderError {
  const { stream, revision } = place;
  const message = `${placeOf(stream, revision)}: the stored ${field} is not a JSON object`;
  return new PaymentOrderError('store-corrupt', message, place);
}

/** For what `JSON.parse` or the client of EventStoreDB gave, which may also be raw bytes. */
export function isJsonObject(value: unknown): value is JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof Uint8Array);
}
