import { z } from 'zod';
import {
  cancelReason,
  eventSchemas,
  identifier,
  operatorText,
} from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { Known } from '../../machines/payment-order.known.ts';
import { inDoubt } from '../../machines/payment-order.known.ts';
import type { Fold, Interpreter } from './interpreter.ts';

/** The payload of each command, by its name: what a caller wishes, which may be rejected. */
export const commandSchemas = {
  CreatePaymentOrder: eventSchemas.PaymentOrderCreated,
  StartPayment: z.strictObject({}),
  RequestCancel: z.strictObject({ reason: cancelReason.optional() }),
  RetryCancel: z.strictObject({ note: operatorText.optional() }),
  AbandonCancel: z.strictObject({ note: operatorText.optional() }),
  ResolveCancel: z.strictObject({
    resolution: z.enum(['cancelled', 'paid', 'failed', 'open']),
    evidence: operatorText,
    by: identifier,
  }),
  AcknowledgeAnomaly: z.strictObject({
    number: z.int().min(1),
    by: identifier,
    note: operatorText.optional(),
  }),
} as const;

export type CommandType = keyof typeof commandSchemas;

export type CommandPayload<T extends CommandType> = z.infer<(typeof commandSchemas)[T]>;

export type Command = {
  [T in CommandType]: { readonly type: T; readonly payload: CommandPayload<T> };
}[CommandType];

/**
 * Why a command was rejected.
 *
 * - `order-exists`: created before, with other content.
 * - `already-started`, `already-cancelling`, `already-cancelled`, `already-paid` (a refund is
 *   another operation), `payment-failed`: the state says it.
 * - `attempt-in-flight`: a call is out; its outcome comes first.
 * - `cancel-in-doubt`: an attempt may have cancelled it; resolve with evidence or retry.
 * - `no-open-cancel`, `not-in-doubt`, `no-open-anomaly`: there is nothing it could be about.
 */
export type RejectionCode =
  | 'order-exists'
  | 'already-started'
  | 'already-cancelling'
  | 'already-cancelled'
  | 'already-paid'
  | 'payment-failed'
  | 'attempt-in-flight'
  | 'cancel-in-doubt'
  | 'no-open-cancel'
  | 'not-in-doubt'
  | 'no-open-anomaly';

/** The event that a command asks for. */
export function eventOf(command: Command): PaymentOrderEvent {
  switch (command.type) {
    case 'CreatePaymentOrder':
      return { type: 'PaymentOrderCreated', ...command.payload };
    case 'StartPayment':
      return { type: 'PaymentStarted' };
    case 'RequestCancel':
      return { type: 'CancelRequested', ...command.payload };
    case 'RetryCancel':
      return { type: 'CancelRetryRequested', ...command.payload };
    case 'AbandonCancel':
      return { type: 'CancelAbandoned', ...command.payload };
    case 'ResolveCancel':
      return { type: 'CancelResolved', ...command.payload };
    case 'AcknowledgeAnomaly':
      return { type: 'AnomalyAcknowledged', ...command.payload };
  }
}

/** The commands that the machine would take now, in the order of an order's life. */
export function allowedCommands(
  interpreter: Interpreter,
  fold: Fold,
  known: Known,
): readonly CommandType[] {
  const openAnomaly = known.anomalies.find(({ acknowledged }) => !acknowledged);
  const candidates: readonly PaymentOrderEvent[] = [
    { type: 'PaymentStarted' },
    { type: 'CancelRequested' },
    { type: 'CancelRetryRequested' },
    { type: 'CancelAbandoned' },
    { type: 'CancelResolved', resolution: 'open', evidence: 'candidate', by: 'candidate' },
    { type: 'AnomalyAcknowledged', number: openAnomaly?.number ?? 0, by: 'candidate' },
  ];
  const names: readonly CommandType[] = [
    'StartPayment',
    'RequestCancel',
    'RetryCancel',
    'AbandonCancel',
    'ResolveCancel',
    'AcknowledgeAnomaly',
  ];
  return names.filter((_, index) => {
    const event = candidates[index];
    return event !== undefined && interpreter.takes(fold, event);
  });
}

/** Names the reason why the machine does not take a command's event in this state. */
export function rejectionCode(command: CommandType, fold: Fold, known: Known): RejectionCode {
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
