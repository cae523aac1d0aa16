import { printable } from '../../../machines/payment-order.events.ts';
import { invalidInput, PaymentOrderError } from '../../errors.ts';
import type { Actor, Witness } from '../../history/event.ts';
import type { Moment } from '../../history/results.ts';
import { parseInput } from '../../parse.ts';
import { parseMoment } from '../../order/input.ts';

/** The command line cannot be understood; nothing was opened, stored or sent. */
export class UsageError extends Error {
  readonly code = 'usage';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Of a key's DER, or of its PEM. */
const keyInBase64 = /(?:^|=)[\s"']*(?:MI|LS0tLS1CRUdJ)[A-Za-z0-9+/_\\\r\n-]{200}/;

/**
 * Refuses a private key without reading or repeating it, since every process can see a command
 * line. Refuses bytes that are not UTF-8, since they arrive as U+FFFD and not as they were meant.
 *
 * @throws {PaymentOrderError} `invalid-private-key` or `invalid-input`
 */
export function refuseUnfitArguments(argv: readonly string[]): void {
  for (const argument of argv) {
    if (argument.includes('-----BEGIN') || keyInBase64.test(argument)) {
      throw new PaymentOrderError(
        'invalid-private-key',
        'an argument holds a key: put it into a file with chmod 600 and pass its path with ' +
          '--private-key-file; every process can see a key on a command line',
      );
    }
    if (argument.includes('PRIVATE+KEY+')) {
      throw new PaymentOrderError(
        'invalid-private-key',
        'an argument holds the key of a log or a witness: name the file that tlog keygen wrote; ' +
          'every process can see a key on a command line',
      );
    }
    if (argument.includes('\u{fffd}')) {
      throw new PaymentOrderError('invalid-input', 'an argument is not valid UTF-8');
    }
  }
}

/** @throws {PaymentOrderError} `invalid-input`, which names the field and never the value */
export function wholeNumber(
  text: string,
  field: string,
  least: 0 | 1 = 1,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const number = Number(text);
  const isWhole = /^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(number);
  if (isWhole && number >= least && number <= most) return number;
  const problem = `must be a whole number from ${least} to ${most}, in plain digits`;
  throw invalidInput(field, problem);
}

/** Of `--port`. @throws {UsageError} */
export function portFrom(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError('--port must be a number from 0 to 65535; 0 takes any free port');
}

/** `ID`, or `KIND:ID`; without a kind it is an operator. */
export function actor(text: string): Actor {
  const [, kind = 'operator', id = ''] = /^(?:([a-z][a-z-]{0,31}):)?(.*)$/s.exec(text) ?? [];
  return { kind, id: parseInput(printable, id, 'actor') };
}

/** `REVISION:HASH`, as `show` and every receipt give it. */
export function witness(text: string): Witness {
  const [, revision, hash] = /^(0|[1-9][0-9]{0,14}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (revision !== undefined && hash !== undefined) return { revision: Number(revision), hash };
  throw invalidInput(
    'witness',
    'must be REVISION:HASH, a number and 64 hexadecimal digits in lower case',
  );
}

/** A revision, or an ISO 8601 instant with an offset. */
export function momentFrom(text: string, occurred: boolean): Moment {
  const revision = revisionIn(text);
  if (revision === null && !/^\d{4}-/.test(text)) {
    throw new UsageError('--as-of must be a revision, or a time such as 2026-11-23T10:02:03+08:00');
  }
  if (revision === null) return parseMoment(occurred ? { occurredAt: text } : { recordedAt: text });
  if (!occurred) return { revision };
  throw new UsageError('--occurred goes with --as-of TIME, not with a revision');
}

/** `A..B`, two revisions. */
export function revisionRange(text: string): readonly [from: number, to: number] {
  const [from, to, ...rest] = text.split('..').map(revisionIn);
  if (typeof from === 'number' && typeof to === 'number' && rest.length === 0) return [from, to];
  throw new UsageError('the revisions must be A..B, such as 2..5');
}

function revisionIn(text: string): number | null {
  return /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : null;
}

/** An option that only goes with another one, which was not given. */
export function refuseWithout(other: string, given: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(given).filter(
    (name) => given[name] !== undefined && given[name] !== false,
  );
  if (names.length > 0) throw new UsageError(`${names.join(' and ')} can only be used ${other}`);
}

/** One of a few words. */
export function oneOf<T extends string>(text: string, words: readonly T[], what: string): T {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new UsageError(`${what} must be one of: ${words.join(', ')}`);
}
