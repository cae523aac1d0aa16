import { button, make } from './dom.js';
import { filled } from './words.js';

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
 * @param {ReportEntry} entry
 * @param {View['language']} language
 * @returns {boolean}
 */
export function isShown(filter, entry, language) {
  const { type, actor, isFailure } = entry;
  if (filter.type !== '' && type !== filter.type) return false;
  if (filter.actor !== '' && actor !== filter.actor) return false;
  if (filter.onlyFailed && !isFailure) return false;
  if (filter.onlyAttention && !isNoteworthy(entry)) return false;
  if (filter.text === '') return true;
  const { revision } = entry.event;
  const shown = [revision, type, entry.sentence[language], entry.retraction?.sentence[language]];
  const all = [...shown, actor, entry.source, entry.noticeId].map((text) => text ?? '').join(' ');
  return all.toLowerCase().includes(filter.text.toLowerCase());
}

/**
 * Late, anomalous, retracted, or unknown.
 *
 * @param {ReportEntry} entry
 */
function isNoteworthy({ late, opened, closedAsRetracted, retraction, isUnknown }) {
  const anomalies = opened.length + closedAsRetracted.length;
  return late !== null || anomalies > 0 || retraction !== null || isUnknown;
}

/**
 * The controls of a filter. `apply` returns how many events the filter hides.
 *
 * @param {View} view
 * @param {() => number} apply
 * @returns {HTMLElement}
 */
export function filterControls(view, apply) {
  const { words, data, filter } = view;
  const { controls } = words;
  const count = make('span', { class: 'hidden-count', role: 'status' });
  const search = /** @type {HTMLInputElement} */ (
    make('input', { type: 'search', placeholder: controls.search, 'aria-label': controls.search })
  );
  search.value = filter.text;
  const typesFound = data.entries.map(({ type }) => type);
  const actorsFound = data.entries.map(({ actor }) => actor);
  const types = choice(controls.allTypes, typesFound, filter.type);
  const actors = choice(controls.allActors, actorsFound, filter.actor);
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
    clear.hidden = hidden === 0;
  };
  const clear = button(controls.clear, () => {
    search.value = types.value = actors.value = '';
    failed.box.checked = attention.box.checked = false;
    refresh();
  });
  for (const control of [search, types, actors, failed.box, attention.box]) {
    control.addEventListener('input', refresh);
  }
  refresh();
  const shown = [search, types, actors, failed.label, attention.label, count, clear];
  return make('div', { class: 'filters' }, ...shown);
}

/**
 * @param {string} all
 * @param {readonly (string | null)[]} found
 * @param {string} chosen
 */
function choice(all, found, chosen) {
  const names = [...new Set(found)].filter((name) => name !== null).toSorted();
  const options = names.map((name) => make('option', { value: name }, name));
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
