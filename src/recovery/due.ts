import { beginsAttempt } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import { loadOrder } from '../history/load.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import type { PendingTimer } from '../interpreter/pending.ts';
import { runAttempt } from '../order/attempt.ts';
import type { Decision } from '../order/decide.ts';
import { decideTimer, roomForOperators, streamFull } from '../order/decide.ts';
import type { NamedGateway, WhyLeftAlone } from '../order/gateways.ts';
import { ask, askWhyRefused, isAskable } from '../order/question.ts';
import type { Answered } from '../order/question.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { deadlineOf, requireRevision, transact } from '../order/transact.ts';
import { viewOf } from '../order/view.ts';
import { stateOfDoubt } from './followed.ts';
import type { GatewayHealth } from './gateway-health.ts';
import type { Firing, RecoveryOptions } from './options.ts';

export type RecoveryDependencies = OrderDependencies &
  RecoveryOptions & {
    readonly health: GatewayHealth;
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
 * Fires the order's timer if it is due: records its event and makes the attempt that it begins. In
 * doubt the platform is asked instead, where it can be. If another process was faster, nothing is
 * left to do. Where the gateway is down, nothing is done until it lets the order pass.
 *
 * @param announced - The revision announced by the subscription; a read that lacks it is stale.
 * @returns the order afterwards, and what was done with it.
 */
export async function fireDue(
  dependencies: RecoveryDependencies,
  orderNo: string,
  announced = 0,
): Promise<Fired> {
  const { store, compiled, gateways, health } = dependencies;
  const found = await loadOrder(store, compiled, orderNo);
  const read = requireRevision(orderNo, found, announced);
  const timer = dueTimer(dependencies, read);
  const isIdle = timer === undefined;
  // Who may adopt an order is asked of the store, and only when there is something to do.
  const gateway = gateways.recorded(read.known) ?? (isIdle ? null : await gateways.of(read.known));
  if (typeof gateway === 'string') {
    // One that was settled meanwhile waits for nobody.
    const waits = nextTimer(read) !== undefined;
    return { order: read, fired: false, ...(waits ? { leftAlone: gateway } : {}) };
  }
  if (isIdle || gateway === null) return { order: read, fired: false };
  // What ends an abandoned attempt calls nobody.
  if (!beginsAttempt(read.raisedBy(timer))) {
    return fireTimer(dependencies, { gateway, watched: (unseen) => unseen }, read, undefined);
  }
  const pass = await health.enter(gateway, orderNo);
  if (pass === null) return { order: read, fired: false, isHeld: true };
  try {
    return await fireCall(dependencies, { gateway, watched: pass.watched }, read);
  } finally {
    pass.end();
  }
}

/** The order's gateway, and how what is called with it is seen. */
type Calling = {
  readonly gateway: NamedGateway;
  readonly watched: (gateway: NamedGateway) => NamedGateway;
};

async function fireCall(
  dependencies: RecoveryDependencies,
  calling: Calling,
  read: OrderHistory,
): Promise<Fired> {
  const asked = await askInDoubt(dependencies, calling, read);
  if (asked !== null && asked.answer.status !== 'unavailable') {
    const attempt = asked.order.known.answers.length;
    if (asked.isRecorded) tell(dependencies, { event: 'StatusReported', attempt }, asked.order);
    return { order: asked.order, fired: asked.isRecorded };
  }
  const unaskable = asked === null ? undefined : nextTimer(read);
  return fireTimer(dependencies, calling, asked?.order ?? read, unaskable);
}

export type Fired = {
  readonly order: OrderHistory;
  /** Whether an event was recorded here. */
  readonly fired: boolean;
  /** Why no gateway of this process may call for it; absent where one may. */
  readonly leftAlone?: WhyLeftAlone;
  /** Its timer is due, and waits for a gateway that is down. */
  readonly isHeld?: true;
};

/** Null where the order does not wait in doubt, its time has not come, or nobody can be asked. */
async function askInDoubt(
  dependencies: RecoveryDependencies,
  { gateway: unseen, watched }: Calling,
  order: OrderHistory,
): Promise<Answered | null> {
  const gateway = watched(unseen);
  if (order.fold.state !== stateOfDoubt || !isAskable(gateway)) return null;
  const timer = dueTimer(dependencies, order);
  if (timer === undefined) return null;
  if (roomForOperators(order) <= 0) throw streamFull(order, 'no further question is asked');
  return ask(dependencies, gateway, order, { context: contextOf(order, timer), isWaitedFor: true });
}

/** @param unaskable - The timer of a wait in doubt in which the platform may not be asked. */
async function fireTimer(
  dependencies: RecoveryDependencies,
  { gateway, watched }: Calling,
  read: OrderHistory,
  unaskable: PendingTimer | undefined,
): Promise<Fired> {
  const { orderNo } = read.known;
  const { answer, order, ticket } = await transact(
    dependencies,
    orderNo,
    (found) =>
      fire(dependencies, gateway, requireRevision(orderNo, found, read.head.revision), unaskable),
    read,
  );
  if (answer.kind !== 'accepted') return { order, fired: false };
  const { event } = order.head;
  const attempt = 'attempt' in event ? event.attempt : order.known.answers.length;
  let after = order;
  try {
    if (ticket !== null) {
      after = await runAttempt(dependencies, orderNo, {
        ...ticket,
        gateway: watched(ticket.gateway),
      });
    }
  } finally {
    tell(dependencies, { event: event.type, attempt }, after);
  }
  await askWhyRefused(dependencies, gateway, after);
  return { order: after, fired: true };
}

/** A listener that throws must not end recovery. */
function tell(
  { onFired, onError }: RecoveryDependencies,
  { event, attempt }: Pick<Firing, 'event' | 'attempt'>,
  after: OrderHistory,
): void {
  if (onFired === undefined) return;
  const { orderNo, answers, gateway: recorded } = after.known;
  const gateway = recorded?.name ?? null;
  const answer = answers[attempt - 1] ?? 'in-flight';
  try {
    onFired({ orderNo, event, attempt, answer, gateway, order: viewOf(after) });
  } catch (error) {
    onError(error);
  }
}

function fire(
  dependencies: RecoveryDependencies,
  gateway: NamedGateway,
  order: OrderHistory,
  unaskable: PendingTimer | undefined,
): { readonly decision: Decision; readonly context: EventContext } {
  const { runtime, policy, gateways } = dependencies;
  const timer = dueTimer(dependencies, order);
  const context: EventContext = { ...contextOf(order, timer), source: 'timer' };
  // Another process may have been first: it adopted the order for another gateway, ...
  const isAnothers = (gateways.recorded(order.known) ?? gateway) !== gateway;
  // ... or a doubt that came of it is asked about.
  const isToAsk =
    order.fold.state === stateOfDoubt &&
    isAskable(gateway) &&
    timer?.cause.eventId !== unaskable?.cause.eventId;
  if (timer === undefined || isAnothers || isToAsk) {
    return { decision: { kind: 'answer', answer: { kind: 'duplicate' } }, context };
  }
  const event = order.raisedBy(timer);
  return { decision: decideTimer(order, event, policy, runtime.random()), context };
}

function contextOf(
  { head }: OrderHistory,
  timer: PendingTimer | undefined,
): Omit<EventContext, 'source'> {
  return {
    actor: { kind: 'timer', id: 'recovery' },
    $correlationId: timer?.cause.correlationId ?? head.metadata.$correlationId,
    $causationId: timer?.cause.eventId,
  };
}

/** The timer that is to be fired now. */
function dueTimer(
  dependencies: RecoveryDependencies,
  order: OrderHistory,
): PendingTimer | undefined {
  const timer = nextTimer(order);
  const isNow = timer !== undefined && isDue(dependencies, order, timer);
  return isNow && !dependencies.signal.aborted ? timer : undefined;
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

export function requireGateways({ gateways }: OrderDependencies): void {
  if (!gateways.isEmpty) return;
  throw new PaymentOrderError(
    'gateway-not-configured',
    'recovery calls the gateway, but none is configured; give url, appId and privateKey',
  );
}
