import { make, revisionLink } from './dom.js';
import { foldedPart } from './printing.js';
import { proseNodes } from './times.js';
import { filled } from './words.js';

/** @import { Prose } from '../../words/prose.ts' */
/** @import { Statement } from '../report-data.ts' */
/** @import { View } from './main.js' */

/**
 * A sentence with the link to its event; what belongs to it and is long is folded.
 *
 * @param {View} view
 * @param {Statement} statement
 * @returns {(string | Node)[]}
 */
export function statementNodes(view, { text, at, more }) {
  const { language, data, words } = view;
  const revision = at === null ? undefined : data.entries[at]?.event.revision;
  const nodes = proseNodes(view, text[language]);
  return [
    ...nodes,
    ...(revision === undefined ? [] : [' ', revisionLink(revision)]),
    ...(more === null
      ? []
      : [' ', foldedPart(words.details, () => [moreOf(view, more[language])], { class: 'more' })]),
  ];
}

/**
 * @param {View} view
 * @param {Prose} prose
 */
function moreOf(view, prose) {
  return make('span', {}, ...proseNodes(view, prose));
}

/**
 * A list of which the reader first sees the beginning; the rest is folded.
 *
 * @template Item
 * @param {View} view
 * @param {readonly Item[]} items
 * @param {number} count how many are seen at first
 * @param {(item: Item) => HTMLElement} draw each as a `li`
 * @returns {HTMLElement}
 */
export function beginningOf({ words }, items, count, draw) {
  const list = make('ul', {}, ...items.slice(0, count).map(draw));
  const rest = items.slice(count);
  if (rest.length === 0) return list;
  const summary = filled(words.more, { count: rest.length });
  return make(
    'div',
    {},
    list,
    foldedPart(summary, () => [make('ul', {}, ...rest.map(draw))], { class: 'rest' }),
  );
}
