import { make } from './dom.js';
import { statementNodes } from './statements.js';

/** @import { View } from './main.js' */

/**
 * How the order ended, in the largest letters of the page.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function verdictPart(view) {
  const { data, words } = view;
  const { tone, sentences } = data.verdict;
  return make(
    'section',
    { class: `verdict tone-${tone}`, 'aria-label': words.headings.verdict },
    ...sentences.map((sentence) => make('p', {}, ...statementNodes(view, sentence))),
  );
}
