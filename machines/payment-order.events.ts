/**
 * The events that are stored, each with its schema and the roles that it plays. They are also the
 * machine's events: a second set of names would have to be kept in step for ever.
 */

import { z } from 'zod';
import {
  cancelReason,
  currencyCode,
  gatewayName,
  operatorText,
  orderNumber,
  printable,
  text,
} from './payment-order.texts.ts';

export { cancelReason, currencyCode, gatewayName, operatorText, orderNumber, printable };

const currency = currencyCode.optional();

/** What an order asks for. Minor units (fen for CNY): a safe integer ≥ 1. */
const money = { amountMinor: z.int().min(1).optional(), currency };

/** What an order's creator says of it. */
export const orderFields = { orderNo: orderNumber, processBillNo: orderNumber, ...money };

/** What a channel told: a payment of 0 is told too, and then differs from the order's amount. */
const moneyOfFact = { amountMinor: z.int().min(0).optional(), currency };

export const bothOrNeither = (value: {
  amountMinor?: number | undefined;
  currency?: string | undefined;
}) => (value.amountMinor === undefined) === (value.currency === undefined);

export const amountWithCurrency = {
  message: 'must be given together with currency',
  path: ['amountMinor'],
};

/** Milliseconds until the next attempt; null when the attempts are spent. */
export const retryInMs = z.int().min(0).max(31_536_000_000).nullable().optional();

/** Longer than the limit of one HTTP call, ms. */
export const attemptDeadlineDefaultMs = 30_000;

/** A day, ms. */
export const attemptDeadlineMaxMs = 86_400_000;

/**
 * An attempt without an outcome counts as abandoned this long after `recordedAt`, ms. The service
 * records it, so that all processes on one store count alike. Events of older versions and those of a
 * plain actor have none. A process then counts by its own.
 */
export const attemptDeadlineMs = z.int().min(1).max(attemptDeadlineMaxMs).optional();

/** Whose account it is at the platform: the gateway's name in our processes, and its `appId`. */
const account = z.strictObject({ name: gatewayName, appId: printable });

/**
 * The gateway of an order. A process without gateways may know a name alone; the first attempt then
 * records the account that it called.
 */
const gatewayOfOrder = account.partial({ appId: true }).optional();

/** How an attempt begins: which gateway it calls. Events of older versions name none. */
const begun = { attemptDeadlineMs, gateway: account.optional() };

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The number of one call to the gateway, counted from 1 through the order's life. */
const attempt = z.int().min(1);

/** What is kept of one call to the platform, for those who must believe it later. */
const evidenceOfCall = {
  rule: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  sentAt: z.iso.datetime({ precision: 3 }).optional(),
  durationMs: z.number().min(0).optional(),
  httpStatus: z.int().min(100).max(999).optional(),
  requestId: text(128).optional(),
  responseCode: text(64).optional(),
  responseMsg: text(512).optional(),
  nonce: text(64).optional(),
  timestamp: z.int().min(0).optional(),
  requestSha256: sha256.optional(),
  answerSha256: sha256.optional(),
  insecureTransport: z.literal(true).optional(),
};

const evidence = { attempt, ...evidenceOfCall };

const undecided = z.strictObject({ ...evidence, retryInMs });

/** What every fact may say. */
const told = {
  /** A fact's key is its type and this id; the service adds one before it stores the fact. */
  factId: printable.optional(),
  /** When it happened, according to its source: UTC with milliseconds. */
  occurredAt: z.iso.datetime({ precision: 3 }).optional(),
  /** What the source says about it, in its own words. */
  message: text(512).optional(),
};

/** Why the platform or the channel closed an order; `unstated` where the source gave no cause. */
export const closingCauses = [
  'expired',
  'closed-by-platform',
  'closed-by-channel',
  'unstated',
] as const;

/**
 * What the platform may answer to the question how an order stands. `pending` may lag behind a
 * close. `unknown`: nothing was learned. `unavailable`: the question may not be asked.
 */
export const reportedStatuses = [
  'pending',
  'succeeded',
  'failed',
  'canceled',
  'unknown',
  'unavailable',
] as const;

/**
 * The stored events as they are written today: the `data` of each, by type. A type that changes
 * gets a new schema version, and its old schema moves with an upcaster to `history/codec.ts`, because
 * everything that was ever written stays readable.
 */
export const eventSchemas = {
  PaymentOrderCreated: z
    .strictObject({ ...orderFields, gateway: gatewayOfOrder })
    .refine(bothOrNeither, amountWithCurrency),
  PaymentStarted: z.strictObject({}),
  PaymentSucceeded: z
    .strictObject({ ...told, transactionNo: printable.optional(), ...moneyOfFact })
    .refine(bothOrNeither, amountWithCurrency),
  /** The channel says that this order will not be paid. */
  PaymentFailed: z.strictObject({ ...told, code: printable.optional() }),
  /** One attempt of the payer failed. The order stays payable. */
  PaymentDeclined: z.strictObject({
    ...told,
    transactionNo: printable.optional(),
    code: printable.optional(),
  }),
  PaymentRefunded: z.strictObject({
    ...told,
    refundNo: printable,
    amountMinor: z.int().min(0),
    currency: currencyCode,
    transactionNo: printable.optional(),
  }),
  ClosedAtGateway: z.strictObject({
    ...told,
    code: printable.optional(),
    cause: z.enum(closingCauses).default('unstated'),
  }),
  /** The platform's answer to a question. Asking changes nothing there. */
  StatusReported: z
    .strictObject({
      ...evidenceOfCall,
      status: z.enum(reportedStatuses),
      /** The amount and its currency as the platform wrote them. */
      amount: text(64).optional(),
      amountCurrency: text(64).optional(),
      payChannel: text(64).optional(),
      /** The same amount, where it could be read. */
      ...moneyOfFact,
      /** It was asked after every doubtful attempt could no longer take effect. */
      conclusive: z.boolean(),
      /** How many attempts had been made when it was asked; it speaks of no later one. */
      attempts: z.int().min(0),
      /** Of the newest event when it was asked; it contradicts nothing recorded after that. */
      headRevision: z.int().min(0),
      retryInMs,
    })
    .refine(bothOrNeither, amountWithCurrency),
  CancelRequested: z.strictObject({ reason: cancelReason.optional(), ...begun }),
  CancelConfirmed: z.strictObject(evidence),
  CancelRefused: undecided,
  CancelNotExecuted: undecided,
  /** A blocked call cannot work until its cause is removed, so there is nothing to wait for. */
  CancelBlocked: z.strictObject({ ...evidence, retryInMs: z.null().optional() }),
  CancelOutcomeUnknown: undecided,
  CancelRetryDue: z.strictObject(begun),
  CancelRetryRequested: z.strictObject({ note: operatorText.optional(), ...begun }),
  CancelAbandoned: z.strictObject({ note: operatorText.optional() }),
  CancelResolved: z.strictObject({
    resolution: z.enum(['cancelled', 'paid', 'failed', 'open']),
    evidence: operatorText,
    by: printable,
  }),
  /** An operator takes a fact, a resolution or a retraction back: it was recorded by mistake. */
  FactRetracted: z.strictObject({
    /** Of the event that is taken back. */
    revision: z.int().min(0),
    evidence: operatorText,
    by: printable,
  }),
  AnomalyAcknowledged: z.strictObject({
    number: z.int().min(1),
    by: printable,
    note: operatorText.optional(),
  }),
  CommandRejected: z.strictObject({
    command: z.string().regex(/^[A-Z][A-Za-z]{0,63}$/),
    code: z.string().regex(/^[a-z][a-z-]{0,63}$/),
    reason: cancelReason.optional(),
    /** The order has no room for another rejection; further ones are not recorded. */
    isLastRecorded: z.literal(true).optional(),
  }),
} as const;

export type EventType = keyof typeof eventSchemas;

/** The `data` of a stored event of type `T` as written: a field with a default may be absent. */
export type EventData<T extends EventType = EventType> = z.input<(typeof eventSchemas)[T]>;

/** A stored event as the machine takes it: its type and its data in one object. */
export type PaymentOrderEvent<T extends EventType = EventType> = {
  [K in T]: { type: K } & (EventData<K> extends Record<string, never> ? unknown : EventData<K>) &
    (K extends keyof OlderData ? OlderData[K] : unknown);
}[T];

/** What no event can hold that is written today, but the fold still finds in older ones. */
type OlderData = {
  readonly PaymentSucceeded: DecidedByVersion1;
  readonly CancelConfirmed: DecidedByVersion1;
  readonly CancelRefused: DecidedByVersion1;
  readonly CancelNotExecuted: DecidedByVersion1;
  readonly CancelBlocked: DecidedByVersion1 & {
    /** Version 1 could hold a wait. No process ever drew one, yet such an event waits as recorded. */
    readonly retryInMsOfVersion1?: number | undefined;
  };
};

type DecidedByVersion1 = {
  /** Version 1 of the machine decided it, so it opens the anomalies that it opened then. */
  readonly isOfVersion1?: true | undefined;
};

/** The roles of event types. Code that treats events by kind asks `hasRole` and keeps no list. */
export const eventRoles = {
  /** The answer to one attempt. */
  outcome: [
    'CancelConfirmed',
    'CancelRefused',
    'CancelNotExecuted',
    'CancelBlocked',
    'CancelOutcomeUnknown',
  ],
  /** It happened outside, so it is recorded in every state. */
  fact: [
    'PaymentSucceeded',
    'PaymentFailed',
    'PaymentDeclined',
    'PaymentRefunded',
    'ClosedAtGateway',
  ],
  /** The answer to a question, so it is recorded in every state. Callers do not tell it. */
  report: ['StatusReported'],
  /** A call to the gateway follows. */
  beginsAttempt: ['CancelRequested', 'CancelRetryDue', 'CancelRetryRequested'],
  decidedByOperator: [
    'CancelRetryRequested',
    'CancelAbandoned',
    'CancelResolved',
    'FactRetracted',
    'AnomalyAcknowledged',
  ],
} as const satisfies Readonly<Record<string, readonly EventType[]>>;

export type EventRole = keyof typeof eventRoles;

export type EventTypeOf<R extends EventRole> = (typeof eventRoles)[R][number];

export type OutcomeType = EventTypeOf<'outcome'>;

export type FactType = EventTypeOf<'fact'>;

export type ReportedStatus = (typeof reportedStatuses)[number];

export type OutcomeEvent = PaymentOrderEvent<OutcomeType>;

export type AttemptBegun = PaymentOrderEvent<EventTypeOf<'beginsAttempt'>>;

export function hasRole<R extends EventRole>(type: string, role: R): type is EventTypeOf<R> {
  const types: readonly string[] = eventRoles[role];
  return types.includes(type);
}

export function beginsAttempt(event: PaymentOrderEvent): event is AttemptBegun {
  return hasRole(event.type, 'beginsAttempt');
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type);
}
