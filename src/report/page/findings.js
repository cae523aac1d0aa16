import { make, section } from './dom.js';
import { logHeadline } from './log-badge.js';
import { badge } from './record.js';
import { beginningOf, statementNodes } from './statements.js';

/** @import { Finding } from '../report-data.ts' */
/** @import { View } from './main.js' */

/**
 * The questions of a dispute, each with its answers.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function findingsPart(view) {
  const { data, words } = view;
  const findings = data.findings.map((finding) => findingPart(view, finding));
  return section('findings', words.headings.findings, make('dl', {}, ...findings));
}

/**
 * @param {View} view
 * @param {Finding} finding
 */
function findingPart(view, { question, answers, foremost }) {
  const { words } = view;
  const empty = {
    who: words.noRequest,
    order: words.noCall,
    answer: words.noCall,
    knew: words.noMoney,
    override: words.noOverride,
    complete: '',
  };
  const answered =
    question === 'complete'
      ? completeAnswer(view)
      : answers.length === 0
        ? make('p', {}, view.data.header.isRead ? empty[question] : words.notRead)
        : shortened(view, answers, foremost);
  return make('div', {}, make('dt', {}, words.questions[question]), make('dd', {}, answered));
}

/**
 * On a small screen there is room for one answer.
 *
 * @param {View} view
 * @param {Finding['answers']} answers
 * @param {number} foremost
 */
function shortened(view, answers, foremost) {
  const others = answers.filter((_, index) => index !== foremost);
  const [items, count] = view.isSmall
    ? [[...answers.slice(foremost, foremost + 1), ...others], 1]
    : [answers, 3];
  const line = (/** @type {Finding['answers'][number]} */ answer) =>
    make('li', {}, ...statementNodes(view, answer));
  return beginningOf(view, items, count, line);
}

/**
 * The page answers this question by its own check.
 *
 * @param {View} view
 */
function completeAnswer(view) {
  return make('div', {}, badge(view), view.data.log === null ? null : logHeadline(view));
}
