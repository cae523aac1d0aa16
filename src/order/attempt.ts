/**
 * How one attempt is made, and by whom: only the holder of its ticket may send it, and only in time.
 *
 * After the attempt's deadline any process may record it as abandoned and begin the next one. Two
 * calls of one order must not overlap, so the last moment to send is as long before the deadline
 * as a call may take. `maySend` is this fence. The gateway asks it once more when a connection is
 * ready. If the append was in doubt for a while, the order is read again first.
 *
 * A call that was sent cannot be taken back, so it is never aborted. Its outcome is recorded
 * whatever state the order has reached: the money may have moved.
 */

import type { OutcomeEvent, OutcomeType } from '../../machines/payment-order.events.ts';
import { fieldOf, fitOutcome } from '../../machines/payment-order.outcomes.ts';
import type { FittedOutcome } from '../../machines/payment-order.outcomes.ts';
import { PaymentOrderError, isRetryable } from '../errors.ts';
import { retold } from '../foreign-error.ts';
import type { CancelOutcome } from '../gateway/cancel-gateway.ts';
import { streamOf } from '../history/event.ts';
import { loadOrder } from '../history/load.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import type { BackoffRule } from '../runtime.ts';
import { backoffMs, sleep } from '../runtime.ts';
import { decideOutcome } from './decide.ts';
import { gatewayActor } from './gateways.ts';
import { wishIn } from './retry-wish.ts';
import { requireRevision, transact } from './transact.ts';
import type { AttemptTicket, OrderDependencies } from './transact.ts';

/** For how long recording an outcome is tried, ms. */
const recordOutcomeBudgetMs = 300_000;
const recordOutcomeBackoff: BackoffRule = { firstMs: 500, maxMs: 30_000, jitter: 0 };

const outcomeTypeOf: Record<CancelOutcome['kind'], OutcomeType> = {
  confirmed: 'CancelConfirmed',
  refused: 'CancelRefused',
  'not-executed': 'CancelNotExecuted',
  blocked: 'CancelBlocked',
  'outcome-unknown': 'CancelOutcomeUnknown',
};

/**
 * Makes the attempt of a ticket and records its outcome.
 *
 * An attempt that is not answered by its deadline is recorded as unknown. A later answer is
 * recorded too.
 *
 * @returns the order after the (first) outcome.
 * @throws {PaymentOrderError} `append-outcome-unknown` if the outcome cannot be recorded within
 * 5 minutes. The attempt itself is stored, so the order shows in doubt after the deadline. Errors
 * of the store that no retry mends (`store-corrupt`, …) are thrown at once.
 */
export async function runAttempt(
  dependencies: OrderDependencies,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<OrderHistory> {
  const record = (outcome: unknown) => {
    const { event, changed } = fittedOutcome(outcome, ticket.attempt);
    if (changed.length > 0) dependencies.onError(unfit(orderNo, ticket.attempt, changed));
    return recordOutcome(dependencies, orderNo, ticket, { event, wishMs: wishIn(outcome) });
  };
  const call = makeAttempt(dependencies, orderNo, ticket);
  const { promise: deadline, resolve } = Promise.withResolvers<'unanswered'>();
  const cancelTimer = dependencies.runtime.setTimer(ticket.deadlineMs, () => {
    resolve('unanswered');
  });
  const outcome = await Promise.race([call, deadline]);
  cancelTimer();
  if (outcome !== 'unanswered') return record(outcome);
  call.then(record).catch(dependencies.onError);
  return record({ kind: 'outcome-unknown', rule: 'call-unanswered' });
}

/** Never rejects. */
async function makeAttempt(
  dependencies: OrderDependencies,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<CancelOutcome> {
  const { runtime } = dependencies;
  const { port } = ticket.gateway;
  const sendWithinMs = ticket.deadlineMs - port.attemptMs;
  // The monotonic clock may stand still while a machine sleeps; the wall clock may jump back.
  const maySend = () =>
    runtime.monotonicMs() - ticket.drawnAtMs < sendWithinMs &&
    runtime.now() - ticket.cause.recordedAtMs < sendWithinMs;
  const isCurrent =
    ticket.settled === 'first-try' || (await isInFlight(dependencies, orderNo, ticket));
  if (!isCurrent || !maySend()) return { kind: 'not-executed', rule: 'not-sent' };
  try {
    return await port.cancel(ticket.request, maySend);
  } catch (error) {
    dependencies.onError(callFailed(orderNo, retold(error)));
    return { kind: 'outcome-unknown', rule: 'call-failed' };
  }
}

function callFailed(orderNo: string, cause: Error): PaymentOrderError {
  const stream = streamOf(orderNo);
  return new PaymentOrderError(
    'gateway-failed',
    `stream ${stream}: the gateway port threw instead of returning an outcome, so the call may ` +
      'have run and the order is in doubt; correct the port: it must classify every failure',
    { stream, cause },
  );
}

/** False once another process has recorded the attempt as abandoned. */
async function isInFlight(
  { store, compiled, onError }: OrderDependencies,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<boolean> {
  try {
    const calls = (await loadOrder(store, compiled, orderNo))?.fold.pending.calls ?? [];
    return calls.some(({ cause }) => cause.eventId === ticket.cause.eventId);
  } catch (error) {
    // If the stream cannot be read, do not send.
    onError(error);
    return false;
  }
}

/**
 * The event of what a gateway port gave. Evidence that no event can hold costs no outcome, because
 * a call that ran must not be lost.
 */
function fittedOutcome(outcome: unknown, attempt: number): FittedOutcome {
  if (typeof outcome === 'object' && outcome !== null) {
    const kind = fieldOf(outcome, 'kind');
    if (isKind(kind)) return fitOutcome(outcomeTypeOf[kind], attempt, outcome);
  }
  const event = { type: 'CancelOutcomeUnknown', attempt, rule: 'unreadable-outcome' } as const;
  return { event, changed: ['kind'] };
}

function isKind(kind: unknown): kind is CancelOutcome['kind'] {
  return typeof kind === 'string' && Object.hasOwn(outcomeTypeOf, kind);
}

/** The values are left out: they are somebody else's, and may hold anything. */
function unfit(orderNo: string, attempt: number, changed: readonly string[]): PaymentOrderError {
  const stream = streamOf(orderNo);
  const what = changed.includes('kind')
    ? 'returned no kind of outcome that exists, so the call may have run and the order is in doubt'
    : `gave evidence that no event can hold as it is (${changed.join(', ')}); the outcome is ` +
      'recorded, with each of these fields made to fit or left out';
  return new PaymentOrderError(
    'gateway-failed',
    `stream ${stream}: at attempt ${attempt} the gateway port ${what}; correct the port: ` +
      'the type CancelOutcome says what each field may be',
    { stream },
  );
}

async function recordOutcome(
  dependencies: OrderDependencies,
  orderNo: string,
  ticket: AttemptTicket,
  { event, wishMs }: { readonly event: OutcomeEvent; readonly wishMs: number },
): Promise<OrderHistory> {
  const { runtime, policy } = dependencies;
  const context: EventContext = {
    actor: gatewayActor(ticket.gateway, 'payment.order.cancel'),
    source: 'gateway',
    $correlationId: ticket.cause.correlationId,
    $causationId: ticket.cause.eventId,
  };
  const startedMs = runtime.monotonicMs();
  for (let tries = 1; ; tries += 1) {
    try {
      const { order } = await transact(dependencies, orderNo, (found) => {
        const order = requireRevision(orderNo, found, ticket.revision);
        const decision = decideOutcome(order, event, policy, runtime.random(), wishMs);
        return { decision, context };
      });
      return order;
    } catch (error) {
      if (!isRetryable(error)) throw error;
      const waitMs = backoffMs(runtime, recordOutcomeBackoff, tries);
      const isOver = runtime.monotonicMs() - startedMs + waitMs > recordOutcomeBudgetMs;
      if (isOver) throw notRecorded(orderNo, ticket.attempt, error);
      await sleep(runtime, waitMs);
    }
  }
}

/** Not the store's own error: 'nothing was stored' is true of the outcome, not of the attempt. */
function notRecorded(orderNo: string, attempt: number, cause: PaymentOrderError) {
  const stream = streamOf(orderNo);
  return new PaymentOrderError(
    'append-outcome-unknown',
    `stream ${stream}: attempt ${attempt} is stored, but its outcome could not be recorded for ` +
      '5 minutes; repair the store: the order stays in doubt until recovery continues',
    { stream, cause },
  );
}
