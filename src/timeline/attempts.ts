import { hasRole } from '../../machines/payment-order.events.ts';
import type { AttemptResult } from '../../machines/payment-order.facts.ts';
import { attemptsInDoubt } from '../history/doubt.ts';
import type { FoundEvent } from '../history/event.ts';
import { knownAlong } from '../history/recorded-steps.ts';
import type { KnownStep } from '../history/recorded-steps.ts';
import { isPartWithheld } from '../history/withheld.ts';
import { escapeForTerminal } from '../text.ts';
import { cancelResultOf, escapedIn, gatewayIn } from './event-details.ts';

/** A span of recorded time and the revisions at its ends; `until` is null while it lasts. */
export type Interval = {
  readonly from: Moment;
  readonly until: Moment | null;
};

export type Moment = { readonly revision: number; readonly at: string };

/** One call to the gateway and its outcome. Texts are escaped for a terminal. */
export type AttemptRecord = {
  /** Counted from 1 through the whole history of the order. */
  readonly attempt: number;
  /** The event that began it: `CancelRequested`, `CancelRetryDue` or `CancelRetryRequested`. */
  readonly begunBy: string;
  /** Which gateway was called, and for which account: `merchant-a (APP-ID)`; null in older events. */
  readonly gateway: string | null;
  /** `withheld`: it was recorded, and its data is withheld. */
  readonly outcome: AttemptResult | 'withheld';
  /** The evidence of the decisive outcome; null if no outcome was recorded. */
  readonly evidence: AttemptEvidence | null;
  /** Revisions of all its outcomes, since an abandoned attempt may be answered later. */
  readonly outcomes: readonly number[];
  /** From the event that began it to its first outcome. */
  readonly inFlight: Interval;
  /**
   * While it may or may not have run; null if it was never in doubt. It lasts as long as that of
   * `OrderCancel.inDoubt`: in a paid order, until the anomaly `cancel-unresolved` is acknowledged.
   */
  readonly inDoubt: Interval | null;
};

export type AttemptEvidence = {
  readonly rule: string | null;
  /** The platform's `cancel_result`; null if its answer held none. */
  readonly cancelResult: boolean | null;
  /** When the request was sent (UTC); null if it was not sent, or the time is unknown. */
  readonly sentAt: string | null;
  readonly durationMs: number | null;
  readonly httpStatus: number | null;
  readonly requestId: string | null;
  readonly responseCode: string | null;
  readonly responseMsg: string | null;
  readonly nonce: string | null;
  readonly requestSha256: string | null;
  readonly answerSha256: string | null;
  readonly insecureTransport: boolean;
};

type Draft = {
  -readonly [Field in keyof AttemptRecord]: AttemptRecord[Field];
} & { outcomes: number[] };

/**
 * Lists every call to the gateway in a history, in the order in which they began.
 *
 * @param events - As `PaymentOrders.history()` returns them: oldest first.
 * @example
 * for (const { attempt, outcome, evidence } of attemptsOf(await orders.history('O1'))) {
 *   console.log(attempt, outcome, evidence?.requestId);
 * }
 */
export function attemptsOf(events: Iterable<FoundEvent>): readonly AttemptRecord[] {
  return attemptsAlong(knownAlong(events));
}

/** The same, where a history was read already. */
export function attemptsAlong(steps: Iterable<KnownStep>): readonly AttemptRecord[] {
  const drafts: Draft[] = [];
  for (const { event, known } of steps) {
    const { type, revision, data, metadata } = event;
    const moment: Moment = { revision, at: escapedIn(metadata, 'recordedAt') ?? '' };
    if (hasRole(type, 'beginsAttempt') && known.answers.length > drafts.length) {
      drafts.push(begun(drafts.length + 1, event, moment));
    }
    if (hasRole(type, 'outcome') && isPartWithheld(event, 'data')) takeWithheld(drafts, moment);
    const draft = hasRole(type, 'outcome') ? answered(drafts, data) : undefined;
    const answer = draft === undefined ? undefined : known.answers[draft.attempt - 1];
    if (draft !== undefined && answer !== undefined) takeOutcome(draft, answer, event, moment);
    const inDoubt = new Set(attemptsInDoubt(known, String(metadata['to'])));
    for (const doubted of drafts) {
      if (doubted.inDoubt === null) continue;
      doubted.outcome = known.answers[doubted.attempt - 1] ?? 'unknown';
      // What a mistake or a late status seemed to settle was open all along.
      const until = inDoubt.has(doubted.attempt) ? null : (doubted.inDoubt.until ?? moment);
      doubted.inDoubt = { ...doubted.inDoubt, until };
    }
  }
  return drafts.map(withoutMomentaryDoubt);
}

/** What its own outcome closed, without an answer, was never open. */
function withoutMomentaryDoubt(draft: Draft): AttemptRecord {
  const { inDoubt } = draft;
  const isMomentary = inDoubt?.until?.revision === inDoubt?.from.revision;
  return isMomentary ? { ...draft, inDoubt: null } : draft;
}

function begun(attempt: number, { type, data }: FoundEvent, moment: Moment): Draft {
  const gateway = gatewayIn(data);
  return {
    attempt,
    begunBy: type,
    gateway: gateway === null ? null : escapeForTerminal(gateway),
    outcome: 'in-flight',
    evidence: null,
    outcomes: [],
    inFlight: { from: moment, until: null },
    inDoubt: null,
  };
}

/** An altered event may name no attempt, or a text that only looks like a number. */
function answered(drafts: readonly Draft[], { attempt }: FoundEvent['data']): Draft | undefined {
  return typeof attempt === 'number' ? drafts[attempt - 1] : undefined;
}

function takeOutcome(draft: Draft, answer: AttemptResult, event: FoundEvent, moment: Moment): void {
  const isFirst = draft.outcomes.length === 0;
  draft.outcomes.push(event.revision);
  // An unknown outcome never replaces a known one, and neither does its evidence.
  if (isFirst || event.type !== 'CancelOutcomeUnknown') draft.evidence = evidenceIn(event.data);
  draft.outcome = answer;
  if (isFirst) draft.inFlight = { ...draft.inFlight, until: moment };
  if (answer === 'unknown') draft.inDoubt ??= { from: moment, until: null };
}

/** Only one call is in flight at a time, so that is the one that was answered. */
function takeWithheld(drafts: readonly Draft[], moment: Moment): void {
  const draft = drafts.findLast(({ outcome }) => outcome === 'in-flight');
  if (draft === undefined) return;
  draft.outcome = 'withheld';
  draft.outcomes.push(moment.revision);
  draft.inFlight = { ...draft.inFlight, until: moment };
}

/** The evidence of an answer, as an event holds it. */
export function evidenceIn(data: FoundEvent['data']): AttemptEvidence {
  const text = (field: string) => escapedIn(data, field);
  const number = (field: string) => {
    const found = data[field];
    return typeof found === 'number' ? found : null;
  };
  return {
    rule: text('rule'),
    cancelResult: cancelResultOf(data['rule']),
    sentAt: text('sentAt'),
    durationMs: number('durationMs'),
    httpStatus: number('httpStatus'),
    requestId: text('requestId'),
    responseCode: text('responseCode'),
    responseMsg: text('responseMsg'),
    nonce: text('nonce'),
    requestSha256: text('requestSha256'),
    answerSha256: text('answerSha256'),
    insecureTransport: data['insecureTransport'] === true,
  };
}
