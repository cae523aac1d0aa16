import type { z } from 'zod';
import { eventSchemas, isEventType } from '../../machines/payment-order.events.ts';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { JsonObject, PreparedEvent, RecordedEvent } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';
import type { ChainedMetadata } from './chain.ts';
import { chainLink } from './chain.ts';
import type { EventMetadata, StoredEvent } from './stored-event.ts';
import { metadataSchema } from './stored-event.ts';
import { currentSchemaVersion, upcast } from './upcasting.ts';

/** An event as it was found, wherever that was; nothing of its content is sure yet. */
export type FoundEvent = Omit<RecordedEvent, 'data' | 'metadata'> & {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
};

/**
 * Parses an event as the store gave it back.
 *
 * @throws PaymentOrderError `unknown-event-type`, `unknown-schema-version` or `invalid-event`, each
 * with stream and revision: an event is never skipped.
 */
export function decodeEvent(recorded: FoundEvent): StoredEvent {
  const { stream, revision, position, id, type, data } = recorded;
  const place = { stream, revision };
  if (!isEventType(type)) {
    throw new PaymentOrderError(
      'unknown-event-type',
      `${at(place)} holds an event of a type that this version does not know; ` +
        'read it with the version that wrote it, or a newer one',
      place,
    );
  }
  const metadata = parsed(metadataSchema, recorded.metadata, 'metadata', place);
  const newest = currentSchemaVersion(type);
  if (metadata.schemaVersion > newest) {
    throw new PaymentOrderError(
      'unknown-schema-version',
      `${at(place)} holds ${type} in schema version ${metadata.schemaVersion}, ` +
        `this version reads up to ${newest}; update the module`,
      place,
    );
  }
  const event = upcastEvent({ stream, revision, type, data, metadata });
  return { stream, revision, position, id, type, data, metadata, event };
}

/**
 * A stored event in today's schema version, typed; `data` itself stays as it was stored, since
 * that is what its hash covers.
 *
 * @throws PaymentOrderError `invalid-event`.
 */
export function upcastEvent(
  stored: Pick<StoredEvent, 'stream' | 'revision' | 'type' | 'data' | 'metadata'>,
): PaymentOrderEvent {
  const { stream, revision, type, data, metadata } = stored;
  return eventOfVersion(type, metadata.schemaVersion, data, { stream, revision });
}

/** What can be read of an event that may be anything: null where it is none of ours. */
export function readableEvent(
  found: Pick<RecordedEvent, 'stream' | 'revision' | 'type'> & {
    readonly data: unknown;
    readonly metadata: Readonly<Record<string, unknown>>;
  },
): PaymentOrderEvent | null {
  const { stream, revision, type, data, metadata } = found;
  if (!isEventType(type)) return null;
  const { schemaVersion } = metadata;
  // Where the version was withheld, or is no version, the data may still be today's.
  const isVersion = typeof schemaVersion === 'number' && schemaVersion >= 1;
  const version = isVersion ? schemaVersion : currentSchemaVersion(type);
  try {
    return eventOfVersion(type, version, data, { stream, revision });
  } catch (error) {
    if (error instanceof PaymentOrderError) return null;
    throw error;
  }
}

function eventOfVersion(
  type: EventType,
  schemaVersion: number,
  data: unknown,
  place: { readonly stream: string; readonly revision: number },
): PaymentOrderEvent {
  const today = upcast(type, schemaVersion, data, (schema, older) =>
    parsed(schema, older, 'data', place),
  );
  return machineEvent(type, today, place);
}

/** An event that is about to be appended, and what it will read back as. */
export type EncodedEvent = {
  readonly prepared: PreparedEvent;
  readonly stored: Omit<StoredEvent, 'position'>;
};

/** Ties an event to the one before it with a fresh salt, and checks it as a reader would. */
export function encodeEvent(
  id: string,
  event: PaymentOrderEvent,
  metadata: ChainedMetadata,
  place: { readonly stream: string; readonly revision: number; readonly prevHash: string },
  runtime: Pick<Runtime, 'randomHex'>,
): EncodedEvent {
  const { type, ...data } = withoutUndefined(event);
  const { stream, revision, prevHash } = place;
  const chained = withoutUndefined(metadata);
  const link = chainLink(
    { stream, revision, id, type, data, metadata: chained },
    runtime.randomHex(16),
    prevHash,
  );
  const whole: EventMetadata = { ...chained, ...link };
  return {
    prepared: { id, type, data: json(data), metadata: json(whole) },
    stored: {
      ...{ stream, revision, id, type, data },
      metadata: parsed(metadataSchema, whole, 'metadata', place),
      event: machineEvent(type, data, place),
    },
  };
}

/** Parses data of today's schema version as the event of its type that the machine takes. */
export function machineEvent(
  type: EventType,
  data: unknown,
  place: { readonly stream: string; readonly revision: number },
): PaymentOrderEvent {
  const schema: z.ZodType = eventSchemas[type];
  // The schema of this very type made the data; TypeScript does not follow the pairing.
  return { type, ...(parsed(schema, data, 'data', place) as object) } as PaymentOrderEvent;
}

function parsed<T>(
  schema: z.ZodType<T>,
  value: unknown,
  part: 'data' | 'metadata',
  place: { readonly stream: string; readonly revision: number },
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // Where zod refuses, it says at least one reason.
  const [{ path, code, message }] = result.error.issues as [z.core.$ZodIssue];
  const field = [part, ...path].map(String).join('.');
  // Zod would repeat the names of unknown fields, and those may be anything.
  const isUnknown = code === 'unrecognized_keys';
  const problem = isUnknown ? 'holds a field that is not known' : message;
  throw new PaymentOrderError('invalid-event', `${at(place)}: ${field} ${problem}`, {
    stream: place.stream,
    revision: place.revision,
    field,
  });
}

function at(place: { readonly stream: string; readonly revision: number }): string {
  return `stream ${place.stream}, revision ${place.revision}`;
}

/** JSON has no undefined: a field that is not there is left out, before anything is hashed. */
function withoutUndefined<T extends object>(value: T): T {
  // Only absent optional fields are dropped, which the type allows.
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

function json(value: object): JsonObject {
  // Schemas for stored data allow JSON values alone; the store checks it once more.
  return value as JsonObject;
}
