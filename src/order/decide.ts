/**
 * Decides whether a command, fact, outcome or timer is appended, is a repeat, or is rejected.
 *
 * The functions are pure: transact.ts decides again from a fresh read whenever another writer was
 * first, and a test decides a million times. Where an event moves the order is up to the machine.
 * Decided here is what it does not know: what was answered before, and when a stream is full. Facts
 * are never rejected, because money has moved whatever the order's state is.
 */

import type {
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { retryDelayMs } from '../../machines/payment-order.facts.ts';
import type { OrderFacts, RetryPolicy } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import { digest } from '../history/chain.ts';
import { isOutcome } from '../history/deduplication.ts';
import { streamOf } from '../history/event.ts';
import type { Actor } from '../history/event.ts';
import type { OrderHistory } from '../history/load.ts';
import { commands, eventOf } from './commands.ts';
import type { Command, CommandPayload, RejectionCode } from './types.ts';

/** The answer to a command or a fact, without the order. */
export type CommandAnswer =
  | { readonly kind: 'accepted' | 'duplicate' }
  | { readonly kind: 'rejected'; readonly code: RejectionCode };

/** What a command, fact, outcome or timer leads to: an answer, and perhaps an event to append. */
export type Decision =
  | { readonly kind: 'answer'; readonly answer: CommandAnswer }
  | {
      readonly kind: 'append';
      readonly event: PaymentOrderEvent;
      readonly answer: CommandAnswer;
      readonly commandDigest?: string | undefined;
    };

/** How many events a stream holds, and how many of them are kept free of commands. */
export const streamLimits = {
  streamEventsMax: 10_000,
  /** Commands stop this many events earlier, so that facts and outcomes find room. */
  keptForFacts: 100,
  /** Further rejections are answered, but not stored. */
  rejectionsMax: 100,
};

export type StreamLimits = Readonly<typeof streamLimits>;

type CommandContext = {
  readonly commandId?: string | undefined;
  readonly actor?: Actor | undefined;
  /** How many attempts there were when the command came. Default: as many as there are now. */
  readonly attemptsSeen?: number | undefined;
};

/**
 * Decides a command from the order's state.
 *
 * @throws {PaymentOrderError} `order-not-found`, `command-id-reused` or `stream-full`.
 */
export function decideCommand(
  order: OrderHistory | null,
  orderNo: string,
  command: Command,
  { commandId, actor, attemptsSeen }: CommandContext,
  limits: StreamLimits = streamLimits,
): Decision {
  const commandDigest = commandId === undefined ? undefined : digest(command);
  const event = eventOf(command);
  if (order === null) {
    if (command.type !== 'CreatePaymentOrder') throw orderNotFound(orderNo);
    return { kind: 'append', event, answer: { kind: 'accepted' }, commandDigest };
  }
  const repeat = commandId === undefined ? undefined : order.deduplication.command(commandId);
  if (repeat !== undefined) {
    if (repeat.digest !== commandDigest) throw commandIdReused(order);
    // Only this file writes rejections, with the codes of its table.
    const code = repeat.rejection as RejectionCode | null;
    const answer = code === null ? ({ kind: 'duplicate' } as const) : rejection(command, code);
    return { kind: 'answer', answer };
  }
  if (command.type === 'CreatePaymentOrder' && isSameOrder(order.known, command.payload)) {
    return { kind: 'answer', answer: { kind: 'duplicate' } };
  }
  const room = roomForCommands(order, limits);
  // Evidence is about the attempts that its author knew of, not about later ones.
  const attempts = order.known.answers.length;
  const isOutdated = command.type === 'ResolveCancel' && attempts !== (attemptsSeen ?? attempts);
  if (!isOutdated && order.takes(event)) {
    if (room <= 0) throw streamFull(order, 'only facts and outcomes are still recorded');
    return { kind: 'append', event, answer: { kind: 'accepted' }, commandDigest };
  }
  const code = commands[command.type].rejected(order);
  const answer = rejection(command, code);
  const isStored = actor !== undefined && order.deduplication.rejections < limits.rejectionsMax;
  if (!isStored || room <= 0) return { kind: 'answer', answer };
  const rejected: PaymentOrderEvent = {
    type: 'CommandRejected',
    command: command.type,
    code,
    reason: command.type === 'RequestCancel' ? command.payload.reason : undefined,
  };
  return { kind: 'append', event: rejected, answer, commandDigest };
}

/**
 * Decides a fact: it is recorded unless this very fact was recorded before, even if it contradicts
 * the order's state.
 *
 * @throws {PaymentOrderError} `order-not-found` (keep the fact, and record it again later) or
 * `stream-full`.
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
    throw streamFull(order, 'nothing more can be recorded; find out what floods this order');
  }
  return decision;
}

/**
 * Decides the outcome of an attempt, and draws the wait until the next one. No limit holds an
 * outcome back: an attempt has one, and perhaps a second one after its deadline.
 */
export function decideOutcome(
  order: OrderHistory,
  outcome: OutcomeEvent,
  policy: RetryPolicy,
  random: number,
): Decision {
  if (outcome.type === 'CancelConfirmed') return recordOnce(order, outcome);
  const delayMs = retryDelayMs(policy, order.known, outcome);
  const share = 1 - policy.jitter + 2 * policy.jitter * random;
  const retryInMs = delayMs === null ? null : Math.round(delayMs * share);
  return recordOnce(order, { ...outcome, retryInMs });
}

/**
 * Decides the event of a timer that is due. One that makes another attempt stops where commands
 * stop, so that its outcome finds room.
 *
 * @throws {PaymentOrderError} `stream-full`.
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

export function orderNotFound(orderNo: string): PaymentOrderError {
  const message = `payment order ${orderNo} does not exist; create it first`;
  return new PaymentOrderError('order-not-found', message, { stream: streamOf(orderNo) });
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

/** A fact without an id gets one from its content. */
function withFactId(fact: PaymentOrderEvent<FactType>): PaymentOrderEvent<FactType> {
  if (fact.factId !== undefined) return fact;
  if (fact.type === 'PaymentSucceeded') return { ...fact, factId: fact.transactionNo };
  const { type, ...data } = fact;
  // 'unstated' is the same as no cause: facts recorded before causes existed keep their ids.
  const isUnstated = 'cause' in data && data.cause === 'unstated';
  const content = isUnstated ? { ...data, cause: undefined } : data;
  return { ...fact, type, factId: `sha256:${digest(content)}` };
}

function rejection(command: Command, code: RejectionCode): CommandAnswer {
  // A second request for a cancel that is in progress or done is a repeat, not a mistake.
  const isRepeat = code === 'already-cancelling' || code === 'already-cancelled';
  return command.type === 'RequestCancel' && isRepeat
    ? { kind: 'duplicate' }
    : { kind: 'rejected', code };
}

function isSameOrder(known: OrderFacts, payload: CommandPayload<'CreatePaymentOrder'>): boolean {
  return (
    known.processBillNo === payload.processBillNo &&
    known.amountMinor === payload.amountMinor &&
    known.currency === payload.currency
  );
}

function commandIdReused({ stream }: OrderHistory): PaymentOrderError {
  return new PaymentOrderError(
    'command-id-reused',
    `stream ${stream}: this command id was used before with another payload; ` +
      'use a new id for a new command',
    { stream, field: 'commandId' },
  );
}

function streamFull({ stream, head }: OrderHistory, consequence: string): PaymentOrderError {
  const { revision } = head;
  return new PaymentOrderError(
    'stream-full',
    `stream ${stream} holds ${revision + 1} events, close to the limit; ${consequence}`,
    { stream, revision },
  );
}
