/** Calls alike, so that a reader sees once what happened 32 times. */

import type { AttemptRecord } from '../timeline/attempts.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { ReportData, Span } from './report-data.ts';

/** Fewer calls are read faster than a line that stands for them. */
const callsMin = 4;

/** Finds the runs of calls alike, oldest first. */
export function callRunsOf(
  timeline: readonly TimelineEntry[],
  attempts: readonly AttemptRecord[],
): ReportData['runs'] {
  const places = new Map(timeline.map(({ revision }, at) => [revision, at]));
  const placeOf = (call: number) => places.get(attempts[call]?.inFlight.from.revision ?? -1) ?? -1;
  const answers = attempts.map(answerOf);
  const steps = attempts.map((attempt, call) => {
    const at = placeOf(call);
    const step = stepOf(attempt, timeline[at], timeline[at + 1]);
    return step === null ? null : `${step} ${answers[call] ?? ''}`;
  });
  const isNext = (call: number) => placeOf(call) === placeOf(call - 1) + 2;
  return {
    calls: spansAlike(answers, () => true),
    events: spansAlike(steps, isNext).map((calls) => ({
      calls,
      first: placeOf(calls.first),
      last: placeOf(calls.last) + 1,
    })),
  };
}

function spansAlike(
  likenesses: readonly (string | null)[],
  follows: (place: number) => boolean,
): readonly Span[] {
  const spans: Span[] = [];
  let first = 0;
  for (let place = 1; place <= likenesses.length; place += 1) {
    const likeness = likenesses[place];
    if (likeness !== undefined && likeness === likenesses[place - 1] && follows(place)) continue;
    const isRun = likenesses[first] !== null && place - first >= callsMin;
    if (isRun) spans.push({ first, last: place - 1 });
    first = place;
  }
  return spans;
}

/** What the answers to calls alike have in common; null for a call that was not answered. */
function answerOf({ gateway, outcome, evidence }: AttemptRecord): string | null {
  if (evidence === null) return null;
  const { rule, cancelResult, httpStatus, responseCode, responseMsg, insecureTransport } = evidence;
  return JSON.stringify([
    ...[gateway, outcome, rule, cancelResult, httpStatus, responseCode, responseMsg],
    ...[evidence.sentAt !== null, insecureTransport],
  ]);
}

/** What the two events of calls alike have in common; null if there is something to say of one. */
function stepOf(
  { begunBy, inFlight, outcomes }: AttemptRecord,
  began: TimelineEntry | undefined,
  answered: TimelineEntry | undefined,
): string | null {
  // A person who asks for a call may give a reason.
  if (begunBy !== 'CancelRetryDue' || began?.revision !== inFlight.from.revision) return null;
  if (answered === undefined || outcomes.length !== 1 || answered.revision !== outcomes[0]) {
    return null;
  }
  if ([began, answered].some(isRemarkable)) return null;
  return JSON.stringify(
    [began, answered].map(({ type, from, to, actor, source, isInDoubt }) => [
      ...[type, from, to, actor, source, isInDoubt],
    ]),
  );
}

function isRemarkable(entry: TimelineEntry): boolean {
  const { withheld, opened, closedAsRetracted, retraction, occurredAt, noticeId, gapMs } = entry;
  const lists = [withheld, opened, closedAsRetracted];
  const isBack = gapMs !== null && gapMs < 0;
  return (
    isBack ||
    lists.some(({ length }) => length > 0) ||
    retraction !== null ||
    occurredAt !== null ||
    noticeId !== null
  );
}
