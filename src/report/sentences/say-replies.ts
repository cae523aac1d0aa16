import { evidenceIn } from '../../timeline/attempts.ts';
import type { AttemptEvidence } from '../../timeline/attempts.ts';
import { eventWords } from '../../timeline/timeline.ts';
import { en as attentionEn } from '../../words/attention/en.ts';
import { zhCN as attentionZhCN } from '../../words/attention/zh-CN.ts';
import type { FindingWords } from '../../words/findings/en.ts';
import type { Language } from '../../words/language.ts';
import { prose } from '../../words/prose.ts';
import type { LocalizedProse, MomentPiece, Prose } from '../../words/prose.ts';
import type { Reply, Report } from '../answers/types.ts';
import { eventAt, inEach, recordedAt, neighboursAlike, sentenceOf } from './history-read.ts';
import type { HistoryRead, Told } from './history-read.ts';
import { retractionText } from './say-parts.ts';

const attentionWords = { en: attentionEn, 'zh-CN': attentionZhCN };

type Run<T> = readonly [T, ...T[]];

/** What the gateway answered to calls, and the platform to questions, as they came. */
export function sayReplies(history: HistoryRead): readonly Told[] {
  const { replies, reports } = history.answers;
  const calls = neighboursAlike(replies, (reply) => alikeKey(history, reply));
  const questions = neighboursAlike(reports, ({ revision, status, retractedBy }) => {
    const event = eventAt(history, revision);
    if (retractedBy !== null || event === undefined) return null;
    return JSON.stringify([status, commonOf(evidenceIn(event.data))]);
  });
  return [
    ...calls.map((run) => ({ revision: run[0].revision, told: sayReply(history, run) })),
    ...questions.map((run) => ({ revision: run[0].revision, told: sayReport(history, run) })),
  ]
    .toSorted((one, other) => one.revision - other.revision)
    .map(({ told }) => told);
}

function evidenceOf(history: HistoryRead, attempt: number): AttemptEvidence | null {
  return history.attempts[attempt - 1]?.evidence ?? null;
}

function alikeKey(history: HistoryRead, { attempt, outcome, rule, isOpen }: Reply): string {
  return JSON.stringify([outcome, rule, isOpen, commonOf(evidenceOf(history, attempt))]);
}

/** What the same answer has in common, however often it came. */
function commonOf(evidence: AttemptEvidence | null): readonly unknown[] {
  if (evidence === null) return [];
  const { rule, httpStatus, responseCode, responseMsg, insecureTransport } = evidence;
  return [rule, httpStatus, responseCode, responseMsg, insecureTransport];
}

function sayReply(history: HistoryRead, run: Run<Reply>): Told {
  const [first, last] = [run[0], run.at(-1) ?? run[0]];
  const { attempt, revision, outcome, isOpen } = first;
  const [from, to] = [recordedAt(history, revision), recordedAt(history, last.revision)];
  const isDecisive = isOpen || outcome === 'confirmed' || outcome === 'refused';
  const text = sentenceOf((words, language) => {
    const what = answerText(words, language, first);
    const isTimed = outcome !== 'in-flight' && from !== null && to !== null;
    if (run.length === 1) {
      return isTimed ? words.answered(attempt, from, what) : words.answeredUntimed(attempt, what);
    }
    return isTimed
      ? words.answeredAlike(run.length, from, to, what)
      : words.answeredAlikeUntimed(run.length, what);
  });
  const more = evidenceText(evidenceOf(history, attempt), run.length > 1);
  return { text, at: history.at(last.revision), more, isDecisive };
}

/** What was answered, by the rule that classified it, and what follows from that. */
function answerText(
  words: FindingWords,
  language: Language,
  { outcome, rule, isOpen }: Reply,
): string {
  const unanswered = words.unanswered[outcome];
  if (unanswered !== undefined) return unanswered;
  const said = ruleText(language, rule) ?? eventWords[language].answers[outcome];
  const follows = words.follows[outcome === 'unknown' && isOpen ? 'unknown-open' : outcome];
  return follows === undefined ? said : `${said}${words.joined}${follows}`;
}

/** What a rule says; null where it is that of another gateway. */
export function ruleText(language: Language, rule: string | null): string | null {
  const { rules } = attentionWords[language];
  return rule !== null && Object.hasOwn(rules, rule) ? (rules[rule] ?? null) : null;
}

function sayReport(history: HistoryRead, run: Run<Report>): Told {
  const [first, last] = [run[0], run.at(-1) ?? run[0]];
  const { revision, status, retractedBy } = first;
  const text = sentenceOf((words) => {
    const said = askedText(words, history, run, words.statuses[status] ?? status);
    return prose`${said}${retractionText(words, history, retractedBy)}`;
  });
  const event = eventAt(history, last.revision);
  const more = event === undefined ? null : evidenceText(evidenceIn(event.data), run.length > 1);
  const isDecisive = retractedBy === null && status !== 'pending';
  return { text, at: history.at(revision), more, isDecisive };
}

function askedText(
  words: FindingWords,
  history: HistoryRead,
  run: Run<Report>,
  what: string,
): string | Prose {
  const from: MomentPiece | null = recordedAt(history, run[0].revision);
  const to = recordedAt(history, run.at(-1)?.revision ?? run[0].revision);
  if (from === null || to === null) return words.reportedUntimed(what);
  return run.length === 1
    ? words.reported(from, what)
    : words.reportedAlike(run.length, from, to, what);
}

/** The evidence of an answer; of answers that are alike, what they have in common. */
function evidenceText(evidence: AttemptEvidence | null, isMany: boolean): LocalizedProse | null {
  if (evidence === null) return null;
  const text = (language: Language) => {
    const { dataLabels, rules, coded, byRule, wrote } = eventWords[language];
    const { rule, responseMsg } = evidence;
    const meaning = rule !== null && Object.hasOwn(rules, rule) ? rules[rule] : undefined;
    const byWhat = meaning === undefined ? rule : coded(meaning, rule ?? '');
    const labelled = [
      [dataLabels.cancelResult, evidence.cancelResult],
      [dataLabels.httpStatus, evidence.httpStatus],
      [dataLabels.responseCode, evidence.responseCode],
      ['requestId', isMany ? null : evidence.requestId],
      ['SHA-256', isMany ? null : evidence.answerSha256],
    ].flatMap(([name, value]) => (value === null ? [] : [`${String(name)} ${String(value)}`]));
    const values = [
      ...(byWhat === null ? [] : [byRule(byWhat)]),
      ...labelled,
      ...(responseMsg === null ? [] : [wrote(responseMsg)]),
    ];
    return values.join(' · ');
  };
  // Of an altered event, none may be left.
  return text('en') === '' ? null : inEach((_words, language) => [text(language)]);
}
