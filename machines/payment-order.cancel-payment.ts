import { fromPromise } from 'xstate';
import type { OutcomeEvent } from './payment-order.events.ts';
import { parseOutcome } from './payment-order.outcomes.ts';

/** The input of the invoked service: one attempt of a cancel. */
export type CancelPaymentInput = {
  readonly orderNo: string;
  readonly processBillNo: string;
  readonly reason?: string;
  /** Counted from 1 through the order's life. */
  readonly attempt: number;
};

/**
 * Makes the actor `cancelPayment` out of a function that makes the call. A result that is not an
 * outcome of this very attempt counts as unknown: the call may have run. Evidence that does not fit
 * costs no outcome; see `parseOutcome`.
 *
 * @example machine.provide({ actors: { cancelPayment: cancelPaymentWith(callTheGateway) } })
 */
export function cancelPaymentWith(call: (input: CancelPaymentInput) => Promise<unknown>) {
  return fromPromise<OutcomeEvent, CancelPaymentInput>(
    async ({ input }) =>
      parseOutcome(await call(input), input.attempt) ?? {
        type: 'CancelOutcomeUnknown',
        attempt: input.attempt,
        rule: 'unreadable-outcome',
      },
  );
}
