import { parseOutcome } from '../../machines/payment-order.events.ts';
import type { OutcomeEvent, OutcomeType } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { CancelGateway, CancelOutcome } from '../gateway/cancel-gateway.ts';
import type { Circumstances, OrderHistory } from '../history/order-history.ts';
import { loadOrder } from '../history/order-history.ts';
import { decideOutcome } from './decide.ts';
import type { AttemptTicket, Workbench } from './transact.ts';
import { transact } from './transact.ts';

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
 * become meanwhile. Once sent, a call is never aborted.
 *
 * @throws PaymentOrderError of the store, when the outcome cannot be recorded within 5 minutes;
 * the order then shows in doubt after the attempt's deadline.
 */
export async function runAttempt(
  bench: Workbench,
  gateway: CancelGateway,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<OrderHistory> {
  const outcome = await makeAttempt(bench, gateway, orderNo, ticket);
  return recordOutcome(bench, orderNo, ticket, outcomeEvent(outcome, ticket.attempt));
}

async function makeAttempt(
  bench: Workbench,
  gateway: CancelGateway,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<CancelOutcome> {
  const maySend = () => bench.host.monotonicMs() - ticket.drawnAtMs < bench.sendWithinMs;
  const isCurrent = ticket.settled === 'first-try' || (await isInFlight(bench, orderNo, ticket));
  if (!isCurrent || !maySend()) return { kind: 'not-executed', rule: 'not-sent' };
  try {
    return await gateway.cancel(ticket.request, maySend);
  } catch {
    // A port that throws does not say whether the call ran; its error may hold what must not be kept.
    return { kind: 'outcome-unknown', rule: 'call-failed' };
  }
}

/** Time has passed since the append: others may have given the attempt up. */
async function isInFlight(
  { store, law }: Workbench,
  orderNo: string,
  ticket: AttemptTicket,
): Promise<boolean> {
  try {
    const calls = (await loadOrder(store, law, orderNo))?.fold.pending.calls ?? [];
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
  bench: Workbench,
  orderNo: string,
  ticket: AttemptTicket,
  outcome: OutcomeEvent,
): Promise<OrderHistory> {
  const { host } = bench;
  const circumstances: Circumstances = {
    actor: { kind: 'gateway', id: 'payment.order.cancel' },
    source: 'gateway',
    $correlationId: ticket.cause.correlationId,
    $causationId: ticket.cause.eventId,
  };
  const startedMs = host.monotonicMs();
  for (let tries = 1; ; tries += 1) {
    try {
      const { order } = await transact(bench, orderNo, (found) => {
        if (found === null) throw new TypeError('an order with an attempt exists');
        const decision = decideOutcome(found, outcome, bench.policy, host.random());
        return { decision, circumstances };
      });
      return order;
    } catch (error) {
      const waitMs = Math.min(250 * 2 ** tries, 30_000);
      const isOver = host.monotonicMs() - startedMs + waitMs > recordOutcomeBudgetMs;
      if (isOver || !mayPass(error)) throw error;
      await new Promise<void>((resolve) => host.setTimer(waitMs, resolve));
    }
  }
}

function mayPass(error: unknown): boolean {
  return (
    error instanceof PaymentOrderError &&
    (error.code === 'store-unavailable' ||
      error.code === 'append-outcome-unknown' ||
      error.code === 'too-much-contention')
  );
}
