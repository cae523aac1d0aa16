/** What queries of one order are asked and answer. No fold leads here. */

import type { HistoryEvent } from '../history/event.ts';
import type { CommandType, OrderState, PaymentOrder, Receipt, RejectionCode } from './types.ts';

/** Which orders `list` gives. Default: all. */
export type OrderFilter = {
  readonly state?: OrderState | undefined;
  readonly attention?: boolean | undefined;
  /** Called for each order that cannot be read. Without it, the first one ends the list. */
  readonly onUnreadable?: ((orderNo: string, error: unknown) => void) | undefined;
};

/** An order as it stood at some moment. */
export type OrderAsOf = {
  /** The last revision that was recorded by then, and when. */
  readonly revision: number;
  readonly recordedAt: string;
  readonly order: PaymentOrder;
  /** For `occurredAt`: facts that had happened by then and were recorded later; in `order`. */
  readonly learnedLater: readonly HistoryEvent[];
};

export type ReplayOptions = {
  /** A payment order machine to fold with, such as an older one. Default: the one in use. */
  readonly machine?: object | undefined;
};

export type Explanation = {
  readonly command: CommandType;
  readonly isAllowed: boolean;
  /** How it would be answered: a cancel that is under way or done is not rejected but `duplicate`. */
  readonly answer: Receipt['kind'];
  /** Why it would not be accepted; null if it would be. */
  readonly code: RejectionCode | null;
  readonly order: PaymentOrder;
};
