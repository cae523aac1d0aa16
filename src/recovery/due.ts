import { PaymentOrderError } from '../errors.ts';
import type { CancelGateway } from '../gateway/cancel-gateway.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import type { PendingTimer } from '../interpreter/pending.ts';
import { runAttempt } from '../order/attempt.ts';
import type { Decision } from '../order/decide.ts';
import { decideTimer } from '../order/decide.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { deadlineOf, requireRevision, transact } from '../order/transact.ts';
import { viewOf } from '../order/view.ts';
import type { Firing, RecoveryOptions } from './options.ts';

export type RecoveryDependencies = OrderDependencies &
  RecoveryOptions & {
    readonly gateway: CancelGateway;
    /** Once it aborts, nothing new is begun; what was begun goes on. */
    readonly signal: AbortSignal;
  };

/** How many orders a process recovers at the same time. */
export const attemptsAtOnceMax = 32;

/** The timer that is due first, whether it is due or not. */
export function nextTimer({ fold }: OrderHistory): PendingTimer | undefined {
  return fold.pending.timers.toSorted((one, other) => one.dueAtMs - other.dueAtMs)[0];
}

/**
 * Fires the order's timer if it is due: records its event and makes the attempt that it begins.
 * If another process was faster, nothing is left to do.
 *
 * @param announced - The revision announced by the subscription; a read that lacks it is stale.
 * @returns the order afterwards, and whether an event was recorded here.
 */
export async function fireDue(
  dependencies: RecoveryDependencies,
  orderNo: string,
  announced = 0,
): Promise<{ readonly order: OrderHistory; readonly fired: boolean }> {
  const { answer, order, ticket } = await transact(dependencies, orderNo, (found) => {
    return fire(dependencies, requireRevision(orderNo, found, announced));
  });
  if (answer.kind !== 'accepted') return { order, fired: false };
  const { event } = order.head;
  const attempt = 'attempt' in event ? event.attempt : order.known.answers.length;
  let after = order;
  try {
    if (ticket !== null) {
      after = await runAttempt(dependencies, dependencies.gateway, orderNo, ticket);
    }
  } finally {
    tell(dependencies, { event: event.type, attempt }, after);
  }
  return { order: after, fired: true };
}

/** A listener that throws must not end recovery. */
function tell(
  { onFired, onError }: RecoveryDependencies,
  { event, attempt }: Pick<Firing, 'event' | 'attempt'>,
  after: OrderHistory,
): void {
  if (onFired === undefined) return;
  const { orderNo, answers } = after.known;
  const answer = answers[attempt - 1] ?? 'in-flight';
  try {
    onFired({ orderNo, event, attempt, answer, order: viewOf(after) });
  } catch (error) {
    onError(error);
  }
}

function fire(
  dependencies: RecoveryDependencies,
  order: OrderHistory,
): { readonly decision: Decision; readonly context: EventContext } {
  const { runtime, policy, signal } = dependencies;
  const timer = nextTimer(order);
  const context: EventContext = {
    actor: { kind: 'timer', id: 'recovery' },
    source: 'timer',
    $correlationId: timer?.cause.correlationId ?? order.head.metadata.$correlationId,
    $causationId: timer?.cause.eventId,
  };
  if (signal.aborted || timer === undefined || !isDue(dependencies, order, timer)) {
    return { decision: { kind: 'answer', answer: { kind: 'duplicate' } }, context };
  }
  const event = order.raisedBy(timer);
  return { decision: decideTimer(order, event, policy, runtime.random()), context };
}

/**
 * A cause that lies in the future was recorded by a clock far ahead of ours. Its timer is fired now;
 * otherwise the order would wait until that time comes.
 */
function isDue(
  dependencies: RecoveryDependencies,
  order: OrderHistory,
  { dueAtMs, cause }: PendingTimer,
): boolean {
  const nowMs = dependencies.runtime.now();
  return dueAtMs <= nowMs || cause.recordedAtMs > nowMs + deadlineOf(order, dependencies);
}

export function requireGateway({ gateway }: OrderDependencies): CancelGateway {
  if (gateway !== null) return gateway;
  throw new PaymentOrderError(
    'gateway-not-configured',
    'recovery calls the gateway, but none is configured; give url, appId and privateKey',
  );
}
