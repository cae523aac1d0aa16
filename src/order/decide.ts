/**
 * Decides whether a command, fact, outcome or timer is appended, is a repeat, or is rejected.
 *
 * The functions are pure: transact.ts decides again from a fresh read whenever another writer was
 * first, and a test decides a million times. Where an event moves the order is up to the machine.
 * Decided here is what it does not know: why a command is rejected, and when a stream is full. Facts are never rejected,
 * because money has moved whatever the order's state is.
 */

import type {
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { inDoubt, retryDelayMs } from '../../machines/payment-order.facts.ts';
import type { OrderFacts, RetryPolicy } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import { digest } from '../history/chain.ts';
import { isOutcome } from '../history/deduplication.ts';
import { streamOf } from '../history/event.ts';
import type { Actor } from '../history/event.ts';
import type { OrderHistory } from '../history/load.ts';
import type { Fold, Interpreter } from '../interpreter/interpreter.ts';
import type {
  Command,
  CommandEvents,
  CommandPayload,
  CommandType,
  OrderState,
  RejectionCode,
} from './types.ts';

type CommandRule<T extends CommandType> = {
  /** What is appended if the machine takes it. Its schema checks the command's payload. */
  readonly event: CommandEvents[T];
  /** The reason if the machine does not take it. */
  readonly rejected: (order: Pick<OrderHistory, 'fold' | 'known'>) => RejectionCode;
};

/** Every command: the event that it asks for, and why the machine may not take that event. */
export const commands = {
  CreatePaymentOrder: { event: 'PaymentOrderCreated', rejected: () => 'order-exists' },
  StartPayment: { event: 'PaymentStarted', rejected: whyNotOpen },
  RequestCancel: { event: 'CancelRequested', rejected: whyNotOpen },
  RetryCancel: { event: 'CancelRetryRequested', rejected: whyNoCancelWaits },
  AbandonCancel: { event: 'CancelAbandoned', rejected: whyNoCancelWaits },
  ResolveCancel: { event: 'CancelResolved', rejected: whyNoCancelWaits },
  AcknowledgeAnomaly: { event: 'AnomalyAcknowledged', rejected: () => 'no-open-anomaly' },
} as const satisfies { readonly [T in CommandType]: CommandRule<T> };

function whyNotOpen({ fold }: { readonly fold: Fold }): RejectionCode {
  switch (stateOf(fold)) {
    case 'created':
    case 'paying':
      return 'already-started';
    case 'cancelling':
      return 'already-cancelling';
    case 'paid':
      return 'already-paid';
    case 'cancelled':
      return 'already-cancelled';
    case 'failed':
      return 'payment-failed';
  }
}

function whyNoCancelWaits({ fold, known }: Pick<OrderHistory, 'fold' | 'known'>): RejectionCode {
  if (fold.pending.calls.length > 0) return 'attempt-in-flight';
  if (stateOf(fold) !== 'cancelling') return 'no-open-cancel';
  return inDoubt(known) ? 'cancel-in-doubt' : 'not-in-doubt';
}

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

/** The event that a command asks for. */
export function eventOf({ type, payload }: Command): PaymentOrderEvent {
  // The table pairs each command with the event whose data is its payload.
  return { type: commands[type].event, ...payload } as PaymentOrderEvent;
}

/** The commands that the machine would take now, in the order of an order's life. */
export function allowedCommands(
  interpreter: Interpreter,
  fold: Fold,
  known: OrderFacts,
): readonly CommandType[] {
  // A guard may look at the data of its event, so the candidates have some that is valid.
  const number = known.anomalies.find(({ acknowledged }) => !acknowledged)?.number ?? 0;
  const data = { resolution: 'open', evidence: 'candidate', by: 'candidate', number };
  // The keys of the table are all commands.
  const types = Object.keys(commands) as CommandType[];
  return types.filter((type) => interpreter.takes(fold, { type: commands[type].event, ...data }));
}

/** The order's state: the first part of the machine's dotted path. */
export function stateOf({ state }: Pick<Fold, 'state'>): OrderState {
  // The machine's top-level states are exactly these six.
  return state.split('.')[0] as OrderState;
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
