import { z } from 'zod';
import { eventSchemas, identifier, orderNumber } from '../../machines/payment-order.events.ts';
import type { FactType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { Moment } from '../history/results.ts';
import type { EventContext } from '../history/load.ts';
import { actorSchema, traceparentSchema } from '../history/event.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import { commands } from './decide.ts';
import type { Command, CommandType } from './types.ts';

const optionsShape = {
  commandId: identifier.optional(),
  actor: actorSchema.optional(),
  correlationId: identifier.optional(),
  causationId: identifier.optional(),
  source: identifier.optional(),
  traceparent: traceparentSchema.optional(),
  signal: z.instanceof(AbortSignal).optional(),
  wait: z.boolean().optional(),
};
const optionKeys = new Set(Object.keys(optionsShape));
const optionsSchema = z.strictObject(optionsShape);

export type ParsedOptions = z.infer<typeof optionsSchema>;

const moment = z
  .string()
  .refine(
    (text) => z.iso.datetime({ offset: true }).safeParse(text).success,
    'must be an ISO 8601 date and time with an offset, such as 2026-11-23T10:02:03+08:00',
  )
  .refine(
    (text) => !(millisecondsOf(text) < 0),
    'must not lie before 1970 (is it a zero value that stands for no time?)',
  )
  .transform((text) => instantOf(millisecondsOf(text)));

const momentSchema = z
  .strictObject({
    revision: z.int().min(0).optional(),
    recordedAt: moment.optional(),
    occurredAt: moment.optional(),
  })
  .refine(
    (given) => Object.keys(given).length === 1,
    'must give one of revision, recordedAt and occurredAt',
  );

/** A place in a history, as it is asked for. */
export function parseMoment(given: unknown): Moment {
  const { revision, recordedAt, occurredAt } = parseInput(momentSchema, given, 'moment');
  if (revision !== undefined) return { revision };
  return recordedAt === undefined ? { occurredAt: occurredAt ?? '' } : { recordedAt };
}

/** @throws PaymentOrderError `invalid-input`, field `orderNo`. */
export function parseOrderNo(orderNo: unknown): string {
  return parseInput(orderNumber, orderNo, 'orderNo');
}

/** The order that an input is about. */
export function orderNoIn(input: unknown): string {
  const { payload } = split(input);
  return parseOrderNo(payload['orderNo']);
}

/** Splits what a caller gave into the command and its options, each checked by its schema. */
export function parseCommand(
  type: CommandType,
  input: unknown,
): { readonly command: Command; readonly options: ParsedOptions } {
  const { payload, options } = split(input);
  const schema: z.ZodType<object> = eventSchemas[commands[type].event];
  const parsed = parseInput(schema, payload);
  if ('currency' in parsed) assertKnownCurrency(parsed.currency);
  // The payload was parsed by the schema of this very type; TypeScript does not follow the pairing.
  return { command: { type, payload: parsed } as Command, options };
}

/** A fact, its options, and when the source says that it happened. */
export function parseFact(
  type: FactType,
  input: unknown,
): {
  readonly fact: PaymentOrderEvent<FactType>;
  readonly options: ParsedOptions;
  readonly occurredAt: string | undefined;
} {
  const { payload, options } = split(input);
  const { occurredAt, ...data } = payload;
  const at = parseInput(moment.optional(), occurredAt, 'occurredAt');
  const schema: z.ZodType<object> = eventSchemas[type];
  const parsed = parseInput(schema, data);
  if ('currency' in parsed) assertKnownCurrency(parsed.currency);
  // As above: parsed by the schema of this very type.
  const fact = { type, ...parsed } as PaymentOrderEvent<FactType>;
  return { fact, options, occurredAt: at };
}

/** What is recorded about an event beside its data. */
export function eventContextOf(
  options: ParsedOptions,
  source: 'command' | 'fact',
  runtime: Runtime,
): EventContext {
  const { commandId, actor, correlationId, causationId, traceparent } = options;
  return {
    source: options.source ?? source,
    $correlationId: correlationId ?? runtime.newId(),
    ...(causationId === undefined ? {} : { $causationId: causationId }),
    ...(commandId === undefined ? {} : { commandId }),
    ...(actor === undefined ? {} : { actor }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** @throws PaymentOrderError `invalid-input`, naming the field and never the value. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, name?: string): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(name === undefined ? [] : [name]), ...(issue?.path ?? []), ...unknown];
  const field = path.length === 0 ? 'the input' : path.map(fieldName).join('.');
  throw new PaymentOrderError(
    'invalid-input',
    `${field}: ${issue === undefined ? 'is not valid' : complaint(issue)}; nothing was stored or sent`,
    { field },
  );
}

/** A field that is not known may have any name, a secret's too: only a plain one is repeated. */
function fieldName(key: PropertyKey): string {
  const text = String(key);
  return /^(?:[A-Za-z_$][\w$]{0,22}|\d{1,6})$/.test(text) ? text : 'an unknown field';
}

function complaint(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'is no field of this; check its spelling';
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is missing';
    return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  const isNumber = typeof issue.input === 'number';
  if (issue.code === 'too_small' && isNumber) return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big' && isNumber) return `must be at most ${issue.maximum}`;
  return issue.message;
}

function split(input: unknown): {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly options: ParsedOptions;
} {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new PaymentOrderError('invalid-input', 'the input must be an object; nothing was stored');
  }
  const payload: [string, unknown][] = [];
  const options: [string, unknown][] = [];
  for (const entry of Object.entries(input))
    (optionKeys.has(entry[0]) ? options : payload).push(entry);
  return {
    // fromEntries keeps a field named __proto__ an own field, so that the schema refuses it.
    payload: Object.fromEntries(payload),
    options: parseInput(optionsSchema, Object.fromEntries(options)),
  };
}

/** A stored code is only checked by its shape: today's list must not make old histories invalid. */
function assertKnownCurrency(currency: unknown): void {
  if (currency === undefined) return;
  if (typeof currency === 'string' && knownCurrencies().has(currency)) return;
  throw new PaymentOrderError(
    'invalid-input',
    'currency: must be an ISO 4217 code in use, such as CNY; nothing was stored or sent',
    { field: 'currency' },
  );
}

/** A wait with its jitter must fit into a stored event: at most a year. */
const waitMs = z.int().min(0).max(15_768_000_000);

/** A retry policy may come from a configuration file. */
export const retryPolicySchema = z.strictObject({
  notExecutedMs: z.array(waitMs).max(1_000),
  unknownMs: z.array(waitMs).max(1_000),
  jitter: z.number().min(0).lt(1),
});

let currencies: ReadonlySet<string> | undefined;

function knownCurrencies(): ReadonlySet<string> {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies;
}
