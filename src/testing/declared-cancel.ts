import type { AttemptBegun, EventData, OutcomeEvent } from '../../machines/payment-order.events.ts';
import type { AttemptResult } from '../../machines/payment-order.facts.ts';
import { flagged } from './declared-known.ts';
import type { DeclaredFacts, Resolution } from './declared-known.ts';

export function withAttempt(event: AttemptBegun, known: DeclaredFacts): DeclaredFacts {
  const attemptDeadlineMs = event.attemptDeadlineMs ?? null;
  // Another attempt goes on with the cancel, whatever ended it before.
  const cancel = known.cancel && { ...known.cancel, isOver: false };
  const answers = [...known.answers, 'in-flight' as const];
  return { ...known, cancel, answers, retryInMs: null, attemptDeadlineMs };
}

const results: Readonly<Record<OutcomeEvent['type'], AttemptResult>> = {
  CancelConfirmed: 'confirmed',
  CancelRefused: 'refused',
  CancelNotExecuted: 'not-executed',
  CancelBlocked: 'blocked',
  CancelOutcomeUnknown: 'unknown',
};

export function withOutcome(known: DeclaredFacts, event: OutcomeEvent): DeclaredFacts {
  const index = event.attempt - 1;
  // An unknown outcome replaces nothing that is known.
  const addsNothing = event.type === 'CancelOutcomeUnknown' && known.answers[index] !== 'in-flight';
  const given = addsNothing ? known.answers : known.answers.with(index, results[event.type]);
  // What the platform called pending may have been closed already, as its status may lag.
  const isDoubted = event.type === 'CancelRefused' && known.cancel?.isOver === false;
  const answers = isDoubted
    ? given.map((answer) => (answer === 'not-seen' ? 'unknown' : answer))
    : given;
  const isAgainst = !('isOfVersion1' in event) && contradictsAnOperator(known, event, answers);
  const late = isAgainst && 'resolution-contradicted';
  const ended = { ...known, answers, cancel: withRefusal({ ...known, answers }) };
  if (event.type === 'CancelConfirmed') {
    const paid = known.paid && 'cancelled-and-paid';
    return flagged({ ...ended, closed: true }, paid, late);
  }
  return flagged({ ...ended, retryInMs: waitOf(known, event) }, late);
}

/** A refusal ends its cancel as soon as nothing is in doubt or in flight, whatever comes later. */
export function withRefusal({ cancel, answers }: DeclaredFacts): DeclaredFacts['cancel'] {
  if (cancel === null) return null;
  const isRefused = answers.slice(cancel.firstAttempt - 1).includes('refused');
  const isCertain = !answers.includes('unknown') && !answers.includes('in-flight');
  return { ...cancel, isOver: cancel.isOver || (isRefused && isCertain) };
}

/**
 * Found open (or failed), but an attempt that was in doubt then did cancel; or found cancelled, but
 * every attempt in doubt is now known not to have run, and nothing else closed the order.
 */
function contradictsAnOperator(
  { resolutions, answers: before, closed, closedOutThere }: DeclaredFacts,
  { type, attempt }: OutcomeEvent,
  answers: readonly AttemptResult[],
): boolean {
  const about = resolutions.filter(({ attempts }) => attempts.includes(attempt));
  if (type === 'CancelConfirmed') {
    const isNews = before[attempt - 1] !== 'confirmed';
    return isNews && about.some(({ found }) => found === 'open' || found === 'failed');
  }
  const neverRan = ({ attempts }: Resolution, of: readonly AttemptResult[]) =>
    attempts.every((each) => didNotRun.has(of[each - 1] ?? 'in-flight'));
  const isFound = about.some(
    (resolution) =>
      resolution.found === 'cancelled' &&
      neverRan(resolution, answers) &&
      !neverRan(resolution, before),
  );
  return isFound && closed && !closedOutThere && !answers.includes('confirmed');
}

const didNotRun: ReadonlySet<AttemptResult> = new Set(['refused', 'not-executed', 'blocked']);

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const waitsAfterNone = [
  ...[1, 2, 4, 8, 15, 30, 60].map((seconds) => seconds * second),
  ...Array.from({ length: 24 }, () => 5 * minute),
];
const waitsAfterDoubt = [
  ...[5, 15, 40].map((seconds) => seconds * second),
  ...[1, 3, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 4, 8].map((hours) => hours * hour),
];

/** The recorded wait. A plain actor records none and waits by the default policy, without jitter. */
function waitOf(
  known: DeclaredFacts,
  event: Exclude<OutcomeEvent, { type: 'CancelConfirmed' }>,
): number | null {
  if (event.type === 'CancelBlocked') return event.retryInMsOfVersion1 ?? null;
  const { type, attempt, retryInMs } = event;
  if (retryInMs !== undefined) return retryInMs;
  const others = { ...known, answers: known.answers.with(attempt - 1, 'in-flight') };
  return waitAfter(others, type === 'CancelNotExecuted', 0);
}

/** By how many attempts of the budget ended alike, and in doubt by how many questions were asked. */
export function waitAfter(
  { answers, cancel, questions }: DeclaredFacts,
  isUnrun: boolean,
  more: 0 | -1,
): number | null {
  const alike: readonly AttemptResult[] = isUnrun
    ? ['not-executed', 'not-seen']
    : ['unknown', 'refused'];
  const inBudget = answers.slice((cancel?.budgetFrom ?? 1) - 1);
  const spent = inBudget.filter((answer) => alike.includes(answer)).length + more;
  const waits = isUnrun ? waitsAfterNone : waitsAfterDoubt;
  return waits[Math.max(0, spent + (isUnrun ? 0 : questions))] ?? null;
}

export function resolved(
  known: DeclaredFacts,
  found: EventData<'CancelResolved'>['resolution'],
): DeclaredFacts {
  const attempts = known.answers.flatMap((answer, index) =>
    answer === 'unknown' ? index + 1 : [],
  );
  const answers = known.answers.map((answer) => (answer === 'unknown' ? 'resolved' : answer));
  const resolutions = [...known.resolutions, { found, attempts }];
  const cancel = known.cancel && { ...known.cancel, isOver: true };
  const settled = { ...known, answers, resolutions, cancel };
  if (found === 'open') return { ...settled, failed: false };
  const fact = { cancelled: 'closed', paid: 'paid', failed: 'failed' }[found];
  const isLate = found === 'paid' && known.failed;
  return flagged({ ...settled, [fact]: true }, isLate && 'paid-after-failure');
}
