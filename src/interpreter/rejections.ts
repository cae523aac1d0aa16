import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { inDoubt } from '../../machines/payment-order.facts.ts';
import type { CommandType, RejectionCode } from './commands.ts';
import type { Fold, Interpreter } from './interpreter.ts';

/** The commands that the machine would take now, in the order of an order's life. */
export function allowedCommands(
  interpreter: Interpreter,
  fold: Fold,
  known: OrderFacts,
): readonly CommandType[] {
  const openAnomaly = known.anomalies.find(({ acknowledged }) => !acknowledged);
  const candidates: readonly (readonly [CommandType, PaymentOrderEvent])[] = [
    ['StartPayment', { type: 'PaymentStarted' }],
    ['RequestCancel', { type: 'CancelRequested' }],
    ['RetryCancel', { type: 'CancelRetryRequested' }],
    ['AbandonCancel', { type: 'CancelAbandoned' }],
    [
      'ResolveCancel',
      { type: 'CancelResolved', resolution: 'open', evidence: 'candidate', by: 'candidate' },
    ],
    [
      'AcknowledgeAnomaly',
      { type: 'AnomalyAcknowledged', number: openAnomaly?.number ?? 0, by: 'candidate' },
    ],
  ];
  return candidates.filter(([, event]) => interpreter.takes(fold, event)).map(([name]) => name);
}

/** Names the reason why the machine does not take a command's event in this state. */
export function rejectionCode(command: CommandType, fold: Fold, known: OrderFacts): RejectionCode {
  const { state } = fold;
  switch (command) {
    case 'CreatePaymentOrder':
      return 'order-exists';
    case 'StartPayment':
    case 'RequestCancel':
      if (state === 'paying') return 'already-started';
      if (state === 'paid') return 'already-paid';
      if (state === 'cancelled') return 'already-cancelled';
      if (state === 'failed') return 'payment-failed';
      return 'already-cancelling';
    case 'RetryCancel':
    case 'AbandonCancel':
    case 'ResolveCancel':
      if (state === 'cancelling.requesting') return 'attempt-in-flight';
      if (!state.startsWith('cancelling.')) return 'no-open-cancel';
      return inDoubt(known) ? 'cancel-in-doubt' : 'not-in-doubt';
    case 'AcknowledgeAnomaly':
      return 'no-open-anomaly';
  }
}
