/**
 * The law: which event moves a payment order to which state, up to a person's review of a doubt.
 *
 * A cancel's attempt ends in the transient state `weighing`, which sends the order on: to
 * `settling` when the cancel is over, to `backingOff` or `inDoubt` when another attempt is due, and
 * to `needsReview`, for a person, when the attempts are spent. Nothing else decides that.
 *
 * A retraction takes a fact back that was recorded by mistake. An order that waits for nothing goes
 * where it would be without the fact. A cancel that waits goes on waiting, and no call follows.
 */

import { assign, raise, setup } from 'xstate';
import { cancelPaymentWith } from './payment-order.cancel-payment.ts';
import type { EventData, PaymentOrderEvent } from './payment-order.events.ts';
import { attemptDeadlineDefaultMs } from './payment-order.events.ts';
import type { OrderFacts } from './payment-order.facts.ts';
import { record } from './payment-order.fold.ts';
import { knownFrom } from './payment-order.facts.ts';
import { guards } from './payment-order.guards.ts';

const machineSetup = setup({
  types: {
    // XState reads these for their types alone; the values are never used.
    context: {} as OrderFacts,
    events: {} as PaymentOrderEvent,
    input: {} as EventData<'PaymentOrderCreated'>,
    tags: {} as 'closed' | 'attention',
  },
  actors: {
    // Without a provided call no call is made, and the outcome says so.
    cancelPayment: cancelPaymentWith(({ attempt }) =>
      Promise.resolve({ type: 'CancelNotExecuted', attempt, rule: 'not-sent' }),
    ),
  },
  actions: {
    record: assign(({ context, event }) => record(context, event)),
  },
  guards,
  delays: {
    /** Recorded with the event that began the attempt; from then on anybody may give it up. */
    attemptDeadline: ({ context }) => context.attemptDeadlineMs ?? attemptDeadlineDefaultMs,
    /** Recorded with the outcome that began the wait, never recomputed. */
    retry: ({ context }) => context.retryInMs ?? 0,
  },
});

const settle = { target: 'settling', actions: 'record' } as const;

/** Where an order stands without a call or a timer, it goes where it would be without the fact. */
const retracted = {
  guard: 'isRetractable',
  target: 'cancelling.settling',
  actions: 'record',
} as const;

const paidByReport = {
  guard: 'reportsPaid',
  target: '#paymentOrder.paid',
  actions: 'record',
} as const;
const settledByReport = { guard: 'settlesByReport', ...settle } as const;

/** `created` and `paying` differ only in whether the payment has started. */
const beforeMoney = {
  PaymentSucceeded: { target: 'paid', actions: 'record' },
  PaymentFailed: { target: 'failed', actions: 'record' },
  ClosedAtGateway: { target: 'cancelled', actions: 'record' },
  StatusReported: [
    paidByReport,
    { guard: 'reportsFailed', target: 'failed', actions: 'record' },
    { guard: 'reportsClosed', target: 'cancelled', actions: 'record' },
  ],
  CancelConfirmed: { guard: 'isOfMadeAttempt', target: 'cancelled', actions: 'record' },
  CancelRequested: { target: 'cancelling', actions: 'record' },
  FactRetracted: retracted,
} as const;

const retryTimer = { retry: { actions: machineSetup.raise({ type: 'CancelRetryDue' }) } } as const;

const ownOutcome = { guard: 'isOwnOutcome', target: 'weighing', actions: 'record' } as const;
const lastDoubtEnds = { guard: 'endsLastDoubt', target: 'weighing', actions: 'record' } as const;
const settledAgain = { guard: 'settlesAgain', ...settle } as const;
const outcomeOfMadeAttempt = { guard: 'isOfMadeAttempt', actions: 'record' } as const;

/**
 * The life of a payment order. Its events are the stored events. XState's own events
 * (`xstate.done…`, `xstate.after…`) only raise one of them, so that the stream holds domain events
 * alone. `closed` states are not final: late facts are still taken.
 */
export const paymentOrderMachine = machineSetup.createMachine({
  id: 'paymentOrder',
  version: '2',
  context: ({ input }) => knownFrom(input),
  initial: 'created',
  on: {
    PaymentSucceeded: { actions: 'record' },
    PaymentFailed: { actions: 'record' },
    PaymentDeclined: { actions: 'record' },
    PaymentRefunded: { actions: 'record' },
    ClosedAtGateway: { actions: 'record' },
    StatusReported: { actions: 'record' },
    FactRetracted: { guard: 'isRetractable', actions: 'record' },
    CancelConfirmed: outcomeOfMadeAttempt,
    CancelRefused: outcomeOfMadeAttempt,
    CancelNotExecuted: outcomeOfMadeAttempt,
    CancelBlocked: outcomeOfMadeAttempt,
    CancelOutcomeUnknown: outcomeOfMadeAttempt,
    AnomalyAcknowledged: { guard: 'isOpenAnomaly', actions: 'record' },
    CommandRejected: { actions: 'record' },
  },
  states: {
    created: { on: { ...beforeMoney, PaymentStarted: { target: 'paying', actions: 'record' } } },
    paying: { on: beforeMoney },
    cancelling: {
      initial: 'requesting',
      states: {
        requesting: {
          invoke: {
            id: 'cancelPayment',
            src: 'cancelPayment',
            input: ({ context }) => ({
              orderNo: context.orderNo,
              processBillNo: context.processBillNo,
              ...(context.cancel?.reason === undefined ? {} : { reason: context.cancel.reason }),
              attempt: context.answers.length,
            }),
            onDone: { actions: raise(({ event }) => event.output) },
            onError: {
              actions: raise(({ context }) => ({
                type: 'CancelOutcomeUnknown',
                attempt: context.answers.length,
                rule: 'call-failed',
              })),
            },
          },
          after: {
            attemptDeadline: {
              actions: raise(({ context }) => ({
                type: 'CancelOutcomeUnknown',
                attempt: context.answers.length,
                rule: 'attempt-abandoned',
              })),
            },
          },
          on: {
            CancelConfirmed: ownOutcome,
            CancelRefused: ownOutcome,
            CancelNotExecuted: ownOutcome,
            CancelBlocked: ownOutcome,
            CancelOutcomeUnknown: ownOutcome,
          },
        },
        weighing: {
          always: [
            { guard: 'isSettled', target: 'settling' },
            { guard: 'isSpent', target: 'needsReview' },
            { guard: 'isInDoubt', target: 'inDoubt' },
            { target: 'backingOff' },
          ],
        },
        backingOff: {
          after: retryTimer,
          on: {
            PaymentSucceeded: settle,
            ClosedAtGateway: settle,
            StatusReported: settledByReport,
            CancelConfirmed: { guard: 'isOfMadeAttempt', ...settle },
            CancelRefused: { guard: 'bringsDoubtBack', target: 'weighing', actions: 'record' },
            CancelRetryDue: { target: 'requesting', actions: 'record' },
            CancelRetryRequested: { target: 'requesting', actions: 'record' },
            // Only a retraction brings a doubt here.
            CancelAbandoned: { guard: 'isNotInDoubt', ...settle },
            FactRetracted: settledAgain,
          },
        },
        inDoubt: {
          after: retryTimer,
          on: {
            PaymentSucceeded: settle,
            ClosedAtGateway: settle,
            StatusReported: [
              settledByReport,
              { guard: 'reportsNoEnd', target: 'weighing', actions: 'record' },
            ],
            CancelConfirmed: { guard: 'isOfMadeAttempt', ...settle },
            CancelRefused: lastDoubtEnds,
            CancelNotExecuted: lastDoubtEnds,
            CancelBlocked: lastDoubtEnds,
            CancelRetryDue: { target: 'requesting', actions: 'record' },
            CancelRetryRequested: { target: 'requesting', actions: 'record' },
            CancelResolved: settle,
            FactRetracted: settledAgain,
          },
        },
        needsReview: {
          tags: 'attention',
          on: {
            PaymentSucceeded: settle,
            ClosedAtGateway: settle,
            StatusReported: settledByReport,
            CancelConfirmed: { guard: 'isOfMadeAttempt', ...settle },
            CancelRetryRequested: { target: 'requesting', actions: 'record' },
            CancelAbandoned: { guard: 'isNotInDoubt', ...settle },
            CancelResolved: settle,
            FactRetracted: settledAgain,
          },
        },
        settling: {
          always: [
            { guard: 'isCancelOpen', target: 'needsReview' },
            { guard: 'isPaid', target: '#paymentOrder.paid' },
            { guard: 'isClosed', target: '#paymentOrder.cancelled' },
            { guard: 'isFailed', target: '#paymentOrder.failed' },
            { guard: 'isStarted', target: '#paymentOrder.paying' },
            { target: '#paymentOrder.created' },
          ],
        },
      },
    },
    paid: { tags: 'closed', on: { FactRetracted: retracted } },
    cancelled: {
      tags: 'closed',
      on: {
        PaymentSucceeded: { target: 'paid', actions: 'record' },
        StatusReported: paidByReport,
        FactRetracted: retracted,
      },
    },
    failed: {
      tags: 'closed',
      on: {
        PaymentSucceeded: { target: 'paid', actions: 'record' },
        StatusReported: paidByReport,
        // Channels prescribe to close the old number before the payer gets a new one.
        CancelRequested: { guard: 'isNotClosed', target: 'cancelling', actions: 'record' },
        FactRetracted: retracted,
      },
    },
  },
});

export type PaymentOrderMachine = typeof paymentOrderMachine;

export { cancelPaymentWith } from './payment-order.cancel-payment.ts';
export type { CancelPaymentInput } from './payment-order.cancel-payment.ts';
export { eventSchemas } from './payment-order.events.ts';
export { parseOutcome } from './payment-order.outcomes.ts';
export type {
  EventData,
  EventType,
  FactType,
  OutcomeEvent,
  OutcomeType,
  PaymentOrderEvent,
} from './payment-order.events.ts';
export { record } from './payment-order.fold.ts';
export { reportDelayMs, retryDelayMs } from './payment-order.facts.ts';
export type {
  Anomaly,
  AnomalyCode,
  AttemptResult,
  GatewayOfOrder,
  OrderFacts,
  Payment,
} from './payment-order.facts.ts';
export { defaultRetryPolicy } from './payment-order.retry-policy.ts';
export type { RetryPolicy } from './payment-order.retry-policy.ts';
