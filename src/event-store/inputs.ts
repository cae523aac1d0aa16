import { PaymentOrderError } from '../errors.ts';
import type { ExpectedRevision } from './event-store.ts';

const streamCharactersMax = 200;

/** Throws `invalid-input` for a stream name that a store could not keep apart from another. */
export function checkStream(stream: unknown): void {
  if (typeof stream !== 'string' || stream === '') throw invalid('stream', 'a non-empty string');
  checkText('stream', stream);
}

/** As `checkStream`, but a prefix may be empty: every stream begins with it. */
export function checkPrefix(prefix: unknown): void {
  if (typeof prefix !== 'string') throw invalid('prefix', 'a string');
  checkText('prefix', prefix);
}

export function checkFromRevision(revision: unknown): void {
  if (!isCount(revision)) throw invalid('fromRevision', 'a whole number from 0 on');
}

/** The revision that the stream's head must have: -1 stands for an empty stream. */
export function headExpected(expected: ExpectedRevision): number {
  if (expected === 'no-stream') return -1;
  if (!isCount(expected)) throw invalid('expected', "a revision from 0 on, or 'no-stream'");
  return expected;
}

/** The number behind an opaque position; 0 stands before the first event. */
export function positionNumber(position: unknown): number {
  if (position === null) return 0;
  const number = typeof position === 'string' && /^\d{1,16}$/.test(position) ? +position : NaN;
  if (!isCount(number)) throw invalid('afterPosition', 'null or a position that this store gave');
  return number;
}

function checkText(field: string, text: string): void {
  if (text.length > streamCharactersMax) {
    throw invalid(field, `at most ${streamCharactersMax} characters long`);
  }
  if (!isPlainText(text)) throw invalid(field, 'well-formed text without NUL');
}

/**
 * A lone surrogate would be stored as U+FFFD and so merge two names; a NUL ends text in C.
 */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0 && !Object.is(value, -0);
}

function invalid(field: string, wanted: string): PaymentOrderError {
  return new PaymentOrderError('invalid-input', `The store expects ${field} to be ${wanted}.`, {
    field,
  });
}
