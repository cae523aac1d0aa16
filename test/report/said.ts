import { reportDataOf } from '../../src/report/report-data-of.ts';
import type { Finding, ReportOptions } from '../../src/report/report-data.ts';
import type { Language } from '../../src/words/language.ts';
import type { Prose } from '../../src/words/prose.ts';
import { aHistory } from '../timeline/histories.ts';
import type { EventGiven } from '../timeline/histories.ts';

/** A sentence as a reader in UTC sees it, without the day. */
export function textOf(prose: Prose): string {
  return prose
    .map((piece) => (typeof piece === 'string' ? piece : piece.at.slice(11, 19)))
    .join('');
}

/** The answers to a question about a history, given by its events. */
export function answersTo(
  given: readonly EventGiven[],
  asked: Finding['question'],
  { language = 'en', ...options }: ReportOptions = {},
): readonly string[] {
  const { findings } = reportDataOf(aHistory(given), options);
  const answers = findings.find(({ question }) => question === asked)?.answers ?? [];
  return answers.map(({ text }) => textOf(text[language]));
}

/** How a history ended, sentence by sentence. */
export function verdictOn(given: readonly EventGiven[], language: Language = 'en') {
  const { tone, sentences } = reportDataOf(aHistory(given), {}).verdict;
  return { tone, said: sentences.map(({ text }) => textOf(text[language])) };
}
