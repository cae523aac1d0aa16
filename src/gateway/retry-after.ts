/** Reads the header `Retry-After` of an answer: how long the platform asks to be left alone. */

import { millisecondsOf } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { retryAfterMaxMs } from './cancel-gateway.ts';

const httpDate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The wish in a header's value, ms: seconds, or a date that counts from this machine's clock. A past
 * date wishes nothing, and more than a day counts as a day. Undefined for anything else.
 *
 * Source: RFC 9110, sections 10.2.3 and 5.6.7; of the dates, the one that senders must use.
 *
 * @example retryAfterMsOf('120', systemRuntime()); // 120_000
 */
export function retryAfterMsOf(
  value: string | undefined,
  runtime: Pick<Runtime, 'now'>,
): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, retryAfterMaxMs);
  if (!httpDate.test(value)) return undefined;
  const waitMs = Math.ceil(millisecondsOf(value) - runtime.now());
  // A date such as 31 Feb or 25:00 has no milliseconds.
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), retryAfterMaxMs);
}
