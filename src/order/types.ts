/**
 * The types of commands, answers and views. They are apart from the functions that make them, so
 * that no public declaration leads to a type of XState's.
 */

import type {
  EventData,
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type {
  Anomaly,
  AttemptResult,
  GatewayOfOrder,
  Payment,
  Refund,
} from '../../machines/payment-order.facts.ts';
import type { Money } from '../../machines/payment-order.money.ts';
import type { Actor } from '../history/event.ts';
import type { AttentionReason } from './attention.ts';

/** The event that each command asks for. */
export type CommandEvents = {
  readonly CreatePaymentOrder: 'PaymentOrderCreated';
  readonly StartPayment: 'PaymentStarted';
  readonly RequestCancel: 'CancelRequested';
  readonly RetryCancel: 'CancelRetryRequested';
  readonly AbandonCancel: 'CancelAbandoned';
  readonly ResolveCancel: 'CancelResolved';
  readonly RetractFact: 'FactRetracted';
  readonly AcknowledgeAnomaly: 'AnomalyAcknowledged';
};

export type CommandType = keyof CommandEvents;

/** The data of the event that the command asks for, but for what the service itself decides. */
export type CommandPayload<T extends CommandType> = Omit<
  EventData<CommandEvents[T]>,
  'attemptDeadlineMs' | 'gateway'
> &
  (T extends 'CreatePaymentOrder' ? OfGateway : unknown);

type OfGateway = {
  /**
   * The name of the gateway whose order it is. Default: the only gateway of the process. One of
   * several must be named. A process without gateways records the name as it is given.
   */
  readonly gateway?: string | undefined;
};

/** A request to an order. It may be rejected. */
export type Command = {
  [T in CommandType]: { readonly type: T; readonly payload: CommandPayload<T> };
}[CommandType];

/** A command, a fact, or the outcome of an attempt. */
export type Incoming = Command | PaymentOrderEvent<FactType> | OutcomeEvent;

/**
 * Why a command was rejected.
 *
 * - `order-exists`: created before, with other content.
 * - `already-started`, `already-cancelling`, `already-cancelled`, `already-paid` (a refund is
 *   another operation), `payment-failed`: the order's state forbids it.
 * - `attempt-in-flight`: a call to the gateway has not been answered yet; its outcome comes first.
 * - `cancel-in-doubt`: an attempt may have cancelled the order; resolve with evidence or retry.
 * - `not-retractable`: the revision holds no fact, no resolution and no retraction.
 * - `already-retracted`: what the revision holds does not count any more.
 * - `no-open-cancel`, `not-in-doubt`, `no-open-anomaly`: there is nothing that it could act on.
 */
export type RejectionCode =
  | 'order-exists'
  | 'already-started'
  | 'already-cancelling'
  | 'already-cancelled'
  | 'already-paid'
  | 'payment-failed'
  | 'attempt-in-flight'
  | 'cancel-in-doubt'
  | 'no-open-cancel'
  | 'not-in-doubt'
  | 'not-retractable'
  | 'already-retracted'
  | 'no-open-anomaly';

/** The code of a `CommandRejected`. `already-created`: the same order again, answered `duplicate`. */
export type RecordedCode = RejectionCode | 'already-created';

/** The answer to a command or a fact, without the order. */
export type CommandAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'duplicate'; readonly retracted?: true }
  | { readonly kind: 'rejected'; readonly code: RejectionCode };

/** What every command and fact may carry besides its own fields. */
export type CommandOptions = {
  /**
   * Makes a repeat harmless. In one order, an id that was answered gets the same answer for ever:
   * `duplicate`, or its first rejection. With another payload it throws `command-id-reused`. A
   * call that throws has answered nothing. On a fact it is only recorded: a fact is known by its own key.
   */
  readonly commandId?: string | undefined;
  /** Who asks for it. It is recorded, also with a command that is rejected. */
  readonly actor?: Actor | undefined;
  /** Connects related events across services. Default: a new id. */
  readonly correlationId?: string | undefined;
  /** The id of the message that caused this. */
  readonly causationId?: string | undefined;
  /** Where it comes from, such as `web` or `daily-bill`. Default `command` or `fact`. */
  readonly source?: string | undefined;
  /** W3C Trace Context. A malformed one is not recorded, and reported to `onError`. */
  readonly traceparent?: string | undefined;
  /**
   * One that has aborted lets nothing begin: nothing is stored or called. Later it only ends the
   * caller's wait, and an append or a gateway call goes on. Either way, its reason is thrown.
   */
  readonly signal?: AbortSignal | undefined;
};

/** What a command to an order that exists may carry as well. */
export type OrderCommandOptions = CommandOptions & {
  /**
   * The revision of the order as its sender saw it. The command is decided only while that is the last
   * one; else it throws `revision-moved`, and nothing of it is recorded: its id stays unanswered. An id
   * that was answered before gets its answer in any case. Default: it is decided on whatever is there.
   */
  readonly ifRevision?: number | undefined;
};

export type CommandInput<T extends CommandType> = CommandPayload<T> &
  (T extends 'CreatePaymentOrder' ? CommandOptions : OrderCommandOptions);

/** The input of a command that calls the gateway. */
export type CallInput<T extends CommandType> = CommandInput<T> & {
  /**
   * False: the receipt comes when the request is recorded, and the call goes on in this process.
   * Default true: it comes when the first attempt's outcome is recorded.
   */
  readonly wait?: boolean | undefined;
};

export type FactInput<T extends FactType> = EventData<T> &
  CommandOptions & {
    /** When it happened, according to its source: ISO 8601 with an offset. */
    readonly occurredAt?: string | undefined;
  };

export const orderStates = [
  'created',
  'paying',
  'paid',
  'cancelling',
  'cancelled',
  'failed',
] as const;

export type OrderState = (typeof orderStates)[number];

/** A payment order, folded from its history up to `revision`. */
export type PaymentOrder = {
  readonly orderNo: string;
  readonly processBillNo: string;
  /** Minor units (fen for CNY); given together with `currency`, or not at all. */
  readonly amountMinor?: number;
  /** ISO 4217. */
  readonly currency?: string;
  /**
   * The gateway that alone may call for it: its name, and its account at the platform (null until
   * the first attempt where only a name was recorded). Null where none was recorded.
   */
  readonly gateway: GatewayOfOrder | null;
  readonly state: OrderState;
  /** Dotted path, such as `cancelling.inDoubt`. */
  readonly stateDetail: string;
  /** When the order was created: UTC with milliseconds, as recorded. So are all instants here. */
  readonly createdAt: string;
  /** When the order came to `stateDetail`. */
  readonly since: string;
  /** True in `paid`, `cancelled` and `failed`. Later facts are still recorded. */
  readonly closed: boolean;
  /**
   * Why an operator must look, and since when: automation stopped, or an anomaly is open. Null where
   * nobody must. What only time tells, such as a timer that nobody fires, `attention` adds.
   */
  readonly needsAttention: readonly AttentionReason[] | null;
  /**
   * When an attempt of the open cancel came to be in doubt; null while none is. The doubt of a paid
   * order is its anomaly `cancel-unresolved`, which has a time of its own.
   */
  readonly doubtSince: string | null;
  /** When a retry, a question or an attempt's deadline is due; null where nothing is. */
  readonly dueAt: string | null;
  /** The rule by which the platform's newest answer was classified; null before the first. */
  readonly lastRule: string | null;
  /** The newest cancel; null if none was requested. */
  readonly cancel: OrderCancel | null;
  readonly payments: readonly Payment[];
  /** What came, one sum for each currency; null where it was paid and nobody told how much. */
  readonly received: readonly Money[] | null;
  readonly refunds: readonly Refund[];
  /** What went back, one sum for each currency. */
  readonly refunded: readonly Money[];
  readonly anomalies: readonly OrderAnomaly[];
  readonly pending: readonly PendingWork[];
  /** The commands that would be accepted now. */
  readonly allowed: readonly CommandType[];
  /** 0-based revision of the last event. */
  readonly revision: number;
  /** Chain hash of the last event. Together with `revision` it is a witness to keep. */
  readonly hash: string;
};

/** An anomaly, and when it arose. */
export type OrderAnomaly = Anomaly & { readonly since: string };

export type OrderCancel = {
  readonly reason?: string;
  /**
   * True while it is unknown whether an attempt of this order ran. A closing ends the doubt; a payment
   * does not, since the call may have sent the money back. In `paid` it is true while an anomaly
   * `cancel-unresolved` is open.
   */
  readonly inDoubt: boolean;
  /** The attempts of this cancel, oldest first. Their numbers run through the order's life. */
  readonly attempts: readonly { readonly attempt: number; readonly answer: AttemptResult }[];
};

/** What the order waits for: an answer to a gateway call, or a time (UTC). */
export type PendingWork =
  | { readonly kind: 'call'; readonly attempt: number; readonly since: string }
  | { readonly kind: 'timer'; readonly event: string; readonly dueAt: string };

/**
 * The answer to a command or a fact. `order`, `revision`, `hash` and `position` are those of the
 * stream's head.
 *
 * - `accepted`: recorded now.
 * - `duplicate`: recorded before, or in progress; nothing was done again.
 * - `rejected`: `code` is the reason, `allowed` lists what would be accepted instead.
 *
 * A command that is not accepted is recorded too, as `CommandRejected`, up to 1,000 times in an order.
 */
export type Receipt =
  | {
      readonly kind: 'accepted' | 'duplicate';
      /** The repeated fact was retracted by an operator, and does not count. */
      readonly retracted?: true;
      readonly order: PaymentOrder;
      readonly revision: number;
      readonly hash: string;
      /** Opaque: where the head stands in the feed of all orders (`orders.events`). */
      readonly position: string;
    }
  | {
      readonly kind: 'rejected';
      readonly code: RejectionCode;
      readonly order: PaymentOrder;
      readonly allowed: readonly CommandType[];
      readonly revision: number;
      readonly hash: string;
      /** Opaque: where the head stands in the feed of all orders (`orders.events`). */
      readonly position: string;
    };

/** What a question may carry. */
export type AskOptions = Pick<
  CommandOptions,
  'actor' | 'correlationId' | 'causationId' | 'traceparent' | 'signal'
> & {
  /** Where the question comes from; recorded with the answer. Default `query`. */
  readonly source?: string | undefined;
};

/**
 * The platform's answer to a question. `order`, `revision`, `hash` and `position` are those of the
 * stream's head.
 *
 * - `recorded`: the answer is recorded now.
 * - `not-recorded`: it says nothing that the history does not say. Or it settles nothing, and something
 *   else was recorded meanwhile, or the answer before it left the same doubt.
 */
export type AskReceipt = {
  readonly kind: 'recorded' | 'not-recorded';
  /** What the platform answered, as it is recorded. */
  readonly answer: Omit<EventData<'StatusReported'>, 'retryInMs'>;
  readonly order: PaymentOrder;
  readonly revision: number;
  readonly hash: string;
  /** Opaque: where the head stands in the feed of all orders (`orders.events`). */
  readonly position: string;
};
