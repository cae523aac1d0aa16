/**
 * What an order remembers of its events: as much of each as decides something. An operator may take
 * a fact back, and then everything is folded again without it, so nothing that decides is dropped.
 */

import { hasRole } from './payment-order.events.ts';
import type {
  EventData,
  EventTypeOf,
  OutcomeType,
  PaymentOrderEvent,
  ReportedStatus,
} from './payment-order.events.ts';

/** One event, trimmed to what decides. `revision` is that of the event itself. */
export type Remembered = { readonly revision: number } & (
  | {
      readonly type: 'PaymentStarted' | 'PaymentDeclined' | 'ClosedAtGateway' | 'CancelAbandoned';
    }
  | ({ readonly type: 'PaymentSucceeded'; readonly payment: Payment } & DecidedByVersion1)
  | { readonly type: 'PaymentFailed'; readonly occurredAt?: string }
  | { readonly type: 'PaymentRefunded'; readonly refund: Refund }
  | RememberedReport
  | RememberedAttempt
  | RememberedOutcome
  | {
      readonly type: 'CancelResolved';
      readonly resolution: EventData<'CancelResolved'>['resolution'];
    }
  | {
      readonly type: 'FactRetracted';
      /** The revision of what is taken back. */
      readonly retracts: number;
    }
);

export type RememberedReport = Pick<
  EventData<'StatusReported'>,
  'status' | 'conclusive' | 'attempts' | 'headRevision'
> & {
  readonly revision: number;
  readonly type: 'StatusReported';
  /** As much of a payment as the platform told. */
  readonly payment: Pick<Payment, 'amountMinor' | 'currency'>;
  /** As it took effect. */
  readonly retryInMs: number | null;
};

export type RememberedAttempt = {
  readonly type: EventTypeOf<'beginsAttempt'>;
  readonly reason?: string;
  readonly attemptDeadlineMs?: number;
};

export type RememberedOutcome = {
  readonly revision: number;
  readonly type: OutcomeType;
  readonly attempt: number;
  /** As it took effect; absent where the outcome leaves the wait as it is. */
  readonly retryInMs?: number | null;
} & DecidedByVersion1;

type DecidedByVersion1 = { readonly isOfVersion1?: true };

/** A payment, as its source told it. */
export type Payment = {
  /** Absent where the source gave none. */
  readonly transactionNo?: string;
  readonly amountMinor?: number;
  readonly currency?: string;
  /** UTC with milliseconds. */
  readonly occurredAt?: string;
};

export type Refund = {
  readonly refundNo: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The payment that was refunded, where the source told it. */
  readonly transactionNo?: string;
};

/** An event that decides something, and whose wait, if it has one, took effect. */
export type Decisive = Exclude<
  PaymentOrderEvent,
  { type: 'PaymentOrderCreated' | 'CommandRejected' | 'AnomalyAcknowledged' }
>;

/** What an order remembers of an event; `retryInMs` is its wait, if it has one, as it took effect. */
export function rememberedOf(
  event: Decisive,
  revision: number,
  retryInMs: number | null,
): Remembered {
  switch (event.type) {
    case 'PaymentStarted':
    case 'PaymentDeclined':
    case 'ClosedAtGateway':
    case 'CancelAbandoned':
      return { revision, type: event.type };
    case 'PaymentSucceeded': {
      const { type, transactionNo, amountMinor, currency, occurredAt, isOfVersion1 } = event;
      const payment = present({ transactionNo, amountMinor, currency, occurredAt });
      return { revision, type, payment, ...present({ isOfVersion1 }) };
    }
    case 'PaymentFailed':
      return { revision, type: event.type, ...present({ occurredAt: event.occurredAt }) };
    case 'PaymentRefunded': {
      const { type, refundNo, amountMinor, currency, transactionNo } = event;
      const refund = { refundNo, amountMinor, currency, ...present({ transactionNo }) };
      return { revision, type, refund };
    }
    case 'StatusReported': {
      const { type, status, conclusive, attempts, headRevision, amountMinor, currency } = event;
      const payment = present({ amountMinor, currency });
      return { revision, type, status, conclusive, attempts, headRevision, payment, retryInMs };
    }
    case 'CancelRequested': {
      const { type, reason, attemptDeadlineMs } = event;
      return { revision, type, ...present({ reason, attemptDeadlineMs }) };
    }
    case 'CancelRetryDue':
    case 'CancelRetryRequested': {
      const { type, attemptDeadlineMs } = event;
      return { revision, type, ...present({ attemptDeadlineMs }) };
    }
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown': {
      const { type, attempt } = event;
      const isOfVersion1 = 'isOfVersion1' in event ? event.isOfVersion1 : undefined;
      const wait = type === 'CancelConfirmed' ? {} : { retryInMs };
      return { revision, type, attempt, ...wait, ...present({ isOfVersion1 }) };
    }
    case 'CancelResolved':
      return { revision, type: event.type, resolution: event.resolution };
    case 'FactRetracted':
      return { revision, type: event.type, retracts: event.revision };
  }
}

/**
 * The revisions that do not count, each with that of the retraction that takes it back. A retraction
 * counts unless one that counts retracts it.
 */
export function retractedIn(history: readonly Remembered[]): ReadonlyMap<number, number> {
  const retracted = new Map<number, number>();
  for (const entry of history.toReversed()) {
    if (entry.type === 'FactRetracted' && !retracted.has(entry.revision)) {
      retracted.set(entry.retracts, entry.revision);
    }
  }
  return retracted;
}

/** Why what a revision holds cannot be taken back; null if it can. */
export function whyNotRetractable(
  history: readonly Remembered[],
  revision: number,
): 'not-retractable' | 'already-retracted' | null {
  const entry = history.find((each) => each.revision === revision);
  if (entry === undefined || !mayBeRetracted(entry)) return 'not-retractable';
  return retractedIn(history).has(revision) ? 'already-retracted' : null;
}

/** The newest revision that can be taken back now; null where there is none. */
export function newestRetractable(history: readonly Remembered[]): number | null {
  const retracted = retractedIn(history);
  const newest = history.findLast(
    (entry) => mayBeRetracted(entry) && !retracted.has(entry.revision),
  );
  return newest?.revision ?? null;
}

function mayBeRetracted(entry: Remembered): boolean {
  const { type } = entry;
  // A report that settles nothing says nothing that could be taken back.
  if (entry.type === 'StatusReported') return settles(entry.status);
  return hasRole(type, 'fact') || type === 'CancelResolved' || type === 'FactRetracted';
}

/** Whether a status says how the order ended. */
export function settles(status: ReportedStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'canceled';
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that are there: what is known is JSON, which has no undefined. */
function present<T extends object>(fields: T): Present<T> {
  const given: Present<T> = {};
  for (const name in fields) {
    const value = fields[name];
    // What is not undefined is there; TypeScript does not narrow a field of a type parameter.
    if (value !== undefined) given[name] = value as Exclude<T[typeof name], undefined>;
  }
  return given;
}
