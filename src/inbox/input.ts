import { z } from 'zod';
import { orderNumber, printable } from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import { actorSchema, sha256Hex } from '../history/event.ts';
import type { Actor } from '../history/event.ts';
import { revisionSeen } from '../order/input.ts';
import { aFunction, parseInput, valueThat } from '../parse.ts';
import { bytesOf } from './body.ts';
import { contentTypeMax, longText, signatureMax } from './events.ts';
import type { Delivery } from './events.ts';
import type {
  InboxOptions,
  NoticeDiscard,
  NoticeFilter,
  NoticeInput,
  NoticeRetry,
  NoticeStatus,
  Translate,
} from './types.ts';

/** Comes from outside, and is cut instead of refused. */
const cut = (charactersMax: number) =>
  z.string().transform((text) => text.slice(0, charactersMax).toWellFormed());

const inputSchema = z.strictObject({
  body: valueThat<string | Uint8Array>((given) =>
    typeof given === 'string' || given instanceof Uint8Array
      ? null
      : 'must be text or a Uint8Array, as it came and not parsed',
  ),
  contentType: cut(contentTypeMax).optional(),
  source: printable.optional(),
  signature: cut(signatureMax).optional(),
  vouchedBy: printable.optional(),
  actor: actorSchema.optional(),
} satisfies Record<keyof NoticeInput, z.ZodType>);

export type ParsedNotice = {
  readonly bytes: Buffer;
  readonly delivery: Delivery;
  readonly actor: Actor | undefined;
};

export function parseNotice(input: unknown): ParsedNotice {
  const { body, actor, ...delivery } = parseInput(inputSchema, input);
  return { bytes: bytesOf(body), delivery: compact(delivery), actor };
}

const statuses = [
  'applied',
  'waiting',
  'held',
  'discarded',
] as const satisfies readonly NoticeStatus[];

export const noticeStatuses: readonly NoticeStatus[] = statuses;

const filterSchema = z.strictObject({
  status: z.enum(statuses).optional(),
  attention: z.boolean().optional(),
  orderNo: orderNumber.optional(),
  onUnreadable: aFunction<NonNullable<NoticeFilter['onUnreadable']>>().optional(),
} satisfies Record<keyof NoticeFilter, z.ZodType>);

export function parseNoticeFilter(filter: unknown): NoticeFilter {
  return parseInput(filterSchema, filter);
}

export function parseNoticeId(id: unknown): string {
  return parseInput(sha256Hex, id, 'noticeId');
}

const prefixSchema = z
  .string()
  .regex(/^[0-9a-f]{0,64}$/, 'must be lower-case hexadecimal digits, at most 64');

export function parseNoticePrefix(prefix: unknown): string {
  return parseInput(prefixSchema, prefix, 'prefix');
}

const retrySchema = z.strictObject({
  by: printable,
  vouchedBy: printable.optional(),
  orderNo: orderNumber.optional(),
  ifRevision: revisionSeen.optional(),
} satisfies Record<keyof NoticeRetry, z.ZodType>);

export function parseRetry(retry: unknown): NoticeRetry {
  return parseInput(retrySchema, retry);
}

const discardSchema = z.strictObject({
  by: printable,
  reason: longText,
  ifRevision: revisionSeen.optional(),
} satisfies Record<keyof NoticeDiscard, z.ZodType>);

export function parseDiscard(discard: unknown): NoticeDiscard {
  return parseInput(discardSchema, discard);
}

const optionsSchema = z.strictObject({
  translate: aFunction<Translate>().optional(),
} satisfies Record<keyof InboxOptions, z.ZodType>);

export function parseInboxOptions(options: unknown): InboxOptions {
  return parseInput(optionsSchema, options);
}
