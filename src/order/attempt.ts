import { parseOutcome } from '../../machines/payment-order.events.ts';
import type { OutcomeEvent, OutcomeType } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { CancelGateway, CancelOutcome } from '../gateway/cancel-gateway.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import { streamOf } from '../history/event.ts';
import { loadOrder } from '../history/load.ts';
import { decideOutcome } from './decide.ts';
import type { AttemptTicket, OrderDependencies } from './transact.ts';
import { notBefore, transact } from './transact.ts';

/** How long the outcome of a call that was made is tried to be recorded, ms. */
const recordOutcomeBudgetMs = 300_000;

const typeOf: Record<CancelOutcome['kind'], OutcomeType> = {
  confirmed: 'CancelConfirmed',
  refused: 'CancelRefused',
  'not-executed': 'CancelNotExecuted',
  blocked: 'CancelBlocked',
  'outcome-unknown': 'CancelOutcomeUnknown',
};

/**
 * Makes the one attempt that a ticket stands for and records its outcome, whatever the order has
 * become meanwhile. Once sent, a call is never aborted: one that has not answered by the attempt's
 * deadline is recorded as unknown, and what it says later is recorded too.
 *
 * @throws PaymentOrderError `append-outcome-unknown`, when the outcome cannot be recorded within 5
 * minutes: the attempt itself is stored, and the order shows in doubt after its deadline. What the
 * store says for good (`store-corrupt`, …) is thrown as it is.
 */
export async function runAttempt(
  dependencies: OrderDependencies,
  gateway: CancelGateway,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<OrderHistory> {
  const record = (outcome: unknown) =>
    recordOutcome(dependencies, orderNo, ticket, outcomeEvent(outcome, ticket.attempt));
  const call = makeAttempt(dependencies, gateway, orderNo, ticket);
  const { promise: deadline, resolve } = Promise.withResolvers<'unanswered'>();
  const cancelTimer = dependencies.runtime.setTimer(dependencies.attemptDeadlineMs, () => {
    resolve('unanswered');
  });
  const answer = await Promise.race([call, deadline]);
  cancelTimer();
  if (answer !== 'unanswered') return record(answer);
  call.then(record).catch(dependencies.onError);
  return record({ kind: 'outcome-unknown', rule: 'call-unanswered' });
}

/** Never rejects. */
async function makeAttempt(
  dependencies: OrderDependencies,
  gateway: CancelGateway,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<CancelOutcome> {
  const { runtime } = dependencies;
  const sendWithinMs = dependencies.attemptDeadlineMs - gateway.attemptMs;
  // The monotonic clock may stand still while a machine sleeps; the wall clock may jump back.
  const maySend = () =>
    runtime.monotonicMs() - ticket.drawnAtMs < sendWithinMs &&
    runtime.now() - ticket.cause.recordedAtMs < sendWithinMs;
  const isCurrent =
    ticket.settled === 'first-try' || (await isInFlight(dependencies, orderNo, ticket));
  if (!isCurrent || !maySend()) return { kind: 'not-executed', rule: 'not-sent' };
  try {
    return await gateway.cancel(ticket.request, maySend);
  } catch {
    dependencies.onError(callFailed(orderNo));
    return { kind: 'outcome-unknown', rule: 'call-failed' };
  }
}

/** Without the port's own error as its cause: that may hold what must not be kept. */
function callFailed(orderNo: string): PaymentOrderError {
  return new PaymentOrderError(
    'gateway-failed',
    `stream ${streamOf(orderNo)}: the gateway port threw instead of answering, so the call may ` +
      'have run and the order is in doubt; mend the port: it must classify what it sees',
    { stream: streamOf(orderNo) },
  );
}

/** Time has passed since the append: others may have given the attempt up. */
async function isInFlight(
  { store, compiled }: OrderDependencies,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<boolean> {
  try {
    const calls = (await loadOrder(store, compiled, orderNo))?.fold.pending.calls ?? [];
    return calls.some(({ cause }) => cause.eventId === ticket.cause.eventId);
  } catch {
    // Who cannot read does not send.
    return false;
  }
}

/**
 * What is recorded of an outcome. A gateway of somebody's own may give evidence that no event can
 * hold: the outcome counts all the same, or the call would be lost for a name.
 */
function outcomeEvent(outcome: unknown, attempt: number): OutcomeEvent {
  const { kind, ...evidence } = isRecord(outcome) ? outcome : {};
  if (!isKind(kind)) return { type: 'CancelOutcomeUnknown', attempt, rule: 'unreadable-outcome' };
  const type = typeOf[kind];
  const given = Object.entries(evidence).filter(([, value]) => value !== undefined);
  return (
    parseOutcome({ ...Object.fromEntries(given), type, attempt }, attempt) ?? {
      ...{ type, attempt, rule: 'unreadable-evidence' },
    }
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isKind(kind: unknown): kind is CancelOutcome['kind'] {
  return typeof kind === 'string' && Object.hasOwn(typeOf, kind);
}

async function recordOutcome(
  dependencies: OrderDependencies,
  orderNo: string,
  ticket: AttemptTicket,
  outcome: OutcomeEvent,
): Promise<OrderHistory> {
  const { runtime } = dependencies;
  const context: EventContext = {
    actor: { kind: 'gateway', id: 'payment.order.cancel' },
    source: 'gateway',
    $correlationId: ticket.cause.correlationId,
    $causationId: ticket.cause.eventId,
  };
  const startedMs = runtime.monotonicMs();
  for (let tries = 1; ; tries += 1) {
    try {
      const { order } = await transact(dependencies, orderNo, (found) => {
        const order = notBefore(ticket.revision, found, orderNo);
        const decision = decideOutcome(order, outcome, dependencies.policy, runtime.random());
        return { decision, context };
      });
      return order;
    } catch (error) {
      const waitMs = Math.min(250 * 2 ** tries, 30_000);
      const isOver = runtime.monotonicMs() - startedMs + waitMs > recordOutcomeBudgetMs;
      if (!mayPass(error)) throw error;
      if (isOver) throw notRecorded(orderNo, ticket.attempt, error);
      await new Promise<void>((resolve) => runtime.setTimer(waitMs, resolve));
    }
  }
}

/** Not the store's own error: 'nothing was stored' is true of the outcome, not of the attempt. */
function notRecorded(orderNo: string, attempt: number, cause: PaymentOrderError) {
  const stream = streamOf(orderNo);
  return new PaymentOrderError(
    'append-outcome-unknown',
    `stream ${stream}: attempt ${attempt} is recorded, and what came of it could not be recorded ` +
      'for 5 minutes; mend the store: the order shows in doubt until its recovery goes on',
    { stream, cause },
  );
}

function mayPass(error: unknown): error is PaymentOrderError {
  return (
    error instanceof PaymentOrderError &&
    (error.code === 'store-unavailable' ||
      error.code === 'append-outcome-unknown' ||
      error.code === 'too-much-contention')
  );
}
