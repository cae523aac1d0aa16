import { createMachine } from 'xstate';
import { PaymentOrderError } from '../errors.ts';
import type { TestedMachine } from './tested-machine.ts';

/** A part of a machine's configuration, to be written to: a state, a transition, a list of them. */
export type MachinePart = {
  target?: string;
  guard?: unknown;
  actions?: unknown;
  tags?: unknown;
  on?: Record<string, unknown>;
  [key: string]: unknown;
};

/**
 * A copy of a machine in which something is changed; the machine itself stays as it is.
 *
 * `at` gives the part at a dotted place, such as `states.cancelled.on.PaymentSucceeded`; items of
 * a list are numbered, as in `states.cancelling.states.weighing.always.0`; without a place, it
 * gives the whole. No other place changes with it, also where the machine wrote both down once.
 *
 * @example changedMachine(machine, (at) => { at('states.cancelled.on.PaymentSucceeded').target = 'failed'; })
 * @throws PaymentOrderError `unsupported-machine` where the configuration has no such place.
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

/** With its functions, which no JSON would keep. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  // An action of XState is a function, and a value of a plain object is part of the configuration.
  if (typeof value !== 'object' || value === null) return value;
  // A copy of a plain object has its type.
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as T;
}
