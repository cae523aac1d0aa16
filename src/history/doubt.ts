/**
 * Which attempts are in doubt, for everybody who reads an order: its view, the timeline, the report
 * and the command line. The machine asks less: it decides only while a cancel is open.
 */

import { isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { isClosedState } from './machine.ts';

/**
 * The attempts that may or may not have run, ascending. A closing ends a doubt that nothing answered.
 * A payment does not: the call may have sent the money back. So the doubt of a paid order lasts while
 * its anomaly `cancel-unresolved` is open, and ends when an operator acknowledges it.
 *
 * @param state - By its dotted path.
 */
export function attemptsInDoubt(known: OrderFacts, state: string): readonly number[] {
  const isUnresolved = state === 'paid' && known.anomalies.some(isOpenDoubt);
  if (isClosedState(paymentOrderMachine, state) && !isUnresolved) return [];
  return known.answers.flatMap((answer, at) => (answer === 'unknown' ? [at + 1] : []));
}

/** Whether any attempt may or may not have run. */
export function isInDoubt(known: OrderFacts, state: string): boolean {
  return known.answers.includes('unknown') && attemptsInDoubt(known, state).length > 0;
}

function isOpenDoubt(anomaly: OrderFacts['anomalies'][number]): boolean {
  return anomaly.code === 'cancel-unresolved' && isOpen(anomaly);
}
