import { invalidInput } from '../errors.ts';
import type { ExpectedRevision } from './event-store.ts';

const streamCharactersMax = 200;

/** @throws {PaymentOrderError} `invalid-input` for a name that a store could not keep apart. */
export function checkStream(stream: unknown): void {
  if (typeof stream !== 'string' || stream === '') {
    throw invalidInput('stream', 'must be a non-empty string');
  }
  checkText('stream', stream);
}

/** As `checkStream`, but a prefix may be empty: every stream begins with it. At least one. */
export function prefixesOf(prefix: unknown): readonly string[] {
  const prefixes: readonly unknown[] = Array.isArray(prefix) ? prefix : [prefix];
  const checked = prefixes.map((each) => {
    if (typeof each !== 'string') throw invalidInput('prefix', 'must be a string');
    checkText('prefix', each);
    return each;
  });
  if (checked.length > 0) return checked;
  throw invalidInput('prefix', 'must be one at least');
}

/** Whether a stream is one of those asked for. */
export function isAskedFor(stream: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => stream.startsWith(prefix));
}

export function checkFromRevision(revision: unknown): void {
  if (!isCount(revision)) throw invalidInput('fromRevision', 'must be a whole number from 0 on');
}

/** The revision that the stream's head must have; -1 for an empty stream. */
export function headExpected(expected: ExpectedRevision): number {
  if (expected === 'no-stream') return -1;
  if (isCount(expected)) return expected;
  throw invalidInput('expected', "must be a revision from 0 on, or 'no-stream'");
}

/** The number in a position of memory or SQLite; 0 stands before the first event. */
export function positionNumber(position: unknown, field?: string): number {
  if (position === null && field === undefined) return 0;
  const number = typeof position === 'string' && /^\d{1,16}$/.test(position) ? +position : NaN;
  if (isCount(number)) return number;
  throw invalidPosition(field);
}

export function invalidPosition(field = 'afterPosition') {
  const orNull = field === 'afterPosition' ? 'null or ' : '';
  return invalidInput(field, `must be ${orNull}a position that this store gave`);
}

function checkText(field: string, text: string): void {
  if (text.length > streamCharactersMax) {
    throw invalidInput(field, `must be at most ${streamCharactersMax} characters long`);
  }
  if (!isPlainText(text)) throw invalidInput(field, 'must be well-formed text without NUL');
}

/** A lone surrogate would be stored as U+FFFD and so merge two names; a NUL ends text in C. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && !Object.is(value, -0);
}
