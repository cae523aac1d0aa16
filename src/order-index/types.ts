/** What is asked of the order index, and what it answers. No fold leads here. */

import type { AnomalyCode, OrderFacts } from '../../machines/payment-order.facts.ts';
import type { Actor } from '../history/event.ts';
import type { AttentionReason, AttentionThresholds, AttentionWhy } from '../order/attention.ts';
import type { PaymentOrder } from '../order/types.ts';

/** What of an order needs no more than its events, as `get` gives it. */
type Shown =
  | 'orderNo'
  | 'processBillNo'
  | 'amountMinor'
  | 'currency'
  | 'gateway'
  | 'state'
  | 'stateDetail'
  | 'createdAt'
  | 'since'
  | 'doubtSince'
  | 'dueAt'
  | 'lastRule'
  | 'anomalies'
  | 'received'
  | 'refunded'
  | 'revision'
  | 'hash';

/** What a list shows of an order. Instants are UTC with milliseconds, as recorded. */
export type OrderSummary = Pick<PaymentOrder, Shown> & {
  /** The first event that cannot be read, or follows a gap; null where all can. */
  readonly unreadable: { readonly revision: number; readonly since: string } | null;
  /** How many calls to the gateway were begun. */
  readonly attempts: number;
  /** As they were told, also those of declined and retracted payments. */
  readonly transactionNos: readonly string[];
  readonly refundNos: readonly string[];
  /** Who acted last, where anybody was named. */
  readonly lastActor: Actor | null;
};

/** An order as `foldOrder` keeps it: JSON, with all that the next event needs. */
export type OrderRow = OrderSummary & {
  /** When each anomaly arose; that of anomaly n stands at index n - 1. */
  readonly anomaliesSince: readonly string[];
  /** What the order knows, folded from the data alone. */
  readonly known: OrderFacts;
};

/** An order that `search` found, and why it needs a person now. */
export type FoundOrder = OrderSummary & {
  /** Empty where nobody is needed. */
  readonly why: readonly AttentionReason[];
};

/** Where an index is kept. `isOurs`: no other program has a file of this name. */
export type IndexPlace = { readonly path: string; readonly isOurs: boolean };

/** The states that a search may ask for, with those inside of `cancelling`. */
export const searchedStates = [
  'created',
  'paying',
  'paid',
  'cancelling',
  'cancelling.requesting',
  'cancelling.backingOff',
  'cancelling.inDoubt',
  'cancelling.needsReview',
  'cancelled',
  'failed',
] as const;

export type SearchedState = (typeof searchedStates)[number];

export const orderSorts = [
  'created',
  '-created',
  'since',
  '-since',
  'amount',
  '-amount',
  'due',
  '-due',
] as const;

/** By creation, by how long the order is in its state, by amount, or by when its timer is due. */
export type OrderSort = (typeof orderSorts)[number];

/** Which orders `search` finds: those that fit everything that is given. */
export type OrderSearch = {
  /**
   * The beginning of an order number, a process bill, a transaction or a refund number, in capital or
   * small letters. At most 128 characters.
   */
  readonly text?: string | undefined;
  /** Dotted path of a state: `cancelling` finds all of its states, `cancelling.inDoubt` one. */
  readonly state?: SearchedState | undefined;
  /** True: those that need a person for any reason. Or for one reason, or one of several. */
  readonly attention?: true | AttentionWhy | readonly AttentionWhy[] | undefined;
  /** By the name of the order's gateway, or one of several; null stands for those that record none. */
  readonly gateway?: string | null | readonly (string | null)[] | undefined;
  /** Those that came to their state at this instant or later: ISO 8601 with an offset. */
  readonly since?: string | undefined;
  /** By the amount that was expected or received, in minor units. */
  readonly amount?:
    | {
        readonly min?: number | undefined;
        readonly max?: number | undefined;
        /** ISO 4217. Default: any. */
        readonly currency?: string | undefined;
      }
    | undefined;
  /** Default `created`: oldest first. A minus turns it round. Orders without the value come last. */
  readonly sort?: OrderSort | undefined;
  /** From 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** Where the page before ended. The rest of the search must be the same. */
  readonly cursor?: string | undefined;
  /** How long something may last before it needs a person. */
  readonly thresholds?: AttentionThresholds | undefined;
  /** Called while the index is built, and while it catches up with many events. */
  readonly onProgress?: ((progress: IndexProgress) => void) | undefined;
  /** Ends the wait; its reason is thrown. What was built is kept. */
  readonly signal?: AbortSignal | undefined;
};

/** How far the index has come. */
export type IndexProgress = {
  /** Events that this catch-up has read. */
  readonly events: number;
  /** When the newest of them was recorded. */
  readonly recordedAt: string | null;
  /** How much of the way to the newest event it is, from 0 to 1. */
  readonly share: number;
};

export type FoundOrders = {
  readonly orders: readonly FoundOrder[];
  /** Pass it to the next search for the next page; null where this one is the last. */
  readonly cursor: string | null;
  /** Where the index is kept. `memory`: each process builds it again. */
  readonly index: 'file' | 'memory';
  /** Up to where the index has read: `orders.events` goes on after it. Null where nothing is stored. */
  readonly position: string | null;
  /** The notices that wait for an order, an answer or an operator. */
  readonly notices: WaitingNotices;
};

/** Which orders `countAttention` counts, and by what. */
export type AttentionCountOptions = Pick<
  OrderSearch,
  'gateway' | 'thresholds' | 'onProgress' | 'signal'
>;

/** How many orders need a person, and why: as many as `search` would find. */
export type AttentionCount = {
  /** All of them, also those that need nobody. */
  readonly orders: number;
  /** Those that need a person for any reason. */
  readonly needing: number;
  /** An order with several reasons counts for each. `since` is that of the oldest; null for none. */
  readonly by: Readonly<
    Record<AttentionWhy, { readonly count: number; readonly since: string | null }>
  >;
  /** How many orders have an open anomaly of a code. Those of no order are left out. */
  readonly codes: Readonly<Partial<Record<AnomalyCode, number>>>;
  /** The names of the gateways of all orders, counted or not; null: some record none. */
  readonly gateways: readonly (string | null)[];
  /** Of all orders. */
  readonly notices: WaitingNotices;
};

/** Which of the notices that nobody has settled. */
export type UnsettledNoticesOptions = Pick<OrderSearch, 'onProgress' | 'signal'> & {
  /** Those that wait for an operator, or those that recovery tries again. Default: both. */
  readonly status?: UnsettledNotice['status'] | undefined;
  /** From 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** The `cursor` of the page before. */
  readonly after?: string | undefined;
};

/** A notice as the index knows it; `inbox().get` gives the rest. */
export type UnsettledNotice = {
  readonly noticeId: string;
  /** As `NoticeView.status`: recovery tries a waiting one again, a held one waits for an operator. */
  readonly status: 'waiting' | 'held';
  /** Since when it stands so: UTC with milliseconds. */
  readonly since: string;
};

export type UnsettledNotices = {
  readonly notices: readonly UnsettledNotice[];
  /** Pass it as `after` for the next page; null where this one is the last. */
  readonly cursor: string | null;
};

/** Notices that nobody has settled. */
export type WaitingNotices = {
  /** They are tried again by recovery. */
  readonly waiting: number;
  /** They wait for an operator. */
  readonly held: number;
  /** Since when the oldest of them stands as it does; null where none waits. */
  readonly since: string | null;
};
