import { isFactType } from '../../machines/payment-order.events.ts';
import type { AttemptRecord } from '../timeline/attempts.ts';
import type { DisputeEvent } from '../timeline/dispute-event.ts';
import { timeOf, wordsOf } from '../timeline/timeline.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { Language } from '../words/events/event-words.ts';
import type { Finding, Told } from './report-data.ts';
import { durationTold, timeTold } from './times.ts';
import { findingWords } from '../words/report/finding-words.ts';
import type { FindingWords } from '../words/report/finding-words.ts';

type Answers = Finding['answers'];

/** The questions that a dispute asks, answered from a history; the page checks the last itself. */
export function findingsOf(
  events: readonly DisputeEvent[],
  entries: readonly TimelineEntry[],
  attempts: readonly AttemptRecord[],
): readonly Finding[] {
  const placeOf = new Map(entries.map(({ revision }, at) => [revision, at]));
  const at = (revision: number) => placeOf.get(revision) ?? 0;
  return [
    {
      question: 'who',
      answers: entries.flatMap((entry, place) => wish(entry, events[place], place)),
    },
    { question: 'order', answers: attempts.map((attempt) => order(attempt, entries, at)) },
    { question: 'answer', answers: attempts.map((attempt) => answer(attempt, at)) },
    {
      question: 'knew',
      answers: [
        ...entries.flatMap((entry, place) => knowledge(entry, place)),
        ...attempts.flatMap((attempt) => doubt(attempt, at)),
      ],
    },
    { question: 'override', answers: entries.flatMap((entry, place) => decision(entry, place)) },
    { question: 'complete', answers: [] },
  ];
}

/** A cancel that was asked for, also where that was rejected. */
function wish(entry: TimelineEntry, event: DisputeEvent | undefined, at: number): Answers {
  const command = entry.type === 'CommandRejected' ? event?.data['command'] : null;
  const isWish =
    ['CancelRequested', 'CancelRetryRequested'].includes(entry.type) ||
    command === 'RequestCancel' ||
    command === 'RetryCancel';
  return isWish ? [{ text: did(entry), at }] : [];
}

function decision(entry: TimelineEntry, at: number): Answers {
  const decided = [
    'CancelRetryRequested',
    'CancelAbandoned',
    'CancelResolved',
    'AnomalyAcknowledged',
  ];
  return decided.includes(entry.type) ? [{ text: did(entry), at }] : [];
}

function did({ recordedAt, actor, source, sentence }: TimelineEntry): Told {
  return told((words, language) => {
    const through = sourceName(source, language);
    return words.did(timeTold(recordedAt), actor, through, sentence[language]);
  });
}

/** As recorded, and what it means; what a caller named is left as it is. */
function sourceName(source: string | null, language: Language): string {
  if (source === null) return '–';
  const { sources } = wordsOf[language];
  return Object.hasOwn(sources, source) ? `${source} (${sources[source] ?? ''})` : source;
}

type PlaceOf = (revision: number) => number;

/** Before, during or after the first payment: what counts is when its source says it moved. */
function order(
  attempt: AttemptRecord,
  entries: readonly TimelineEntry[],
  at: PlaceOf,
): Answers[number] {
  const call = attempt.attempt;
  const place = at(attempt.outcomes[0] ?? attempt.inFlight.from.revision);
  const { sentAt = null, durationMs = null } = attempt.evidence ?? {};
  const sentMs = sentAt === null ? null : timeOf(sentAt);
  if (sentAt === null || sentMs === null) {
    return { text: told((words) => words.notSent(call)), at: place };
  }
  const sent = timeTold(sentAt);
  const payment = entries.find(({ type }) => type === 'PaymentSucceeded');
  const moved = payment === undefined ? null : (payment.occurredAt ?? payment.recordedAt);
  const movedMs = moved === null ? null : timeOf(moved);
  if (payment === undefined || moved === null || movedMs === null) {
    return { text: told((words) => words.noMoney(call, sent)), at: place };
  }
  const when = timeTold(moved);
  const isSaid = payment.occurredAt !== null;
  const text = told((words, language) => {
    const how = isSaid ? words.movedAsSaid(when) : words.movedAsRecorded(when);
    const by = durationTold(Math.abs(movedMs - sentMs))[language];
    if (movedMs < sentMs) return words.sentAfter(call, by, how);
    // Clocks that disagree by a few ms say nothing against the order of the record.
    const wasAnswered = !isSaid && (attempt.outcomes[0] ?? Infinity) < payment.revision;
    const isOut = !wasAnswered && durationMs !== null && movedMs <= sentMs + durationMs;
    return isOut ? words.outMeanwhile(call, sent, how) : words.sentBefore(call, by, how);
  });
  return { text, at: place };
}

function answer(attempt: AttemptRecord, at: PlaceOf): Answers[number] {
  const { evidence, outcome } = attempt;
  const parts = [
    ['rule', evidence?.rule],
    ['cancel_result', evidence?.cancelResult],
    ['HTTP', evidence?.httpStatus],
    ['code', evidence?.responseCode],
    ['message', evidence?.responseMsg],
    ['requestId', evidence?.requestId],
    ['SHA-256', evidence?.answerSha256],
  ].flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${String(name)} ${String(value)}`],
  );
  const revision = attempt.outcomes.at(-1) ?? attempt.inFlight.from.revision;
  return {
    text: told((words, language) =>
      words.answered(attempt.attempt, wordsOf[language].answers[outcome], parts.join(' · ')),
    ),
    at: at(revision),
  };
}

function knowledge(entry: TimelineEntry, at: number): Answers {
  const { type, recordedAt, occurredAt, lateMs } = entry;
  if (!isFactType(type)) return [];
  const recorded = timeTold(recordedAt);
  const text = told((words, language) => {
    const what = wordsOf[language].headlines[type];
    if (occurredAt === null) return words.knewAt(what, recorded);
    const late = durationTold(lateMs ?? 0)[language];
    return words.knewLater(what, timeTold(occurredAt), recorded, late);
  });
  return [{ text, at }];
}

function doubt({ attempt, inDoubt }: AttemptRecord, at: PlaceOf): Answers {
  if (inDoubt === null) return [];
  const from = timeTold(inDoubt.from.at);
  const { until } = inDoubt;
  const lastedMs = until === null ? null : (timeOf(until.at) ?? 0) - (timeOf(inDoubt.from.at) ?? 0);
  const text = told((words, language) =>
    until === null || lastedMs === null
      ? words.doubtLasts(attempt, from)
      : words.doubtLasted(attempt, from, timeTold(until.at), durationTold(lastedMs)[language]),
  );
  return [{ text, at: at((until ?? inDoubt.from).revision) }];
}

function told(say: (words: FindingWords, language: Language) => string): Told {
  return { en: say(findingWords.en, 'en'), 'zh-CN': say(findingWords['zh-CN'], 'zh-CN') };
}
