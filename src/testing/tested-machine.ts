import { createMachine } from 'xstate';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { PaymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError } from '../errors.ts';

/**
 * The shipped machine of `payment-order-machine/machine`, or a variant of it: whatever XState's
 * `createMachine` gives, with `OrderFacts` as context and the stored events as events.
 */
export type TestedMachine = {
  readonly id: string;
  readonly config: object;
  readonly implementations: object;
};

/**
 * Default: the shipped machine.
 *
 * @internal
 * @throws PaymentOrderError `unsupported-machine` for a value that is not a machine.
 */
export function testedMachine(machine: TestedMachine = paymentOrderMachine): PaymentOrderMachine {
  const { config, implementations } = machine;
  const isMachine = typeof config === 'object' && typeof implementations === 'object';
  if (!isMachine || !('root' in machine)) {
    throw new PaymentOrderError(
      'unsupported-machine',
      "not a machine; pass the result of XState's createMachine",
    );
  }
  // TestedMachine promises a machine whose context is OrderFacts.
  return machine as PaymentOrderMachine;
}

/** A writable part of a machine's configuration: a state, a transition, or a list of them. */
export type MachinePart = {
  target?: string;
  guard?: unknown;
  actions?: unknown;
  tags?: unknown;
  on?: Record<string, unknown>;
  [key: string]: unknown;
};

/**
 * A changed copy of a machine; the machine itself is not affected.
 *
 * `at` gives the part at a dotted path, such as `states.cancelled.on.PaymentSucceeded`, or the whole
 * configuration without a path. Items of a list are numbered, as in
 * `states.cancelling.states.weighing.always.0`. A part that the machine uses in several places is
 * changed in this place only.
 *
 * @example changedMachine(machine, (at) => { at('states.cancelled.on.PaymentSucceeded').target = 'failed'; })
 * @throws PaymentOrderError `unsupported-machine` if the configuration has no such part.
 */
export function changedMachine(
  machine: TestedMachine,
  change: (at: (place?: string) => MachinePart) => void,
): TestedMachine {
  const config = copyOf(machine.config);
  // The configuration of a machine is the outermost part.
  change((place) => (place === undefined ? (config as MachinePart) : partAt(config, place)));
  return createMachine(config, machine.implementations);
}

function partAt(config: object, place: string): MachinePart {
  let part: unknown = config;
  for (const key of place.split('.')) {
    const isThere = typeof part === 'object' && part !== null && Object.hasOwn(part, key);
    part = isThere ? Reflect.get(Object(part) as object, key) : undefined;
    if (typeof part !== 'object' || part === null) {
      throw new PaymentOrderError('unsupported-machine', `the machine has no part at ${place}`);
    }
  }
  // Of a configuration, any object is a part; its fields are XState's business.
  return part as MachinePart;
}

/** A deep copy that keeps functions, unlike JSON. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  // Functions and primitives are shared with the original.
  if (typeof value !== 'object' || value === null) return value;
  // A copy of a plain object has its type.
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as T;
}
