import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { RetryPolicy } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import { appendSettled } from '../event-store/append-settled.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { CancelGateway, CancelRequest } from '../gateway/cancel-gateway.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import type { CompiledMachine } from '../history/machine.ts';
import { streamOf } from '../history/event.ts';
import { evolve, loadOrder, prepareEvent } from '../history/load.ts';
import type { Runtime } from '../runtime.ts';
import type { Cause } from '../interpreter/pending.ts';
import type { CommandAnswer, Decision } from './decide.ts';

/** What an order is worked on with. */
export type OrderDependencies = {
  readonly store: EventStore;
  readonly runtime: Runtime;
  readonly compiled: CompiledMachine;
  readonly policy: RetryPolicy;
  readonly gateway: CancelGateway | null;
  /** After this long an attempt without outcome counts as abandoned, ms. */
  readonly attemptDeadlineMs: number;
  /** Told of what nobody waits for. Never throws. */
  readonly onError: (error: unknown) => void;
};

/** The right, and the duty, to make one attempt: held by the process whose append entered it. */
export type AttemptTicket = {
  readonly attempt: number;
  /** Where the event stands that entered the attempt. */
  readonly revision: number;
  readonly request: CancelRequest;
  readonly cause: Cause;
  /** Monotonic time at which `recordedAt` was drawn, ms. */
  readonly drawnAtMs: number;
  readonly settled: 'first-try' | 'after-doubt';
};

export type Transacted = {
  readonly answer: CommandAnswer;
  readonly order: OrderHistory;
  readonly ticket: AttemptTicket | null;
};

/** How often a decision is made anew after somebody else wrote first. */
const decisionsMax = 64;

/**
 * Read, decide, append at the revision read; after a conflict again from the start.
 *
 * @throws PaymentOrderError `too-much-contention` when somebody else is always first, what
 * `decide` throws, and what the store throws.
 */
export async function transact(
  dependencies: OrderDependencies,
  orderNo: string,
  decide: (
    order: OrderHistory | null,
    first: OrderHistory | null,
  ) => { readonly decision: Decision; readonly context: EventContext },
): Promise<Transacted> {
  let first: OrderHistory | null | undefined;
  for (let decisions = 1; decisions <= decisionsMax; decisions += 1) {
    const order = await loadOrder(dependencies.store, dependencies.compiled, orderNo);
    first ??= order;
    const { decision, context } = decide(order, first);
    if (decision.kind === 'answer') {
      if (order === null) throw new TypeError('an order that does not exist has no answer');
      return { answer: decision.answer, order, ticket: null };
    }
    const { event, answer, commandDigest } = decision;
    const appended = await append(dependencies, orderNo, order, event, {
      ...context,
      ...(commandDigest === undefined ? {} : { commandDigest }),
    });
    if (appended !== null) return { answer, ...appended };
    await pause(dependencies.runtime, decisions);
  }
  throw new PaymentOrderError(
    'too-much-contention',
    `stream ${streamOf(orderNo)}: others wrote first ${decisionsMax} times in a row; ` +
      'nothing was stored: try again, and look for a caller in a loop',
    { stream: streamOf(orderNo) },
  );
}

async function append(
  dependencies: OrderDependencies,
  orderNo: string,
  order: OrderHistory | null,
  event: PaymentOrderEvent,
  context: EventContext,
): Promise<Omit<Transacted, 'answer'> | null> {
  const { store, runtime, compiled } = dependencies;
  const stream = streamOf(orderNo);
  const drawnAtMs = runtime.monotonicMs();
  const step = prepareEvent(compiled, order, stream, event, context, runtime);
  assertGatewayWhereNeeded(dependencies, step);
  const expected = order?.head.revision ?? 'no-stream';
  const result = await appendSettled(store, runtime, stream, [step.prepared], expected);
  if (result.kind === 'conflict') return null;
  const after = evolve(compiled, order, { ...step.stored, position: result.position });
  const call = after.fold.pending.calls.find(({ cause }) => cause.eventId === step.stored.id);
  const ticket =
    call === undefined
      ? null
      : {
          attempt: after.known.answers.length,
          revision: result.revision,
          request: requestOf(after),
          cause: call.cause,
          drawnAtMs,
          settled: result.settled,
        };
  return { order: after, ticket };
}

/**
 * The order as it must be by now at least. A node that was the leader a moment ago may still answer
 * with less than was acknowledged; deciding by that would lose what happened since.
 *
 * @throws PaymentOrderError `store-unavailable`: read again.
 */
export function notBefore(
  revision: number,
  order: OrderHistory | null,
  orderNo: string,
): OrderHistory {
  if (order !== null && order.head.revision >= revision) return order;
  const stream = streamOf(orderNo);
  throw new PaymentOrderError(
    'store-unavailable',
    `stream ${stream}: the store shows less than revision ${revision}, which it acknowledged; ` +
      'nothing was stored: read again, and read from the leader',
    { stream },
  );
}

function requestOf({ known }: OrderHistory): CancelRequest {
  const { orderNo, processBillNo, cancel } = known;
  return {
    ...{ orderNo, processBillNo },
    ...(cancel?.reason === undefined ? {} : { reason: cancel.reason }),
  };
}

/** What needs a call is refused before it is recorded, where no call can be made. */
function assertGatewayWhereNeeded(
  { gateway }: OrderDependencies,
  { stored, fold }: ReturnType<typeof prepareEvent>,
): void {
  if (gateway !== null) return;
  if (!fold.pending.calls.some(({ cause }) => cause.eventId === stored.id)) return;
  const { stream, type } = stored;
  throw new PaymentOrderError(
    'gateway-not-configured',
    `stream ${stream}: ${type} would call the gateway, and none is configured; ` +
      'nothing was stored: give url, appId and privateKey',
    { stream },
  );
}

/** The first rival is met again at once; after that, waits grow so that many rivals spread out. */
async function pause(runtime: Runtime, conflicts: number): Promise<void> {
  if (conflicts === 1) return;
  const waitMs = Math.min(2 ** conflicts, 250) * runtime.random();
  await new Promise<void>((resolve) => runtime.setTimer(waitMs, resolve));
}
