import { z } from 'zod';
import { identifier } from '../../machines/payment-order.events.ts';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';

/** Who did it. */
export const actorSchema = z.strictObject({
  /** Such as `customer`, `operator`, `service`, `gateway`, `timer`. */
  kind: z.string().regex(/^[a-z][a-z-]{0,31}$/, 'must be 1 to 32 of a-z and -, a letter first'),
  id: identifier,
});

export type Actor = z.infer<typeof actorSchema>;

/** UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const instant = z.iso.datetime({ precision: 3 });

/** One check in place of two: every event has six of these, and a million of them adds up. */
const hexadecimal = (digits: number) =>
  z.string().refine((text) => text.length === digits && /^[0-9a-f]+$/.test(text), {
    error: `must be ${digits} lower-case hexadecimal digits`,
  });

const sha256 = hexadecimal(64);
const dottedPath = z.string().min(1).max(128);

/** W3C Trace Context, version 00. */
export const traceparentSchema = z
  .string()
  .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'must be a W3C traceparent');

/** What is said of an event, beside its data. */
export const metadataSchema = z.strictObject({
  /** When this module prepared the append. Order follows revisions, never this. */
  recordedAt: instant,
  /** When the source says that it happened; absent where nobody said. */
  occurredAt: instant.optional(),
  actor: actorSchema.optional(),
  /** Where it came from: `command`, `fact`, `gateway`, `timer`, or what the caller named. */
  source: identifier,
  commandId: identifier.optional(),
  /** SHA-256 of the command's name and payload, where it has an id. */
  commandDigest: sha256.optional(),
  $correlationId: identifier,
  $causationId: identifier.optional(),
  traceparent: traceparentSchema.optional(),
  /** Dotted path of the state before; null for the first event. */
  from: dottedPath.nullable(),
  to: dottedPath,
  schemaVersion: z.int().min(1),
  machine: z.strictObject({ version: z.string().min(1).max(64), hash: sha256 }),
  salt: z
    .string()
    .length(32)
    .regex(/^[0-9a-f]+$/),
  dataHash: sha256,
  metadataHash: sha256,
  prevHash: sha256,
  hash: sha256,
});

export type EventMetadata = z.infer<typeof metadataSchema>;

/** Which machine decided: its version, and a digest of its states and transitions. */
export type MachineIdentity = Readonly<EventMetadata['machine']>;

/** An event of a payment order's stream, read back and parsed. */
export type StoredEvent = {
  readonly stream: string;
  /** 0-based. */
  readonly revision: number;
  /** Opaque: where it stands among all events of the store. */
  readonly position: string;
  readonly id: string;
  readonly type: EventType;
  /** As stored, before any upcasting: what `dataHash` covers. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: EventMetadata;
  /** As the machine takes it today. */
  readonly event: PaymentOrderEvent;
};

/** A witness comes from outside, read back from a file or a database; a whole receipt is one. */
export const witnessSchema = z.object({ revision: z.int().min(0), hash: sha256 });

/** Where a stream ends: a caller who keeps it can prove later that no tail was lost. */
export type Witness = {
  readonly revision: number;
  readonly hash: string;
};
