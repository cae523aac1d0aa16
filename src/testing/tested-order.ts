import assert from 'node:assert/strict';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { RetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import { decodeEvent } from '../history/codec.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import { streamOf } from '../history/event.ts';
import { evolve, prepareEvent } from '../history/load.ts';
import type { CompiledMachine } from '../history/machine.ts';
import { isFact } from '../history/fact-key.ts';
import type { Decision } from '../order/decide.ts';
import { decideCommand, decideFact, decideOutcome } from '../order/decide.ts';
import type { CommandAnswer, Incoming } from '../order/types.ts';
import { asCreation, compiledMachine } from './replayed-order.ts';
import type { History } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';
import { simulatedRuntime } from './simulated-runtime.ts';

/** An order as the service keeps it, with metadata and hashes, but without a store. */
export class TestedOrder {
  readonly recorded: RecordedEvent[] = [];
  readonly #compiled: CompiledMachine;
  readonly #runtime = simulatedRuntime();
  #order: OrderHistory | null = null;

  constructor(machine?: TestedMachine) {
    this.#compiled = compiledMachine(machine);
  }

  /** Null before the first event. */
  get order(): OrderHistory | null {
    return this.#order;
  }

  /**
   * Records an event as an append would.
   *
   * @throws PaymentOrderError `illegal-history` where the machine does not take it.
   */
  record(event: PaymentOrderEvent, context: Partial<EventContext> = {}): OrderHistory {
    const [compiled, order] = [this.#compiled, this.#order];
    const stream = order?.stream ?? streamOf(asCreation(event).orderNo);
    const whole = { source: 'tested', $correlationId: 'tested', ...context };
    const { prepared, stored } = prepareEvent(compiled, order, stream, event, whole, this.#runtime);
    const { revision } = stored;
    const position = String(revision + 1);
    this.recorded.push({ ...prepared, stream, revision, position });
    this.#order = evolve(compiled, order, { ...stored, position });
    return this.#order;
  }
}

export function testedOrder(history: History, machine?: TestedMachine): TestedOrder {
  const tested = new TestedOrder(machine);
  for (const event of history) tested.record(event);
  return tested;
}

/** Every command has an id, so that a repeat is recognized. */
export const commandId = 'when';

/** Decides as the service does. */
export function decide(
  order: OrderHistory | null,
  incoming: Incoming,
  { retryPolicy = defaultRetryPolicy }: { readonly retryPolicy?: RetryPolicy | undefined } = {},
): Decision {
  if ('payload' in incoming) {
    const payload = incoming.type === 'CreatePaymentOrder' ? incoming.payload.orderNo : '';
    return decideCommand(order, order?.known.orderNo ?? payload, incoming, { commandId });
  }
  if (isFact(incoming)) return decideFact(order, order?.known.orderNo ?? '', incoming);
  assert(order !== null, 'the outcome of an attempt needs an order that made it');
  // 0.5 is the middle of the jitter's range: the wait without jitter.
  return decideOutcome(order, incoming, retryPolicy, 0.5);
}

/** The answer to the repeat of what was answered so: what was done once is not done again. */
export function repeatedAnswer(first: CommandAnswer): CommandAnswer {
  return first.kind === 'accepted' ? { kind: 'duplicate' } : first;
}

/** Folds recorded events as another process would that gets them as JSON. */
export function replayed(
  recorded: readonly RecordedEvent[],
  machine?: TestedMachine,
): OrderHistory | null {
  const compiled = compiledMachine(machine);
  let order: OrderHistory | null = null;
  for (const event of recorded) {
    // A recorded event is JSON, so parsing gives the same type.
    const copy = JSON.parse(JSON.stringify(event)) as RecordedEvent;
    order = evolve(compiled, order, decodeEvent(copy));
  }
  return order;
}
