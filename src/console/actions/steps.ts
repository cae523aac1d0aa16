/** The commands and facts that an action is made of. The form shows them, and `perform` sends them. */

import { currencyCode, minorFrom } from '../../currency.ts';
import type { Actor } from '../../history/event.ts';
import type { PreviewStep } from '../../order/query-types.ts';
import type { Choice } from './action.ts';
import type { Filled } from './fields.ts';

type CommandStep = Extract<
  PreviewStep,
  {
    readonly type:
      'RetryCancel' | 'AbandonCancel' | 'ResolveCancel' | 'RetractFact' | 'AcknowledgeAnomaly';
  }
>;

type PaymentStep = Extract<PreviewStep, { readonly type: 'PaymentSucceeded' }>;

/** A command, and perhaps the payment that it is about. */
export type Steps = readonly [] | readonly [CommandStep] | readonly [CommandStep, PaymentStep];

/** Stands for evidence that is not written yet, so that its consequences can be shown before. */
export const notWritten = '…';

/**
 * Empty for a question: what the platform answers nobody knows. The payment of `resolve` is left out
 * until it is written.
 */
export function stepsOf(choice: Choice, filled: Filled, actor: Actor): Steps {
  const note = filled.note === undefined ? {} : { note: filled.note };
  const shown = { evidence: filled.evidence ?? notWritten, by: actor.id };
  switch (choice.action) {
    case 'ask':
      return [];
    case 'retry':
      return [{ type: 'RetryCancel', payload: note }];
    case 'abandon':
      return [{ type: 'AbandonCancel', payload: note }];
    case 'acknowledge': {
      const payload = { number: choice.number, by: actor.id, ...note };
      return [{ type: 'AcknowledgeAnomaly', payload }];
    }
    case 'retract':
      return [{ type: 'RetractFact', payload: { revision: choice.revision, ...shown } }];
    case 'resolve': {
      const payload = { resolution: choice.as, ...shown };
      const payment = choice.as === 'paid' ? paymentIn(filled) : null;
      const command = { type: 'ResolveCancel', payload } as const;
      return payment === null ? [command] : [command, payment];
    }
  }
}

function paymentIn({ transactionNo, amount, currency }: Filled): PaymentStep | null {
  if (transactionNo === undefined || amount === undefined || currency === undefined) return null;
  const money = {
    amountMinor: minorFrom(amount, currency),
    currency: currencyCode(currency) ?? currency,
  };
  return { type: 'PaymentSucceeded', payload: { transactionNo, ...money } };
}
