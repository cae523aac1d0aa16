import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { record } from '../../machines/payment-order.facts.ts';

/**
 * The transitions that the shipped machine declares, written down a second time and without XState:
 * the state that an event leads to, or null where the state does not list it. A variant of the
 * machine declares its own by asking this one for what it leaves as it is.
 */
export function declaredTarget(
  state: string,
  known: OrderFacts,
  event: PaymentOrderEvent,
): string | null {
  const after = record(known, event);
  const isOutcome = 'attempt' in event;
  if (isOutcome && event.attempt > known.answers.length) return null;
  switch (state) {
    case 'created':
    case 'paying':
      if (event.type === 'PaymentStarted') return state === 'created' ? 'paying' : null;
      if (event.type === 'PaymentSucceeded') return 'paid';
      if (event.type === 'PaymentFailed') return 'failed';
      if (event.type === 'ClosedAtGateway') return 'cancelled';
      if (event.type === 'CancelConfirmed') return 'cancelled';
      if (event.type === 'CancelRequested') return 'cancelling.requesting';
      return everywhere(state, known, event);
    case 'cancelling.requesting':
      if (isOutcome && event.attempt === known.answers.length) return weigh(after);
      return everywhere(state, known, event);
    case 'cancelling.backingOff':
    case 'cancelling.inDoubt':
    case 'cancelling.needsReview':
      return whileWaiting(state, known, after, event);
    case 'cancelled':
    case 'failed':
      if (event.type === 'PaymentSucceeded') return 'paid';
      return everywhere(state, known, event);
    default:
      return everywhere(state, known, event);
  }
}

function whileWaiting(
  state: string,
  known: OrderFacts,
  after: OrderFacts,
  event: PaymentOrderEvent,
): string | null {
  switch (event.type) {
    case 'PaymentSucceeded':
    case 'ClosedAtGateway':
    case 'CancelConfirmed':
      return settle(after);
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
      return state === 'cancelling.inDoubt' && !isInDoubt(after) ? weigh(after) : state;
    case 'CancelRetryDue':
      return state === 'cancelling.needsReview' ? null : 'cancelling.requesting';
    case 'CancelRetryRequested':
      return 'cancelling.requesting';
    case 'CancelAbandoned':
      return isInDoubt(known) ? null : settle(after);
    case 'CancelResolved':
      return state === 'cancelling.backingOff' ? null : settle(after);
    case 'AnomalyAcknowledged':
    case 'CancelOutcomeUnknown':
    case 'CancelRequested':
    case 'CommandRejected':
    case 'PaymentFailed':
    case 'PaymentOrderCreated':
    case 'PaymentStarted':
      return everywhere(state, known, event);
  }
}

/** The root takes facts, outcomes, acknowledgements and rejections, and stays. */
function everywhere(state: string, known: OrderFacts, event: PaymentOrderEvent): string | null {
  switch (event.type) {
    case 'PaymentSucceeded':
    case 'PaymentFailed':
    case 'ClosedAtGateway':
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
    case 'CommandRejected':
      return state;
    case 'AnomalyAcknowledged': {
      const anomaly = known.anomalies.find(({ number }) => number === event.number);
      return anomaly === undefined || anomaly.acknowledged ? null : state;
    }
    case 'CancelAbandoned':
    case 'CancelRequested':
    case 'CancelResolved':
    case 'CancelRetryDue':
    case 'CancelRetryRequested':
    case 'PaymentOrderCreated':
    case 'PaymentStarted':
      return null;
  }
}

function weigh(known: OrderFacts): string {
  const first = (known.cancel?.firstAttempt ?? 1) - 1;
  const isRefused = known.answers.slice(first).includes('refused') && !isInDoubt(known);
  if (known.paid || known.closed || isRefused) return settle(known);
  if (known.retryInMs === null) return 'cancelling.needsReview';
  return isInDoubt(known) ? 'cancelling.inDoubt' : 'cancelling.backingOff';
}

function settle(known: OrderFacts): string {
  if (known.paid) return 'paid';
  if (known.closed) return 'cancelled';
  if (known.failed) return 'failed';
  return known.started ? 'paying' : 'created';
}

function isInDoubt(known: OrderFacts): boolean {
  return known.answers.includes('unknown');
}
