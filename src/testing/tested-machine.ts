import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { PaymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError } from '../errors.ts';
import { boundedCopy } from '../history/machine.ts';

/**
 * The shipped machine of `payment-order-machine/machine`, or a variant of it: whatever XState's
 * `createMachine` gives whose context is `Known` and whose events are the stored events.
 */
export type TestedMachine = {
  readonly id: string;
  readonly config: object;
  readonly implementations: object;
};

/**
 * A copy that fails where the machine would run in a circle for ever; the shipped one by default.
 *
 * @internal
 * @throws PaymentOrderError `unsupported-machine` for what is no machine.
 */
export function boundedMachine(machine: TestedMachine = paymentOrderMachine): PaymentOrderMachine {
  const { config, implementations } = machine;
  if (typeof config !== 'object' || typeof implementations !== 'object') {
    throw new PaymentOrderError(
      'unsupported-machine',
      "what is to be tested is no machine: give what XState's createMachine gives",
    );
  }
  // Its parts are those of a machine whose context is Known, by what TestedMachine says it is.
  return boundedCopy(machine) as PaymentOrderMachine;
}
