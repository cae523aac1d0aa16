/**
 * Decides whether a command, fact, outcome or timer is appended, is a repeat, or is rejected.
 *
 * The functions are pure: transact.ts decides again from a fresh read whenever another writer was
 * first, and a test decides a million times. Where an event moves the order is up to the machine.
 * Decided here is what it does not know: what was answered before, and when a stream is full. Facts
 * are never rejected, because money has moved whatever the order's state is.
 */

import type {
  EventData,
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { retryDelayMs } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { retractedIn, whyNotRetractable } from '../../machines/payment-order.remembered.ts';
import type { RetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import { PaymentOrderError } from '../errors.ts';
import { digest } from '../history/chain.ts';
import { isOutcome } from '../history/deduplication.ts';
import { streamOf } from '../history/event.ts';
import { withFactId } from '../history/fact-key.ts';
import type { OrderHistory } from '../history/load.ts';
import { answerTo, commands, eventOf } from './commands.ts';
import { commandIdReused, noRoomToReject, requireSeen } from './refused.ts';
import { withWish } from './retry-wish.ts';
import type { Command, CommandAnswer, RecordedCode } from './types.ts';

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
  /** Commands and timers stop this many events earlier, so that facts and outcomes find room. */
  keptForFacts: 100,
  /**
   * What callers may send without end stops this many events before that: their commands, and what
   * is rejected. A stream that they filled still ends by a timer or an operator's decision.
   */
  keptForOperators: 400,
  /**
   * Rejections stop here, so that nobody can fill a stream with them. A further one is answered but
   * not stored; if it has a command id it is not answered either.
   */
  rejectionsMax: 1_000,
};

export type StreamLimits = Readonly<typeof streamLimits>;

type CommandContext = {
  readonly commandId?: string | undefined;
  /** How many attempts there were when the command came. Default: as many as there are now. */
  readonly attemptsSeen?: number | undefined;
  /** What a new order records of its gateway. Default: the name that the command gives. */
  readonly gateway?: EventData<'PaymentOrderCreated'>['gateway'];
  /** The revision that the command's sender saw. Default: whichever there is. */
  readonly ifRevision?: number | undefined;
};

/**
 * Decides a command from the order's state. What it answers to a command id is recorded, or was, so
 * that the id gets the same answer for ever: an answer that leaves no record could be another one
 * after the order has moved on, and the gateway would be called for a command that was turned down.
 *
 * @throws {PaymentOrderError} `order-not-found`, `command-id-reused`, `revision-moved` or `stream-full`.
 */
export function decideCommand(
  order: OrderHistory | null,
  orderNo: string,
  command: Command,
  { commandId, attemptsSeen, gateway, ifRevision }: CommandContext,
  limits: StreamLimits = streamLimits,
): Decision {
  const commandDigest = commandId === undefined ? undefined : digest(command);
  const event = eventOf(command, gateway);
  if (order === null) {
    if (command.type !== 'CreatePaymentOrder') throw orderNotFound(orderNo);
    return { kind: 'append', event, answer: { kind: 'accepted' }, commandDigest };
  }
  const repeat = commandId === undefined ? undefined : order.deduplication.command(commandId);
  if (repeat !== undefined) {
    if (repeat.digest !== commandDigest) throw commandIdReused(order);
    // Only this file writes rejections, with the codes of the table.
    const code = repeat.rejection as RecordedCode | null;
    return {
      kind: 'answer',
      answer: code === null ? { kind: 'duplicate' } : answerTo(command.type, code),
    };
  }
  requireSeen(order.stream, order.head, ifRevision);
  const room = roomForCallers(order, limits);
  // Evidence is about the attempts that its author knew of, not about later ones.
  const attempts = order.known.answers.length;
  const isOutdated = command.type === 'ResolveCancel' && attempts !== (attemptsSeen ?? attempts);
  if (!isOutdated && order.takes(event)) {
    const isOperators = commands[command.type].asks === 'operator';
    if ((isOperators ? roomForOperators(order, limits) : room) <= 0) {
      throw streamFull(
        order,
        isOperators
          ? 'only facts and outcomes are still recorded; find out what floods this order'
          : 'only facts, timers and the commands of operators are still recorded; find out who ' +
              'sends so many',
      );
    }
    return { kind: 'append', event, answer: { kind: 'accepted' }, commandDigest };
  }
  const code = codeFor(order, event, command);
  const left = Math.min(room, limits.rejectionsMax - order.deduplication.rejections);
  if (left <= 0 && commandId !== undefined) throw noRoomToReject(order, code);
  if (left <= 0) return { kind: 'answer', answer: answerTo(command.type, code) };
  const rejected: PaymentOrderEvent = {
    type: 'CommandRejected',
    command: command.type,
    code,
    reason: command.type === 'RequestCancel' ? command.payload.reason : undefined,
    isLastRecorded: left === 1 ? true : undefined,
  };
  return { kind: 'append', event: rejected, answer: answerTo(command.type, code), commandDigest };
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
  const event = withFactId(fact, orderNo);
  const seenAt = order.deduplication.seenAt(event);
  if (seenAt !== undefined) {
    const isRetracted = retractedIn(order.known.history).has(seenAt);
    const answer = { kind: 'duplicate' } as const;
    return { kind: 'answer', answer: isRetracted ? { ...answer, retracted: true } : answer };
  }
  if (order.head.revision + 1 >= limits.streamEventsMax) {
    throw streamFull(order, 'nothing more can be recorded; find out what floods this order');
  }
  return { kind: 'append', event, answer: { kind: 'accepted' } };
}

/**
 * Decides the outcome of an attempt, and draws the wait until the next one. No limit holds an
 * outcome back: an attempt has one, and perhaps a second one after its deadline.
 *
 * @param wishMs - How long the platform asked to be left alone.
 */
export function decideOutcome(
  order: OrderHistory,
  outcome: OutcomeEvent,
  policy: RetryPolicy,
  random: number,
  wishMs = 0,
): Decision {
  if (outcome.type === 'CancelConfirmed') return recordOnce(order, outcome);
  if (outcome.type === 'CancelBlocked') return recordOnce(order, { ...outcome, retryInMs: null });
  const delayMs = retryDelayMs(policy, order.known, outcome);
  const retryInMs = withWish(drawn(delayMs, policy, random), wishMs);
  return recordOnce(order, { ...outcome, retryInMs });
}

/** The wait as it is recorded without a wish, ms. */
export function drawn(
  delayMs: number | null,
  { jitter }: RetryPolicy,
  random: number,
): number | null {
  return delayMs === null ? null : Math.round(delayMs * (1 - jitter + 2 * jitter * random));
}

/**
 * Decides the event of a timer that is due. One that makes another attempt stops where operators'
 * commands stop, so that its outcome finds room.
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
  if (roomForOperators(order, limits) <= 0) throw streamFull(order, 'no further attempt is made');
  return { kind: 'append', event, answer: { kind: 'accepted' } };
}

export function orderNotFound(orderNo: string): PaymentOrderError {
  const message = `payment order ${orderNo} does not exist; create it first`;
  return new PaymentOrderError('order-not-found', message, { stream: streamOf(orderNo) });
}

/** How many events operators' commands and timers may still add. */
export function roomForOperators(
  { head }: OrderHistory,
  limits: StreamLimits = streamLimits,
): number {
  return limits.streamEventsMax - limits.keptForFacts - (head.revision + 1);
}

/** How many events callers' commands may still add. */
export function roomForCallers(order: OrderHistory, limits: StreamLimits): number {
  return roomForOperators(order, limits) - limits.keptForOperators;
}

function recordOnce(order: OrderHistory, outcome: OutcomeEvent): Decision {
  return order.deduplication.seenAt(outcome) === undefined
    ? { kind: 'append', event: outcome, answer: { kind: 'accepted' } }
    : { kind: 'answer', answer: { kind: 'duplicate' } };
}

function codeFor(
  { known, fold }: OrderHistory,
  event: PaymentOrderEvent,
  command: Command,
): RecordedCode {
  if (event.type === 'PaymentOrderCreated' && isSameOrder(known, event)) {
    return 'already-created';
  }
  const why =
    command.type === 'RetractFact'
      ? whyNotRetractable(known.history, command.payload.revision)
      : null;
  return why ?? commands[command.type].rejected({ known, fold });
}

function isSameOrder(known: OrderFacts, created: EventData<'PaymentOrderCreated'>): boolean {
  return (
    known.processBillNo === created.processBillNo &&
    known.amountMinor === created.amountMinor &&
    known.currency === created.currency &&
    isSameGateway(known.gateway, created.gateway)
  );
}

/** As far as both say it: another merchant's order of this number is another order. */
function isSameGateway(
  known: OrderFacts['gateway'],
  created: EventData<'PaymentOrderCreated'>['gateway'],
): boolean {
  if (known === null || created === undefined) return true;
  const { appId = known.appId } = created;
  return known.name === created.name && (known.appId === null || known.appId === appId);
}

export function streamFull({ stream, head }: OrderHistory, consequence: string): PaymentOrderError {
  const { revision } = head;
  return new PaymentOrderError(
    'stream-full',
    `stream ${stream} holds ${revision + 1} events, close to the limit; ${consequence}`,
    { stream, revision },
  );
}
