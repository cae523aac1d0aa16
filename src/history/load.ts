/**
 * Loads an order: reads its stream and folds it. An order is the fold of its stream and nothing
 * else, so no snapshot or index can be wrong about it. The next event is prepared here too, because
 * it has to read back as exactly what it was when it was appended.
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
import { currentSchemaVersion, decodeEvent, encodeEvent, parseEvent } from './codec.ts';
import { Deduplication, isOutcome } from './deduplication.ts';
import type { HistoryEvent, Witness } from './event.ts';
import { streamOf } from './event.ts';
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

/** A payment order: the fold of its stream, and nothing else. */
export class OrderHistory {
  readonly compiled: CompiledMachine;
  readonly stream: string;
  readonly deduplication = new Deduplication();
  #fold: Fold;
  #head: HistoryEvent;
  #instants: OrderInstants;
  #attemptTouchedAtMs: number | null = null;

  /** @throws {PaymentOrderError} as `apply` does */
  constructor(compiled: CompiledMachine, first: HistoryEvent) {
    this.compiled = compiled;
    this.stream = first.stream;
    this.#fold = folded(compiled, null, first);
    this.#head = first;
    this.#instants = instantsAfter(null, {
      ...first.metadata,
      event: first.event,
      known: this.known,
    });
    this.deduplication.apply(first);
  }

  /** When an attempt began or was answered last, by any clock, ms; null before the first. */
  get attemptTouchedAtMs(): number | null {
    return this.#attemptTouchedAtMs;
  }

  get fold(): Fold {
    return this.#fold;
  }

  get known(): OrderFacts {
    return knownOf(this.#fold);
  }

  get head(): HistoryEvent {
    return this.#head;
  }

  get instants(): OrderInstants {
    return this.#instants;
  }

  get witness(): Witness {
    return { revision: this.#head.revision, hash: this.#head.metadata.hash };
  }

  takes(event: PaymentOrderEvent): boolean {
    return this.compiled.interpreter.takes(this.#fold, event);
  }

  /** The event to be stored when a timer is due. */
  raisedBy(timer: PendingTimer): PaymentOrderEvent {
    const { type, ...data } = this.compiled.interpreter.raisedBy(this.#fold, timer.id);
    if (!isEventType(type)) {
      throw new PaymentOrderError(
        'unsupported-machine',
        `timer '${timer.id}' raises '${type}', which is not a stored event`,
        { stream: this.stream },
      );
    }
    return parseEvent(type, data, { stream: this.stream, revision: this.#head.revision + 1 });
  }

  /**
   * Folds the next stored event.
   *
   * @throws {PaymentOrderError} `not-contiguous`, `illegal-history` (the machine does not take it)
   * or `replay-divergence` (it leads to another state than was recorded)
   */
  apply(stored: HistoryEvent): void {
    this.#fold = folded(this.compiled, this, stored);
    this.#head = stored;
    this.#instants = instantsAfter(this.#instants, {
      ...stored.metadata,
      event: stored.event,
      known: this.known,
    });
    this.deduplication.apply(stored);
    if (beginsAttempt(stored.event) || isOutcome(stored.event)) {
      // One clock may be slower than another.
      this.#attemptTouchedAtMs = Math.max(
        this.#attemptTouchedAtMs ?? 0,
        causeOf(stored).recordedAtMs,
      );
    }
    this.#assertCounted();
  }

  /** What is known names events by their revisions, and counts them itself. */
  #assertCounted(): void {
    const { revision, type } = this.#head;
    if (this.known.revision === revision) return;
    throw new PaymentOrderError(
      'unsupported-machine',
      `the machine took ${type} at revision ${revision} of stream ${this.stream} without the ` +
        `action 'record', so it counts ${this.known.revision} events; record every event once`,
      { stream: this.stream, revision },
    );
  }

  /** Folds a fact as if it had been recorded already. */
  foldAsIfRecorded(stored: HistoryEvent): void {
    const fold = this.compiled.interpreter.next(this.#fold, stored.event, causeOf(stored));
    if (fold === null) return;
    const { recordedAt } = stored.metadata;
    const step = { recordedAt, from: this.#fold.state, to: fold.state, event: stored.event };
    this.#fold = fold;
    this.#instants = instantsAfter(this.#instants, { ...step, known: this.known });
  }
}

function folded(compiled: CompiledMachine, order: OrderHistory | null, stored: HistoryEvent): Fold {
  const before = order === null ? null : { fold: order.fold, revision: order.head.revision };
  const next = step(compiled, before, stored);
  if (next.kind !== 'folded') throw stepError(next, stored);
  return next.after.fold;
}

/** The order after its next stored event, which begins the order where there is none yet. */
export function evolve(
  compiled: CompiledMachine,
  order: OrderHistory | null,
  stored: HistoryEvent,
): OrderHistory {
  if (order === null) return new OrderHistory(compiled, stored);
  order.apply(stored);
  return order;
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
