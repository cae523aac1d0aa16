import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import { decodeEvent } from '../history/codec.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import { streamOf } from '../history/event.ts';
import { evolve, prepareEvent } from '../history/load.ts';
import { PaymentOrderError } from '../errors.ts';
import { compiledMachine } from './replayed-order.ts';
import type { History } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';
import { simulatedRuntime } from './simulated-runtime.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';

/** An order as the service keeps it, with metadata and hashes, but without a store. */
export class TestedOrder {
  readonly #machine: TestedMachine | undefined;
  readonly #runtime: SimulatedRuntime = simulatedRuntime();
  readonly #steps: ReturnType<typeof prepareEvent>[] = [];
  #order: OrderHistory | null = null;

  constructor(machine?: TestedMachine) {
    this.#machine = machine;
  }

  /** Null before the first event. */
  get order(): OrderHistory | null {
    return this.#order;
  }

  /** The recorded events as a store gives them back, through JSON. */
  get recorded(): readonly RecordedEvent[] {
    return this.#steps.map(({ prepared, stored: { stream, revision } }) => {
      // A prepared event is JSON, so parsing gives the same type.
      const parsed = JSON.parse(JSON.stringify(prepared)) as typeof prepared;
      return { ...parsed, stream, revision, position: String(revision + 1) };
    });
  }

  /**
   * Records an event as an append would.
   *
   * @throws PaymentOrderError `illegal-history` where the machine does not take it.
   */
  record(event: PaymentOrderEvent, context: Partial<EventContext> = {}): OrderHistory {
    const compiled = compiledMachine(this.#machine);
    const stream = this.#order?.stream ?? streamOf(firstNumber(event));
    const eventContext = { source: 'tested', $correlationId: 'tested', ...context };
    const step = prepareEvent(compiled, this.#order, stream, event, eventContext, this.#runtime);
    const position = String(this.#steps.length + 1);
    this.#order = evolve(compiled, this.#order, { ...step.stored, position });
    this.#steps.push(step);
    return this.#order;
  }
}

export function testedOrder(history: History, machine?: TestedMachine): TestedOrder {
  const tested = new TestedOrder(machine);
  for (const event of history) tested.record(event);
  return tested;
}

/** Folds recorded events as another process would. */
export function replayed(
  recorded: readonly RecordedEvent[],
  machine?: TestedMachine,
): OrderHistory | null {
  const compiled = compiledMachine(machine);
  let order: OrderHistory | null = null;
  for (const event of recorded) order = evolve(compiled, order, decodeEvent(event));
  return order;
}

function firstNumber(event: PaymentOrderEvent): string {
  if (event.type === 'PaymentOrderCreated') return event.orderNo;
  throw new PaymentOrderError(
    'illegal-history',
    `a history begins with PaymentOrderCreated, not with ${event.type}`,
    { revision: 0 },
  );
}
