/**
 * An event of a payment order has five shapes on its way in and out of this module, and each has one
 * name. `PaymentOrderEvent` is what the machine takes. `PreparedEvent` and `RecordedEvent` (the
 * store port) are what a store is given and gives back, JSON of unknown content. `FoundEvent` is any
 * event that nobody has parsed, from a store or from a file of evidence, perhaps with parts
 * withheld; callers know it as `DisputeEvent`. `HistoryEvent` is a found event that this version has
 * parsed.
 *
 * Derived from a history, one for each event: `RecordedStep` (what the order knew then),
 * `TimelineEntry` (what a reader sees) and `ReportEntry` (what the page shows). Stores keep an
 * `EventRow` of their own. There are no others.
 */

import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { printable } from '../../machines/payment-order.events.ts';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';

/** Who caused an event. */
export const actorSchema = z.strictObject({
  /** Such as `customer`, `operator`, `service`, `gateway`, `timer`. */
  kind: z.string().regex(/^[a-z][a-z-]{0,31}$/, 'must be 1 to 32 of a-z and -, a letter first'),
  id: printable,
});

export type Actor = z.infer<typeof actorSchema>;

/** UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const instant = z.iso.datetime({ precision: 3 });

/** One check, spelt out: every event has six digests, and a history may hold thousands. */
const hexadecimal = (digits: number) =>
  z.string().refine((text) => text.length === digits && isHexadecimal(text), {
    error: `must be ${digits} lower-case hexadecimal digits`,
  });

/** By character code: 1 for a lower-case hexadecimal digit. */
const digitCodes = new Uint8Array(128);
for (const digit of '0123456789abcdef') digitCodes[digit.charCodeAt(0)] = 1;

function isHexadecimal(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (digitCodes[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

export const sha256Hex = hexadecimal(64);
const dottedPath = z.string().min(1).max(128);

/** W3C Trace Context, version 00. */
export const traceparentSchema = z
  .string()
  .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'must be a W3C traceparent');

const saltHex = hexadecimal(32);
/** The hashes prove them, so their form matters little: each event has several. */
const saltsByName = z.record(z.string(), z.string().length(32));

/**
 * How an event is tied to the one before it. Events of format 1 have neither `format` nor `salts`.
 */
export const chainLinkSchema = z.strictObject({
  /** The format of the hashes. */
  format: z
    .literal(2, 'must be a format of hashes that this version knows; update the module')
    .optional(),
  /** Of data and metadata. */
  salt: saltHex,
  /** The salts of the sealed values of each part, by name. */
  salts: z
    .strictObject({ data: saltsByName.optional(), metadata: saltsByName.optional() })
    .optional(),
  dataHash: sha256Hex,
  metadataHash: sha256Hex,
  prevHash: sha256Hex,
  hash: sha256Hex,
});

/** What is stored about an event, next to its data. */
export const metadataSchema = z.strictObject({
  /** When this module prepared the append. Order follows revisions, never this. */
  recordedAt: instant,
  /** When it happened, according to its source; absent where the source gave no time. */
  occurredAt: instant.optional(),
  actor: actorSchema.optional(),
  /** `command`, `fact`, `gateway`, `timer`, or a name that the caller gave. */
  source: printable,
  commandId: printable.optional(),
  /** SHA-256 of the command's name and payload, where it has an id. */
  commandDigest: sha256Hex.optional(),
  $correlationId: printable,
  $causationId: printable.optional(),
  traceparent: traceparentSchema.optional(),
  /** The notice that reported the fact: SHA-256 of its body. */
  noticeId: sha256Hex.optional(),
  /** What vouched for that notice, such as a source network or a signature. */
  vouchedBy: printable.optional(),
  /** Dotted path of the state before; null for the first event. */
  from: dottedPath.nullable(),
  to: dottedPath,
  schemaVersion: z.int().min(1),
  machine: z.strictObject({ version: z.string().min(1).max(64), hash: sha256Hex }),
  ...chainLinkSchema.shape,
});

export type EventMetadata = z.infer<typeof metadataSchema>;

/** Which machine decided: its version, and a digest of its states and transitions. */
export type MachineIdentity = Readonly<EventMetadata['machine']>;

/** An event as found in a store or in a file. It is not parsed: its content may be anything. */
export type FoundEvent = {
  readonly stream: string;
  /** 0-based. */
  readonly revision: number;
  /** Opaque: the place among all events of the store. A file has none. */
  readonly position?: string | undefined;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What the exporter of a package withheld. */
  readonly withheld?: Withheld | undefined;
};

/**
 * What is withheld of an event: of each part the digests of the withheld values by name, such as
 * `{ metadata: { 'actor.id': '…' } }`. An event of hash format 1 can only withhold a part as a whole,
 * and has the part's digest there. Digests are SHA-256, lower-case hexadecimal.
 */
export type Withheld = {
  readonly data?: string | Readonly<Record<string, string>> | undefined;
  readonly metadata?: string | Readonly<Record<string, string>> | undefined;
};

/**
 * An event of a payment order's stream, read back and parsed. `type` narrows `event`.
 *
 * @example if (found.type === 'PaymentSucceeded') console.log(found.orderNo, found.event.amountMinor);
 */
export type HistoryEvent<T extends EventType = EventType> = {
  [K in T]: {
    readonly orderNo: string;
    readonly stream: string;
    /** 0-based. */
    readonly revision: number;
    /** Opaque: the place among all events of the store; empty for an event from a file. */
    readonly position: string;
    readonly id: string;
    readonly type: K;
    /** As stored, before any upcasting: this is what `dataHash` covers. */
    readonly data: Readonly<Record<string, unknown>>;
    readonly metadata: EventMetadata;
    /** In today's schema version, as the machine takes it. */
    readonly event: PaymentOrderEvent<K>;
  };
}[T];

/** Gives events one by one, and refuses what a caller in JavaScript may have given instead. */
export function* foundEvents<T extends FoundEvent>(events: Iterable<T>): Generator<T> {
  if (!isIterable(events)) throw invalidInput('events', 'must be events as history() gives them');
  let index = 0;
  for (const event of events) {
    if (!isFound(event)) throw invalidInput(`events.${index}`, 'must be an event of history()');
    yield event;
    index += 1;
  }
}

export function isIterable(given: unknown): given is Iterable<unknown> {
  return typeof given === 'object' && given !== null && Symbol.iterator in given;
}

export function isAsyncIterable(given: unknown): given is AsyncIterable<unknown> {
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
}

function isFound(given: unknown): boolean {
  if (!isObject(given)) return false;
  const { stream, revision, id, type, data, metadata } = given;
  const texts = [stream, id, type];
  return (
    texts.every((text) => typeof text === 'string') &&
    typeof revision === 'number' &&
    [data, metadata].every(isObject)
  );
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

/** A witness comes from outside, from a file or a database; a whole receipt may serve as one. */
export const witnessSchema = z.object({ revision: z.int().min(0), hash: sha256Hex });

/** Where a stream ends. Kept elsewhere, it proves later that no event at the end was lost. */
export type Witness = {
  readonly revision: number;
  readonly hash: string;
};

/** All streams of payment orders begin with this; the category has no dash in it. */
export const streamPrefix = 'paymentOrder-';

export function streamOf(orderNo: string): string {
  return `${streamPrefix}${orderNo}`;
}

/** The order number in a stream's name; the whole name where it is not one of a payment order. */
export function orderNoOf(stream: string): string {
  return stream.startsWith(streamPrefix) ? stream.slice(streamPrefix.length) : stream;
}

/** A field of data or metadata that should be text; null where it is not. */
export function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === 'string' ? value : null;
}
