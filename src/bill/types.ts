/**
 * The types of reconciling. They are apart from the functions that use them, so that no public
 * declaration leads to a type of XState's.
 */

import type { BillEntry, BillType } from '../gateway/cancel-gateway.ts';
import type { Actor } from '../history/event.ts';

/** Days in China, both included, `2021-02-02`. */
export type BillDays = { readonly from: string; readonly to: string };

/** A part of a bill that could not be read. What it may list is then not known. */
export type UnreadBill = {
  readonly kind: 'unread';
  readonly day: string;
  readonly type: BillType;
  readonly status: 'unknown' | 'unavailable';
  /** The rule that classified the answer; see `billRules`. */
  readonly rule: string;
};

/** A row of a bill that cannot be read. `problem` never repeats what the row holds. */
export type BadBillRow = Extract<BillEntry, { readonly kind: 'bad-row' }>;

/** What a reader of bills gives. */
export type BillItem = BillEntry | UnreadBill;

export type ReconcileOptions = {
  /** The first day that is compared, in China, such as `2021-02-02`. */
  readonly from: string;
  /** The last day; at most 366 days are compared at a time. */
  readonly to: string;
  /**
   * The path of the bill: CSV with a header line, or JSON, in UTF-8, with the platform's columns.
   * Default: the gateway is asked, a day and a type at a time.
   */
  readonly bill?: string | undefined;
  /**
   * The name of the gateway whose bill it is: only its orders are compared. Default: the only gateway
   * of the process; a process without gateways then compares all orders.
   */
  readonly gateway?: string | undefined;
  /** False: it looks, and records nothing. Default true. */
  readonly record?: boolean | undefined;
  /** Who reconciles; recorded with each fact. */
  readonly actor?: Actor | undefined;
  /** Called for each order that cannot be read. Without it, the first one ends the comparison. */
  readonly onUnreadable?: ((orderNo: string, error: unknown) => void) | undefined;
  /** Once it aborts, the comparison ends with its reason. */
  readonly signal?: AbortSignal | undefined;
};

/** Minor units, with the ISO 4217 code in capitals. */
export type BillMoney = { readonly amountMinor: number; readonly currency: string };

/** A payment or a refund of which the two sides say something else. */
export type MoneyDifference = {
  /**
   * - `…-missing-here`: the bill names it as succeeded, and we do not know it.
   * - `…-missing-there`: we know it, and the bill does not name it as succeeded. Near the ends of the
   *   days it may stand in another bill.
   * - `…-differs`: both know it, with other amounts.
   */
  readonly kind: `${'payment' | 'refund'}-${'missing-here' | 'missing-there' | 'differs'}`;
  readonly orderNo: string;
  /** Null for payments: a bill gives them no number, so those of an order are compared by their sum. */
  readonly refundNo: string | null;
  readonly isOrderKnown: boolean;
  /** What we know, by currency; null where a payment was recorded without an amount. */
  readonly here: readonly BillMoney[] | null;
  /** What the bill names as succeeded, by currency. */
  readonly there: readonly BillMoney[];
  /** How it stands in the bill. */
  readonly status: 'succeeded' | 'pending' | 'failed' | 'absent';
  /** The row that says so, the first one of several; null where none does. */
  readonly row: { readonly line: number; readonly occurredAt: string } | null;
};

/**
 * - `fact`: recorded in its order now.
 * - `notice`: kept in the inbox now, because its order does not exist or cannot take it.
 * - `before`: recorded or kept by an earlier run.
 * - `withdrawn`: recorded before, and an operator retracted the fact or discarded the notice. It is
 *   not recorded again.
 * - `other-gateway`: our order of this number is one of another gateway, so nothing is recorded.
 * - `none`: there is nothing to record, or nothing was to be recorded.
 */
export type BillRecording = 'fact' | 'notice' | 'before' | 'withdrawn' | 'other-gateway' | 'none';

/** A difference between the platform's bill and our orders, or a part that nobody could compare. */
export type BillDifference = (MoneyDifference | BadBillRow | UnreadBill) & {
  readonly recorded: BillRecording;
  /** False where recording it has ended it: it was missing here, and is in its order now. */
  readonly remains: boolean;
};
