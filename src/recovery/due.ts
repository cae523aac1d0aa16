import { PaymentOrderError } from '../errors.ts';
import type { CancelGateway } from '../gateway/cancel-gateway.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import type { PendingTimer } from '../interpreter/pending.ts';
import { runAttempt } from '../order/attempt.ts';
import type { Decision } from '../order/decide.ts';
import { decideTimer } from '../order/decide.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { requireRevision, transact } from '../order/transact.ts';
import { checkpointEvery, saveCheckpoint, scan } from './scan.ts';

export type RecoveryDependencies = OrderDependencies & { readonly gateway: CancelGateway };

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
  const fired = answer.kind === 'accepted';
  if (ticket === null) return { order, fired };
  return { order: await runAttempt(dependencies, dependencies.gateway, orderNo, ticket), fired };
}

function fire(
  dependencies: RecoveryDependencies,
  order: OrderHistory,
): { readonly decision: Decision; readonly context: EventContext } {
  const { runtime, policy } = dependencies;
  const timer = nextTimer(order);
  const context: EventContext = {
    actor: { kind: 'timer', id: 'recovery' },
    source: 'timer',
    $correlationId: timer?.cause.correlationId ?? order.head.metadata.$correlationId,
    $causationId: timer?.cause.eventId,
  };
  if (timer === undefined || !isDue(dependencies, timer)) {
    return { decision: { kind: 'answer', answer: { kind: 'duplicate' } }, context };
  }
  const event = order.raisedBy(timer);
  return { decision: decideTimer(order, event, policy, runtime.random()), context };
}

/**
 * A cause that lies in the future was recorded by a clock far ahead of ours. Its timer is fired now;
 * otherwise the order would wait until that time comes.
 */
function isDue({ runtime, attemptDeadlineMs }: RecoveryDependencies, timer: PendingTimer): boolean {
  const nowMs = runtime.now();
  return timer.dueAtMs <= nowMs || timer.cause.recordedAtMs > nowMs + attemptDeadlineMs;
}

/**
 * Fires all timers that are due now, once, and awaits the outcomes.
 *
 * @returns how many orders were waiting, and for how many of them an event was recorded.
 */
export async function recoverOnce(
  dependencies: RecoveryDependencies,
): Promise<{ readonly waiting: number; readonly fired: number }> {
  const { waiting, eventsRead } = await scan(dependencies.store, dependencies.onError);
  if (eventsRead >= checkpointEvery) {
    await saveCheckpoint(dependencies.store, dependencies.runtime, waiting, dependencies.onError);
  }
  // The workers share one iterator.
  const queue = waiting.orders.values();
  let fired = 0;
  const work = async () => {
    for (const orderNo of queue) {
      try {
        if ((await fireDue(dependencies, orderNo)).fired) fired += 1;
      } catch (error) {
        dependencies.onError(error);
      }
    }
  };
  await Promise.all(Array.from({ length: attemptsAtOnceMax }, work));
  return { waiting: waiting.orders.size, fired };
}

export function requireGateway(dependencies: OrderDependencies): RecoveryDependencies {
  const { gateway } = dependencies;
  if (gateway !== null) return { ...dependencies, gateway };
  throw new PaymentOrderError(
    'gateway-not-configured',
    'recovery calls the gateway, but none is configured; give url, appId and privateKey',
  );
}
