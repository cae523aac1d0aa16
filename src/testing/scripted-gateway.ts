import { hasRole } from '../../machines/payment-order.events.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type {
  CancelGateway,
  CancelOutcome,
  CancelRequest,
  QueryAnswer,
  QueryRequest,
} from '../gateway/cancel-gateway.ts';
import { decodeEvent } from '../history/codec.ts';
import { streamOf } from '../history/event.ts';
import type { HistoryEvent } from '../history/event.ts';
import { Gateways, defaultGatewayName } from '../order/gateways.ts';
import type { Runtime } from '../runtime.ts';

/** A call that was sent. */
export type GatewayCall = {
  readonly request: CancelRequest;
  /** The attempts that the store showed in flight when the call went out. */
  readonly inFlight: readonly number[];
};

export type ScriptedGateway = CancelGateway & {
  readonly calls: readonly GatewayCall[];
  /** The questions that were asked. */
  readonly questions: readonly QueryRequest[];
  /** What was wrong when a call was sent; an assertion inside a call would be swallowed. */
  readonly violations: readonly string[];
};

/**
 * A gateway that answers as scripted. At each call it checks that the event which began the attempt
 * is in the store. `answer` gets the call's number, from 1. With `status` it can be asked about orders;
 * `status` gets the question's number, from 1.
 */
export function scriptedGateway(
  store: EventStore,
  answer: (call: number, request: CancelRequest) => Promise<CancelOutcome>,
  status?: (question: number, request: QueryRequest) => Promise<QueryAnswer>,
): ScriptedGateway {
  const questions: QueryRequest[] = [];
  const calls: GatewayCall[] = [];
  const violations: string[] = [];
  return {
    identity: 'scripted',
    attemptMs: 15_000,
    calls,
    questions,
    violations,
    async cancel(request, maySend) {
      if (!maySend()) return { kind: 'not-executed', rule: 'not-sent' };
      const inFlight = attemptsInFlight(await storedEvents(store, request.orderNo));
      calls.push({ request, inFlight });
      if (inFlight.length !== 1) {
        violations.push(`I4: called with attempts ${JSON.stringify(inFlight)} in flight`);
      }
      return answer(calls.length, request);
    },
    ...(status === undefined
      ? {}
      : {
          query: (request) => {
            questions.push(request);
            return status(questions.length, request);
          },
        }),
    close: () => Promise.resolve(),
  };
}

/** The only gateway of a process, by the name that it has there. */
export function onlyGateway(
  dependencies: { readonly store: EventStore; readonly runtime: Runtime },
  port: CancelGateway,
): Gateways {
  const named = { name: defaultGatewayName, appId: port.identity, port };
  return new Gateways(dependencies, [named]);
}

/** The attempts that a stored history began and that have no outcome. */
export function attemptsInFlight(
  events: readonly Pick<HistoryEvent, 'type' | 'event'>[],
): readonly number[] {
  const open = new Set<number>();
  let attempts = 0;
  for (const { type, event } of events) {
    if (hasRole(type, 'beginsAttempt')) open.add((attempts += 1));
    if ('attempt' in event) open.delete(event.attempt);
  }
  return [...open];
}

/** The stored events of an order, decoded. */
export async function storedEvents(
  store: EventStore,
  orderNo: string,
): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const recorded of store.read(streamOf(orderNo))) events.push(decodeEvent(recorded));
  return events;
}
