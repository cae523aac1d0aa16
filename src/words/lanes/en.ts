import type { ReportedStatus } from '../../../machines/payment-order.events.ts';
import type { AttemptResult } from '../../../machines/payment-order.facts.ts';
import type { CommandType } from '../../order/types.ts';

type Names<Key extends string> = Readonly<Record<Key, string>>;

/** The labels of marks in the lanes of a report: short, since many stand side by side. */
export const en = {
  /** `duration` is null where it is not known. */
  call: (number: number, outcome: string, duration: string | null) =>
    `call ${number}: ${outcome}${duration === null ? '' : `, ${duration}`}`,
  outcomes: {
    'in-flight': 'in flight',
    confirmed: 'confirmed',
    refused: 'refused',
    'not-executed': 'did not run',
    blocked: 'blocked',
    unknown: 'no usable answer',
    resolved: 'no answer, resolved by hand',
    settled: 'no answer, settled by a report',
    'not-seen': 'no answer, did not run',
    withheld: 'withheld',
  } satisfies Names<AttemptResult | 'withheld'>,
  doubt: (number: number) => `call ${number} in doubt`,
  asked: (status: string) => `asked: ${status}`,
  statuses: {
    pending: 'still open',
    succeeded: 'paid',
    failed: 'payment failed',
    canceled: 'closed',
    unknown: 'nothing learned',
    unavailable: 'not allowed',
  } satisfies Names<ReportedStatus>,
  /** The status of a question, where it is withheld or cannot be read. */
  noStatus: 'answer not readable',
  /** Money by its number and amount; both may be missing. */
  payment: (what: string) => (what === '' ? 'payment' : what),
  refund: (what: string) => `refund ${what}`.trim(),
  facts: {
    PaymentSucceeded: 'payment',
    PaymentFailed: 'payment failed',
    PaymentDeclined: 'payment declined',
    PaymentRefunded: 'refund',
    ClosedAtGateway: 'order closed',
  },
  /** Anything else that came by a notice. */
  otherFact: 'fact',
  byNotice: (what: string) => `notice: ${what}`,
  acts: {
    PaymentOrderCreated: 'order created',
    PaymentStarted: 'payment started',
    CancelRequested: 'cancel requested',
    CancelRetryRequested: 'another call ordered',
    CancelAbandoned: 'cancel abandoned',
    FactRetracted: 'retraction',
    AnomalyAcknowledged: 'anomaly acknowledged',
  },
  resolved: (as: string) => `resolved: ${as}`,
  resolutions: { cancelled: 'cancelled', paid: 'paid', failed: 'failed', open: 'still open' },
  rejected: (command: string) => `rejected: ${command}`,
  commands: {
    CreatePaymentOrder: 'create',
    StartPayment: 'start payment',
    RequestCancel: 'cancel',
    RetryCancel: 'another call',
    AbandonCancel: 'abandon',
    ResolveCancel: 'resolve',
    RetractFact: 'retract',
    AcknowledgeAnomaly: 'acknowledge',
  } satisfies Names<CommandType>,
  recordedByHand: (what: string) => `by hand: ${what}`,
  askedByHand: 'asked by hand',
  retracted: (what: string) => `${what} (retracted)`,
};

export type LaneWords = typeof en;
