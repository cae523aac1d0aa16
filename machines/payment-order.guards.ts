/** What the machine asks before it moves an order. */

import type { OutcomeEvent, PaymentOrderEvent } from './payment-order.events.ts';
import { hasRole } from './payment-order.events.ts';
import { inDoubt, isCancelOpen, isOpen, refused } from './payment-order.facts.ts';
import type { OrderFacts } from './payment-order.facts.ts';
import { record } from './payment-order.fold.ts';
import { settles, whyNotRetractable } from './payment-order.remembered.ts';

type Asked = { readonly context: OrderFacts; readonly event: PaymentOrderEvent };

/** Whether an event is the outcome of an attempt that was made. */
function isOutcomeOfKnownAttempt(
  known: OrderFacts,
  event: PaymentOrderEvent,
): event is OutcomeEvent {
  return (
    hasRole(event.type, 'outcome') && 'attempt' in event && event.attempt <= known.answers.length
  );
}

/** Whether a report says how the order ended, and leaves nothing that a cancel waits for. */
function settlesByReport(known: OrderFacts, event: PaymentOrderEvent): boolean {
  if (event.type !== 'StatusReported' || !settles(event.status)) return false;
  const after = record(known, event);
  return after.paid || after.closed || !inDoubt(after);
}

function isRetractable(known: OrderFacts, event: PaymentOrderEvent): boolean {
  return (
    event.type === 'FactRetracted' && whyNotRetractable(known.history, event.revision) === null
  );
}

export const guards = {
  isOfMadeAttempt: ({ context, event }: Asked) => isOutcomeOfKnownAttempt(context, event),
  isOwnOutcome: ({ context, event }: Asked) =>
    isOutcomeOfKnownAttempt(context, event) && event.attempt === context.answers.length,
  endsLastDoubt: ({ context, event }: Asked) =>
    isOutcomeOfKnownAttempt(context, event) && !inDoubt(record(context, event)),
  /** A refusal after a doubt that a pending status ended. */
  bringsDoubtBack: ({ context, event }: Asked) =>
    isOutcomeOfKnownAttempt(context, event) && !inDoubt(context) && inDoubt(record(context, event)),
  reportsPaid: ({ event }: Asked) =>
    event.type === 'StatusReported' && event.status === 'succeeded',
  reportsFailed: ({ event }: Asked) => event.type === 'StatusReported' && event.status === 'failed',
  reportsClosed: ({ event }: Asked) =>
    event.type === 'StatusReported' && event.status === 'canceled',
  settlesByReport: ({ context, event }: Asked) => settlesByReport(context, event),
  /** It was asked, and nothing has ended as far as the platform says. */
  reportsNoEnd: ({ event }: Asked) =>
    event.type === 'StatusReported' && (event.status === 'pending' || event.status === 'unknown'),
  isOpenAnomaly: ({ context, event }: Asked) =>
    event.type === 'AnomalyAcknowledged' &&
    context.anomalies.some((anomaly) => anomaly.number === event.number && isOpen(anomaly)),
  isRetractable: ({ context, event }: Asked) => isRetractable(context, event),
  /** What was taken back is a retraction, so that money or a closing counts again. */
  settlesAgain: ({ context, event }: Asked) => {
    if (!isRetractable(context, event)) return false;
    const { paid, closed } = record(context, event);
    return paid || closed;
  },
  /** Only a retraction leaves a cancel open that was over. A person decides how it goes on. */
  isCancelOpen: ({ context }: Asked) => isCancelOpen(context),
  isNotClosed: ({ context }: Asked) => !context.closed,
  isSettled: ({ context }: Asked) =>
    context.paid || context.closed || (refused(context) && !inDoubt(context)),
  isSpent: ({ context }: Asked) => context.retryInMs === null,
  isInDoubt: ({ context }: Asked) => inDoubt(context),
  isNotInDoubt: ({ context }: Asked) => !inDoubt(context),
  isPaid: ({ context }: Asked) => context.paid,
  isClosed: ({ context }: Asked) => context.closed,
  isFailed: ({ context }: Asked) => context.failed,
  isStarted: ({ context }: Asked) => context.started,
};
