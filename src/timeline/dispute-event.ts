import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { enterPaid, knownFrom, record } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { readableEvent } from '../history/codec.ts';

/**
 * A stored event as `PaymentOrders.history()` gives it, or one that this version cannot read: a
 * history in dispute is shown as it is found.
 */
export type DisputeEvent = {
  readonly stream: string;
  /** 0-based. */
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Parts withheld by whoever exported it, in whole or by field: only their digests are whole. */
  readonly withheld?: readonly WithheldPart[] | undefined;
};

export type WithheldPart = 'data' | 'metadata';

/** The event as the machine takes it today; null where its type or its data is not one of ours. */
export function machineEventOf(stored: DisputeEvent): PaymentOrderEvent | null {
  return readableEvent(stored);
}

/** One event, and what the order knew before and after it. */
export type KnownStep<T extends DisputeEvent = DisputeEvent> = {
  readonly event: T;
  readonly before: OrderFacts;
  readonly known: OrderFacts;
};

/** What the order knew along its history, as recorded: also where the machine would object. */
export function* knownAlong<T extends DisputeEvent>(events: Iterable<T>): Generator<KnownStep<T>> {
  let known = knownFrom(undefined);
  for (const event of events) {
    const before = known;
    known = after(before, event);
    yield { event, before, known };
  }
}

function after(known: OrderFacts, stored: DisputeEvent): OrderFacts {
  const event = machineEventOf(stored);
  if (event === null) return known;
  if (event.type === 'PaymentOrderCreated') return knownFrom(event);
  const next = record(known, event);
  const { from, to } = stored.metadata;
  return to === 'paid' && from !== 'paid' ? enterPaid(next) : next;
}

/** A field of metadata that should be text; null where it is not. */
export function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === 'string' ? value : null;
}
