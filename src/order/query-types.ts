/** What queries of one order are asked and answer. No fold leads here. */

import type { EventType, FactType } from '../../machines/payment-order.events.ts';
import type { AnomalyCode } from '../../machines/payment-order.facts.ts';
import type { HistoryEvent } from '../history/event.ts';
import type {
  CommandInput,
  CommandType,
  FactInput,
  OrderState,
  PaymentOrder,
  Receipt,
  RejectionCode,
} from './types.ts';

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

/** What can be looked at before it is done: a command to an order that exists, or a fact. */
export type PreviewedType = Exclude<CommandType, 'CreatePaymentOrder'> | FactType;

/** What the method of the command or the fact takes. */
export type PreviewPayload<T extends PreviewedType> = T extends FactType
  ? FactInput<T>
  : T extends CommandType
    ? CommandInput<T>
    : never;

/** One of several that follow each other. */
export type PreviewStep = {
  readonly [T in PreviewedType]: { readonly type: T; readonly payload: PreviewPayload<T> };
}[PreviewedType];

/** What a command or a fact would be answered, and what it would record, if it came now. */
export type Preview = {
  readonly type: PreviewedType;
  readonly answer: Receipt['kind'];
  /** Why it would be rejected; null if it would not be. */
  readonly code: RejectionCode | null;
  /** The last revision that it was decided on: give it to the command as `ifRevision`. */
  readonly revision: number;
  /** The order's `stateDetail` before, and after what would be recorded at once. */
  readonly from: string;
  readonly to: string;
  /**
   * What would be recorded at once, a rejection included; empty where nothing would be. What a call
   * then brings nobody knows.
   */
  readonly events: readonly PreviewedEvent[];
  /** Whether the platform would be called to cancel the order. */
  readonly calls: boolean;
  /** The anomalies that would arise. */
  readonly opens: readonly AnomalyCode[];
  /** The numbers of the anomalies that would not be open any more. */
  readonly closes: readonly number[];
  /** The order before. */
  readonly order: PaymentOrder;
};

export type PreviewedEvent = {
  readonly type: EventType;
  /** As it would be stored. */
  readonly data: Readonly<Record<string, unknown>>;
};
