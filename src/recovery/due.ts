import { PaymentOrderError } from '../errors.ts';
import type { CancelGateway } from '../gateway/cancel-gateway.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import type { PendingTimer } from '../interpreter/pending.ts';
import { runAttempt } from '../order/attempt.ts';
import type { Decision } from '../order/decide.ts';
import { decideTimer } from '../order/decide.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { notBefore, transact } from '../order/transact.ts';
import { checkpointEvery, saveCheckpoint, scan } from './scan.ts';

/** A workbench that can make calls. */
export type RecoveryDependencies = OrderDependencies & { readonly gateway: CancelGateway };

/** The timer that is due first, due or not; undefined where the order waits for none. */
export function nextTimer({ fold }: OrderHistory): PendingTimer | undefined {
  return fold.pending.timers.toSorted((one, other) => one.dueAtMs - other.dueAtMs)[0];
}

/**
 * Fires the timer of an order that is due now, if any: its event is recorded, and the attempt that
 * this enters is made here. Another process that was faster leaves nothing to do.
 *
 * @param atLeast - The revision that was told of, which a read must show; else it is no answer.
 * @returns the order after it, and whether an event was recorded here.
 */
export async function fireDue(
  dependencies: RecoveryDependencies,
  orderNo: string,
  atLeast = 0,
): Promise<{ readonly order: OrderHistory; readonly fired: boolean }> {
  const { answer, order, ticket } = await transact(dependencies, orderNo, (found) => {
    return fire(dependencies, notBefore(atLeast, found, orderNo));
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
  const head = order.head.metadata.$correlationId;
  const context: EventContext = {
    actor: { kind: 'timer', id: 'recovery' },
    source: 'timer',
    $correlationId: timer?.cause.correlationId ?? head,
    ...(timer === undefined ? {} : { $causationId: timer.cause.eventId }),
  };
  if (timer === undefined || !isDue(dependencies, timer)) {
    return { decision: { kind: 'answer', answer: { kind: 'duplicate' } }, context };
  }
  const event = order.raisedBy(timer);
  return { decision: decideTimer(order, event, policy, runtime.random()), context };
}

/** A wait that was recorded by a clock far ahead of ours would last until that time comes. */
function isDue({ runtime, attemptDeadlineMs }: RecoveryDependencies, timer: PendingTimer): boolean {
  const nowMs = runtime.now();
  return timer.dueAtMs <= nowMs || timer.cause.recordedAtMs > nowMs + attemptDeadlineMs;
}

/**
 * Fires everything that is due now, once, and awaits the outcomes.
 *
 * @returns how many orders waited, and for how many of them an event was recorded.
 */
export async function recoverOnce(
  dependencies: RecoveryDependencies,
): Promise<{ readonly waiting: number; readonly fired: number }> {
  const { waiting, eventsRead } = await scan(dependencies.store, dependencies.onError);
  const waited = waiting.orders.size;
  if (eventsRead >= checkpointEvery) {
    await saveCheckpoint(dependencies.store, dependencies.runtime, waiting, dependencies.onError);
  }
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
  return { waiting: waited, fired };
}

/** How many orders a process recovers at the same time. */
export const attemptsAtOnceMax = 32;

export function requireGateway(dependencies: OrderDependencies): RecoveryDependencies {
  const { gateway } = dependencies;
  if (gateway !== null) return { ...dependencies, gateway };
  throw new PaymentOrderError(
    'gateway-not-configured',
    'recovery makes the calls that are due, and no gateway is configured; ' +
      'give url, appId and privateKey',
  );
}
