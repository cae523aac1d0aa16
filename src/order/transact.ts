/**
 * How an order changes: read its stream, decide, append at the revision that was read.
 *
 * The append is the only lock. Of two writers that decided at the same revision one appends; the
 * other gets a conflict, reads again and decides again. Writers need not know of each other, and a
 * process that dies holds nothing up. So the fold that this process kept of its last append serves
 * as well as a read, if it leads to an append. If it does not, the stream is read before anybody
 * is answered.
 *
 * An event that begins an attempt is appended before the gateway is called. A crash between the
 * two leaves an attempt without an outcome, which recovery finds; the other way round it would
 * leave a call without a record. The writer whose append began the attempt gets a ticket, the
 * right and the duty to make the call. Everybody else reads the same event and gets none.
 */

import { beginsAttempt } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { RetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import { compact } from '../compact.ts';
import { PaymentOrderError } from '../errors.ts';
import { appendSettled } from '../event-store/append-settled.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { CancelRequest } from '../gateway/cancel-gateway.ts';
import { streamOf } from '../history/event.ts';
import { evolve, prepareEvent } from '../history/load.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import type { CompiledMachine } from '../history/machine.ts';
import type { Cause, PendingCall } from '../interpreter/pending.ts';
import type { BackoffRule, Runtime } from '../runtime.ts';
import { backoffMs, sleep } from '../runtime.ts';
import type { Decision } from './decide.ts';
import type { Gateways, NamedGateway } from './gateways.ts';
import { identityOf } from './gateways.ts';
import type { KeptOrders } from './kept.ts';
import { currentOrder } from './kept.ts';
import type { CommandAnswer } from './types.ts';

/** What an order is worked on with. */
export type OrderDependencies = {
  readonly store: EventStore;
  readonly runtime: Runtime;
  readonly compiled: CompiledMachine;
  readonly policy: RetryPolicy;
  readonly gateways: Gateways;
  /**
   * The deadline of the attempts that this process begins, ms. It is recorded with each of them, and
   * counts for others only where an older event recorded none.
   */
  readonly attemptDeadlineMs: number;
  /** So long after it was touched last, an attempt can no longer take effect, ms. */
  readonly conclusiveAfterMs: number;
  /** Whether the platform is asked before the first attempt of a cancel. */
  readonly askFirst: boolean;
  /** Gets the errors of work that no caller waits for. Never throws. */
  readonly onError: (error: unknown) => void;
  /** What this process wrote last. */
  readonly kept: KeptOrders;
};

/** The right, and the duty, to make one attempt: held by the process whose append began it. */
export type AttemptTicket = {
  readonly attempt: number;
  /** The revision of the event that began the attempt. */
  readonly revision: number;
  readonly request: CancelRequest;
  /** The order's own. */
  readonly gateway: NamedGateway;
  readonly cause: Cause;
  /** The attempt's deadline, as recorded, ms. */
  readonly deadlineMs: number;
  /** Monotonic time at which `recordedAt` was drawn, ms. */
  readonly drawnAtMs: number;
  /** `after-doubt`: it was unknown for a while whether the append had succeeded. */
  readonly settled: 'first-try' | 'after-doubt';
};

export type Transacted = {
  readonly answer: CommandAnswer;
  readonly order: OrderHistory;
  readonly ticket: AttemptTicket | null;
};

/** How often a decision is made again after a conflict. */
const decisionsMax = 64;

/** After the second conflict in a row. The full jitter spreads many rivals out. */
const conflictBackoff: BackoffRule = { firstMs: 2, maxMs: 125, jitter: 1 };

/** Decides on an order as it is; null where there is none. */
type Decide = (order: OrderHistory | null) => {
  readonly decision: Decision;
  readonly context: EventContext;
};

/**
 * Reads, decides and appends at the revision that was read; starts again after a conflict.
 *
 * @param read - The order as it was just read, or null for one that is taken to be new; without it, it
 * is read here.
 * @throws {PaymentOrderError} `too-much-contention` after 64 conflicts, and the errors of `decide`
 * and of the store.
 */
export async function transact(
  dependencies: OrderDependencies,
  orderNo: string,
  decide: Decide,
  read?: OrderHistory | null,
): Promise<Transacted> {
  const { runtime } = dependencies;
  let next = read === undefined ? await decidedOnKept(dependencies, orderNo, decide) : null;
  for (let decisions = 1; decisions <= decisionsMax; decisions += 1) {
    const isRead = decisions === 1 && read !== undefined;
    next ??= await decided(
      dependencies,
      orderNo,
      isRead ? read : await currentOrder(dependencies, orderNo),
      decide,
    );
    if (next.kind === 'answer') return { answer: next.answer, order: next.order, ticket: null };
    const appended = await append(dependencies, orderNo, next);
    if (appended !== null) return { answer: next.answer, ...appended };
    next = null;
    if (decisions > 1) await sleep(runtime, backoffMs(runtime, conflictBackoff, decisions - 1));
  }
  const stream = streamOf(orderNo);
  throw new PaymentOrderError(
    'too-much-contention',
    `stream ${stream}: other writers were first ${decisionsMax} times in a row; nothing was ` +
      'stored: try again, and look for a caller in a loop',
    { stream },
  );
}

/** What was decided: an answer, or an event that is ready to be appended. */
type Decided =
  | { readonly kind: 'answer'; readonly answer: CommandAnswer; readonly order: OrderHistory }
  | {
      readonly kind: 'append';
      readonly answer: CommandAnswer;
      readonly order: OrderHistory | null;
      readonly step: ReturnType<typeof prepareEvent>;
      /** The one that the event calls. */
      readonly gateway: NamedGateway | null;
      readonly drawnAtMs: number;
    };

async function decided(
  dependencies: OrderDependencies,
  orderNo: string,
  order: OrderHistory | null,
  decide: Decide,
): Promise<Decided> {
  const { runtime, compiled } = dependencies;
  const { decision, context } = decide(order);
  const { kind, answer } = decision;
  if (kind === 'answer') {
    if (order === null) throw new TypeError('only an order that exists has an answer');
    return { kind, answer, order };
  }
  const drawnAtMs = runtime.monotonicMs();
  const { event, gateway } = await withGateway(dependencies, order, decision.event);
  const whole = { ...context, commandDigest: decision.commandDigest };
  const step = prepareEvent(compiled, order, streamOf(orderNo), event, whole, runtime);
  return { kind, answer, order, step, gateway, drawnAtMs };
}

/**
 * What is decided on a kept order, where that is an append, which the store refuses if the order has
 * moved on. Null where it is anything else: an answer, or an error, may rest on what is no longer so.
 */
async function decidedOnKept(
  dependencies: OrderDependencies,
  orderNo: string,
  decide: Decide,
): Promise<Decided | null> {
  const order = dependencies.kept.of(orderNo);
  if (!order) return null;
  try {
    const made = await decided(dependencies, orderNo, order, decide);
    return made.kind === 'append' ? made : null;
  } catch {
    return null;
  }
}

/** Null after a conflict. */
async function append(
  dependencies: OrderDependencies,
  orderNo: string,
  { order, step, gateway, drawnAtMs }: Extract<Decided, { readonly kind: 'append' }>,
): Promise<Omit<Transacted, 'answer'> | null> {
  const { store, runtime, compiled, kept } = dependencies;
  const expected = order?.head.revision ?? 'no-stream';
  const stream = streamOf(orderNo);
  const settled = appendSettled(store, runtime, stream, [step.prepared], expected);
  const result = await settled.catch((error: unknown) => {
    kept.doubted(orderNo);
    throw error;
  });
  if (result.kind === 'conflict') {
    kept.drop(orderNo);
    return null;
  }
  const after = evolve(compiled, order, { ...step.stored, position: result.position });
  kept.acknowledged(after);
  const call = begunCall(step);
  if (call === undefined || gateway === null) return { order: after, ticket: null };
  const ticket: AttemptTicket = {
    attempt: after.known.answers.length,
    revision: result.revision,
    request: requestOf(after),
    gateway,
    cause: call.cause,
    deadlineMs: deadlineOf(after, dependencies),
    drawnAtMs,
    settled: result.settled,
  };
  return { order: after, ticket };
}

/**
 * The event as it is stored, and the gateway that it calls. One that begins an attempt says which that
 * is, and by which deadline all processes count.
 *
 * @throws {PaymentOrderError} `gateway-not-configured` or `no-gateway`, before anything is stored
 */
async function withGateway(
  { gateways, attemptDeadlineMs }: OrderDependencies,
  order: OrderHistory | null,
  event: PaymentOrderEvent,
): Promise<{ readonly event: PaymentOrderEvent; readonly gateway: NamedGateway | null }> {
  if (event.type === 'PaymentOrderCreated') {
    if (event.gateway !== undefined) await gateways.claim(event.gateway);
    return { event, gateway: null };
  }
  if (order === null || !beginsAttempt(event)) return { event, gateway: null };
  const gateway = await gateways.require(order.known, event.type);
  await gateways.claim(gateway);
  return { event: { ...event, attemptDeadlineMs, gateway: identityOf(gateway) }, gateway };
}

/** The deadline of the order's newest attempt, ms; this process's own where none was recorded. */
export function deadlineOf(
  { known }: Pick<OrderHistory, 'known'>,
  { attemptDeadlineMs }: Pick<OrderDependencies, 'attemptDeadlineMs'>,
): number {
  return known.attemptDeadlineMs ?? attemptDeadlineMs;
}

/** The call that the event of this step begins, if it begins one. */
export function begunCall({
  stored,
  fold,
}: ReturnType<typeof prepareEvent>): PendingCall | undefined {
  return fold.pending.calls.find(({ cause }) => cause.eventId === stored.id);
}

/**
 * The order, read at `revision` or later. A node that was the leader a moment ago may still show
 * less than the store acknowledged, and a decision must not be made on that.
 *
 * @throws {PaymentOrderError} `store-unavailable`: read again.
 */
export function requireRevision(
  orderNo: string,
  order: OrderHistory | null,
  revision: number,
): OrderHistory {
  if (order !== null && order.head.revision >= revision) return order;
  const stream = streamOf(orderNo);
  throw new PaymentOrderError(
    'store-unavailable',
    `stream ${stream}: the store does not show revision ${revision}, which it acknowledged; ` +
      'nothing was stored: read again, from the leader',
    { stream },
  );
}

/** The order's head is the event that began the attempt. */
function requestOf({ known, head }: OrderHistory): CancelRequest {
  const { orderNo, processBillNo, amountMinor, currency, cancel, answers } = known;
  const { $correlationId: correlationId, traceparent } = head.metadata;
  const attempt = answers.length;
  const told = { attempt, amountMinor, currency, correlationId, traceparent };
  return compact({ orderNo, processBillNo, reason: cancel?.reason, ...told });
}
