/**
 * Recovery follows orders and notices in the same way: it knows which of them may wait, goes on
 * with what is new, and saves what it knows as a checkpoint. Nothing is read to know it but the state
 * that each event recorded.
 */

import type { z } from 'zod';
import { orderNumber } from '../../machines/payment-order.events.ts';
import { sha256Hex, orderNoOf, streamPrefix } from '../history/event.ts';
import { noticeIdOf, noticePrefix } from '../inbox/events.ts';

export type Followed = {
  /** The streams' names begin with it. */
  readonly prefix: string;
  /** The stream of its checkpoints, whose name has no dash. */
  readonly checkpoints: string;
  /** The field of a checkpoint that names those that wait. */
  readonly field: 'orders' | 'notices' | 'open';
  readonly name: z.ZodType<string>;
  /** So many names fit into an event of any store. */
  readonly namesMax: number;
  readonly nameOf: (stream: string) => string;
  /** By the state that its last event recorded. */
  readonly mayWait: (to: unknown) => boolean;
};

/** The state in which a cancel is open and no timer runs. */
export const stateOfReview = 'cancelling.needsReview';

/** The state whose timer asks the platform, where it can be asked. Only there an answer moves the order. */
export const stateOfDoubt = 'cancelling.inDoubt';

/** The orders in an open cancel that may wait for a timer. One that needs review has none. */
export const followedOrders: Followed = {
  prefix: streamPrefix,
  checkpoints: 'paymentOrderRecovery',
  field: 'orders',
  name: orderNumber,
  namesMax: 5_000,
  nameOf: orderNoOf,
  mayWait: (to) => typeof to === 'string' && to.startsWith('cancelling.') && to !== stateOfReview,
};

/** The orders that nobody cancels and nothing ended: the platform may know more of them. */
export const followedOpen: Followed = {
  ...followedOrders,
  checkpoints: 'paymentOpenRecovery',
  field: 'open',
  mayWait: (to) => to === 'created' || to === 'paying',
};

/** The notices that nobody settled. One that is held waits for an operator. */
export const followedNotices: Followed = {
  prefix: noticePrefix,
  checkpoints: 'paymentNoticeRecovery',
  field: 'notices',
  name: sha256Hex,
  namesMax: 3_000,
  nameOf: noticeIdOf,
  mayWait: (to) => to === 'received' || to === 'waiting',
};
