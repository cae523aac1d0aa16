import { isEventType } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { Known } from '../../machines/payment-order.known.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Host } from '../host.ts';
import { instantOf } from '../instant.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { PendingTimer } from '../interpreter/pending.ts';
import type { EncodedEvent } from './codec.ts';
import { decodeEvent, encodeEvent, machineEvent } from './codec.ts';
import type { ChainedMetadata } from './hash-chain.ts';
import { chainStart } from './hash-chain.ts';
import { Ledger } from './ledger.ts';
import type { Law } from './path.ts';
import { assertAsRecorded, causeOf, illegal, startedBy, streamOf } from './path.ts';
import type { StoredEvent, Witness } from './stored-event.ts';
import { currentSchemaVersion } from './upcasting.ts';

export { lawOf, streamOf, streamPrefix } from './path.ts';
export type { Law } from './path.ts';

/** What the caller says of an event that is about to be appended. */
export type Circumstances = Omit<
  ChainedMetadata,
  'recordedAt' | 'from' | 'to' | 'schemaVersion' | 'machine'
>;

/** A payment order as its stored events tell it: the fold of the stream, and nothing else. */
export class OrderHistory {
  readonly law: Law;
  readonly stream: string;
  readonly ledger = new Ledger();
  #fold: Fold;
  #head: StoredEvent;

  /** @throws PaymentOrderError as `apply` does, for a stream that does not begin as one must. */
  constructor(law: Law, first: StoredEvent, fold: Fold = startedBy(law, first)) {
    this.law = law;
    this.stream = first.stream;
    this.#head = first;
    this.#fold = fold;
    this.ledger.apply(first);
  }

  get fold(): Fold {
    return this.#fold;
  }

  get known(): Known {
    return knownOf(this.#fold);
  }

  get head(): StoredEvent {
    return this.#head;
  }

  get witness(): Witness {
    return { revision: this.#head.revision, hash: this.#head.metadata.hash };
  }

  takes(event: PaymentOrderEvent): boolean {
    return this.law.interpreter.takes(this.#fold, event);
  }

  /** The event to be stored when a timer is due. */
  raisedBy(timer: PendingTimer): PaymentOrderEvent {
    const { type, ...data } = this.law.interpreter.raisedBy(this.#fold, timer.id);
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
  suppose(stored: StoredEvent): void {
    const fold = this.law.interpreter.next(this.#fold, stored.event, causeOf(stored));
    if (fold !== null) this.#fold = fold;
  }

  #take(stored: StoredEvent, fold: Fold): void {
    this.#fold = fold;
    this.#head = stored;
    this.ledger.apply(stored);
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
    const next = this.law.interpreter.next(this.#fold, stored.event, causeOf(stored));
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
  law: Law,
  orderNo: string,
): Promise<OrderHistory | null> {
  let order: OrderHistory | null = null;
  for await (const recorded of store.read(streamOf(orderNo))) {
    const stored = decodeEvent(recorded);
    if (order === null) order = new OrderHistory(law, stored);
    else order.apply(stored);
  }
  return order;
}

/** Makes the next event of an order (or the first, of a new one) ready to be appended. */
export function prepareEvent(
  law: Law,
  order: OrderHistory | null,
  stream: string,
  event: PaymentOrderEvent,
  circumstances: Circumstances,
  host: Host,
): PreparedStep {
  const recordedAt = instantOf(host.now());
  const id = host.newId();
  const revision = order === null ? 0 : order.head.revision + 1;
  const cause = causeOf({ id, metadata: { ...circumstances, recordedAt } });
  const fold =
    order === null
      ? law.interpreter.start(event, cause)
      : law.interpreter.next(order.fold, event, cause);
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
    ...circumstances,
    from,
    to: fold.state,
    schemaVersion: currentSchemaVersion(event.type),
    machine: law.identity,
  };
  const prevHash = order?.witness.hash ?? chainStart;
  return { ...encodeEvent(id, event, metadata, { stream, revision, prevHash }, host), fold };
}

/** An order that begins with a prepared step, once it was appended. */
export function begunBy(law: Law, { stored, fold }: PreparedStep, position: string): OrderHistory {
  return new OrderHistory(law, { ...stored, position }, fold);
}

export function knownOf(fold: Fold): Known {
  // A law is made of a payment order machine alone, whose context is Known.
  return fold.snapshot.context as Known;
}
