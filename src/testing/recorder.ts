import type { AppendResult, EventStore, ExpectedRevision } from '../event-store/event-store.ts';
import type {
  CancelGateway,
  CancelOutcome,
  CancelRequest,
  QueryAnswer,
  QueryRequest,
} from '../gateway/cancel-gateway.ts';

/** An append, a call, a question, or an answer to one of these. */
export type Recorded =
  | {
      readonly what: 'append';
      readonly stream: string;
      readonly types: readonly string[];
      readonly expected: ExpectedRevision;
      readonly result: AppendResult['kind'] | 'failed';
    }
  | { readonly what: 'call'; readonly request: CancelRequest }
  | { readonly what: 'answer'; readonly orderNo: string; readonly outcome: CancelOutcome['kind'] }
  | { readonly what: 'question'; readonly request: QueryRequest }
  | { readonly what: 'status'; readonly orderNo: string; readonly status: QueryAnswer['status'] };

export type Recorder = {
  readonly entries: readonly Recorded[];
  /** The entries as short lines: `append CancelRequested`, `call O1`, `answer confirmed`, `ask O1`. */
  lines(): readonly string[];
  /** The same store; appends are recorded when they end. */
  store(store: EventStore): EventStore;
  /** The same gateway; calls are recorded when they go out and when they are answered. */
  gateway(gateway: CancelGateway): CancelGateway;
};

/** Records the appends of a store and the calls of a gateway, so that a test can check their order. */
export function recorder(): Recorder {
  const entries: Recorded[] = [];
  return {
    entries,
    lines: () => entries.map(line),
    store: (store) => ({
      ...methodsOf(store),
      append: async (stream, events, expected) => {
        let result: AppendResult | undefined;
        try {
          result = await store.append(stream, events, expected);
          return result;
        } finally {
          const types = events.map(({ type }) => type);
          const kind = result?.kind ?? 'failed';
          entries.push({ what: 'append', stream, types, expected, result: kind });
        }
      },
    }),
    gateway: (gateway) => ({
      identity: gateway.identity,
      attemptMs: gateway.attemptMs,
      cancel: async (request, maySend) => {
        entries.push({ what: 'call', request });
        const outcome = await gateway.cancel(request, maySend);
        entries.push({ what: 'answer', orderNo: request.orderNo, outcome: outcome.kind });
        return outcome;
      },
      ...asked(gateway, entries),
      close: () => gateway.close(),
    }),
  };
}

/** Its questions about orders are recorded, and its bills given; what it lacks stays absent. */
function asked(
  gateway: CancelGateway,
  entries: Recorded[],
): Pick<CancelGateway, 'query' | 'queryBill'> {
  const query: NonNullable<CancelGateway['query']> = async (request) => {
    entries.push({ what: 'question', request });
    const answer = await gateway.query?.(request);
    if (answer === undefined) throw new TypeError('the gateway has no query any more');
    entries.push({ what: 'status', orderNo: request.orderNo, status: answer.status });
    return answer;
  };
  return {
    ...(gateway.query === undefined ? {} : { query }),
    ...(gateway.queryBill === undefined ? {} : { queryBill: gateway.queryBill.bind(gateway) }),
  };
}

/** A store's methods as a plain object, to replace some of them. */
export function methodsOf(store: EventStore): EventStore {
  return {
    append: (...batch) => store.append(...batch),
    read: (...range) => store.read(...range),
    readLast: (stream) => store.readLast(stream),
    readAll: (...range) => store.readAll(...range),
    streams: (prefix) => store.streams(prefix),
    subscribe: (...range) => store.subscribe(...range),
    placeAt: (position) => store.placeAt(position),
    check: () => store.check(),
    close: () => store.close(),
  };
}

function line(entry: Recorded): string {
  switch (entry.what) {
    case 'append': {
      const failed = entry.result === 'appended' ? '' : ` (${entry.result})`;
      return `append ${entry.types.join(' ')}${failed}`;
    }
    case 'call':
      return `call ${entry.request.orderNo}`;
    case 'answer':
      return `answer ${entry.outcome}`;
    case 'question':
      return `ask ${entry.request.orderNo}`;
    case 'status':
      return `status ${entry.status}`;
  }
}
