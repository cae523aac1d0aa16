/** The notices that nobody has settled, the oldest first, as the index knows them. */

import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { parseInput } from '../parse.ts';
import { waitingSchema } from './search.ts';
import type { IndexTable } from './table.ts';
import type { UnsettledNotice, UnsettledNotices, UnsettledNoticesOptions } from './types.ts';

const limitDefault = 100;

const unsettledSchema = z.strictObject({
  status: z.enum(['waiting', 'held']).optional(),
  limit: z.int().min(1).max(1_000).optional(),
  after: z.string().max(1_000).optional(),
  ...waitingSchema,
} satisfies Record<keyof UnsettledNoticesOptions, z.ZodType>);

/** @throws {PaymentOrderError} `invalid-input` */
export function parseUnsettled(options: unknown): UnsettledNoticesOptions {
  const parsed = parseInput(unsettledSchema, options);
  placeIn(parsed.after);
  return parsed;
}

/** Where the page before ended. */
const placeSchema = z.strictObject({ since: z.string(), id: z.string() });

function cursorOf({ since, noticeId: id }: UnsettledNotice): string {
  return Buffer.from(JSON.stringify({ since, id })).toString('base64url');
}

function placeIn(after: string | undefined): z.infer<typeof placeSchema> {
  if (after === undefined) return { since: '', id: '' };
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(after, 'base64url').toString()));
  } catch {
    throw invalidInput('after', 'must be a cursor that unsettledNotices gave');
  }
}

/** One that nobody has looked at waits, as whoever asks the inbox is told. */
const sql = `
  SELECT id, standing, since FROM notices
  WHERE (since, id) > (:since, :id)
    AND (:status = '' OR iif(standing = 'held', 'held', 'waiting') = :status)
  ORDER BY since, id LIMIT :most`;

/** In one view of the index. */
export function unsettled(
  table: IndexTable,
  { status, limit = limitDefault, after }: UnsettledNoticesOptions,
): UnsettledNotices {
  const parameters = { ...placeIn(after), status: status ?? '', most: limit + 1 };
  const found = Array.from(table.select(sql, parameters), ({ id, standing, since }) => ({
    noticeId: String(id),
    status: standing === 'held' ? ('held' as const) : ('waiting' as const),
    since: String(since),
  }));
  const notices = found.slice(0, limit);
  const last = notices.at(-1);
  const isLast = found.length <= limit || last === undefined;
  return { notices, cursor: isLast ? null : cursorOf(last) };
}
