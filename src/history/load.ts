/**
 * Loads an order: reads its stream and folds it. An order is the fold of its stream and nothing
 * else, so no snapshot or index can be wrong about it. A fold that was kept is continued only where
 * the stream still holds its last event. The next event is prepared here too, because it has to read
 * back as exactly what it was when it was appended.
 */

import { beginsAttempt, isEventType } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore, PreparedEvent } from '../event-store/event-store.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { PendingTimer } from '../interpreter/pending.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf } from '../runtime.ts';
import type { ChainedMetadata } from './chain.ts';
import { chainStart } from './chain.ts';
import { currentSchemaVersion, decodeEvent, parseEvent } from './codec.ts';
import { Deduplication, isOutcome } from './deduplication.ts';
import { encodeEvent } from './encode.ts';
import type { HistoryEvent, Witness } from './event.ts';
import { orderNoOf, streamOf } from './event.ts';
import type { OrderInstants } from './instants.ts';
import { instantsAfter } from './instants.ts';
import type { CompiledMachine } from './machine.ts';
import { knownOf } from './machine.ts';
import { causeOf, step, stepError } from './step.ts';

/** What the caller knows about an event that is about to be appended. */
export type EventContext = Omit<
  ChainedMetadata,
  'recordedAt' | 'from' | 'to' | 'schemaVersion' | 'machine'
>;

/** What an order is after one of its events. */
type Standing = {
  readonly compiled: CompiledMachine;
  readonly fold: Fold;
  readonly head: HistoryEvent;
  readonly instants: OrderInstants;
  /** When an attempt began or was answered last, by any clock, ms; null before the first. */
  readonly attemptTouchedAtMs: number | null;
  readonly deduplication: Deduplication;
};

/**
 * A payment order: the fold of its stream up to one event, and nothing else. It never changes, so
 * that what was decided on it, and what is kept of it, stays what it was.
 */
export class OrderHistory {
  readonly compiled: CompiledMachine;
  readonly stream: string;
  readonly fold: Fold;
  readonly head: HistoryEvent;
  readonly instants: OrderInstants;
  readonly attemptTouchedAtMs: number | null;
  readonly deduplication: Deduplication;

  constructor(standing: Standing) {
    this.compiled = standing.compiled;
    this.stream = standing.head.stream;
    this.fold = standing.fold;
    this.head = standing.head;
    this.instants = standing.instants;
    this.attemptTouchedAtMs = standing.attemptTouchedAtMs;
    this.deduplication = standing.deduplication;
  }

  get known(): OrderFacts {
    return knownOf(this.fold);
  }

  get witness(): Witness {
    return { revision: this.head.revision, hash: this.head.metadata.hash };
  }

  takes(event: PaymentOrderEvent): boolean {
    return this.compiled.interpreter.takes(this.fold, event);
  }

  /** The event to be stored when a timer is due. */
  raisedBy(timer: PendingTimer): PaymentOrderEvent {
    const { type, ...data } = this.compiled.interpreter.raisedBy(this.fold, timer.id);
    if (!isEventType(type)) {
      throw new PaymentOrderError(
        'unsupported-machine',
        `timer '${timer.id}' raises '${type}', which is not a stored event`,
        { stream: this.stream },
      );
    }
    return parseEvent(type, data, { stream: this.stream, revision: this.head.revision + 1 });
  }

  /** The order as it would be if a fact had been recorded already. */
  asIfRecorded(stored: HistoryEvent): OrderHistory {
    const fold = this.compiled.interpreter.next(this.fold, stored.event, causeOf(stored));
    if (fold === null) return this;
    const { compiled, head, attemptTouchedAtMs, deduplication } = this;
    const instants = instantsOf(this, fold, stored);
    return new OrderHistory({
      ...{ compiled, fold, head, instants, attemptTouchedAtMs, deduplication },
    });
  }
}

/**
 * The order after its next stored event, which begins the order where there is none yet.
 *
 * @throws {PaymentOrderError} `not-contiguous`, `illegal-history` (the machine does not take it),
 * `replay-divergence` (it leads to another state than was recorded) or `unsupported-machine`
 */
export function evolve(
  compiled: CompiledMachine,
  order: OrderHistory | null,
  stored: HistoryEvent,
): OrderHistory {
  const before = order === null ? null : { fold: order.fold, revision: order.head.revision };
  const next = step(compiled, before, stored);
  if (next.kind !== 'folded') throw stepError(next, stored);
  const { fold } = next.after;
  if (order !== null) assertCounted(fold, stored);
  const { deduplication = new Deduplication(orderNoOf(stored.stream)) } = order ?? {};
  return new OrderHistory({
    compiled,
    fold,
    head: stored,
    instants: instantsOf(order, fold, stored),
    attemptTouchedAtMs: touchedAtMs(order, stored),
    deduplication: deduplication.after(stored),
  });
}

function instantsOf(
  before: OrderHistory | null,
  fold: Fold,
  { metadata, event }: HistoryEvent,
): OrderInstants {
  return instantsAfter(before?.instants ?? null, {
    recordedAt: metadata.recordedAt,
    from: before?.fold.state ?? null,
    to: fold.state,
    event,
    known: knownOf(fold),
  });
}

function touchedAtMs(before: OrderHistory | null, stored: HistoryEvent): number | null {
  const lastMs = before?.attemptTouchedAtMs ?? null;
  if (!beginsAttempt(stored.event) && !isOutcome(stored.event)) return lastMs;
  // One clock may be slower than another.
  return Math.max(lastMs ?? 0, causeOf(stored).recordedAtMs);
}

/** What is known names events by their revisions, and counts them itself. */
function assertCounted(fold: Fold, { stream, revision, type }: HistoryEvent): void {
  const known = knownOf(fold);
  if (known.revision === revision) return;
  throw new PaymentOrderError(
    'unsupported-machine',
    `the machine took ${type} at revision ${revision} of stream ${stream} without the ` +
      `action 'record', so it counts ${known.revision} events; record every event once`,
    { stream, revision },
  );
}

/** Reads and folds one order; null where its stream is empty. */
export async function loadOrder(
  store: EventStore,
  compiled: CompiledMachine,
  orderNo: string,
): Promise<OrderHistory | null> {
  let order: OrderHistory | null = null;
  for await (const recorded of store.read(streamOf(orderNo))) {
    order = evolve(compiled, order, decodeEvent(recorded));
  }
  return order;
}

/**
 * Reads what followed an order's last event, and folds it. Null where the stream does not hold that
 * very event: the store shows less than it did, or another history.
 */
export async function readOn(store: EventStore, order: OrderHistory): Promise<OrderHistory | null> {
  const { revision, hash } = order.witness;
  let now: OrderHistory | null = null;
  for await (const recorded of store.read(order.stream, revision)) {
    if (now !== null) now = evolve(order.compiled, now, decodeEvent(recorded));
    else if (recorded.metadata['hash'] === hash) now = order;
    else return null;
  }
  return now;
}

/**
 * Makes the next event of an order (or the first, of a new one) ready to be appended. `stored` is
 * how it will read back, but for its position, and `fold` is where it leads.
 */
export function prepareEvent(
  compiled: CompiledMachine,
  order: OrderHistory | null,
  stream: string,
  event: PaymentOrderEvent,
  context: EventContext,
  runtime: Runtime,
): { readonly prepared: PreparedEvent; readonly stored: HistoryEvent; readonly fold: Fold } {
  const recordedAt = instantOf(runtime.now());
  const id = runtime.newId();
  const revision = order === null ? 0 : order.head.revision + 1;
  const cause = causeOf({ id, metadata: { ...context, recordedAt } });
  const fold =
    order === null
      ? compiled.interpreter.start(event, cause)
      : compiled.interpreter.next(order.fold, event, cause);
  const from = order?.fold.state ?? null;
  if (fold === null) {
    throw new PaymentOrderError(
      'illegal-history',
      `stream ${stream}: ${event.type} was about to be recorded, but the machine does not take ` +
        `it in state '${String(from)}'; this is a bug of the module`,
      { stream, revision },
    );
  }
  const metadata: ChainedMetadata = {
    recordedAt,
    ...context,
    from,
    to: fold.state,
    schemaVersion: currentSchemaVersion(event.type),
    machine: compiled.identity,
  };
  const prevHash = order?.witness.hash ?? chainStart;
  return { ...encodeEvent(id, event, metadata, { stream, revision, prevHash }, runtime), fold };
}
