/**
 * What is stored of notices. A notice has a stream of its own, named by the digest of its body: its
 * first append is the one that succeeds only once, and it is what the sender waits for. A second
 * stream lists the notices of an order that does not exist yet, so that creating it finds them
 * without looking at any other notice.
 */

import { z } from 'zod';
import { eventRoles, orderNumber, printable } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { PreparedEvent, RecordedEvent } from '../event-store/event-store.ts';
import { chainLink } from '../history/chain.ts';
import { parsed } from '../history/codec.ts';
import { actorSchema, chainLinkSchema, instant, sha256Hex } from '../history/event.ts';
import type { Actor } from '../history/event.ts';
import { compact } from '../compact.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf } from '../runtime.ts';

/** The streams of notices; what follows is the SHA-256 of the body. */
export const noticePrefix = 'paymentNotice-';
/** The streams that list the notices of an order; what follows is its number. */
export const noticeListPrefix = 'paymentNoticeFor-';

export function noticeStreamOf(id: string): string {
  return `${noticePrefix}${id}`;
}

/** The id in a stream's name; the whole name where it is not one of a notice. */
export function noticeIdOf(stream: string): string {
  return stream.startsWith(noticePrefix) ? stream.slice(noticePrefix.length) : stream;
}

export function noticeListOf(orderNo: string): string {
  return `${noticeListPrefix}${orderNo}`;
}

const wellFormed = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax, `must have at most ${charactersMax} characters`)
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

export const longText = wellFormed(512).min(1, 'must not be empty');

/** Longer ones are cut. */
export const contentTypeMax = 256;
export const signatureMax = 8_192;
export const problemMax = 300;

const body = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ base64: z.base64() }),
]);

/** How a body was delivered, and what vouches for that. */
const delivery = z.strictObject({
  contentType: wellFormed(contentTypeMax).optional(),
  source: printable.optional(),
  signature: wellFormed(signatureMax).optional(),
  vouchedBy: printable.optional(),
});

/** A fact as its translator gave it, kept so that nobody has to ask the translator again. */
const translated = z.strictObject({
  orderNo: orderNumber,
  type: z.enum(eventRoles.fact),
  fact: z.record(z.string(), z.union([z.string(), z.number()])),
  signed: printable.optional(),
});

const problem = wellFormed(problemMax);

const noticeSchemas = {
  NoticeReceived: z.strictObject({
    body,
    bytes: z.int().min(0),
    /** Only the first part of the body is kept. */
    isCut: z.literal(true).optional(),
    delivery,
  }),
  /** The same body came again, with a voucher or a signature that was lacking. */
  NoticeVouched: z.strictObject({ delivery }),
  NoticeRetried: z.strictObject({
    by: printable,
    vouchedBy: printable.optional(),
    orderNo: orderNumber.optional(),
  }),
  NoticeWaits: z.strictObject({ problem, translated: translated.optional() }),
  NoticeHeld: z.strictObject({
    code: z.enum(['unreadable', 'forged', 'unvouched', 'refused']),
    problem,
    translated: translated.optional(),
  }),
  NoticeApplied: z.strictObject({
    translated,
    vouchedBy: printable,
    kind: z.enum(['accepted', 'duplicate']),
    revision: z.int().min(0),
    hash: sha256Hex,
  }),
  NoticeDiscarded: z.strictObject({ by: printable, reason: longText }),
  /** In the stream of an order's list. */
  NoticeListed: z.strictObject({ noticeId: sha256Hex }),
} as const;

export type NoticeEventType = keyof typeof noticeSchemas;

export type NoticeEvent<T extends NoticeEventType = NoticeEventType> = {
  [Type in T]: { readonly type: Type } & Readonly<z.infer<(typeof noticeSchemas)[Type]>>;
}[T];

export type Delivery = z.infer<typeof delivery>;
export type Translated = z.infer<typeof translated>;

/** Where a notice stands after an event: what `waiting` covers is two things inside. */
export const standings = ['received', 'waiting', 'held', 'applied', 'discarded'] as const;
export type Standing = (typeof standings)[number];

const metadataSchema = z.strictObject({
  recordedAt: instant,
  actor: actorSchema.optional(),
  schemaVersion: z.literal(1),
  /** Of a notice. Recovery reads it and needs no body. */
  to: z.enum(standings).optional(),
  ...chainLinkSchema.shape,
});

type NoticeMetadata = z.infer<typeof metadataSchema>;

/** An event of a notice, or of a list of notices, read back and parsed. */
export type StoredNoticeEvent = {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly metadata: NoticeMetadata;
  readonly event: NoticeEvent;
};

/**
 * @throws {PaymentOrderError} `unknown-event-type`, `unknown-schema-version` or `invalid-event`,
 * with stream and revision.
 */
export function decodeNoticeEvent(found: RecordedEvent): StoredNoticeEvent {
  const { stream, revision, id, type, data } = found;
  const place = { stream, revision };
  if (!isNoticeEventType(type)) {
    throw new PaymentOrderError(
      'unknown-event-type',
      `stream ${stream}, revision ${revision} holds an event of a type that this version does ` +
        'not know; read it with the version that wrote it, or a newer one',
      place,
    );
  }
  const { schemaVersion } = found.metadata;
  if (typeof schemaVersion === 'number' && schemaVersion > 1) {
    throw new PaymentOrderError(
      'unknown-schema-version',
      `stream ${stream}, revision ${revision} holds ${type} in schema version ${schemaVersion}, ` +
        'this version reads up to 1; update the module',
      place,
    );
  }
  const metadata = parsed(metadataSchema, found.metadata, 'metadata', place);
  const schema: z.ZodType<object> = noticeSchemas[type];
  // The schema of this very type made the data; TypeScript does not follow the pairing.
  const event = { type, ...parsed(schema, data, 'data', place) } as NoticeEvent;
  return { stream, revision, id, metadata, event };
}

function isNoticeEventType(type: string): type is NoticeEventType {
  return Object.hasOwn(noticeSchemas, type);
}

/** Makes the next event of a stream of notices ready to be appended. */
export function encodeNoticeEvent(
  event: NoticeEvent,
  place: { readonly stream: string; readonly revision: number; readonly prevHash: string },
  about: { readonly actor?: Actor | undefined; readonly to?: Standing | undefined },
  runtime: Runtime,
): { readonly prepared: PreparedEvent; readonly stored: StoredNoticeEvent } {
  const { stream, revision, prevHash } = place;
  const { type, ...given } = event;
  const id = runtime.newId();
  const data = compact(given);
  const chained = compact({ recordedAt: instantOf(runtime.now()), ...about, schemaVersion: 1 });
  const linked = { stream, revision, id, type, data, metadata: chained };
  const metadata = {
    ...chained,
    ...chainLink(linked, (bytes) => runtime.randomHex(bytes), prevHash),
  };
  // The schemas allow JSON values alone; the store checks it once more.
  const prepared = { id, type, data, metadata } as PreparedEvent;
  return { prepared, stored: decodeNoticeEvent({ ...prepared, stream, revision, position: '' }) };
}
