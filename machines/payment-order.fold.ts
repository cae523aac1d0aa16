/**
 * How an order comes to know what it knows: one pure fold, the same in every state, so that no fact
 * is ever lost. A contradiction between two facts becomes an anomaly.
 *
 * An operator may take a fact back. Then everything is folded again without it, by this same fold.
 */

import type { OutcomeType, PaymentOrderEvent } from './payment-order.events.ts';
import { beginsAttempt, hasRole } from './payment-order.events.ts';
import {
  endedBy,
  endedByRefusal,
  inDoubt,
  isInFlight,
  isOpen,
  knownFrom,
  reportDelayMs,
  retryDelayMs,
  withAnomalies,
} from './payment-order.facts.ts';
import type { Anomaly, AttemptResult, OrderFacts } from './payment-order.facts.ts';
import { recordFailure, recordPayment, recordRefund } from './payment-order.money.ts';
import { rememberedOf, retractedIn, whyNotRetractable } from './payment-order.remembered.ts';
import { recordReport } from './payment-order.reports.ts';
import type {
  Decisive,
  Remembered,
  RememberedAttempt,
  RememberedOutcome,
} from './payment-order.remembered.ts';
import { defaultRetryPolicy } from './payment-order.retry-policy.ts';

/**
 * What is known after an event: the machine's action `record`. What the machine would not take, as in
 * a history that somebody altered, changes nothing but the count of events: the outcome of an attempt
 * that was never made, and a retraction of what cannot be taken back.
 */
export function record(known: OrderFacts, event: PaymentOrderEvent): OrderFacts {
  const revision = known.revision + 1;
  if (event.type === 'PaymentOrderCreated' || event.type === 'CommandRejected') {
    return { ...known, revision };
  }
  if (event.type === 'AnomalyAcknowledged') {
    const anomalies = known.anomalies.map((anomaly) =>
      anomaly.number === event.number && isOpen(anomaly)
        ? { ...anomaly, acknowledged: true }
        : anomaly,
    );
    return { ...known, revision, anomalies };
  }
  if ('attempt' in event && event.attempt > known.answers.length) return { ...known, revision };
  if (event.type === 'FactRetracted' && whyNotRetractable(known.history, event.revision) !== null) {
    return { ...known, revision };
  }
  const entry = rememberedOf(event, revision, waitAfter(known, event));
  const gateway = gatewayAfter(known, event);
  const history = [...known.history, entry];
  return entry.type === 'FactRetracted'
    ? foldAgain({ ...known, gateway, revision, history })
    : { ...learn(known, entry), gateway, revision, history };
}

/** What was recorded first stays: an attempt adds the account only where none was known. */
function gatewayAfter({ gateway }: OrderFacts, event: Decisive): OrderFacts['gateway'] {
  const isKnown = typeof gateway?.appId === 'string';
  return isKnown || !beginsAttempt(event) || event.gateway === undefined ? gateway : event.gateway;
}

/** The wait after an outcome or a report: the recorded one, or where none was recorded that of the policy. */
function waitAfter(known: OrderFacts, event: Decisive): number | null {
  if (event.type === 'CancelBlocked') return event.retryInMsOfVersion1 ?? null;
  if (event.type === 'StatusReported') {
    if (event.retryInMs !== undefined) return event.retryInMs;
    if (!inDoubt(known)) return null;
    return reportDelayMs(defaultRetryPolicy, record(known, { ...event, retryInMs: null }));
  }
  if (!hasRole(event.type, 'outcome') || !('attempt' in event)) return null;
  const { retryInMs } = event.type === 'CancelConfirmed' ? { retryInMs: null } : event;
  return retryInMs === undefined ? retryDelayMs(defaultRetryPolicy, known, event) : retryInMs;
}

/** Folds everything that counts again. Anomalies keep their numbers and acknowledgements. */
export function foldAgain(known: OrderFacts): OrderFacts {
  const { revision, history } = known;
  const retracted = retractedIn(history);
  const again = history
    .filter((entry) => entry.type !== 'FactRetracted' && !retracted.has(entry.revision))
    .reduce(learn, knownFrom(known));
  return { ...again, revision, history, anomalies: merged(known.anomalies, again.anomalies) };
}

/** An anomaly is known by its code and the event that opened it. */
function merged(before: readonly Anomaly[], found: readonly Anomaly[]): readonly Anomaly[] {
  const isSame = (one: Anomaly) => (other: Anomaly) =>
    one.code === other.code && one.revision === other.revision;
  const kept = before.map((anomaly) =>
    isOpen(anomaly) && !found.some(isSame(anomaly)) ? { ...anomaly, retracted: true } : anomaly,
  );
  const missing = found.filter(
    (anomaly) => !kept.some((other) => !other.retracted && isSame(anomaly)(other)),
  );
  return [
    ...kept,
    ...missing.map((anomaly, index) => ({ ...anomaly, number: kept.length + index + 1 })),
  ];
}

/** What is known after one thing that decides. Money in while a cancel may have run is an anomaly. */
function learn(known: OrderFacts, entry: Remembered): OrderFacts {
  const learnt = learned(known, entry);
  const since = sinceWhen(known, learnt, entry);
  const next = since === known.since ? learnt : { ...learnt, since };
  const isFirst = isPaidInDoubt(next) && !isPaidInDoubt(known);
  return isFirst ? withAnomalies(next, entry.revision, 'cancel-unresolved') : next;
}

function sinceWhen(before: OrderFacts, after: OrderFacts, entry: Remembered): OrderFacts['since'] {
  const { since } = before;
  const first = (told: boolean, at: number | null) => (told ? (at ?? entry.revision) : null);
  const paid = first(after.paid, since.paid);
  const payment = first(after.payments.length > 0, since.payment);
  const failed = first(after.failed, since.failed);
  const closed = first(after.closed, since.closed);
  const refused = entry.type === 'CancelRefused' ? entry.revision : since.refused;
  const isSame =
    paid === since.paid &&
    payment === since.payment &&
    failed === since.failed &&
    closed === since.closed &&
    refused === since.refused;
  return isSame ? since : { paid, payment, failed, closed, refused };
}

/** While a call is in flight, its own outcome says more. */
function isPaidInDoubt(known: OrderFacts): boolean {
  return known.paid && inDoubt(known) && !isInFlight(known);
}

function learned(known: OrderFacts, entry: Remembered): OrderFacts {
  const { revision } = entry;
  switch (entry.type) {
    case 'PaymentDeclined':
    case 'FactRetracted':
      return known;
    case 'PaymentStarted':
      return { ...known, started: true };
    case 'PaymentSucceeded':
      return recordPayment(known, entry);
    case 'PaymentFailed':
      return recordFailure(known, entry);
    case 'PaymentRefunded':
      return recordRefund(known, entry);
    case 'ClosedAtGateway': {
      const next = { ...known, closed: true, closedAtGateway: true };
      return withAnomalies(next, revision, known.paid && 'contradicted');
    }
    case 'StatusReported':
      return recordReport(known, entry);
    case 'CancelRequested':
    case 'CancelRetryDue':
    case 'CancelRetryRequested':
      return beginAttempt(known, entry);
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
      return recordOutcome(known, entry);
    case 'CancelAbandoned':
      return endedBy(known, entry.type);
    case 'CancelResolved':
      return recordResolution(known, entry);
  }
}

type Told<T extends Remembered['type']> = Extract<Remembered, { type: T }>;

function beginAttempt(known: OrderFacts, entry: RememberedAttempt): OrderFacts {
  const { type, reason, attemptDeadlineMs = null } = entry;
  const attempt = known.answers.length + 1;
  const fresh = { budgetFrom: attempt, endedBy: null };
  const next = { ...known, answers: [...known.answers, 'in-flight' as const], retryInMs: null };
  if (type === 'CancelRequested') {
    const said = reason === undefined ? {} : { reason };
    const cancel = { ...said, firstAttempt: attempt, ...fresh };
    return { ...next, attemptDeadlineMs, cancel, questions: 0 };
  }
  // The reason stays: every attempt of a cancel carries the same parameters.
  const { budgetFrom = attempt } = type === 'CancelRetryDue' ? (known.cancel ?? {}) : {};
  const cancel = known.cancel && { ...known.cancel, ...fresh, budgetFrom };
  const questions = type === 'CancelRetryDue' ? known.questions : 0;
  return { ...next, attemptDeadlineMs, cancel, questions };
}

const answerOf: Record<OutcomeType, AttemptResult> = {
  CancelConfirmed: 'confirmed',
  CancelRefused: 'refused',
  CancelNotExecuted: 'not-executed',
  CancelBlocked: 'blocked',
  CancelOutcomeUnknown: 'unknown',
};

function recordOutcome(known: OrderFacts, outcome: RememberedOutcome): OrderFacts {
  const { revision, type, attempt, retryInMs, isOfVersion1 } = outcome;
  const after = answerOf[type];
  // 'unknown' adds nothing, so it never replaces a definite answer.
  const keeps = after === 'unknown' && known.answers[attempt - 1] !== 'in-flight';
  const given = keeps ? known.answers : known.answers.with(attempt - 1, after);
  const answers = after === 'refused' ? doubtedAgain(known, given) : given;
  const isConfirmed = after === 'confirmed';
  const next: OrderFacts = {
    ...known,
    answers,
    closed: known.closed || isConfirmed,
    retryInMs: retryInMs === undefined ? known.retryInMs : retryInMs,
  };
  const isAgainstOperator = !isOfVersion1 && contradictsResolution(known, next, attempt);
  return withAnomalies(
    endedByRefusal(next),
    revision,
    isConfirmed && known.paid && 'cancelled-and-paid',
    isAgainstOperator && 'resolution-contradicted',
  );
}

/**
 * A status may lag behind a close. So while the cancel is open, a refusal doubts every attempt that
 * was believed not to have run because the platform reported the order as pending.
 */
function doubtedAgain(
  { cancel }: OrderFacts,
  answers: readonly AttemptResult[],
): readonly AttemptResult[] {
  if (cancel?.endedBy !== null) return answers;
  return answers.map((answer) => (answer === 'not-seen' ? 'unknown' : answer));
}

const didNotRun: ReadonlySet<AttemptResult | undefined> = new Set([
  ...(['refused', 'not-executed', 'blocked'] as const),
]);

/**
 * Whether a late answer contradicts what an operator resolved. One attempt that cancelled is enough
 * against `open` and `failed`. Against `cancelled`, all must be known not to have run.
 */
function contradictsResolution(before: OrderFacts, after: OrderFacts, attempt: number): boolean {
  const isConfirmed = ({ answers }: OrderFacts) => answers[attempt - 1] === 'confirmed';
  const noneRan = ({ answers }: OrderFacts, attempts: readonly number[]) =>
    attempts.every((each) => didNotRun.has(answers[each - 1]));
  return after.resolutions.some(({ resolution, attempts }) => {
    if (!attempts.includes(attempt) || resolution === 'paid') return false;
    if (resolution !== 'cancelled') return isConfirmed(after) && !isConfirmed(before);
    const isClosedElsewhere = after.closedAtGateway || after.answers.includes('confirmed');
    return !isClosedElsewhere && noneRan(after, attempts) && !noneRan(before, attempts);
  });
}

function recordResolution(known: OrderFacts, entry: Told<'CancelResolved'>): OrderFacts {
  const { revision, type, resolution } = entry;
  const attempts = known.answers.flatMap((answer, at) => (answer === 'unknown' ? [at + 1] : []));
  const settled: OrderFacts = {
    ...known,
    answers: known.answers.map((answer) => (answer === 'unknown' ? 'resolved' : answer)),
    resolutions: [...known.resolutions, { resolution, attempts }],
    cancel: endedBy(known, type).cancel,
  };
  switch (resolution) {
    case 'cancelled':
      return { ...settled, closed: true };
    case 'paid':
      return withAnomalies(
        { ...settled, paid: true },
        revision,
        known.failed && 'paid-after-failure',
      );
    case 'failed':
      return { ...settled, failed: true };
    case 'open':
      return { ...settled, failed: false };
  }
}
