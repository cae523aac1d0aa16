/**
 * Since when an order stands as it does, and when its timer is due. Instants alone, so that a fold
 * reads no clock: `attention` compares them with the time.
 */

import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { attemptDeadlineDefaultMs } from '../../machines/payment-order.events.ts';
import { inDoubt } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { guards } from '../../machines/payment-order.guards.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';

/** UTC with milliseconds each, by the clocks that recorded the events. */
export type OrderInstants = {
  readonly createdAt: string;
  /** When the order came to the state in which it is. */
  readonly since: string;
  /** When an attempt of the open cancel came to be in doubt; null while none is. */
  readonly doubtSince: string | null;
  /** When the state's timer is due: a retry, a question, or an attempt's deadline. */
  readonly dueAt: string | null;
  /** When each anomaly arose; that of anomaly n stands at index n - 1. */
  readonly anomaliesSince: readonly string[];
  /** The rule by which the newest answer of the platform was classified; null before the first. */
  readonly lastRule: string | null;
};

/** An event, as much as counts, and what the order knows after it. */
type Told = {
  readonly recordedAt: string;
  /** The dotted path of the state before; null for the first event. */
  readonly from: string | null;
  readonly to: string;
  /** Null where it cannot be read. */
  readonly event: PaymentOrderEvent | null;
  readonly known: OrderFacts;
};

/** The instants after an event; `before` is null for the first one. */
export function instantsAfter(before: OrderInstants | null, told: Told): OrderInstants {
  const { recordedAt, from, to, event, known } = told;
  const isEntered = before === null || from !== to || isAskedAgain(told);
  const isDoubt = inDoubt(known) && to.startsWith('cancelling.');
  const { anomaliesSince = [] } = before ?? {};
  const arisen = known.anomalies.slice(anomaliesSince.length).map(() => recordedAt);
  return {
    createdAt: before?.createdAt ?? recordedAt,
    since: before === null || from !== to ? recordedAt : before.since,
    doubtSince: isDoubt ? (before?.doubtSince ?? recordedAt) : null,
    dueAt: isEntered ? dueAfter(recordedAt, to, known) : before.dueAt,
    anomaliesSince: arisen.length === 0 ? anomaliesSince : [...anomaliesSince, ...arisen],
    lastRule: ruleOf(event) ?? before?.lastRule ?? null,
  };
}

/** The one event that enters the state again in which the order is, and so begins its wait again. */
function isAskedAgain({ to, event, known }: Told): boolean {
  return (
    to === 'cancelling.inDoubt' && event !== null && guards.reportsNoEnd({ context: known, event })
  );
}

function dueAfter(recordedAt: string, to: string, known: OrderFacts): string | null {
  const waitMs = waitIn(to, known);
  return waitMs === null ? null : instantOf(millisecondsOf(recordedAt) + waitMs);
}

function waitIn(to: string, known: OrderFacts): number | null {
  switch (to) {
    case 'cancelling.requesting':
      return known.attemptDeadlineMs ?? attemptDeadlineDefaultMs;
    case 'cancelling.backingOff':
    case 'cancelling.inDoubt':
      return known.retryInMs ?? 0;
    default:
      return null;
  }
}

function ruleOf(event: PaymentOrderEvent | null): string | null {
  return event !== null && 'rule' in event ? event.rule : null;
}
