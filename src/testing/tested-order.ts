import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import { decodeEvent } from '../history/codec.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import { streamOf } from '../history/event.ts';
import { evolve, prepareEvent } from '../history/load.ts';
import { PaymentOrderError } from '../errors.ts';
import { testedLaw } from './standing.ts';
import type { History } from './standing.ts';
import type { TestedMachine } from './tested-machine.ts';
import { simulatedRuntime } from './simulated-runtime.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';

/** An order as the service keeps it, with hashes and all, but in no store. */
export class TestedOrder {
  readonly #machine: TestedMachine | undefined;
  readonly #runtime: SimulatedRuntime = simulatedRuntime();
  readonly #steps: ReturnType<typeof prepareEvent>[] = [];
  #order: OrderHistory | null = null;

  constructor(machine?: TestedMachine) {
    this.#machine = machine;
  }

  /** Null where nothing was recorded yet. */
  get order(): OrderHistory | null {
    return this.#order;
  }

  /** What was recorded, as a store would give it back: every byte through JSON. */
  get recorded(): readonly RecordedEvent[] {
    return this.#steps.map(({ prepared, stored: { stream, revision } }) => {
      // A prepared event is JSON; parsed again it is what it was.
      const parsed = JSON.parse(JSON.stringify(prepared)) as typeof prepared;
      return { ...parsed, stream, revision, position: String(revision + 1) };
    });
  }

  /**
   * Records an event, as an append that succeeds at once.
   *
   * @throws PaymentOrderError `illegal-history` where the machine does not take it.
   */
  record(event: PaymentOrderEvent, said: Partial<EventContext> = {}): OrderHistory {
    const compiled = testedLaw(this.#machine);
    const stream = this.#order?.stream ?? streamOf(firstNumber(event));
    const circumstances = { source: 'tested', $correlationId: 'tested', ...said };
    const step = prepareEvent(compiled, this.#order, stream, event, circumstances, this.#runtime);
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

/** Reads recorded events as a process does that never saw the order. */
export function replayed(
  recorded: readonly RecordedEvent[],
  machine?: TestedMachine,
): OrderHistory | null {
  const compiled = testedLaw(machine);
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
