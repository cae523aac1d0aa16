import { button, make } from './dom.js';
import { filled, wordsFor } from './words.js';

/** @import { ReportEntry } from '../report-data.ts' */
/** @import { View } from './main.js' */
/**
 * @typedef {object} Filter
 * @property {string} text
 * @property {string} type empty for all
 * @property {string} actor empty for all
 * @property {boolean} onlyFailed
 * @property {boolean} onlyAttention
 */

/** @returns {Filter} */
export function noFilter() {
  return { text: '', type: '', actor: '', onlyFailed: false, onlyAttention: false };
}

/**
 * @param {Filter} filter
 * @returns {boolean} whether it may hide an event
 */
export function isFiltering({ text, type, actor, onlyFailed, onlyAttention }) {
  return text !== '' || type !== '' || actor !== '' || onlyFailed || onlyAttention;
}

/**
 * @param {Filter} filter
 * @param {ReportEntry} entry
 * @param {View['language']} language
 * @returns {boolean}
 */
export function isShown(filter, entry, language) {
  const { type, actor, isFailure, headline, details } = entry;
  if (filter.type !== '' && type !== filter.type) return false;
  if (filter.actor !== '' && actor !== filter.actor) return false;
  if (filter.onlyFailed && !isFailure) return false;
  if (filter.onlyAttention && !isNoteworthy(entry)) return false;
  if (filter.text === '') return true;
  const { revision } = entry.event;
  const said = details[language].flatMap(({ text, code, moment }) => [text, code, moment?.at]);
  const shown = [revision, type, headline[language], ...said, entry.retraction?.sentence[language]];
  const all = [...shown, actor, entry.source, entry.noticeId].map((text) => text ?? '').join(' ');
  return all.toLowerCase().includes(filter.text.toLowerCase());
}

/**
 * Late, anomalous, retracted, or unknown.
 *
 * @param {ReportEntry} entry
 */
function isNoteworthy({ late, early, opened, closedAsRetracted, retraction, isUnknown }) {
  const anomalies = opened.length + closedAsRetracted.length;
  return late !== null || early !== null || anomalies > 0 || retraction !== null || isUnknown;
}

/**
 * The controls of a filter. `apply` returns how many events the filter hides; `show` shows the chosen
 * event among all the others, when they are back.
 *
 * @param {View} view
 * @param {() => number} apply
 * @param {() => void} show
 * @returns {{ element: HTMLElement, clear: () => void }}
 */
export function filterControls(view, apply, show) {
  const { words, data, filter, language } = view;
  const { controls } = words;
  const { headlines } = data.names[language];
  const count = make('span', { class: 'hidden-count', role: 'status' });
  const search = /** @type {HTMLInputElement} */ (
    make('input', { type: 'search', placeholder: controls.search, 'aria-label': controls.search })
  );
  search.value = filter.text;
  const typesFound = data.entries.map(({ type }) => type);
  const actorsFound = data.entries.map(({ actor }) => actor);
  const types = choice(controls.allTypes, typesFound, filter.type, (type) => {
    const headline = wordsFor(headlines, type);
    return headline === null ? type : `${headline} (${type})`;
  });
  const actors = choice(controls.allActors, actorsFound, filter.actor, (actor) => actor);
  const failed = checkbox(controls.onlyFailed, filter.onlyFailed);
  const attention = checkbox(controls.onlyAttention, filter.onlyAttention);
  const refresh = () => {
    filter.text = search.value;
    filter.type = types.value;
    filter.actor = actors.value;
    filter.onlyFailed = failed.box.checked;
    filter.onlyAttention = attention.box.checked;
    const hidden = apply();
    count.textContent = hidden === 0 ? '' : filled(controls.hidden, { count: hidden });
    showAll.hidden = hidden === 0;
  };
  const clear = () => {
    search.value = types.value = actors.value = '';
    failed.box.checked = attention.box.checked = false;
    refresh();
  };
  const showAll = button(controls.clear, () => {
    clear();
    show();
  });
  for (const control of [search, types, actors, failed.box, attention.box]) {
    control.addEventListener('input', refresh);
  }
  refresh();
  const shown = [search, types, actors, failed.label, attention.label, count, showAll];
  return { element: make('div', { class: 'filters' }, ...shown), clear };
}

/**
 * @param {string} all
 * @param {readonly (string | null)[]} found
 * @param {string} chosen
 * @param {(name: string) => string} inWords
 */
function choice(all, found, chosen, inWords) {
  const names = [...new Set(found)].filter((name) => name !== null).toSorted();
  const options = names.map((name) => make('option', { value: name }, inWords(name)));
  const first = make('option', { value: '' }, all);
  const element = make('select', { 'aria-label': all }, first, ...options);
  // `make` returns an element of the given tag.
  const select = /** @type {HTMLSelectElement} */ (element);
  select.value = chosen;
  return select;
}

/**
 * @param {string} label
 * @param {boolean} checked
 * @returns {{ label: HTMLElement, box: HTMLInputElement }}
 */
function checkbox(label, checked) {
  // `make` returns an element of the given tag.
  const box = /** @type {HTMLInputElement} */ (make('input', { type: 'checkbox' }));
  box.checked = checked;
  return { label: make('label', {}, box, ` ${label}`), box };
}
