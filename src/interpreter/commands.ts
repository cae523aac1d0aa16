import { z } from 'zod';
import {
  cancelReason,
  eventSchemas,
  identifier,
  operatorText,
} from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';

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
