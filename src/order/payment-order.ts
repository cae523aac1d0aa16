import type { Anomaly, AttemptResult, Payment } from '../../machines/payment-order.facts.ts';
import type { CommandType, RejectionCode } from '../interpreter/commands.ts';

export type OrderState = 'created' | 'paying' | 'paid' | 'cancelling' | 'cancelled' | 'failed';

/** A payment order as its history tells it up to `revision`. */
export type PaymentOrder = {
  readonly orderNo: string;
  readonly processBillNo: string;
  /** Minor units (fen for CNY); given together with `currency`, or not at all. */
  readonly amountMinor?: number;
  /** ISO 4217. */
  readonly currency?: string;
  readonly state: OrderState;
  /** Dotted path, such as `cancelling.inDoubt`. */
  readonly stateDetail: string;
  /** True in `paid`, `cancelled` and `failed`; facts that come later are still recorded. */
  readonly closed: boolean;
  /** Somebody must look: automation stopped, or an anomaly is open. */
  readonly needsAttention: boolean;
  /** The newest cancel, or null where nobody asked for one. */
  readonly cancel: OrderCancel | null;
  readonly payments: readonly Payment[];
  readonly anomalies: readonly Anomaly[];
  readonly pending: readonly PendingWork[];
  /** The commands that would be accepted now. */
  readonly allowed: readonly CommandType[];
  /** 0-based revision of the last event. */
  readonly revision: number;
  /** Chain hash of the last event: with `revision`, a witness to keep. */
  readonly hash: string;
};

export type OrderCancel = {
  readonly reason?: string;
  /** True while an attempt of this order may or may not have run. */
  readonly inDoubt: boolean;
  /** Calls made for this cancel, oldest first; numbers run through the order's life. */
  readonly attempts: readonly { readonly attempt: number; readonly answer: AttemptResult }[];
};

/** What the order waits for by itself: an answer to a call, or a time (UTC). */
export type PendingWork =
  | { readonly kind: 'call'; readonly attempt: number; readonly since: string }
  | { readonly kind: 'timer'; readonly event: string; readonly dueAt: string };

/**
 * The answer to a command or a fact. `order`, `revision` and `hash` are those of the stream's head.
 *
 * - `accepted`: recorded now.
 * - `duplicate`: it was recorded before, or is under way; nothing was done again.
 * - `rejected`: `code` says why, `allowed` what would be accepted instead.
 */
export type Receipt =
  | {
      readonly kind: 'accepted' | 'duplicate';
      readonly order: PaymentOrder;
      readonly revision: number;
      readonly hash: string;
    }
  | {
      readonly kind: 'rejected';
      readonly code: RejectionCode;
      readonly order: PaymentOrder;
      readonly allowed: readonly CommandType[];
      readonly revision: number;
      readonly hash: string;
    };

/** Which orders `list` gives; all where nothing is said. */
export type OrderFilter = {
  readonly state?: OrderState | undefined;
  readonly attention?: boolean | undefined;
  readonly onUnreadable?: ((orderNo: string, error: unknown) => void) | undefined;
};
