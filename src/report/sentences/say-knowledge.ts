import type { FoundEvent } from '../../history/event.ts';
import { reportedIn } from '../../timeline/event-details.ts';
import type { FindingWords } from '../../words/findings/en.ts';
import type { Language } from '../../words/language.ts';
import { prose } from '../../words/prose.ts';
import type { MomentPiece, Prose } from '../../words/prose.ts';
import { timeOf } from '../../timeline/timeline.ts';
import type { Doubt, Knowledge } from '../answers/types.ts';
import { apartAsShown } from '../times.ts';
import {
  durationText,
  entryAt,
  eventAt,
  isUntimed,
  personOf,
  recordedAt,
  neighboursAlike,
  sentenceOf,
} from './history-read.ts';
import type { HistoryRead, Told } from './history-read.ts';
import { detailsOf, factText, resolutionIn, retractionText } from './say-parts.ts';

/** Below this two clocks differ without being wrong, ms. */
const clocksDifferMs = 1_000;

/** Below this the times of an occurrence and its recording look the same, ms. */
const sameMomentMs = 1_000;

/** When did we know? Then the doubts, as long as they lasted. */
export function sayKnowledge(history: HistoryRead): readonly Told[] {
  const { knowledge } = history.answers;
  const runs = neighboursAlike(knowledge, (each) => alikeKey(history, each));
  return [...runs.flatMap((run) => sayKnown(history, run)), ...sayDoubts(history)];
}

/** Only attempts to pay that the channel declined are many and alike. */
function alikeKey(history: HistoryRead, { revision, retractedBy }: Knowledge): string | null {
  const event = eventAt(history, revision);
  if (event?.type !== 'PaymentDeclined' || retractedBy !== null) return null;
  return JSON.stringify([event.data['code'], event.data['message']]);
}

function sayKnown(
  history: HistoryRead,
  run: readonly [Knowledge, ...Knowledge[]],
): readonly Told[] {
  const [first, last] = [run[0], run.at(-1) ?? run[0]];
  const { revision, retractedBy } = first;
  const event = eventAt(history, revision);
  if (event === undefined) return [];
  const text = sentenceOf((words, language) => {
    const what = whatIn(words, history, first, event);
    const [from, to] = [recordedAt(history, revision), recordedAt(history, last.revision)];
    const said =
      run.length > 1 && from !== null && to !== null
        ? words.knewAlike(what, run.length, from, to)
        : whenKnown(words, language, history, first, what);
    return prose`${said}${retractionText(words, history, retractedBy)}`;
  });
  const isDecisive = retractedBy === null && event.type !== 'PaymentDeclined';
  return [
    { text, at: history.at(revision), more: detailsOf(history, event, retractedBy), isDecisive },
  ];
}

function whatIn(
  words: FindingWords,
  history: HistoryRead,
  { by, revision }: Knowledge,
  event: FoundEvent,
): string {
  switch (by) {
    case 'answer':
      return words.confirmed;
    case 'resolution':
      return words.found(personOf(words, history, revision), resolutionIn(words, event.data));
    case 'report':
      return words.reports[reportedIn(event) ?? ''] ?? '';
    case 'fact':
      return factText(words, history, event);
  }
}

function whenKnown(
  words: FindingWords,
  language: Language,
  history: HistoryRead,
  { revision, by, lateMs }: Knowledge,
  what: string,
): string | Prose {
  const at = recordedAt(history, revision);
  if (at === null || isUntimed(history, revision)) return words.knewWithheld(what);
  if (by === 'answer') return words.knewByAnswer(what, at);
  if (by === 'report') return words.knewByAsking(what, at);
  if (by === 'resolution') return words.knew(what, at);
  const occurredAt = entryAt(history, revision)?.occurredAt ?? null;
  if (lateMs === null || occurredAt === null) return words.knewUntold(what, at);
  const recordedMs = timeOf(at.at) ?? 0;
  const apart = durationText(language, apartAsShown(recordedMs - lateMs, recordedMs));
  if (lateMs <= -clocksDifferMs) return words.knewEarly(what, at, apart);
  const isLate = lateMs > 0 && lateMs >= history.lateAfterMs;
  if (isLate) return words.knewLate(what, { at: occurredAt }, at, apart);
  return lateMs < sameMomentMs
    ? words.knew(what, at)
    : words.knewSoon(what, { at: occurredAt }, at);
}

/** Neighbouring doubts that ended alike are one answer. */
function sayDoubts(history: HistoryRead): readonly Told[] {
  const runs = neighboursAlike(history.answers.doubts, ({ until }) => String(until));
  return runs.map((run) => {
    const [first, last] = [run[0], run.at(-1) ?? run[0]];
    const { from, until } = first;
    const text = sentenceOf((words, language) => sayDoubt(words, language, history, first, last));
    return { text, at: history.at(until ?? from), more: null, isDecisive: until === null };
  });
}

function sayDoubt(
  words: FindingWords,
  language: Language,
  history: HistoryRead,
  first: Doubt,
  last: Doubt,
): Prose {
  const { from, until } = first;
  const calls = words.calls(first.attempt, last.attempt);
  const isOne = first.attempt === last.attempt;
  const began = recordedAt(history, from);
  const ended = until === null ? null : recordedAt(history, until);
  const said = (at: MomentPiece | null) => (at === null ? words.withheldTime : [at]);
  if (until === null) return words.isInDoubt(calls, isOne, said(began));
  const [fromMs, toMs] = [timeOf(began?.at ?? ''), timeOf(ended?.at ?? '')];
  const isTimed = fromMs !== null && toMs !== null;
  const lasted = isTimed ? durationText(language, apartAsShown(fromMs, toMs)) : '';
  return words.wasInDoubt(calls, isOne, said(began), said(ended), lasted);
}
