import { make, section } from './dom.js';
import { filterControls, isShown } from './filters.js';
import { timeElement } from './times.js';
import { filled } from './words.js';

/** @import { ReportEntry } from '../report-data.ts' */
/** @import { Part, View } from './main.js' */

/** The rows that the browser draws, or skips, together. */
const chunkRows = 100;

/** @param {number} at */
function placeIn(at) {
  return Math.floor(at / chunkRows);
}

/** @param {readonly HTMLElement[]} rows */
function chunksOf(rows) {
  const chunks = [];
  for (let first = 0; first < rows.length; first += chunkRows) {
    const within = rows.slice(first, first + chunkRows);
    chunks.push(make('ol', { start: String(first) }, ...within));
  }
  return chunks;
}

/**
 * Estimates the height of a chunk, so that the browser need not draw it.
 *
 * @param {HTMLElement} chunk
 */
function fit(chunk) {
  const shown = chunk.querySelectorAll(':scope > li:not([hidden])').length;
  chunk.hidden = shown === 0;
  chunk.style.setProperty('contain-intrinsic-size', `auto 100px auto ${shown * 66}px`);
}

/**
 * Every event, oldest first. All of them are in the page, so that the browser's search and print
 * include them; the browser draws only those in view.
 *
 * @param {View} view
 * @returns {Part & { next: (at: number, direction: 1 | -1) => number }}
 */
export function timelinePart(view) {
  const { data, words, language } = view;
  const rows = data.entries.map((entry) => eventRow(view, entry));
  const chunks = chunksOf(rows);
  const list = make('div', { class: 'events' }, ...chunks);
  list.addEventListener('click', ({ target }) => {
    const row = target instanceof Element ? target.closest('li') : null;
    const at = row === null ? -1 : rows.indexOf(row);
    if (at >= 0) view.select(at);
  });
  const filters = filterControls(view, () => {
    let hidden = 0;
    for (const [at, entry] of data.entries.entries()) {
      const row = rows[at];
      if (row === undefined) continue;
      row.hidden = !isShown(view.filter, entry, language);
      if (row.hidden) hidden += 1;
    }
    for (const chunk of chunks) fit(chunk);
    return hidden;
  });
  const { revision, time, gap, what, who } = words.labels;
  const columns = [revision, time, gap, what, who].map((text) => make('span', {}, text));
  const element = section(
    'timeline',
    words.headings.timeline,
    filters,
    make('div', { class: 'columns', 'aria-hidden': 'true' }, ...columns),
    list,
  );
  let shown = -1;
  return {
    element,
    select: (at) => {
      const [left, entered] = [chunks[placeIn(shown)], chunks[placeIn(at)]];
      for (const row of left?.children ?? []) row.classList.remove('future');
      for (const [place, chunk] of chunks.entries()) {
        chunk.classList.toggle('future', place > placeIn(at));
      }
      for (const [place, row] of [...(entered?.children ?? [])].entries()) {
        row.classList.toggle('future', place > at % chunkRows);
      }
      mark(rows[shown], false);
      mark(rows[at], true);
      if (view.isMoving) rows[at]?.scrollIntoView({ block: 'nearest' });
      shown = at;
    },
    next: (at, direction) => {
      for (let other = at + direction; other >= 0 && other < rows.length; other += direction) {
        if (rows[other]?.hidden === false) return other;
      }
      return at;
    },
  };
}

/**
 * @param {HTMLElement | undefined} row
 * @param {boolean} isCurrent
 */
function mark(row, isCurrent) {
  if (row === undefined) return;
  row.classList.toggle('current', isCurrent);
  const inner = row.firstElementChild;
  if (!(inner instanceof HTMLElement)) return;
  inner.tabIndex = isCurrent ? 0 : -1;
  if (isCurrent) inner.setAttribute('aria-current', 'step');
  else inner.removeAttribute('aria-current');
}

/**
 * @param {View} view
 * @param {ReportEntry} entry
 */
function eventRow(view, entry) {
  const { words, language } = view;
  const { event, recordedAt, gap, sentence, actor, source, type, withheld, isUnknown } = entry;
  const { retraction } = entry;
  const back = gap?.[language].startsWith('−') === true;
  const inner = make(
    'button',
    { type: 'button', tabindex: '-1' },
    make('span', { class: 'rev' }, String(event.revision)),
    make('span', { class: 'time' }, timeElement(view, recordedAt)),
    make(
      'span',
      { class: `gap${back ? ' back' : ''}` },
      gap === null ? '' : `+${gap[language]}`.replace('+−', '−'),
    ),
    make(
      'span',
      { class: 'what' },
      // Struck through, and never hidden: it was recorded, and somebody took it back.
      make(retraction === null ? 'span' : 's', { class: 'sentence' }, sentence[language]),
      make('span', { class: 'path' }, `${type} · ${stepText(view, entry)}`),
      ...notes(view, entry, back).map((text) => make('span', { class: 'note' }, text)),
    ),
    make(
      'span',
      { class: 'who' },
      make('span', {}, actor ?? words.none),
      make('span', { class: 'source' }, source ?? ''),
    ),
  );
  const kinds = [
    entry.late === null ? '' : 'late',
    entry.opened.length > 0 ? 'anomalous' : '',
    isUnknown ? 'unknown' : '',
    withheld.length > 0 ? 'withheld' : '',
    entry.isInDoubt ? 'doubt' : '',
    retraction === null ? '' : 'retracted',
  ].filter((kind) => kind !== '');
  return make('li', { id: `rev-${event.revision}`, class: kinds.join(' ') }, inner);
}

/**
 * @param {View} view
 * @param {ReportEntry} entry
 */
function stepText(view, { from, to }) {
  const after = to === null ? view.words.none : view.stateName(to);
  return from === to || from === null ? after : `${view.stateName(from)} → ${after}`;
}

/**
 * @param {View} view
 * @param {ReportEntry} entry
 * @param {boolean} back
 */
function notes({ words, language }, entry, back) {
  const { late, occurredAt, opened, closedAsRetracted, retraction, isUnknown, withheld } = entry;
  const values = { late: late?.[language] ?? '', occurred: occurredAt ?? '' };
  return [
    ...(retraction === null ? [] : [retraction.sentence[language]]),
    ...(late === null ? [] : [filled(words.late, values)]),
    ...(back ? [words.clockBack] : []),
    ...opened.map((number) => filled(words.opened, { number })),
    ...closedAsRetracted.map((number) => filled(words.closedAsRetracted, { number })),
    ...(isUnknown ? [words.unknownEvent] : []),
    ...(withheld.length === 0 ? [] : [filled(words.withheld, { names: withheld.join(', ') })]),
  ];
}
