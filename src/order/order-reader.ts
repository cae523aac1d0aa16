import { orderNumber } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import type { Moment, Replay, Verification } from '../history/results.ts';
import { orderAsOf } from '../history/as-of.ts';
import { decodeEvent } from '../history/codec.ts';
import { loadOrder } from '../history/load.ts';
import type { OrderHistory } from '../history/load.ts';
import type { CompiledMachine } from '../history/machine.ts';
import { orderNoOf, streamOf, streamPrefix, witnessSchema } from '../history/event.ts';
import { compileAnyMachine } from '../history/machine.ts';
import type { RecordedStep } from '../history/recorded-steps.ts';
import { recordedSteps } from '../history/recorded-steps.ts';
import { replay } from '../history/compare.ts';
import { readPastDamage } from '../history/read-past-damage.ts';
import type { StoredEvent, Witness } from '../history/event.ts';
import { verifyOrder, verifyStream } from '../history/verify.ts';
import { commands } from './decide.ts';
import { parseInput, parseMoment, parseOrderNo } from './input.ts';
import type {
  CommandType,
  Explanation,
  HistoryEvent,
  OrderAsOf,
  OrderFilter,
  PaymentOrder,
  ReplayOptions,
} from './types.ts';
import { viewOf } from './view.ts';

/** What can be asked of stored histories. Reading never calls, fires or writes. */
export class OrderReader {
  readonly #store: EventStore;
  readonly #compiled: CompiledMachine;
  readonly #assertOpen: () => void;

  /** @internal */
  constructor(store: EventStore, compiled: CompiledMachine, assertOpen: () => void) {
    this.#store = store;
    this.#compiled = compiled;
    this.#assertOpen = assertOpen;
  }

  /** The order as its whole history tells it; null where it was never created. */
  async get(orderNo: string): Promise<PaymentOrder | null> {
    const order = await this.#load(parseOrderNo(orderNo));
    return order === null ? null : viewOf(order);
  }

  /**
   * The order as it stood at a revision or an instant; null where it was not created yet.
   *
   * @throws PaymentOrderError `invalid-input` for a revision that the history does not have.
   */
  async getAsOf(orderNo: string, moment: Moment): Promise<OrderAsOf | null> {
    this.#assertOpen();
    const when = parseMoment(moment);
    const then = await orderAsOf(this.#store, this.#compiled, parseOrderNo(orderNo), when);
    if (then === null) return null;
    const { order, learnedLater } = then;
    const { revision, metadata } = order.head;
    const { recordedAt } = metadata;
    const later = learnedLater.map(withoutEvent);
    return { revision, recordedAt, order: viewOf(order), learnedLater: later };
  }

  /** The stored events, oldest first; empty where the order was never created. */
  async history(orderNo: string): Promise<readonly HistoryEvent[]> {
    this.#assertOpen();
    const events: HistoryEvent[] = [];
    for await (const recorded of this.#store.read(streamOf(parseOrderNo(orderNo)))) {
      events.push(withoutEvent(decodeEvent(recorded)));
    }
    return events;
  }

  /** The stored events as they are found, unparsed, past what the store cannot give. */
  async recordedEvents(orderNo: string): Promise<readonly RecordedEvent[]> {
    this.#assertOpen();
    const events: RecordedEvent[] = [];
    await readPastDamage(this.#store, streamOf(parseOrderNo(orderNo)), {
      see: (event) => events.push(event),
      // `verify` names it.
      unreadable: () => undefined,
    });
    return events;
  }

  /** Whether a command would be accepted now, and why not; null where there is no such order. */
  async explain(orderNo: string, command: CommandType): Promise<Explanation | null> {
    const order = await this.#load(parseOrderNo(orderNo));
    if (order === null) return null;
    const view = viewOf(order);
    const isAllowed = view.allowed.includes(command);
    const code = isAllowed ? null : commands[command].rejected(order);
    return { command, isAllowed, code, order: view };
  }

  /** The history as it was recorded, step by step, whichever version of the machine wrote it. */
  async *recordedSteps(orderNo: string): AsyncGenerator<RecordedStep> {
    this.#assertOpen();
    yield* recordedSteps(this.#store.read(streamOf(parseOrderNo(orderNo))));
  }

  /** Derives the history again, by the machine in use or another, and compares each step. */
  async replay(orderNo: string, options: ReplayOptions = {}): Promise<Replay> {
    return this.#replay(streamOf(parseOrderNo(orderNo)), this.#compileMachine(options));
  }

  /** Derives all histories again, in the order of their creation. */
  async *replayAll(options: ReplayOptions = {}): AsyncGenerator<Replay> {
    const compiled = this.#compileMachine(options);
    for await (const stream of this.#store.streams(streamPrefix)) {
      yield await this.#replay(stream, compiled);
    }
  }

  /** The numbers of all orders, in the order of their creation; no history is read. */
  async *orderNumbers(): AsyncGenerator<string> {
    this.#assertOpen();
    for await (const stream of this.#store.streams(streamPrefix)) {
      yield orderNoOf(stream);
    }
  }

  /**
   * All orders, in the order of their creation; one history is in memory at a time. A history that
   * cannot be read ends it with its error, unless `onUnreadable` is given: then that is told.
   */
  async *list(filter: OrderFilter = {}): AsyncGenerator<PaymentOrder> {
    const { state, attention, onUnreadable } = filter;
    for await (const orderNo of this.orderNumbers()) {
      const order = await this.#load(orderNo).catch((error: unknown) => {
        if (onUnreadable === undefined) throw error;
        onUnreadable(orderNo, error);
        return null;
      });
      if (order === null) continue;
      const view = viewOf(order);
      const isWanted =
        (state === undefined || view.state === state) &&
        (attention === undefined || view.needsAttention === attention);
      if (isWanted) yield view;
    }
  }

  /** Checks an order's history against its hashes, the machine, and a witness kept elsewhere. */
  async verify(orderNo: string, witness?: Witness): Promise<Verification> {
    this.#assertOpen();
    const kept = parseInput(witnessSchema.optional(), witness, 'witness');
    return verifyOrder(this.#store, this.#compiled, parseOrderNo(orderNo), kept);
  }

  /**
   * Checks all histories, in the order of their creation; one event is in memory at a time. A
   * history that is broken, or that stands under a name which no order can have, hides no other.
   */
  async *verifyAll(): AsyncGenerator<Verification> {
    for await (const orderNo of this.orderNumbers()) {
      const stream = streamOf(orderNo);
      const verification = await this.#verifyDamaged(stream);
      if (orderNumber.safeParse(orderNo).success) yield verification;
      else {
        const message = `stream ${stream}: no order can have this name; was it renamed?`;
        const fault = { stream, revision: null, code: 'invalid-name', message };
        yield { ...verification, ok: false, faults: [fault, ...verification.faults] };
      }
    }
  }

  /** Pages may be damaged such that not even the place is known. */
  async #verifyDamaged(stream: string): Promise<Verification> {
    try {
      return await verifyStream(this.#store, this.#compiled, stream);
    } catch (error) {
      if (!(error instanceof PaymentOrderError) || error.code !== 'store-corrupt') throw error;
      const fault = { stream, revision: null, code: error.code, message: error.message };
      const orderNo = orderNoOf(stream);
      return { orderNo, ok: false, events: 0, witness: null, faults: [fault] };
    }
  }

  async #replay(stream: string, compiled: CompiledMachine): Promise<Replay> {
    this.#assertOpen();
    return replay(compiled, stream, this.#store.read(stream));
  }

  #compileMachine({ machine }: ReplayOptions): CompiledMachine {
    return machine === undefined ? this.#compiled : compileAnyMachine(machine);
  }

  async #load(orderNo: string): Promise<OrderHistory | null> {
    this.#assertOpen();
    return loadOrder(this.#store, this.#compiled, orderNo);
  }
}

function withoutEvent(stored: StoredEvent): HistoryEvent {
  const { stream, revision, position, id, type, data, metadata } = stored;
  return { stream, revision, position, id, type, data, metadata };
}
