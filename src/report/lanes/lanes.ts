/**
 * What happened, by kind and by time, so that a reader sees what came first: a call, the money, or
 * our knowledge of it. The order of events is that of revisions. Here it is that of the clocks, since money
 * moves before it is recorded.
 */

import { hasRole } from '../../../machines/payment-order.events.ts';
import { textIn } from '../../history/event.ts';
import type { FoundEvent } from '../../history/event.ts';
import { escapeForTerminal } from '../../text.ts';
import type { AttemptRecord } from '../../timeline/attempts.ts';
import { timeOf } from '../../timeline/timeline.ts';
import type { TimelineEntry } from '../../timeline/timeline.ts';
import { en } from '../../words/lanes/en.ts';
import type { LaneWords } from '../../words/lanes/en.ts';
import { inBoth, marked, pointAt } from './lane-mark.ts';
import type { Placed, PlaceOf, Span } from './lane-mark.ts';
import { moneyMarks, moneyWord } from './lane-money.ts';
import type { Lane, LaneMark } from '../report-data.ts';
import { localizedDuration } from '../times.ts';

/** The lanes from top to bottom. */
export const lanes: readonly Lane[] = [
  ...(['people', 'calls', 'doubts', 'questions', 'money', 'notices'] as const),
];

/**
 * The marks of every lane, by lane, then by when they begin, then by place. What has no readable
 * time has no mark.
 */
export function lanesOf(
  events: readonly FoundEvent[],
  timeline: readonly TimelineEntry[],
  attempts: readonly AttemptRecord[],
): readonly LaneMark[] {
  const placed = timeline.flatMap((entry, at): readonly Placed[] => {
    const event = events[at];
    return event === undefined ? [] : [{ at, event, entry, recordedMs: timeOf(entry.recordedAt) }];
  });
  const byRevision = new Map(placed.map((found) => [found.event.revision, found]));
  const placeOf: PlaceOf = (revision) => byRevision.get(revision);
  const marks = [
    ...attempts.flatMap((attempt) => [
      ...callMark(attempt, placeOf),
      ...doubtMark(attempt, placeOf),
    ]),
    ...placed.flatMap((found) => [
      ...questionMark(found),
      ...noticeMark(found),
      ...personMark(found),
    ]),
    ...moneyMarks(events, placed, placeOf),
  ];
  const rank = (mark: LaneMark) => lanes.indexOf(mark.lane);
  return marks.toSorted(
    (one, other) => rank(one) - rank(other) || one.fromMs - other.fromMs || one.at - other.at,
  );
}

function callMark(attempt: AttemptRecord, placeOf: PlaceOf): readonly LaneMark[] {
  const { outcome, outcomes, evidence, inFlight } = attempt;
  const found = placeOf(inFlight.until?.revision ?? inFlight.from.revision);
  const span = spanOf(
    timeOf(evidence?.sentAt ?? '') ?? timeOf(inFlight.from.at),
    evidence?.durationMs ?? null,
    timeOf(inFlight.until?.at ?? ''),
  );
  if (span === null || found === undefined) return [];
  const took = evidence?.durationMs ?? null;
  const duration = took === null || !(took >= 0) ? null : localizedDuration(took);
  const isAnswered = inFlight.until !== null;
  const isTrouble = outcomes.some((revision) => (placeOf(revision)?.entry.opened.length ?? 0) > 0);
  return [
    {
      ...{ lane: 'calls', at: found.at, recordedMs: null },
      ...{ fromMs: span.fromMs, untilMs: isAnswered ? span.untilMs : null },
      look: isTrouble ? 'bad' : (callLooks[outcome] ?? 'plain'),
      label: inBoth((words, language) =>
        words.call(attempt.attempt, words.outcomes[outcome], duration?.[language] ?? null),
      ),
    },
  ];
}

/** Every other outcome is plain. */
const callLooks: { readonly [Outcome in AttemptRecord['outcome']]?: LaneMark['look'] } = {
  confirmed: 'good',
  blocked: 'bad',
  unknown: 'doubt',
  'in-flight': 'doubt',
};

function doubtMark({ attempt, inDoubt }: AttemptRecord, placeOf: PlaceOf): readonly LaneMark[] {
  const found = inDoubt === null ? undefined : placeOf(inDoubt.from.revision);
  if (inDoubt === null || found === undefined || found.recordedMs === null) return [];
  const endMs = inDoubt.until === null ? null : (timeOf(inDoubt.until.at) ?? found.recordedMs);
  const fromMs = found.recordedMs;
  return [
    {
      ...{ lane: 'doubts', at: found.at, recordedMs: null, look: 'doubt' },
      // The clock may have been set back meanwhile.
      ...{ fromMs, untilMs: endMs === null ? null : Math.max(fromMs, endMs) },
      label: inBoth((words) => words.doubt(attempt)),
    },
  ];
}

function questionMark({ at, event, entry, recordedMs }: Placed): readonly LaneMark[] {
  if (event.type !== 'StatusReported') return [];
  const { durationMs } = event.data;
  const span = spanOf(
    timeOf(textIn(event.data, 'sentAt') ?? '') ?? recordedMs,
    typeof durationMs === 'number' ? durationMs : null,
    recordedMs,
  );
  if (span === null) return [];
  const { reported } = entry;
  const isVain = reported === 'unknown' || reported === 'unavailable';
  const usual = isVain || reported === null ? 'doubt' : reported === 'pending' ? 'plain' : 'good';
  const label = (words: LaneWords) =>
    words.asked(reported === null ? words.noStatus : words.statuses[reported]);
  return [marked('questions', at, span, entry, usual, label)];
}

/** What we were told, when we were. Money is in a lane of its own too: there it stands where it moved. */
function noticeMark({ at, event, entry, recordedMs }: Placed): readonly LaneMark[] {
  const { type } = event;
  const isMoney = type === 'PaymentSucceeded' || type === 'PaymentRefunded';
  // A failure or a closing stands nowhere else.
  const isFact = entry.noticeId !== null || (hasRole(type, 'fact') && !isMoney);
  if (!isFact || recordedMs === null) return [];
  const label = (words: LaneWords) => {
    const what = [factWord(words, type), isMoney ? moneyWord(event) : ''].join(' ').trim();
    return entry.noticeId === null ? what : words.byNotice(what);
  };
  return [marked('notices', at, pointAt(recordedMs), entry, 'plain', label)];
}

/**
 * What people did: requests, decisions and rejected commands, and what an operator recorded or asked
 * by hand. Timers, and what services do by themselves, are not people.
 */
function personMark({ at, event, entry, recordedMs }: Placed): readonly LaneMark[] {
  if (recordedMs === null) return [];
  const { type, data } = event;
  const kind = entry.actor?.split(':')[0];
  const isOperator = kind === 'operator';
  const label = (words: LaneWords): string | null => {
    if (type === 'CommandRejected') return words.rejected(wordIn(words.commands, data['command']));
    if (type === 'CancelResolved') {
      return words.resolved(wordIn(words.resolutions, data['resolution']));
    }
    if (type === 'CancelRequested' || hasRole(type, 'decidedByOperator')) {
      return wordIn(words.acts, type);
    }
    if (Object.hasOwn(words.acts, type)) {
      return isOperator || kind === 'customer' ? wordIn(words.acts, type) : null;
    }
    if (isOperator && type === 'StatusReported') return words.askedByHand;
    return isOperator && hasRole(type, 'fact') ? words.recordedByHand(factWord(words, type)) : null;
  };
  if (label(en) === null) return [];
  return [marked('people', at, pointAt(recordedMs), entry, 'plain', (words) => label(words) ?? '')];
}

/** From the sending, for as long as it took; up to the recording where that is not known. */
function spanOf(fromMs: number | null, tookMs: number | null, endMs: number | null): Span | null {
  if (fromMs === null) return null;
  const takenMs = tookMs === null || !(tookMs >= 0) ? null : timeIn(fromMs + tookMs);
  return { fromMs, untilMs: Math.max(fromMs, takenMs ?? endMs ?? fromMs) };
}

/** The farthest time that a date can hold, ms from the epoch. */
const farthestMs = 8.64e15;

function timeIn(ms: number): number | null {
  return Math.abs(ms) <= farthestMs ? ms : null;
}

function factWord(words: LaneWords, type: string): string {
  return Object.hasOwn(words.facts, type) ? wordIn(words.facts, type) : words.otherFact;
}

/** The word for a stored name; the name itself where there is no word. */
function wordIn(words: Readonly<Record<string, string>>, name: unknown): string {
  if (typeof name !== 'string') return '?';
  return (Object.hasOwn(words, name) ? words[name] : undefined) ?? escapeForTerminal(name);
}
