/**
 * What becomes of a wait where the platform asked to be left alone.
 *
 * The wish makes a wait longer and never shorter. It makes none where there is none, and it is bounded,
 * so that one bad answer holds an order up for an hour at most.
 */

import { fieldOf } from '../../machines/payment-order.outcomes.ts';
import { retryAfterMaxMs } from '../gateway/cancel-gateway.ts';

/** The longest wait for the sake of a wish, ms. */
export const wishedWaitMaxMs = 3_600_000;

/** The wish in what a gateway port gave, ms. A value that is not one is ignored: 0. */
export function wishIn(given: unknown): number {
  if (typeof given !== 'object' || given === null) return 0;
  const wish = fieldOf(given, 'retryAfterMs');
  return typeof wish === 'number' && wish >= 0 && wish <= retryAfterMaxMs ? wish : 0;
}

/** The wait as it is recorded, ms, with a wish. */
export function withWish(waitMs: number | null, wishMs: number): number | null {
  return waitMs === null ? null : Math.max(waitMs, Math.ceil(Math.min(wishMs, wishedWaitMaxMs)));
}
