/**
 * What a report concludes from a history, before it is put into words. Sentences can be read in many
 * ways; these can be compared with a second derivation, which `trials/findings` does.
 *
 * A history may be altered or withheld in part. An event counts by its type, and each of its fields by
 * itself: one that is withheld, or not of its type, is as absent. Outcomes, doubts and anomalies are
 * what the order knows, and it knows nothing of an event whose data cannot be read as a whole; of
 * withheld data, it knows the type. An outcome whose data is withheld is that of the newest call in
 * flight. `occurredAt` and the state are those of the metadata. A retraction counts where the
 * machine would take it: it names something earlier that may be taken back, and counted until then.
 */

import type { AttemptRecord } from '../../timeline/attempts.ts';
import type { ReportedStatus } from '../../../machines/payment-order.events.ts';

export type Answers = {
  readonly verdict: Verdict;
  /**
   * Who asked to cancel: `CancelRequested` and `CancelRetryRequested`, and a `CommandRejected` of
   * `RequestCancel` or `RetryCancel`; oldest first.
   */
  readonly requests: readonly Act[];
  /** Was each call made before or after the money moved? In the order of the calls. */
  readonly calls: readonly CallAndMoney[];
  /** What the gateway answered, to each call. */
  readonly replies: readonly Reply[];
  /** What the platform answered to questions, also where nothing was learned. */
  readonly reports: readonly Report[];
  /** When did we know? What says how the order ended, or that money moved; by revision. */
  readonly knowledge: readonly Knowledge[];
  /** While a call may or may not have run; by call, at most one for each. */
  readonly doubts: readonly Doubt[];
  /**
   * What operators decided (role `decidedByOperator`), and each fact or `StatusReported` whose actor
   * is of the kind `operator`; oldest first.
   */
  readonly overrides: readonly Act[];
};

/** Something that somebody did, by the event that records it. */
export type Act = {
  readonly revision: number;
  /** Whether it was a command that was not accepted. */
  readonly isRejected: boolean;
  /** The event that takes it back; null while it counts. */
  readonly retractedBy: number | null;
};

export type CallAndMoney = {
  readonly attempt: number;
  /** Of its first outcome; of the event that began it where it has none. */
  readonly revision: number;
  /**
   * `sent`: an outcome gives a time; the first one that does counts. Else `withheld`: its outcome's
   * data is. `unsent`: its outcome is `not-executed` or `blocked`. `unknown`: any other.
   */
  readonly sending: 'sent' | 'unsent' | 'unknown' | 'withheld';
  /** Milliseconds since the epoch; null unless `sent`. */
  readonly sentMs: number | null;
  /** The same sources of money for each call, in the order of their revisions. */
  readonly money: readonly MoneyAndCall[];
};

/** How money moved, seen from the sending of a call. Without a sending time it is `unclear`. */
export type MoneyAndCall = {
  /** Of the first event that counts and tells of it. */
  readonly revision: number;
  /**
   * `payment`: one that `PaymentSucceeded` events tell of, see `paymentsIn`. Where none counts, what
   * says that the order was paid: `reported` by the platform's status (the first `succeeded`), and
   * `resolved` by an operator (the first as `paid`). They do not say when the money moved.
   */
  readonly source: 'payment' | 'reported' | 'resolved';
  /**
   * `before`, `during` or `after`: when the money moved, relative to the call, which lasts from its
   * sending for its `durationMs` (0 where that is not known), both ends included. `unclear`: no time
   * of the money is known, only that it was recorded after the event that began the call.
   */
  readonly moved: 'before' | 'during' | 'after' | 'unclear';
  /**
   * `stated`: by the first time that an event of it gives. A time after its own event's recording
   * does not count, as one of the clocks is wrong; nor does one whose recording cannot be read.
   * `recorded`: no time is stated, or one that is not before the sending, and yet it was recorded
   * before the event that began the call (by revision), so it had moved `before`. Null where
   * `unclear`.
   */
  readonly by: 'stated' | 'recorded' | null;
  /**
   * From the sending to the time by which it is judged, ms, without a sign. Null where `unclear`, and
   * where our clock recorded it after the sending though its revision is earlier.
   */
  readonly apartMs: number | null;
  /** From the sending until `revision` was recorded, ms; negative if we knew before. Null if not known. */
  readonly learnedMs: number | null;
};

export type Reply = {
  readonly attempt: number;
  /** Of its last outcome; of the event that began it where it has none. */
  readonly revision: number;
  readonly outcome: AttemptRecord['outcome'];
  /** Of its last definite outcome; where there is none, of its first. Escaped. */
  readonly rule: string | null;
  /** Whether the doubt about it has not ended: see `Doubt`. */
  readonly isOpen: boolean;
};

export type Report = {
  readonly revision: number;
  readonly status: ReportedStatus;
  readonly retractedBy: number | null;
};

export type Knowledge = {
  readonly revision: number;
  /**
   * `fact`: money, a failed or declined payment, a refund, a closing. `answer`: the gateway confirmed
   * a cancel. `report`: the platform's status `succeeded`, `failed` or `canceled`. `resolution`: an
   * operator's finding, also one that cannot be read, but not that the order is `open`.
   */
  readonly by: 'fact' | 'answer' | 'report' | 'resolution';
  /** From when its source says that it occurred until we recorded it, ms; negative if its source
   * gave a later time, so that one of the clocks is wrong. Null without two times. */
  readonly lateMs: number | null;
  readonly retractedBy: number | null;
};

/**
 * A call that may or may not have run. The doubt begins with its unknown outcome. It ends when the
 * call is answered, resolved, or settled by a status; when the order is closed without it (state
 * `cancelled` or `failed`); and when it is `paid` and no anomaly `cancel-unresolved` is open. While
 * one is, neither acknowledged nor retracted, the doubt lasts: the call may have run.
 *
 * What ended it may be taken back or prove wrong. Then it has lasted all along, and `until` is its
 * last end. A doubt that ends with the event that begins it is left out.
 */
export type Doubt = {
  readonly attempt: number;
  readonly from: number;
  /** The revision that ended it last; null while it lasts. */
  readonly until: number | null;
};

/** How the order ended, in the order in which it happened, and what is still open. */
export type Verdict = {
  readonly clauses: readonly Clause[];
  /** The numbers of the anomalies, by how they stand at the last event up to which all is certain. */
  readonly open: readonly number[];
  readonly acknowledged: readonly number[];
  /** The calls that are in doubt at the end. */
  readonly inDoubt: readonly number[];
  /** False where what is withheld may decide: the verdict says so. */
  readonly isCertain: boolean;
};

/** Something that decides how the order ended; each is one event, or many alike. */
export type Clause = {
  readonly kind: ClauseKind;
  /** Never empty, ascending. Only `paid`, `refunded` and `refused` may hold more than one. */
  readonly revisions: readonly number[];
};

/**
 * Only events that count (not retracted) make a clause. They stand in the order of when they
 * occurred by their source, where it gave a time and the recording can be read and is not before
 * it; else of when they were recorded, or where that cannot be read, of when the event before was
 * recorded; then of their revisions. A clause of many stands where its earliest one stands, though
 * its revisions ascend.
 *
 * - `created`: only where there is no other clause.
 * - `not-accepted`: the first `CommandRejected` of a `RequestCancel`; only where there is no
 *   `requested`.
 * - `requested`: the first `CancelRequested`. Further ones belong to the question who asked.
 * - `paid`: the first event of every payment (see `paymentsIn`). `paid-by-report` (the first
 *   `StatusReported` `succeeded`) and `paid-by-operator` (the first `CancelResolved` as `paid`) only
 *   where there is no `paid`.
 * - `failed`: the first `PaymentFailed`, `StatusReported` `failed` or `CancelResolved` as `failed`.
 * - `confirmed`: the first `CancelConfirmed`.
 * - `closed`: the first `ClosedAtGateway`, `StatusReported` `canceled` or `CancelResolved` as
 *   `cancelled`; only where there is no `confirmed`, or where its revision is lower.
 * - `refused`: all `CancelRefused`, where there is neither `confirmed` nor `closed`.
 * - `blocked`: the last event of the role `outcome` that counts, if it is `CancelBlocked`.
 * - `abandoned`: the last `CancelAbandoned`.
 * - `refunded`: the first `PaymentRefunded` of every `refundNo`; one without it is one of its own.
 */
export type ClauseKind =
  | 'created'
  | 'requested'
  | 'not-accepted'
  | 'paid'
  | 'paid-by-report'
  | 'paid-by-operator'
  | 'failed'
  | 'confirmed'
  | 'closed'
  | 'refused'
  | 'blocked'
  | 'abandoned'
  | 'refunded';
