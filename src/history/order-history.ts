import { isEventType } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf } from '../runtime.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { PendingTimer } from '../interpreter/pending.ts';
import type { EncodedEvent } from './codec.ts';
import { decodeEvent, encodeEvent, machineEvent } from './codec.ts';
import type { ChainedMetadata } from './chain.ts';
import { chainStart } from './chain.ts';
import { Deduplication } from './ledger.ts';
import type { CompiledMachine } from './path.ts';
import { assertAsRecorded, causeOf, illegal, startedBy, streamOf } from './path.ts';
import type { StoredEvent, Witness } from './stored-event.ts';
import { currentSchemaVersion } from './upcasting.ts';

export { compileMachine, streamOf, streamPrefix } from './path.ts';
export type { CompiledMachine } from './path.ts';

/** What the caller says of an event that is about to be appended. */
export type EventContext = Omit<
  ChainedMetadata,
  'recordedAt' | 'from' | 'to' | 'schemaVersion' | 'machine'
>;

/** A payment order as its stored events tell it: the fold of the stream, and nothing else. */
export class OrderHistory {
  readonly compiled: CompiledMachine;
  readonly stream: string;
  readonly deduplication = new Deduplication();
  #fold: Fold;
  #head: StoredEvent;

  /** @throws PaymentOrderError as `apply` does, for a stream that does not begin as one must. */
  constructor(
    compiled: CompiledMachine,
    first: StoredEvent,
    fold: Fold = startedBy(compiled, first),
  ) {
    this.compiled = compiled;
    this.stream = first.stream;
    this.#head = first;
    this.#fold = fold;
    this.deduplication.apply(first);
  }

  get fold(): Fold {
    return this.#fold;
  }

  get known(): OrderFacts {
    return knownOf(this.#fold);
  }

  get head(): StoredEvent {
    return this.#head;
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
        `timer '${timer.id}' raises '${type}', which is no stored event`,
        { stream: this.stream },
      );
    }
    const { revision } = this.#head;
    return machineEvent(type, data, { stream: this.stream, revision: revision + 1 });
  }

  /**
   * Folds the next stored event.
   *
   * @throws PaymentOrderError `not-contiguous`, `illegal-history` (the machine does not take it)
   * or `replay-divergence` (it leads elsewhere than was recorded).
   */
  apply(stored: StoredEvent): void {
    this.#take(stored, this.#next(stored));
  }

  /** Takes over what `prepareEvent` made of this order, once it was appended. */
  applyPrepared({ stored, fold }: PreparedStep, position: string): void {
    this.#take({ ...stored, position }, fold);
  }

  /** Folds a fact out of its turn: what were known had it been recorded by now. */
  foldAsIfRecorded(stored: StoredEvent): void {
    const fold = this.compiled.interpreter.next(this.#fold, stored.event, causeOf(stored));
    if (fold !== null) this.#fold = fold;
  }

  #take(stored: StoredEvent, fold: Fold): void {
    this.#fold = fold;
    this.#head = stored;
    this.deduplication.apply(stored);
  }

  #next(stored: StoredEvent): Fold {
    const { stream, revision } = stored;
    if (revision !== this.#head.revision + 1) {
      throw new PaymentOrderError(
        'not-contiguous',
        `stream ${stream}: revision ${this.#head.revision + 1} is missing, ${revision} follows`,
        { stream, revision: this.#head.revision + 1 },
      );
    }
    const next = this.compiled.interpreter.next(this.#fold, stored.event, causeOf(stored));
    if (next === null) {
      throw illegal(stored, this.#fold.state);
    }
    assertAsRecorded(stored, this.#fold.state, next.state);
    return next;
  }
}

/** The next step of an order, ready to be appended: its event, and where it leads. */
export type PreparedStep = EncodedEvent & { readonly fold: Fold };

/** Reads and folds one order; null where its stream is empty. */
export async function loadOrder(
  store: EventStore,
  compiled: CompiledMachine,
  orderNo: string,
): Promise<OrderHistory | null> {
  let order: OrderHistory | null = null;
  for await (const recorded of store.read(streamOf(orderNo))) {
    const stored = decodeEvent(recorded);
    if (order === null) order = new OrderHistory(compiled, stored);
    else order.apply(stored);
  }
  return order;
}

/** Makes the next event of an order (or the first, of a new one) ready to be appended. */
export function prepareEvent(
  compiled: CompiledMachine,
  order: OrderHistory | null,
  stream: string,
  event: PaymentOrderEvent,
  context: EventContext,
  runtime: Runtime,
): PreparedStep {
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
        `it in state '${String(from)}'; this is a fault of the module`,
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

/** An order that begins with a prepared step, once it was appended. */
export function begunBy(
  compiled: CompiledMachine,
  { stored, fold }: PreparedStep,
  position: string,
): OrderHistory {
  return new OrderHistory(compiled, { ...stored, position }, fold);
}

export function knownOf(fold: Fold): OrderFacts {
  // A law is made of a payment order machine alone, whose context is Known.
  return fold.snapshot.context as OrderFacts;
}
