import type {
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { RetryPolicy } from '../../machines/payment-order.facts.ts';
import { retryDelayMs } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import { digest } from '../history/chain.ts';
import { isOutcome } from '../history/ledger.ts';
import type { OrderHistory } from '../history/order-history.ts';
import type { Actor } from '../history/stored-event.ts';
import type { Command, RejectionCode } from '../interpreter/commands.ts';
import { eventOf } from '../interpreter/commands.ts';
import { rejectionCode } from '../interpreter/rejections.ts';

/** What the caller is told. */
export type CommandAnswer =
  | { readonly kind: 'accepted' | 'duplicate' }
  | { readonly kind: 'rejected'; readonly code: RejectionCode };

/** What is to be done with a wish, a fact or an outcome, given all that is known. Pure. */
export type Decision =
  | { readonly kind: 'answer'; readonly answer: CommandAnswer }
  | {
      readonly kind: 'append';
      readonly event: PaymentOrderEvent;
      readonly answer: CommandAnswer;
      readonly commandDigest?: string;
    };

export type StreamLimits = {
  /** The most events a stream may hold. */
  readonly streamEventsMax: number;
  /** Commands stop this many events before it, so that facts and outcomes find room. */
  readonly keptForFacts: number;
  /** Rejections beyond this many are answered and not stored. */
  readonly rejectionsMax: number;
};

export const streamLimits: StreamLimits = {
  streamEventsMax: 10_000,
  keptForFacts: 100,
  rejectionsMax: 100,
};

type CommandBy = { readonly commandId?: string | undefined; readonly actor?: Actor | undefined };

/**
 * Decides a command when it comes, and anew whenever somebody else wrote first. The evidence of a
 * resolution speaks of the attempts that there were when it came, and of none made since.
 */
export function commandDecider(
  orderNo: string,
  command: Command,
  by: CommandBy,
): (order: OrderHistory | null) => Decision {
  let attempts: number | undefined;
  return (order) => {
    attempts ??= order?.known.answers.length;
    const isStale = attempts !== order?.known.answers.length;
    return decideCommand(order, orderNo, command, { ...by, isStale });
  };
}

/**
 * @throws PaymentOrderError `order-not-found`, `command-id-reused` or `stream-full`.
 */
export function decideCommand(
  order: OrderHistory | null,
  orderNo: string,
  command: Command,
  by: CommandBy & { readonly isStale?: boolean },
  limits: StreamLimits = streamLimits,
): Decision {
  const commandDigest = by.commandId === undefined ? undefined : digest(command);
  const withDigest = commandDigest === undefined ? {} : { commandDigest };
  const event = eventOf(command);
  if (order === null) {
    if (command.type !== 'CreatePaymentOrder') throw orderNotFound(orderNo);
    return { kind: 'append', event, answer: { kind: 'accepted' }, ...withDigest };
  }
  const repeat = by.commandId === undefined ? undefined : order.deduplication.command(by.commandId);
  if (repeat !== undefined) {
    if (repeat.digest !== commandDigest) throw commandIdReused(order);
    // Only this module wrote the code, from the codes below.
    const code = repeat.rejection as RejectionCode | null;
    const answer = code === null ? ({ kind: 'duplicate' } as const) : rejection(command, code);
    return { kind: 'answer', answer };
  }
  if (command.type === 'CreatePaymentOrder' && sameOrder(order, command.payload)) {
    return { kind: 'answer', answer: { kind: 'duplicate' } };
  }
  const room = roomForCommands(order, limits);
  const isOutdated = command.type === 'ResolveCancel' && by.isStale === true;
  if (command.type !== 'CreatePaymentOrder' && !isOutdated && order.takes(event)) {
    if (room <= 0) throw streamFull(order, 'only facts and outcomes are still recorded');
    return { kind: 'append', event, answer: { kind: 'accepted' }, ...withDigest };
  }
  const code = rejectionCode(command.type, order.fold, order.known);
  const answer = rejection(command, code);
  const isStored = by.actor !== undefined && order.deduplication.rejections < limits.rejectionsMax;
  if (!isStored || room <= 0) return { kind: 'answer', answer };
  const reason = command.type === 'RequestCancel' ? command.payload.reason : undefined;
  const rejected: PaymentOrderEvent = {
    ...{ type: 'CommandRejected', command: command.type, code },
    ...(reason === undefined ? {} : { reason }),
  };
  return { kind: 'append', event: rejected, answer, ...withDigest };
}

/**
 * A fact is recorded unless this very fact was recorded before, also where it contradicts.
 *
 * @throws PaymentOrderError `order-not-found` (keep the fact and bring it again) or `stream-full`.
 */
export function decideFact(
  order: OrderHistory | null,
  orderNo: string,
  fact: PaymentOrderEvent<FactType>,
  limits: StreamLimits = streamLimits,
): Decision {
  if (order === null) throw orderNotFound(orderNo);
  const decision = recordOnce(order, withFactId(fact));
  if (decision.kind === 'append' && order.head.revision + 1 >= limits.streamEventsMax) {
    throw streamFull(order, 'nothing more can be recorded; look into who floods this order');
  }
  return decision;
}

/**
 * The outcome of an attempt, with the wait until the next one as the policy draws it now. No limit
 * holds it back: an attempt that was made has one outcome, and perhaps one more by its deadline.
 */
export function decideOutcome(
  order: OrderHistory,
  outcome: OutcomeEvent,
  policy: RetryPolicy,
  random: number,
): Decision {
  if (outcome.type === 'CancelConfirmed') return recordOnce(order, outcome);
  const delayMs = retryDelayMs(policy, order.known, outcome);
  const jittered = delayMs === null ? null : Math.round(delayMs * jitter(policy, random));
  return recordOnce(order, { ...outcome, retryInMs: jittered });
}

/**
 * The event of a timer that is due. One that makes another attempt stops where commands stop, so
 * that its outcome finds room.
 *
 * @throws PaymentOrderError `stream-full`.
 */
export function decideTimer(
  order: OrderHistory,
  event: PaymentOrderEvent,
  policy: RetryPolicy,
  random: number,
  limits: StreamLimits = streamLimits,
): Decision {
  if (isOutcome(event)) return decideOutcome(order, event, policy, random);
  if (roomForCommands(order, limits) <= 0) throw streamFull(order, 'no further attempt is made');
  return { kind: 'append', event, answer: { kind: 'accepted' } };
}

function roomForCommands({ head }: OrderHistory, limits: StreamLimits): number {
  return limits.streamEventsMax - limits.keptForFacts - (head.revision + 1);
}

function recordOnce(
  order: OrderHistory,
  event: PaymentOrderEvent<FactType> | OutcomeEvent,
): Decision {
  return order.deduplication.hasSeen(event)
    ? { kind: 'answer', answer: { kind: 'duplicate' } }
    : { kind: 'append', event, answer: { kind: 'accepted' } };
}

function jitter({ jitter: share }: RetryPolicy, random: number): number {
  return 1 - share + 2 * share * random;
}

/** What came without an id is known by what it says. */
function withFactId(fact: PaymentOrderEvent<FactType>): PaymentOrderEvent<FactType> {
  if (fact.factId !== undefined) return fact;
  if (fact.type === 'PaymentSucceeded') return { ...fact, factId: fact.transactionNo };
  const { type, ...data } = fact;
  // 'unstated' says nothing: a fact that was recorded before causes could be stated keeps its id.
  const isUnstated = 'cause' in data && data.cause === 'unstated';
  const said = isUnstated ? { ...data, cause: undefined } : data;
  return { ...fact, type, factId: `sha256:${digest(said)}` };
}

function rejection(command: Command, code: RejectionCode): CommandAnswer {
  // Asking again for what is under way or done is a repeat, not a mistake.
  const isRepeat = code === 'already-cancelling' || code === 'already-cancelled';
  return command.type === 'RequestCancel' && isRepeat
    ? { kind: 'duplicate' }
    : { kind: 'rejected', code };
}

function sameOrder(
  { known }: OrderHistory,
  payload:
    | PaymentOrderEvent<'PaymentOrderCreated'>
    | Omit<PaymentOrderEvent<'PaymentOrderCreated'>, 'type'>,
): boolean {
  return (
    known.processBillNo === payload.processBillNo &&
    known.amountMinor === payload.amountMinor &&
    known.currency === payload.currency
  );
}

function orderNotFound(orderNo: string): PaymentOrderError {
  return new PaymentOrderError(
    'order-not-found',
    `payment order ${orderNo} was never created here; nothing was stored: create it first, ` +
      'or keep what you have and bring it again',
    { stream: `paymentOrder-${orderNo}` },
  );
}

function commandIdReused(order: OrderHistory): PaymentOrderError {
  return new PaymentOrderError(
    'command-id-reused',
    `stream ${order.stream}: this command id was used before with another payload; ` +
      'draw a new id for a new command',
    { stream: order.stream, field: 'commandId' },
  );
}

function streamFull(order: OrderHistory, what: string): PaymentOrderError {
  const { revision } = order.head;
  return new PaymentOrderError(
    'stream-full',
    `stream ${order.stream} holds ${revision + 1} events, close to the limit; ${what}`,
    { stream: order.stream, revision },
  );
}
