import { z } from 'zod';
import {
  amountWithCurrency,
  attemptDeadlineMs,
  bothOrNeither,
  cancelReason,
  closingCauses,
  currencyCode,
  eventSchemas,
  printable,
  isEventType,
  operatorText,
  orderNumber,
  retryInMs,
} from '../../machines/payment-order.events.ts';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { FoundEvent, HistoryEvent } from './event.ts';
import { metadataSchema, orderNoOf } from './event.ts';
import { isTakenAsItIs } from './quick-check.ts';
import { isPartWithheld, withPlaceholders } from './withheld.ts';

type Fields = Readonly<Record<string, unknown>>;

export type Place = { readonly stream: string; readonly revision: number };

/** A schema version of the past, and how its data becomes that of the next version. */
type OlderVersion = {
  readonly schema: z.ZodType<Fields>;
  readonly upcast: (data: Fields) => Fields;
  /** What the fold needs of this version, and no newer version can hold. */
  readonly kept?: (data: Fields) => Fields;
};

const same = (data: Fields): Fields => data;

/** Version 1 of the machine decided it: the fold opens what that version opened. */
const decidedByVersion1 = { upcast: same, kept: () => ({ isOfVersion1: true }) };

const money = { amountMinor: z.int().min(1).optional(), currency: currencyCode.optional() };

/**
 * The past versions of each type that has changed, oldest first: the first one reads version 1 and
 * makes version 2 of it. An entry is never altered once its version was released, because stored
 * events are never rewritten.
 */
const olderVersions: { readonly [T in EventType]?: readonly OlderVersion[] } = {
  // Version 2 records whose order it is at the platform.
  PaymentOrderCreated: [
    {
      schema: z
        .strictObject({ orderNo: orderNumber, processBillNo: orderNumber, ...money })
        .refine(bothOrNeither, amountWithCurrency),
      upcast: same,
    },
  ],
  // Version 2 records the attempt's deadline; in version 1, each process counted by its own. Version 3
  // records the gateway that is called.
  CancelRequested: [
    { schema: z.strictObject({ reason: cancelReason.optional() }), upcast: same },
    {
      schema: z.strictObject({ reason: cancelReason.optional(), attemptDeadlineMs }),
      upcast: same,
    },
  ],
  CancelRetryDue: [
    { schema: z.strictObject({}), upcast: same },
    { schema: z.strictObject({ attemptDeadlineMs }), upcast: same },
  ],
  CancelRetryRequested: [
    { schema: z.strictObject({ note: operatorText.optional() }), upcast: same },
    {
      schema: z.strictObject({ note: operatorText.optional(), attemptDeadlineMs }),
      upcast: same,
    },
  ],
  // Version 2 of the data, and 3 of a blocked call, may contradict an operator's resolution.
  CancelConfirmed: [{ schema: eventSchemas.CancelConfirmed, ...decidedByVersion1 }],
  CancelRefused: [{ schema: eventSchemas.CancelRefused, ...decidedByVersion1 }],
  CancelNotExecuted: [{ schema: eventSchemas.CancelNotExecuted, ...decidedByVersion1 }],
  CancelBlocked: [
    // Version 2 holds no wait.
    {
      schema: eventSchemas.CancelBlocked.extend({ retryInMs }),
      upcast: (data) => ({ ...data, retryInMs: null }),
      kept: (data) =>
        typeof data['retryInMs'] === 'number' ? { retryInMsOfVersion1: data['retryInMs'] } : {},
    },
    { schema: eventSchemas.CancelBlocked, ...decidedByVersion1 },
  ],
  // Version 2 may have no number, and says when the payment occurred.
  PaymentSucceeded: [
    {
      schema: z.strictObject({
        factId: printable.optional(),
        transactionNo: printable,
        ...money,
      }),
      ...decidedByVersion1,
    },
  ],
  // Version 2 says when the payment failed. A failure without a time counts as it did in version 1.
  PaymentFailed: [
    {
      schema: z.strictObject({ factId: printable.optional(), code: printable.optional() }),
      upcast: same,
    },
  ],
  ClosedAtGateway: [
    // Version 2 states the cause. Version 1 could not state it, and nothing is guessed.
    {
      schema: z.strictObject({ factId: printable.optional(), code: printable.optional() }),
      upcast: (data) => ({ ...data, cause: 'unstated' }),
    },
    // Version 3 says when, and in which words.
    {
      schema: z.strictObject({
        factId: printable.optional(),
        code: printable.optional(),
        cause: z.enum(closingCauses).default('unstated'),
      }),
      upcast: same,
    },
  ],
  // Version 2 may say that it is the last one.
  CommandRejected: [
    {
      schema: z.strictObject({
        command: z.string().regex(/^[A-Z][A-Za-z]{0,63}$/),
        code: z.string().regex(/^[a-z][a-z-]{0,63}$/),
        reason: cancelReason.optional(),
      }),
      upcast: same,
    },
  ],
};

/** The schema version in which events of a type are written today. */
export function currentSchemaVersion(type: EventType): number {
  return 1 + (olderVersions[type]?.length ?? 0);
}

/**
 * Parses an event as a store or a file gave it.
 *
 * @throws {PaymentOrderError} `unknown-event-type`, `unknown-schema-version` or `invalid-event`,
 * with stream and revision: an event is never skipped.
 */
export function decodeEvent(found: FoundEvent): HistoryEvent {
  const {
    stream,
    revision,
    position = '',
    id,
    type,
    data,
    metadata: known,
  } = withPlaceholders(found);
  const place = { stream, revision };
  assertKnownType(type, place);
  const metadata = parsed(metadataSchema, known, 'metadata', place);
  assertKnownVersion(type, metadata.schemaVersion, place);
  const event = parseEvent(type, data, place, metadata.schemaVersion);
  const orderNo = orderNoOf(stream);
  // The event was parsed by the schema of this very type; TypeScript does not follow the pairing.
  return { orderNo, stream, revision, position, id, type, data, metadata, event } as HistoryEvent;
}

/** @throws {PaymentOrderError} `unknown-event-type` */
export function assertKnownType(type: string, place: Place): asserts type is EventType {
  if (isEventType(type)) return;
  throw new PaymentOrderError(
    'unknown-event-type',
    `${at(place)} holds an event of a type that this version does not know; ` +
      'read it with the version that wrote it, or a newer one',
    place,
  );
}

/** @throws {PaymentOrderError} `unknown-schema-version` */
export function assertKnownVersion(type: EventType, schemaVersion: number, place: Place): void {
  const newest = currentSchemaVersion(type);
  if (schemaVersion <= newest) return;
  throw new PaymentOrderError(
    'unknown-schema-version',
    `${at(place)} holds ${type} in schema version ${schemaVersion}, ` +
      `this version reads up to ${newest}; update the module`,
    place,
  );
}

/** As much as can be read of a found event; null where it is not one of our events. */
export function readableEvent(found: FoundEvent): PaymentOrderEvent | null {
  const { type, data, metadata } = withPlaceholders(found);
  if (!isEventType(type) || isPartWithheld(found, 'data')) return null;
  const { schemaVersion } = metadata;
  // Where the version was withheld or altered, the data may still be readable as today's.
  const isVersion = typeof schemaVersion === 'number' && schemaVersion >= 1;
  try {
    return parseEvent(type, data, found, isVersion ? schemaVersion : currentSchemaVersion(type));
  } catch (error) {
    if (error instanceof PaymentOrderError) return null;
    throw error;
  }
}

function olderSince(type: EventType, schemaVersion: number): readonly OlderVersion[] {
  const older = olderVersions[type] ?? none;
  return schemaVersion > older.length ? none : older.slice(schemaVersion - 1);
}

const none: readonly OlderVersion[] = [];

/**
 * Parses data of a schema version as the event of its type, in today's version. Data of every
 * version on the way is checked by the schema that it was written with.
 *
 * @throws {PaymentOrderError} `invalid-event`
 */
export function parseEvent(
  type: EventType,
  data: unknown,
  place: Place,
  schemaVersion = currentSchemaVersion(type),
): PaymentOrderEvent {
  let today = data;
  let ofOlder: Fields = {};
  for (const { schema, upcast, kept } of olderSince(type, schemaVersion)) {
    const read = parsed(schema, today, 'data', place);
    if (kept !== undefined) ofOlder = { ...ofOlder, ...kept(read) };
    today = upcast(read);
  }
  const schema: z.ZodType<object> = eventSchemas[type];
  const whole: object = { type, ...parsed(schema, today, 'data', place), ...ofOlder };
  // The schema of this very type made the data; TypeScript does not follow the pairing.
  return whole as PaymentOrderEvent;
}

/** @throws {PaymentOrderError} `invalid-event`, which names the field and never the value */
export function parsed<T>(
  schema: z.ZodType<T>,
  value: unknown,
  part: 'data' | 'metadata',
  { stream, revision }: Place,
): T {
  // The schema takes it as it is, so it is what the schema gives.
  if (isTakenAsItIs(schema, value)) return value as T;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Where zod refuses, it gives at least one reason.
  const [{ path, code, message }] = result.error.issues as [z.core.$ZodIssue];
  const field = [part, ...path].map(String).join('.');
  // Zod would repeat the names of unknown fields, and those may be anything.
  const problem = code === 'unrecognized_keys' ? 'holds an unknown field' : message;
  throw new PaymentOrderError('invalid-event', `${at({ stream, revision })}: ${field} ${problem}`, {
    stream,
    revision,
    field,
    problem,
  });
}

function at({ stream, revision }: Place): string {
  return `stream ${stream}, revision ${revision}`;
}
