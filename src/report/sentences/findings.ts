import type { Finding } from '../report-data.ts';
import type { HistoryRead, Told } from './history-read.ts';
import { sayActs } from './say-acts.ts';
import { sayCalls } from './say-calls.ts';
import { sayKnowledge } from './say-knowledge.ts';
import { sayReplies } from './say-replies.ts';

/** How many answers of a question the page shows unasked. */
const shownMax = 3;

/** Answers the questions of a dispute in words. The page answers the last one by itself. */
export function findingsOf(history: HistoryRead): readonly Finding[] {
  const { requests, overrides } = history.answers;
  const findings: readonly (readonly [Finding['question'], readonly Told[]])[] = [
    ['who', sayActs(history, requests)],
    ['order', sayCalls(history)],
    ['answer', sayReplies(history)],
    ['knew', sayKnowledge(history)],
    ['override', sayActs(history, overrides)],
    ['complete', []],
  ];
  return findings.map(([question, told]) => {
    const answers = answeringFirst(told);
    return {
      question,
      answers: answers.map(({ text, at, more }) => ({ text, at, more })),
      foremost: foremostOf(question, answers),
    };
  });
}

/** The first request began it; of everything else, the last answer that decides is how it ended. */
function foremostOf(question: Finding['question'], answers: readonly Told[]): number {
  const shown = answers.slice(0, shownMax);
  const isDecisive = ({ isDecisive: decides }: Told) => decides;
  const found = question === 'who' ? shown.findIndex(isDecisive) : shown.findLastIndex(isDecisive);
  return Math.max(0, found);
}

/**
 * In their order, but where the page folds some of them, those come first that answer the question:
 * the first and the last two that decide, then the first and the last of all.
 */
function answeringFirst(told: readonly Told[]): readonly Told[] {
  if (told.length <= shownMax) return told;
  const decisive = told.filter(({ isDecisive }) => isDecisive);
  const wanted = [
    ...(decisive.length > shownMax ? [decisive[0], ...decisive.slice(-2)] : decisive),
    ...[told[0], told.at(-1), ...told],
  ];
  const shown = new Set([...new Set(wanted)].slice(0, shownMax));
  const [first, rest] = [true, false].map((isShown) =>
    told.filter((each) => shown.has(each) === isShown),
  );
  return [...(first ?? []), ...(rest ?? [])];
}
