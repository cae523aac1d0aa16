/** What the comparison of a bill takes and gives. */

import type { BillEntry } from '../gateway/cancel-gateway.ts';
import type { BillDays, UnreadBill } from './gateway.ts';

/** Minor units, with the ISO 4217 code in capitals. */
export type BillMoney = { readonly amountMinor: number; readonly currency: string };

/** What we know of an order's money. */
export type OrderOnOurSide = {
  readonly orderNo: string;
  /** Each payment once. `money` is null where it was recorded without an amount. */
  readonly payments: readonly {
    readonly money: BillMoney | null;
    /** When it happened, or was recorded; UTC with milliseconds. */
    readonly at: string;
  }[];
  /** Each refund once. */
  readonly refunds: readonly {
    readonly refundNo: string;
    readonly money: BillMoney;
    readonly at: string;
  }[];
};

/** How a payment or a refund that we know stands there. */
export type StandsThere = 'absent' | 'pending' | 'failed';

type BilledHere = {
  readonly orderNo: string;
  readonly money: readonly BillMoney[];
  /** The first row that says so. */
  readonly line: number;
  readonly occurredAt: string;
  readonly isOrderKnown: boolean;
};

/**
 * One difference between a bill and our side.
 *
 * - `payment-missing-here`, `refund-missing-here`: the bill names it as succeeded, and we do not know it.
 * - `payment-missing-there`, `refund-missing-there`: we know it, and the bill does not name it as
 *   succeeded. Near the ends of the days it may stand in the next bill.
 * - `payment-differs`, `refund-differs`: both know it, with other amounts.
 * - `bad-row`, `unread`: a part of the bill that nobody could compare.
 */
export type BillDifference =
  | ({ readonly kind: 'payment-missing-here' } & BilledHere)
  | ({ readonly kind: 'refund-missing-here'; readonly refundNo: string } & BilledHere)
  | {
      readonly kind: 'payment-missing-there';
      readonly orderNo: string;
      /** Null where a payment was recorded without an amount. */
      readonly here: readonly BillMoney[] | null;
      readonly there: StandsThere;
    }
  | {
      readonly kind: 'refund-missing-there';
      readonly orderNo: string;
      readonly refundNo: string;
      readonly here: readonly BillMoney[];
      readonly there: StandsThere;
    }
  | {
      readonly kind: 'payment-differs';
      readonly orderNo: string;
      readonly here: readonly BillMoney[];
      readonly there: readonly BillMoney[];
    }
  | {
      readonly kind: 'refund-differs';
      readonly orderNo: string;
      readonly refundNo: string;
      readonly here: readonly BillMoney[];
      readonly there: readonly BillMoney[];
    }
  | Extract<BillEntry, { kind: 'bad-row' }>
  | UnreadBill;

export type CompareOptions = {
  /**
   * The days that the bill covers. What we know of other days is then not missed in it. Default: the
   * bill covers everything.
   */
  readonly days?: BillDays | undefined;
};
