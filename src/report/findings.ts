import { hasRole } from '../../machines/payment-order.events.ts';
import { settles } from '../../machines/payment-order.remembered.ts';
import { evidenceIn } from '../timeline/attempts.ts';
import type { AttemptEvidence, AttemptRecord } from '../timeline/attempts.ts';
import type { FoundEvent } from '../history/event.ts';
import { eventWords, timeOf } from '../timeline/timeline.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { EventWords } from '../words/events/en.ts';
import type { FindingWords } from '../words/findings/en.ts';
import { en } from '../words/findings/en.ts';
import { zhCN } from '../words/findings/zh-CN.ts';
import type { Language, Localized } from '../words/language.ts';
import type { Finding } from './report-data.ts';
import { localizedDuration, timeLine } from './times.ts';

type Answers = Texts['answers'];
type PlaceOf = (revision: number) => number;

/** Answers the questions of a dispute from a history. The page answers the last one by itself. */
export function findingsOf(
  events: readonly FoundEvent[],
  entries: readonly TimelineEntry[],
  attempts: readonly AttemptRecord[],
): readonly Finding[] {
  return textsOf(events, entries, attempts).map(({ question, answers }) => ({
    question,
    answers: answers.map(({ text, at }) => ({
      text: { en: [text.en], 'zh-CN': [text['zh-CN']] },
      at,
      more: null,
    })),
  }));
}

type Texts = {
  readonly question: Finding['question'];
  readonly answers: readonly { readonly text: Localized; readonly at: number }[];
};

function textsOf(
  events: readonly FoundEvent[],
  entries: readonly TimelineEntry[],
  attempts: readonly AttemptRecord[],
): readonly Texts[] {
  const placeOf = new Map(entries.map(({ revision }, at) => [revision, at]));
  const at = (revision: number) => placeOf.get(revision) ?? 0;
  const acts = (isAct: (entry: TimelineEntry, event: FoundEvent | undefined) => boolean) =>
    entries.flatMap((entry, place) =>
      isAct(entry, events[place]) ? [{ text: describeAct(entry), at: place }] : [],
    );
  return [
    { question: 'who', answers: acts(isCancelRequest) },
    {
      question: 'order',
      answers: [
        ...attempts.map((attempt) => describeOrder(attempt, entries, at)),
        ...(attempts.length === 0 ? [] : describeRetractedPayments(entries)),
      ],
    },
    {
      question: 'answer',
      answers: [
        ...attempts.map((attempt) => describeAnswer(attempt, at)),
        ...entries.flatMap((entry, place) => describeReport(entry, events[place], place)),
      ],
    },
    {
      question: 'knew',
      answers: [
        ...entries.flatMap((entry, place) => describeFact(entry, place)),
        ...attempts.flatMap((attempt) => describeDoubt(attempt, at)),
      ],
    },
    { question: 'override', answers: acts(isIntervention) },
    { question: 'complete', answers: [] },
  ];
}

const cancelRequests: ReadonlySet<unknown> = new Set([
  'CancelRequested',
  'CancelRetryRequested',
  'RequestCancel',
  'RetryCancel',
]);

/** A request to cancel, also one that was rejected. */
function isCancelRequest({ type }: TimelineEntry, event: FoundEvent | undefined): boolean {
  return cancelRequests.has(type === 'CommandRejected' ? event?.data['command'] : type);
}

/** What an operator decided or asked, and a fact that one recorded by hand or by a notice. */
function isIntervention({ type }: TimelineEntry, event: FoundEvent | undefined): boolean {
  if (hasRole(type, 'decidedByOperator')) return true;
  const isToldOrAsked = hasRole(type, 'fact') || type === 'StatusReported';
  return isToldOrAsked && event !== undefined && isByOperator(event);
}

/** Stored events may come from anybody, so the form of an actor is not known here. */
function isByOperator({ metadata: { actor } }: FoundEvent): boolean {
  return (
    typeof actor === 'object' && actor !== null && 'kind' in actor && actor.kind === 'operator'
  );
}

function describeAct(entry: TimelineEntry): Localized {
  const { recordedAt, actor, source, sentence } = entry;
  return localized((words, language) => {
    const what = sentence[language];
    const act = isUntimed(entry)
      ? words.actedWithheld(what)
      : words.acted(timeLine(recordedAt), actor, sourceName(source, words, language), what);
    return withRetraction(act, entry, words, language);
  });
}

/** Whether its metadata is withheld as a whole, and with it when it was recorded, and by whom. */
function isUntimed({ withheld }: TimelineEntry): boolean {
  return withheld.includes('metadata');
}

/** Such a text has no full stop of its own. */
function withRetraction(
  text: string,
  entry: TimelineEntry,
  words: FindingWords,
  language: Language,
): string {
  const retraction = retractionIn(entry, words, language);
  return retraction === '' ? text : `${text}${words.fullStop}${retraction}`;
}

/** That it does not count; empty where it does. */
function retractionIn(
  { retraction }: TimelineEntry,
  words: FindingWords,
  language: Language,
): string {
  if (retraction === null) return '';
  return words.retracted(retraction.sentence[language], timeLine(retraction.recordedAt));
}

/** The source as recorded, with its meaning; a name given by a caller has none. */
function sourceName(source: string | null, words: FindingWords, language: Language): string {
  if (source === null) return '–';
  const meanings: Readonly<Record<string, string>> = eventWords[language].sources;
  return Object.hasOwn(meanings, source)
    ? words.sourceMeans(source, meanings[source] ?? '')
    : source;
}

/** Before, during or after the first payment that counts, by the time that its source gave. */
function describeOrder(
  attempt: AttemptRecord,
  entries: readonly TimelineEntry[],
  at: PlaceOf,
): Answers[number] {
  const call = attempt.attempt;
  const place = at(attempt.outcomes[0] ?? attempt.inFlight.from.revision);
  const { sentAt = null, durationMs = null } = attempt.evidence ?? {};
  const sentMs = sentAt === null ? null : timeOf(sentAt);
  if (sentAt === null || sentMs === null) {
    const isWithheld = attempt.outcome === 'withheld';
    const text = localized((words) =>
      isWithheld ? words.sendingWithheld(call) : words.notSent(call),
    );
    return { text, at: place };
  }
  const sent = timeLine(sentAt);
  const payment = entries.find((entry) => isPayment(entry) && entry.retraction === null);
  const moved = payment === undefined ? null : (payment.occurredAt ?? payment.recordedAt);
  const movedMs = moved === null ? null : timeOf(moved);
  if (payment !== undefined && movedMs === null) {
    return { text: localized((words) => words.movedUnknown(call, sent)), at: place };
  }
  if (payment === undefined || moved === null || movedMs === null) {
    return { text: localized((words) => withoutMoney(words, call, sent, entries)), at: place };
  }
  const when = timeLine(moved);
  const isStated = payment.occurredAt !== null;
  const text = localized((words, language) => {
    const how = isStated ? words.movedAsStated(when) : words.movedAsRecorded(when);
    const by = localizedDuration(Math.abs(movedMs - sentMs))[language];
    if (movedMs < sentMs) return words.sentAfter(call, by, how);
    // Two clocks may differ by some milliseconds; the order of the record decides.
    const wasAnswered = !isStated && (attempt.outcomes[0] ?? Infinity) < payment.revision;
    const isDuring = !wasAnswered && durationMs !== null && movedMs <= sentMs + durationMs;
    return isDuring ? words.movedDuring(call, sent, how) : words.sentBefore(call, by, how);
  });
  return { text, at: place };
}

/** No payment is recorded; the platform's status may tell of one all the same. */
function withoutMoney(
  words: FindingWords,
  call: number,
  sent: string,
  entries: readonly TimelineEntry[],
): string {
  const reportedPaid = entries.find(
    ({ reported, retraction }) => reported === 'succeeded' && retraction === null,
  );
  if (reportedPaid === undefined) return words.noMoney(call, sent);
  return words.paidByReport(call, sent, timeLine(reportedPaid.recordedAt));
}

function isPayment({ type }: TimelineEntry): boolean {
  return type === 'PaymentSucceeded';
}

/** Why a payment in the timeline is not the money of the other answers. */
function describeRetractedPayments(entries: readonly TimelineEntry[]): Answers {
  return entries.flatMap((entry, at) =>
    isPayment(entry) && entry.retraction !== null ? describeFact(entry, at) : [],
  );
}

function describeAnswer(attempt: AttemptRecord, at: PlaceOf): Answers[number] {
  const { evidence, outcome } = attempt;
  const revision = attempt.outcomes.at(-1) ?? attempt.inFlight.from.revision;
  return {
    text: localized((words, language) =>
      words.answered(
        attempt.attempt,
        eventWords[language].answers[outcome],
        lineOf(evidence, language),
      ),
    ),
    at: at(revision),
  };
}

/** Of the answers to questions, those that say how the order stands. */
function describeReport(entry: TimelineEntry, event: FoundEvent | undefined, at: number): Answers {
  const { reported, recordedAt } = entry;
  if (event === undefined || reported === null) return [];
  if (reported !== 'pending' && !settles(reported)) return [];
  const text = localized((words, language) => {
    const what = eventWords[language].reports[reported];
    const evidence = lineOf(evidenceIn(event.data), language);
    const answer = words.reported(timeLine(recordedAt), what, evidence);
    return withRetraction(answer, entry, words, language);
  });
  return [{ text, at }];
}

function lineOf(evidence: AttemptEvidence | null, language: Language): string {
  const labels = eventWords[language].dataLabels;
  return [
    [labels.rule, evidence?.rule],
    [labels.cancelResult, evidence?.cancelResult],
    [labels.httpStatus, evidence?.httpStatus],
    [labels.responseCode, evidence?.responseCode],
    [labels.responseMsg, evidence?.responseMsg],
    ['requestId', evidence?.requestId],
    ['SHA-256', evidence?.answerSha256],
  ]
    .flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [`${String(name)} ${String(value)}`],
    )
    .join(' · ');
}

/** A fact, or a status that says how the order ended. */
function describeFact(entry: TimelineEntry, at: number): Answers {
  const { recordedAt, occurredAt, lateMs } = entry;
  const headline = headlineOfFact(entry);
  if (headline === null) return [];
  const recorded = timeLine(recordedAt);
  const text = localized((words, language) => {
    const what = headline(eventWords[language]);
    const retraction = retractionIn(entry, words, language);
    if (isUntimed(entry)) return `${words.timesWithheld(what)}${retraction}`;
    if (occurredAt === null) return `${words.knownAt(what, recorded)}${retraction}`;
    const late = localizedDuration(lateMs ?? 0)[language];
    return `${words.knownLater(what, timeLine(occurredAt), recorded, late)}${retraction}`;
  });
  return [{ text, at }];
}

function headlineOfFact({ type, reported }: TimelineEntry): ((words: EventWords) => string) | null {
  if (hasRole(type, 'fact')) return ({ headlines }) => headlines[type];
  return reported !== null && settles(reported) ? ({ reports }) => reports[reported] : null;
}

function describeDoubt({ attempt, inDoubt }: AttemptRecord, at: PlaceOf): Answers {
  if (inDoubt === null) return [];
  const from = timeLine(inDoubt.from.at);
  const { until } = inDoubt;
  const lastedMs = until === null ? null : (timeOf(until.at) ?? 0) - (timeOf(inDoubt.from.at) ?? 0);
  const text = localized((words, language) =>
    until === null || lastedMs === null
      ? words.isInDoubt(attempt, from)
      : words.wasInDoubt(attempt, from, timeLine(until.at), localizedDuration(lastedMs)[language]),
  );
  return [{ text, at: at((until ?? inDoubt.from).revision) }];
}

/** A text of the findings in every language. */
export function localized(textIn: (words: FindingWords, language: Language) => string): Localized {
  return { en: textIn(en, 'en'), 'zh-CN': textIn(zhCN, 'zh-CN') };
}
