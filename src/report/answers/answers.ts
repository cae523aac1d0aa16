import type { FoundEvent } from '../../history/event.ts';
import { standingOf } from '../../timeline/anomalies.ts';
import type { AttemptRecord } from '../../timeline/attempts.ts';
import type { KnownAtEnd } from '../known-at-end.ts';
import { overridesIn, requestsIn } from './acts.ts';
import { callsIn } from './calls.ts';
import { clausesIn } from './clauses.ts';
import { knowledgeIn, reportsIn } from './knowledge.ts';
import type { Answers, Doubt, Reply, Verdict } from './types.ts';

/** Derives every answer of a report. The page answers by itself whether the record is complete. */
export function answersOf(
  events: readonly FoundEvent[],
  attempts: readonly AttemptRecord[],
  atEnd: KnownAtEnd,
): Answers {
  const doubts = attempts.flatMap(doubtOf);
  const inDoubt = doubts.flatMap(({ attempt, until }) => (until === null ? [attempt] : []));
  return {
    verdict: verdictIn(events, inDoubt, atEnd),
    requests: requestsIn(events),
    calls: callsIn(events, attempts),
    replies: attempts.map((record) => replyOf(record, inDoubt)),
    reports: reportsIn(events),
    knowledge: knowledgeIn(events),
    doubts,
    overrides: overridesIn(events),
  };
}

function verdictIn(
  events: readonly FoundEvent[],
  inDoubt: readonly number[],
  { certain, notKnownFrom }: KnownAtEnd,
): Verdict {
  const standing = (wanted: ReturnType<typeof standingOf>) =>
    (certain?.anomalies ?? [])
      .filter((anomaly) => standingOf(anomaly) === wanted)
      .map(({ number }) => number);
  return {
    clauses: clausesIn(events),
    open: standing('open'),
    acknowledged: standing('acknowledged'),
    inDoubt,
    isCertain: notKnownFrom === null,
  };
}

function replyOf(record: AttemptRecord, inDoubt: readonly number[]): Reply {
  const { attempt, outcome, outcomes, inFlight, evidence } = record;
  return {
    ...{ attempt, outcome },
    revision: outcomes.at(-1) ?? inFlight.from.revision,
    rule: evidence?.rule ?? null,
    isOpen: inDoubt.includes(attempt),
  };
}

function doubtOf({ attempt, inDoubt }: AttemptRecord): readonly Doubt[] {
  if (inDoubt === null) return [];
  const { from, until } = inDoubt;
  return [{ attempt, from: from.revision, until: until?.revision ?? null }];
}
