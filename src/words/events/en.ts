import type { EventType, ReportedStatus } from '../../../machines/payment-order.events.ts';
import type { AnomalyCode, AttemptResult } from '../../../machines/payment-order.facts.ts';
import type { CommandType, RecordedCode } from '../../order/types.ts';
import { en as attention } from '../attention/en.ts';
import { durationIn } from './duration.ts';

type Names<Key extends string> = Readonly<Record<Key, string>>;

/** A Map, because a state's name comes from outside and may be `constructor`. */
const states: ReadonlyMap<string, string> = new Map(
  Object.entries({
    created: 'created',
    paying: 'paying',
    paid: 'paid',
    failed: 'payment failed',
    cancelled: 'cancelled',
    cancelling: 'cancelling',
    'cancelling.requesting': 'call in flight',
    'cancelling.backingOff': 'waiting to call again',
    'cancelling.inDoubt': 'in doubt',
    'cancelling.needsReview': 'needs review',
  }),
);

/** The words for a history's events. Texts that come from outside arrive escaped. */
export const en = {
  /** A state by its dotted path. */
  state: (stateDetail: string): string => states.get(stateDetail) ?? stateDetail,
  /** What happened, by the event's type. */
  headlines: {
    PaymentOrderCreated: 'The payment order was created',
    PaymentStarted: 'The payment was started',
    PaymentSucceeded: 'Money arrived',
    PaymentFailed: 'The payment failed',
    PaymentDeclined: 'The channel declined an attempt to pay',
    PaymentRefunded: 'Money went back',
    ClosedAtGateway: 'The order was found closed at the gateway',
    StatusReported: 'The platform was asked how the order stands',
    CancelRequested: 'A cancel was requested',
    CancelConfirmed: 'The gateway answered: cancelled',
    CancelRefused: 'The gateway answered: not cancelled by this call',
    CancelNotExecuted: 'The call to the gateway did not run',
    CancelBlocked: 'The call to the gateway is blocked until its cause is removed',
    CancelOutcomeUnknown: 'No usable answer: the call may or may not have cancelled',
    CancelRetryDue: 'The wait is over: the gateway is called again',
    CancelRetryRequested: 'An operator asked for another call',
    CancelAbandoned: 'An operator abandoned the cancel',
    CancelResolved: 'An operator resolved the doubt with evidence',
    FactRetracted: 'An operator retracted what was recorded by mistake',
    AnomalyAcknowledged: 'An anomaly was acknowledged',
    CommandRejected: 'A command was not accepted',
  } satisfies Names<EventType>,
  /** The same, by what the platform answered. */
  reports: {
    succeeded: 'The platform was asked, and reported the order paid',
    canceled: 'The platform was asked, and reported the order closed',
    failed: 'The platform was asked, and reported the payment failed',
    pending: 'The platform was asked, and reported the payment still open',
    unknown: 'The platform was asked, and nothing was learned',
    unavailable: 'The platform was asked, and does not allow this call',
  } satisfies Names<ReportedStatus>,
  unknownEvent: (type: string) => `An event this version does not know: ${type}`,
  commands: {
    CreatePaymentOrder: 'create the order',
    StartPayment: 'start the payment',
    RequestCancel: 'request a cancel',
    RetryCancel: 'call the gateway again',
    AbandonCancel: 'abandon the cancel',
    ResolveCancel: 'resolve the doubt with evidence',
    RetractFact: 'retract what was recorded by mistake',
    AcknowledgeAnomaly: 'acknowledge an anomaly',
  } satisfies Names<CommandType>,
  rejections: {
    'already-created': 'the same order was created before',
    'order-exists': 'an order with this number already exists, with other content',
    'already-started': 'the payment was already started',
    'already-cancelling': 'a cancel is under way',
    'already-cancelled': 'it is already cancelled',
    'already-paid': 'it is already paid; returning the money would be a refund',
    'payment-failed': 'the payment failed; there is nothing to cancel',
    'attempt-in-flight': 'a call is in flight; wait for its outcome',
    'cancel-in-doubt':
      'an attempt may have cancelled it; ask the platform, resolve it with evidence, or retry',
    'no-open-cancel': 'no cancel is open',
    'not-in-doubt': 'nothing is in doubt',
    'not-retractable': 'that revision holds nothing that can be retracted',
    'already-retracted': 'it was already retracted',
    'no-open-anomaly': 'no anomaly with this number is open',
  } satisfies Names<RecordedCode>,
  answers: {
    'in-flight': 'in flight, no outcome yet',
    confirmed: 'confirmed',
    refused: 'refused',
    'not-executed': 'did not run',
    blocked: 'blocked until its cause is removed',
    unknown: 'unknown',
    resolved: 'never answered; resolved by an operator',
    settled: 'never answered, but the platform reported how the order ended',
    'not-seen': "never answered, and did not run by the platform's status",
    withheld: 'withheld',
  } satisfies Names<AttemptResult | 'withheld'>,
  anomalies: {
    'amount-mismatch': "the payment's amount differs from the order's",
    'double-payment': 'more than one payment was received',
    'paid-after-cancel': 'a payment was recorded after the order was cancelled or closed',
    'paid-after-failure': 'a payment was recorded after the payment had failed',
    'cancelled-and-paid': 'the gateway cancelled a paid order',
    'cancel-unresolved': 'paid while an attempt to cancel may have run',
    'refund-mismatch': 'more money went back than was received',
    'resolution-contradicted': 'a later answer contradicts what an operator resolved',
    contradicted: 'sources contradict each other',
  } satisfies Names<AnomalyCode>,
  /** What an operator should do while an anomaly is open. It ends with an acknowledgement. */
  whatToDo: {
    'amount-mismatch':
      'Compare both amounts with the bill. Refund what is too much, or retract the payment if ' +
      'it was recorded by mistake.',
    'double-payment':
      'Look for both transactions in the bill. Refund one of them, or retract the one that ' +
      'belongs to another order.',
    'paid-after-cancel':
      'Look into the bill whether the money is there: if it moved before the cancel, it may have gone ' +
      'back with it. Refund what is there, or deliver and tell the payer.',
    'paid-after-failure':
      'Look into the bill whether the money is there. If it is, the failure was wrong, and the order is paid.',
    'cancelled-and-paid':
      'Ask the platform where the money is. It may have gone back to the payer with the cancel.',
    'cancel-unresolved':
      'Ask the platform whether the cancel ran. If it did, the money may have gone back to the payer.',
    'refund-mismatch':
      'Compare payments and refunds with the bill, and order no further refund until they agree. ' +
      'Retract what was recorded by mistake.',
    'resolution-contradicted':
      "Compare the resolution's evidence with the later answer. Where the resolution was wrong, " +
      'retract it; the order is then weighed again without it.',
    contradicted:
      'Ask the platform, or look into the bill, which of the two is true. Retract the other.',
  } satisfies Names<AnomalyCode>,
  /** In place of an event's data. */
  withheld: 'data withheld',
  /** Where an event came from; what a caller named is shown as it is. */
  sources: {
    command: 'a call from our own service',
    fact: 'a fact that our service was told',
    notice: 'a notice that our service kept',
    'command-line': "an operator's command line",
    console: "an operator's console",
    gateway: 'our call to the gateway',
    query: 'the answer to a question',
    timer: 'our own clock',
  },
  /** Fields of an event's data that are shown, in this order. */
  dataLabels: {
    processBillNo: 'process bill',
    gateway: 'gateway',
    transactionNo: 'transaction',
    refundNo: 'refund',
    factId: 'fact id',
    code: 'code',
    status: 'status',
    amount: 'amount as written',
    number: 'anomaly',
    attempt: 'attempt',
    cancelResult: 'cancel_result',
    httpStatus: 'HTTP',
    responseCode: 'code',
    insecureTransport: 'over plain http',
  },
  /** Free text of an event's data, shown after all else. */
  texts: { reason: 'reason', note: 'note', evidence: 'evidence' },
  /** What the rules that classify an answer say, by their names. */
  rules: attention.rules,
  byRule: (meaning: string) => `by rule: ${meaning}`,
  wrote: (message: string) => `the platform wrote: ${message}`,
  /** Of a fact, which may come from anybody. */
  sourceWrote: (message: string) => `its source wrote: ${message}`,
  /** Words, and the code that they stand for. */
  coded: (text: string, code: string) => `${text} (${code})`,
  resolutions: {
    cancelled: 'resolved as cancelled',
    paid: 'resolved as paid',
    failed: 'resolved as failed',
    open: 'resolved as not cancelled',
  } as Readonly<Record<string, string>>,
  causes: {
    expired: 'it expired',
    'closed-by-platform': 'the platform closed it',
    'closed-by-channel': 'the channel closed it',
  } as Readonly<Record<string, string>>,
  beginsAttempt: (attempt: number) => `begins attempt ${attempt}`,
  commandRejected: (command: string, why: string) => `“${command}” not accepted: ${why}`,
  lastRejection: 'the last one on record; further ones are not recorded',
  occurredAt: 'occurred at',
  sent: 'sent',
  took: (duration: string) => `took ${duration}`,
  opensAnomaly: (number: number, meaning: string) => `opens anomaly ${number}: ${meaning}`,
  retractsAnomaly: (number: number, meaning: string) =>
    `closes anomaly ${number} as retracted: ${meaning}`,
  /** What a retraction takes back; `what` is null where that event is not there. */
  retracts: (revision: string, what: string | null) =>
    what === null ? `retracts revision ${revision}` : `retracts revision ${revision} (${what})`,
  /** Shown at what was taken back. */
  retracted: (revision: number, by: string, evidence: string) =>
    `RETRACTED at revision ${revision} by ${by}: ${evidence}`,
  /** The notice that reported a fact, by the first digits of its id. */
  notice: (noticeId: string) => `by notice ${noticeId}…`,
  vouchedBy: (vouchedBy: string) => `vouched for by ${vouchedBy}`,
  retryIn: (duration: string) => `next attempt in ${duration}`,
  /** In doubt: by a question, or by another attempt where there is nobody to ask. */
  askedIn: (duration: string) => `asked again in ${duration}`,
  /** What `pending` proves of the attempts that were made before. */
  conclusive: 'no attempt could take effect any more',
  notConclusive: 'an attempt could still take effect',
  duration: (ms: number) => durationIn(['d', 'h', 'min', 's', 'ms'], ms),
};

export type EventWords = typeof en;
