import { z } from 'zod';
import {
  amountWithCurrency,
  bothOrNeither,
  eventSchemas,
  gatewayName,
  orderFields,
  orderNumber,
  printable,
} from '../../machines/payment-order.events.ts';
import type {
  EventType,
  FactType,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { currencyCode, isCurrencyInUse } from '../currency.ts';
import { PaymentOrderError, invalidInput } from '../errors.ts';
import { actorSchema, traceparentSchema } from '../history/event.ts';
import type { EventContext } from '../history/load.ts';
import type { Moment } from '../history/results.ts';
import { aFunction, parseInput, valueThat } from '../parse.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import { commands } from './commands.ts';
import { orderStates } from './types.ts';
import type { Command, CommandType } from './types.ts';
import type { OrderFilter, ReplayOptions } from './query-types.ts';

/** The revision that somebody decides on. */
export const revisionSeen = z.int().min(0);

const optionsSchema = z.strictObject({
  commandId: printable.optional(),
  actor: actorSchema.optional(),
  correlationId: printable.optional(),
  causationId: printable.optional(),
  source: printable.optional(),
  /** Checked where it is recorded: a malformed one is dropped and reported. */
  traceparent: z.unknown().optional(),
  signal: z.instanceof(AbortSignal).optional(),
  wait: z.boolean().optional(),
});

/** Of a command to an order that exists. */
const orderOptionsSchema = optionsSchema.extend({ ifRevision: revisionSeen.optional() });

export type ParsedOptions = z.infer<typeof orderOptionsSchema>;

const withOffset =
  'must be an ISO 8601 date and time with an offset, such as 2026-11-23T10:02:03+08:00';

const instantWithOffset = z.iso.datetime({ offset: true });

const momentOr = (other: string) =>
  z
    .string()
    .refine((text) => instantWithOffset.safeParse(text).success, `${withOffset}${other}`)
    .refine(
      (text) => !(millisecondsOf(text) < 0),
      'must not be before 1970 (is it a zero value that stands for no time?)',
    )
    .transform((text) => instantOf(millisecondsOf(text)));

const moment = momentOr('');
const momentOfFact = momentOr(', or made by instantIn from a local time').optional();

const momentSchema = z
  .strictObject({
    revision: z.int().min(0).optional(),
    recordedAt: moment.optional(),
    occurredAt: moment.optional(),
  })
  .refine(
    (given) => Object.keys(given).length === 1,
    'must have exactly one of revision, recordedAt and occurredAt',
  );

/** Parses a place in a history. */
export function parseMoment(given: unknown): Moment {
  const { revision, recordedAt, occurredAt } = parseInput(momentSchema, given, 'moment');
  if (revision !== undefined) return { revision };
  return recordedAt === undefined ? { occurredAt: occurredAt ?? '' } : { recordedAt };
}

/** @throws {PaymentOrderError} `invalid-input`, field `orderNo`. */
export function parseOrderNo(orderNo: unknown): string {
  return parseInput(orderNumber, orderNo, 'orderNo');
}

const filterSchema = z.strictObject({
  state: z.enum(orderStates).optional(),
  attention: z.boolean().optional(),
  onUnreadable: aFunction<NonNullable<OrderFilter['onUnreadable']>>().optional(),
} satisfies Record<keyof OrderFilter, z.ZodType>);

export function parseFilter(filter: unknown): OrderFilter {
  return parseInput(filterSchema, filter);
}

const replayOptionsSchema = z.strictObject({
  // Whether it is a machine is asked where it is compiled.
  machine: valueThat<object>(() => null).optional(),
} satisfies Record<keyof ReplayOptions, z.ZodType>);

export function parseReplayOptions(options: unknown): ReplayOptions {
  return parseInput(replayOptionsSchema, options);
}

// The keys of the table are the types of the commands.
const commandTypeSchema = z.enum(Object.keys(commands) as CommandType[]);

export function parseCommandType(type: unknown): CommandType {
  return parseInput(commandTypeSchema, type, 'command');
}

export type ParsedCommand = {
  readonly orderNo: string;
  readonly command: Command;
  readonly options: ParsedOptions;
};

/** Parses a command to an order that exists. */
export function parseCommand(orderNo: unknown, type: CommandType, input: unknown): ParsedCommand {
  const parsedNo = parseOrderNo(orderNo);
  const { payload, options } = split(input, orderOptionsSchema);
  return { orderNo: parsedNo, command: commandOf(type, payload), options };
}

/** Parses the command that creates an order; its payload has the order's number. */
export function parseCreate(input: unknown): ParsedCommand {
  const { payload, options } = split(input);
  const command = commandOf('CreatePaymentOrder', payload);
  return { orderNo: command.payload.orderNo, command, options };
}

function commandOf<T extends CommandType>(
  type: T,
  payload: Readonly<Record<string, unknown>>,
): Command & { type: T } {
  const event = commands[type].event;
  const parsed = parsePayload(chosenByCallers[event] ?? eventSchemas[event], payload);
  // Parsed by the schema of this very type; TypeScript does not follow the pairing.
  return { type, payload: parsed } as Command & { type: T };
}

export type ParsedFact = {
  readonly orderNo: string;
  readonly fact: PaymentOrderEvent<FactType>;
  readonly options: ParsedOptions;
  /** When it happened, according to its source. */
  readonly occurredAt: string | undefined;
};

export function parseFact(orderNo: unknown, type: FactType, input: unknown): ParsedFact {
  const parsedNo = parseOrderNo(orderNo);
  const { payload, options } = split(input);
  const { occurredAt: given, ...data } = payload;
  const occurredAt = parseInput(momentOfFact, given, 'occurredAt');
  const schema: z.ZodType<object> = eventSchemas[type];
  const parsed = { ...parseInput(schema, asStored(data)), occurredAt };
  // As above: parsed by the schema of this very type.
  const fact = { type, ...parsed } as PaymentOrderEvent<FactType>;
  return { orderNo: parsedNo, fact, options, occurredAt };
}

export type ParsedQuestion = { readonly orderNo: string; readonly options: ParsedOptions };

const askOptionsSchema = optionsSchema.omit({ commandId: true, wait: true });

export function parseQuestion(orderNo: unknown, options: unknown): ParsedQuestion {
  return { orderNo: parseOrderNo(orderNo), options: parseInput(askOptionsSchema, options) };
}

/** The service itself decides an attempt's deadline and gateway, so no caller may give them. */
const notTheirs = { attemptDeadlineMs: true, gateway: true } as const;

/** What callers give for an event, where that is less than is stored. */
const chosenByCallers: { readonly [T in EventType]?: z.ZodType<object> } = {
  // The account of a gateway is not theirs to say.
  PaymentOrderCreated: z
    .strictObject({ ...orderFields, gateway: gatewayName.optional() })
    .refine(bothOrNeither, amountWithCurrency),
  CancelRequested: eventSchemas.CancelRequested.omit(notTheirs),
  CancelRetryRequested: eventSchemas.CancelRetryRequested.omit(notTheirs),
};

/** What a channel told is kept whatever its currency; what our caller asks for must be payable. */
function parsePayload(
  schema: z.ZodType<object>,
  payload: Readonly<Record<string, unknown>>,
): object {
  const parsed = parseInput(schema, asStored(payload));
  if ('currency' in parsed) assertKnownCurrency(parsed.currency);
  return parsed;
}

/** Channels write currencies in any case; they are stored in capitals. */
function asStored(payload: Readonly<Record<string, unknown>>): object {
  const { amountMinor, currency } = payload;
  if (typeof amountMinor === 'string') {
    const problem = "must be a whole number (minorUnits makes one from text such as '128.00')";
    throw invalidInput('amountMinor', problem);
  }
  const code = currencyCode(currency);
  return {
    ...payload,
    // JSON has no -0.
    ...(amountMinor === 0 ? { amountMinor: 0 } : {}),
    ...(code === null ? {} : { currency: code }),
  };
}

const maybeTraceparent = traceparentSchema.optional();

/** What is recorded about an event besides its data. */
export function eventContextOf(
  options: ParsedOptions,
  source: RecordedFor,
  { runtime, onError }: RecordingDependencies,
): EventContext {
  const traceparent = maybeTraceparent.safeParse(options.traceparent);
  if (!traceparent.success) onError(malformedTrace(source));
  return {
    source: options.source ?? source,
    $correlationId: options.correlationId ?? runtime.newId(),
    $causationId: options.causationId,
    commandId: options.commandId,
    actor: options.actor,
    traceparent: traceparent.data,
  };
}

type RecordedFor = 'command' | 'fact' | 'query';

type RecordingDependencies = {
  readonly runtime: Pick<Runtime, 'newId'>;
  readonly onError: (error: unknown) => void;
};

function malformedTrace(source: RecordedFor): PaymentOrderError {
  const [field, problem] = ['traceparent', 'must be a W3C traceparent'];
  const message = `${field}: ${problem}; the ${source} is handled without it`;
  return new PaymentOrderError('invalid-traceparent', message, { field, problem });
}

/** Splits an input into its options and the fields of its own. */
function split(
  input: unknown,
  schema: typeof optionsSchema | typeof orderOptionsSchema = optionsSchema,
): {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly options: ParsedOptions;
} {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidInput('input', 'must be an object');
  }
  const entries = Object.entries(input);
  const given = entries.filter(([key]) => Object.hasOwn(schema.shape, key));
  const others = entries.filter(([key]) => !Object.hasOwn(schema.shape, key));
  return {
    // fromEntries keeps a field named __proto__ an own field, so that the schema refuses it.
    payload: Object.fromEntries(others),
    options: parseInput(schema, Object.fromEntries(given)),
  };
}

/** Not in the schema: a currency that goes out of use must not make old histories invalid. */
function assertKnownCurrency(currency: unknown): void {
  if (currency === undefined) return;
  if (typeof currency === 'string' && isCurrencyInUse(currency)) return;
  throw invalidInput('currency', 'must be an ISO 4217 code in use, such as CNY');
}

/** Half a year: with its jitter a wait must fit into a stored event, which holds up to a year. */
const waitMs = z.int().min(0).max(15_768_000_000);

/** Checked at run time, because a retry policy may come from a configuration file. */
export const retryPolicySchema = z.strictObject({
  notExecutedMs: z.array(waitMs).max(1_000),
  unknownMs: z.array(waitMs).max(1_000),
  jitter: z.number().min(0).lt(1),
});
