/**
 * Makes the event of an attempt's outcome, or of the answer to a question, out of what somebody
 * else's code gave.
 *
 * What happened to the money is in the outcome's type or in the status; the rest is evidence. So each
 * field of evidence is kept, made to fit, or left out on its own, and none of them costs the outcome.
 */

import type { z } from 'zod';
import { eventRoles, eventSchemas, reportedStatuses } from './payment-order.events.ts';
import type { EventData, OutcomeEvent, OutcomeType } from './payment-order.events.ts';

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
  const { evidence, changed } = fitEvidence(eventSchemas[type].shape, given, {
    named: { kind: 'kind', ...wishes },
    ours: ['attempt'],
  });
  return { event: { type, ...eventSchemas[type].parse({ ...evidence, attempt }) }, changed };
}

/** What is read elsewhere: a wish is not evidence. */
const wishes = { retryAfterMs: 'retryAfterMs' } as const;

/** What a question is about, as the service itself knows it. */
export type Asked = Pick<EventData<'StatusReported'>, 'conclusive' | 'attempts' | 'headRevision'>;

/**
 * The data of an answer to a question with the evidence that `given` holds, fitted as `fitOutcome`
 * says. An answer with no status that exists is `unknown`, by the rule `unreadable-answer`.
 */
export function fitReport(
  asked: Asked,
  given: unknown,
): { readonly report: EventData<'StatusReported'>; readonly changed: readonly string[] } {
  const told = typeof given === 'object' && given !== null ? given : {};
  const status = reportedStatuses.find((each) => each === fieldOf(told, 'status'));
  if (status === undefined) {
    const report = { ...asked, status: 'unknown', rule: 'unreadable-answer' } as const;
    return { report, changed: ['status'] };
  }
  const { shape } = eventSchemas.StatusReported;
  const { evidence, changed } = fitEvidence(shape, told, {
    named: { status: 'status', currency: 'amountCurrency', ...wishes },
    ours: [...Object.keys(asked), 'status', 'amountMinor', 'currency', 'retryInMs'],
  });
  return { report: eventSchemas.StatusReported.parse({ ...evidence, ...asked, status }), changed };
}

type Shape = Readonly<Record<string, z.ZodType>>;

type Reading = {
  /** Fields of the given object that the event knows by another name, or that are read elsewhere. */
  readonly named: Readonly<Record<string, string>>;
  /** Fields of the event that the service decides itself. Nobody else may give them. */
  readonly ours: readonly string[];
};

function fitEvidence(
  shape: Shape,
  given: object,
  { named, ours }: Reading,
): { readonly evidence: Readonly<Record<string, unknown>>; readonly changed: readonly string[] } {
  const evidence: Record<string, unknown> = {};
  const changed: string[] = [];
  const nameIn = (field: string) =>
    Object.keys(named).find((name) => named[name] === field) ?? field;
  const fields = Object.entries(shape).filter(([field]) => !ours.includes(field));
  for (const [field, schema] of fields) {
    const name = nameIn(field);
    const value = fieldOf(given, name);
    if (isAbsent(name, value) && name !== 'rule') continue;
    const fits = (each: unknown) => schema.safeParse(each).success;
    const kept = fits(value) ? value : [repairs[field]?.(value)].find(fits);
    if (kept !== undefined) evidence[field] = kept;
    if (kept !== value) changed.push(name);
  }
  const known = [...fields.map(([field]) => nameIn(field)), ...Object.keys(named)];
  if (holdsMore(given, known)) changed.push('others');
  return { evidence, changed };
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
  const known = new Set([...fields, 'type', 'attempt']);
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
const { amount, amountCurrency, payChannel } = eventSchemas.StatusReported.shape;

const repairs: Readonly<Partial<Record<string, Repair>>> = {
  rule: ruleOf,
  sentAt: withMilliseconds,
  durationMs: numberOf,
  httpStatus: numberOf,
  timestamp: numberOf,
  requestId: (value) => textOf(value, requestId.unwrap().maxLength),
  responseCode: (value) => textOf(value, responseCode.unwrap().maxLength),
  responseMsg: (value) => textOf(value, responseMsg.unwrap().maxLength),
  nonce: (value) => textOf(value, nonce.unwrap().maxLength),
  amount: (value) => textOf(value, amount.unwrap().maxLength),
  amountCurrency: (value) => textOf(value, amountCurrency.unwrap().maxLength),
  payChannel: (value) => textOf(value, payChannel.unwrap().maxLength),
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

/** The name of a rule as an event holds it, whatever a gateway port gave. */
export function ruleOf(value: unknown): string {
  const words =
    textOf(value, 256)
      ?.toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, 64) || 'unreadable-rule';
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
