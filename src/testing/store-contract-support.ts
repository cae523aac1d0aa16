import assert from 'node:assert/strict';
import { PaymentOrderError } from '../errors.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  JsonObject,
  PreparedEvent,
} from '../event-store/event-store.ts';
import type { Promises } from './contract-case.ts';
import { simulatedRuntime } from './simulated-runtime.ts';

/** A store under test. `reopen` is given if its content survives closing; `cleanup` may close it. */
export type OpenedStore = {
  readonly store: EventStore;
  readonly reopen?: () => Promise<EventStore>;
  readonly cleanup: () => Promise<void>;
};

/** Opens an empty store for one case, or for one run of a property. */
export type OpenStore = () => Promise<OpenedStore>;

export type StorePromises = Promises<OpenedStore>;

const runtime = simulatedRuntime({ seed: 20_210_222 });

/** A new event; its id is unique within the test process. */
export function anEvent(data: JsonObject = {}, type = 'SomethingHappened'): PreparedEvent {
  return { id: runtime.newId(), type, data, metadata: { recordedAt: '2024-01-01T00:00:00.000Z' } };
}

export function someEvents(count: number, first = 0): PreparedEvent[] {
  return Array.from({ length: count }, (_, index) => anEvent({ number: first + index }));
}

export function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  return Array.fromAsync(items);
}

export async function take<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  if (count === 0) return taken;
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

export function idsOf(events: readonly { readonly id: string }[]): string[] {
  return valuesOf(events, 'id');
}

export function valuesOf<Item, Field extends keyof Item>(
  items: readonly Item[],
  field: Field,
): Item[Field][] {
  return items.map((item) => item[field]);
}

/** Appends at the stream's end and expects no conflict. */
export async function put(
  store: EventStore,
  stream: string,
  events: readonly PreparedEvent[],
): Promise<AppendResult & { kind: 'appended' }> {
  const last = await store.readLast(stream);
  const result = await store.append(stream, events, headOf(last));
  if (result.kind === 'conflict') throw new Error(`unexpected conflict on ${stream}`);
  return result;
}

export function headOf(last: { readonly revision: number } | null): ExpectedRevision {
  return last === null ? 'no-stream' : last.revision;
}

/** Expects a `PaymentOrderError` with these fields, and returns it; `says` is in its message. */
export async function rejects(
  promise: Promise<unknown>,
  expected: { readonly code: string; readonly field?: string; readonly says?: string },
): Promise<PaymentOrderError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const { says = '', ...fields } = expected;
  assert(
    error instanceof PaymentOrderError,
    `expected ${JSON.stringify(expected)}, not ${String(error)}`,
  );
  assert.partialDeepStrictEqual({ code: error.code, field: error.field }, fields);
  assert(error.message.includes(says), `expected the message to say ${says}: ${error.message}`);
  return error;
}
