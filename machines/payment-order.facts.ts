/** What an order knows, and what can be asked of that. How it comes to know it: the fold. */

import type { EventData, OutcomeEvent } from './payment-order.events.ts';
import type { Payment, Refund, Remembered } from './payment-order.remembered.ts';
import type { RetryPolicy } from './payment-order.retry-policy.ts';

export type { Payment, Refund, Remembered };

/**
 * The result of an attempt. Three were never answered. `resolved`: an operator found the truth.
 * `settled`: the platform reported how the order ended. `not-seen`: the platform reported it pending
 * when the attempt could no longer take effect. A status may lag, so a later refusal doubts that.
 */
export type AttemptResult =
  | 'in-flight'
  | 'confirmed'
  | 'refused'
  | 'not-executed'
  | 'blocked'
  | 'unknown'
  | 'resolved'
  | 'settled'
  | 'not-seen';

export type AnomalyCode =
  | 'amount-mismatch'
  | 'double-payment'
  | 'paid-after-cancel'
  | 'paid-after-failure'
  | 'cancelled-and-paid'
  | 'cancel-unresolved'
  | 'refund-mismatch'
  | 'resolution-contradicted'
  | 'contradicted';

/**
 * A contradiction between facts. It stays open until an operator acknowledges it, or retracts what
 * it came from.
 */
export type Anomaly = {
  /** Counted from 1 in the order it arose; never changes. */
  readonly number: number;
  readonly code: AnomalyCode;
  /** Of the event that opened it. */
  readonly revision: number;
  readonly acknowledged: boolean;
  /** Nothing is contradictory any more, because an operator retracted a fact. */
  readonly retracted: boolean;
};

/** Whose order it is at the platform. `appId` is null while only the name was recorded. */
export type GatewayOfOrder = { readonly name: string; readonly appId: string | null };

/** The machine's context: JSON, nothing else. */
export type OrderFacts = {
  readonly orderNo: string;
  readonly processBillNo: string;
  readonly amountMinor?: number;
  readonly currency?: string;
  /** The first one that was recorded, and its account once that was; null where none was. */
  readonly gateway: GatewayOfOrder | null;
  /** Of the last event, counted from 0: every event that is taken is recorded once. */
  readonly revision: number;
  /** Every event that decides something, as much of it as decides. Everything else is folded of it. */
  readonly history: readonly Remembered[];
  readonly started: boolean;
  readonly paid: boolean;
  readonly failed: boolean;
  readonly closed: boolean;
  /** A fact or the platform's status says that it is closed out there. Who closed it is not said. */
  readonly closedAtGateway: boolean;
  /** Of the events that told it first; null where nothing did. `refused` is that of the last one. */
  readonly since: {
    readonly paid: number | null;
    readonly payment: number | null;
    readonly failed: number | null;
    readonly closed: number | null;
    readonly refused: number | null;
  };
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  /** The newest cancel; its attempts are those from `firstAttempt` on, its budget from `budgetFrom` on. */
  readonly cancel: {
    readonly reason?: string;
    readonly firstAttempt: number;
    readonly budgetFrom: number;
    /** What ended it, apart from money and a closing; null while it is open. */
    readonly endedBy:
      'CancelRefused' | 'CancelAbandoned' | 'CancelResolved' | 'StatusReported' | null;
  } | null;
  /** The answer to each attempt; attempt n stands at index n - 1. */
  readonly answers: readonly AttemptResult[];
  /** The doubts that operators resolved, each with the attempts that it was about. */
  readonly resolutions: readonly {
    readonly resolution: EventData<'CancelResolved'>['resolution'];
    readonly attempts: readonly number[];
  }[];
  /** How many questions since `budgetFrom` were asked in doubt and settled nothing. */
  readonly questions: number;
  readonly retryInMs: number | null;
  /** The deadline of the newest attempt, as recorded; null where none was recorded. */
  readonly attemptDeadlineMs: number | null;
  readonly anomalies: readonly Anomaly[];
};

/**
 * The wait before the next attempt, without jitter; null when the attempts are spent or a call
 * cannot work. Counts from what the order knows: there is no second counter.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  known: OrderFacts,
  outcome: Pick<OutcomeEvent, 'type' | 'attempt'>,
): number | null {
  if (outcome.type === 'CancelBlocked' || outcome.type === 'CancelConfirmed') return null;
  const notExecuted = outcome.type === 'CancelNotExecuted';
  return notExecuted
    ? (policy.notExecutedMs[endedIn(known, didNotRun, outcome.attempt)] ?? null)
    : (policy.unknownMs[endedIn(known, mayHaveRun, outcome.attempt) + known.questions] ?? null);
}

/**
 * The wait after a report, without jitter; null when the attempts and questions are spent. Where the
 * report ends the doubt, it is that of attempts that did not run.
 *
 * @param after - What is known with the report, whose own wait does not count.
 */
export function reportDelayMs(policy: RetryPolicy, after: OrderFacts): number | null {
  if (!inDoubt(after))
    return policy.notExecutedMs[Math.max(1, endedIn(after, didNotRun)) - 1] ?? null;
  return policy.unknownMs[endedIn(after, mayHaveRun) + after.questions - 1] ?? null;
}

const didNotRun: readonly AttemptResult[] = ['not-executed', 'not-seen'];
const mayHaveRun: readonly AttemptResult[] = ['unknown', 'refused'];

/** How many attempts of the budget ended so, one of them left out. */
function endedIn(known: OrderFacts, results: readonly AttemptResult[], leftOut = 0): number {
  const budgetFrom = known.cancel?.budgetFrom ?? 1;
  return known.answers.filter(
    (answer, index) => index + 1 >= budgetFrom && index + 1 !== leftOut && results.includes(answer),
  ).length;
}

/** What is known of an order that was just created. */
export function knownFrom(
  created:
    | (Pick<OrderFacts, 'orderNo' | 'processBillNo'> & MaybeAmount & { gateway?: MaybeGateway })
    | undefined,
): OrderFacts {
  const { gateway } = created ?? {};
  return {
    // XState builds an initial snapshot without input at times, and throws it away.
    orderNo: created?.orderNo ?? '',
    processBillNo: created?.processBillNo ?? '',
    ...(created?.amountMinor === undefined ? {} : { amountMinor: created.amountMinor }),
    ...(created?.currency === undefined ? {} : { currency: created.currency }),
    gateway: gateway ? { name: gateway.name, appId: gateway.appId ?? null } : null,
    revision: 0,
    history: [],
    started: false,
    paid: false,
    failed: false,
    closed: false,
    closedAtGateway: false,
    since: { paid: null, payment: null, failed: null, closed: null, refused: null },
    payments: [],
    refunds: [],
    cancel: null,
    answers: [],
    resolutions: [],
    questions: 0,
    retryInMs: null,
    attemptDeadlineMs: null,
    anomalies: [],
  };
}

/** True while some attempt may or may not have run. */
export function inDoubt(known: OrderFacts): boolean {
  return known.answers.includes('unknown');
}

/** True while a call has no outcome yet. */
export function isInFlight(known: OrderFacts): boolean {
  return known.answers.includes('in-flight');
}

/** Whether what was told at a revision, or never, was known at another one. */
export function wasKnown(since: number | null, atRevision: number): boolean {
  return since !== null && since <= atRevision;
}

/** What ended a cancel first stays, until another attempt is made. */
export function endedBy(
  known: OrderFacts,
  by: NonNullable<NonNullable<OrderFacts['cancel']>['endedBy']>,
): OrderFacts {
  const { cancel } = known;
  return cancel?.endedBy === null ? { ...known, cancel: { ...cancel, endedBy: by } } : known;
}

/** A refusal ends its cancel as soon as nothing is in doubt or in flight. */
export function endedByRefusal(known: OrderFacts): OrderFacts {
  const isCertain = !inDoubt(known) && !isInFlight(known);
  return refused(known) && isCertain ? endedBy(known, 'CancelRefused') : known;
}

/** True when an attempt of the newest cancel was refused. */
export function refused(known: OrderFacts): boolean {
  const firstAttempt = known.cancel?.firstAttempt ?? Infinity;
  return known.answers.some((answer, index) => answer === 'refused' && index + 1 >= firstAttempt);
}

/** True while some attempt is in doubt, or nothing has ended the newest cancel. */
export function isCancelOpen(known: OrderFacts): boolean {
  const { paid, closed, cancel } = known;
  if (paid || closed) return false;
  return inDoubt(known) || cancel?.endedBy === null;
}

/** Whether an anomaly still needs an operator. */
export function isOpen({
  acknowledged,
  retracted,
}: Pick<Anomaly, 'acknowledged' | 'retracted'>): boolean {
  return !acknowledged && !retracted;
}

type MaybeGateway =
  { readonly name: string; readonly appId?: string | null | undefined } | null | undefined;

export type MaybeAmount = {
  readonly amountMinor?: number | undefined;
  readonly currency?: string | undefined;
};

/** Opens an anomaly for each code, in this order, with the next numbers. */
export function withAnomalies(
  known: OrderFacts,
  revision: number,
  ...found: readonly (AnomalyCode | false)[]
): OrderFacts {
  if (!found.some(Boolean)) return known;
  const codes = found.filter((code) => code !== false);
  const first = known.anomalies.length + 1;
  const added = codes.map((code, index) => ({
    ...{ number: first + index, code, revision },
    ...{ acknowledged: false, retracted: false },
  }));
  return { ...known, anomalies: [...known.anomalies, ...added] };
}
