/**
 * Makes the event of an attempt's outcome out of what somebody else's code gave.
 *
 * What happened to the money is in the outcome's type; the rest is evidence. So each field of
 * evidence is kept, made to fit, or left out on its own, and none of them ever costs the outcome.
 */

import type { z } from 'zod';
import { eventRoles, eventSchemas } from './payment-order.events.ts';
import type { OutcomeEvent, OutcomeType } from './payment-order.events.ts';

export type FittedOutcome = {
  readonly event: OutcomeEvent;
  /** The fields that are not as they were given; `others` stands for all that no event has. */
  readonly changed: readonly string[];
};

/**
 * The event of an outcome with the evidence that `given` holds. Null and undefined count as absent.
 *
 * - `rule`: lower case, with a hyphen for each run of other characters, cut to 64 characters.
 *   `unreadable-rule` where nothing is left.
 * - Texts: numbers, bigints and booleans become text; half characters are replaced; what is too
 *   long is cut.
 * - Numbers: one written in digits is read.
 * - `sentAt`: UTC of another precision is given milliseconds.
 * - Digests: upper case becomes lower case.
 * - Everything else that does not fit is left out.
 */
export function fitOutcome(type: OutcomeType, attempt: number, given: object): FittedOutcome {
  const evidence: Record<string, unknown> = { attempt };
  const changed: string[] = [];
  const shape: Readonly<Record<string, z.ZodType>> = eventSchemas[type].shape;
  for (const [name, schema] of Object.entries(shape)) {
    if (name === 'attempt') continue;
    const value = fieldOf(given, name);
    if (isAbsent(name, value) && name !== 'rule') continue;
    const kept = [value, repairs[name]?.(value)].find((each) => schema.safeParse(each).success);
    if (kept !== undefined) evidence[name] = kept;
    if (kept !== value) changed.push(name);
  }
  if (holdsMore(given, Object.keys(shape))) changed.push('others');
  return { event: { type, ...eventSchemas[type].parse(evidence) }, changed };
}

/**
 * The output of an actor as the event of the attempt that it was asked for; its evidence is fitted
 * as `fitOutcome` says. Null if it is not an outcome of this attempt.
 */
export function parseOutcome(output: unknown, ofAttempt: number): OutcomeEvent | null {
  if (typeof output !== 'object' || output === null) return null;
  const type = eventRoles.outcome.find((outcome) => outcome === fieldOf(output, 'type'));
  if (type === undefined || fieldOf(output, 'attempt') !== ofAttempt) return null;
  return fitOutcome(type, ofAttempt, output).event;
}

/** A field of somebody else's object, whose getters may throw. */
export function fieldOf(given: object, name: string): unknown {
  try {
    return Reflect.get(given, name);
  } catch {
    return unreadable;
  }
}

const unreadable = Symbol('unreadable');

/** `false` is what many would give for a warning that does not apply. */
function isAbsent(name: string, value: unknown): boolean {
  return value === undefined || value === null || (name === 'insecureTransport' && value === false);
}

function holdsMore(given: object, fields: readonly string[]): boolean {
  const known = new Set([...fields, 'type', 'kind']);
  try {
    return Object.keys(given).some(
      (name) => !known.has(name) && fieldOf(given, name) !== undefined,
    );
  } catch {
    return true;
  }
}

type Repair = (value: unknown) => unknown;

const { requestId, responseCode, responseMsg, nonce } = eventSchemas.CancelConfirmed.shape;

const repairs: Readonly<Partial<Record<string, Repair>>> = {
  rule: (value) => ruleName(textOf(value, 256) ?? '') || 'unreadable-rule',
  sentAt: withMilliseconds,
  durationMs: numberOf,
  httpStatus: numberOf,
  timestamp: numberOf,
  requestId: (value) => textOf(value, requestId.unwrap().maxLength),
  responseCode: (value) => textOf(value, responseCode.unwrap().maxLength),
  responseMsg: (value) => textOf(value, responseMsg.unwrap().maxLength),
  nonce: (value) => textOf(value, nonce.unwrap().maxLength),
  requestSha256: lowerCase,
  answerSha256: lowerCase,
};

/** Well-formed text of at most so many UTF-16 code units, which cuts no character in two. */
function textOf(value: unknown, charactersMax: number | null): string | undefined {
  if (!['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return undefined;
  const whole = String(value)
    .slice(0, (charactersMax ?? 0) + 1)
    .toWellFormed();
  const cut = whole.slice(0, charactersMax ?? 0);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

function ruleName(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, 64);
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^[0-9]{1,16}$/.test(value) ? Number(value) : undefined;
}

function withMilliseconds(value: unknown): string | undefined {
  const utc = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?Z$/;
  const [, seconds, fraction = ''] = (typeof value === 'string' ? utc.exec(value) : null) ?? [];
  return seconds === undefined ? undefined : `${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
}

function lowerCase(value: unknown): string | undefined {
  return typeof value === 'string' && value.length === 64 ? value.toLowerCase() : undefined;
}
