import { answerNodes } from './calls.js';
import { button, make, section } from './dom.js';
import { filterControls, isFiltering, isShown } from './filters.js';
import { eventRow, whoPart } from './rows.js';
import { timeElement } from './times.js';
import { bringIntoView } from './viewport.js';
import { filled } from './words.js';

/** @import { ReportData } from '../report-data.ts' */
/** @import { Part, View } from './main.js' */

/** The rows that the browser draws, or skips, together. */
const chunkRows = 100;

/** `2026-11-23 10:02:03.412` */
const exactCharacters = 23;

/**
 * Rows that stand together; those of a run are folded with it.
 *
 * @typedef {{ element: HTMLElement, first: number, rows: HTMLElement[], run: Run | null }} Chunk
 */
/**
 * Calls alike: a line that stands for their events until its reader opens it.
 *
 * @typedef {object} Run
 * @property {ReportData['runs']['events'][number]} span
 * @property {HTMLElement} element
 * @property {HTMLElement} head
 * @property {HTMLElement} body
 */

/**
 * Every event, oldest first. All of them are in the page, so that the browser's search includes them;
 * the browser draws only those in view.
 *
 * @param {View} view
 * @returns {Part & { next: (at: number, direction: 1 | -1) => number, show: (at: number) => void }}
 */
export function timelinePart(view) {
  const { words } = view;
  const rows = view.data.entries.map((_, at) => eventRow(view, at));
  const { chunks, runs, blocks } = listOf(view, rows);
  const chunkAt = chunks.flatMap((chunk) => chunk.rows.map(() => chunk));
  const list = make('div', { class: 'events' }, ...blocks);
  list.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element) || target.closest('details') !== null) return;
    const row = target.closest('li');
    const at = row === null ? -1 : rows.indexOf(row);
    if (at >= 0) view.select(at);
  });
  // As wide as the times are, so that columns stand under each other.
  const timeCharacters = exactCharacters - view.sharedDate.length;
  let shown = -1;
  const applyFilter = () => {
    const hidden = hideFiltered(view, rows);
    for (const chunk of chunks) fit(chunk, view.isSmall);
    for (const run of runs) fold(view, run, rows);
    return hidden;
  };
  const filters = filterControls(view, applyFilter, () => {
    reveal(rows[shown], true);
  });
  const { revision, time, gap, what, who } = words.labels;
  const columns = [revision, time, gap, what, who].map((text) => make('span', {}, text));
  const element = section(
    'timeline',
    words.headings.timeline,
    filters.element,
    make('div', { class: 'columns', 'aria-hidden': 'true' }, ...columns),
    list,
  );
  element.style.setProperty('--time-width', `${timeCharacters}ch`);
  return {
    element,
    select: (at) => {
      const entered = chunkAt[at];
      markFuture(chunks, runs, chunkAt[shown], entered, at);
      mark(rows[shown], false);
      mark(rows[at], true);
      shown = at;
      if (!view.isMoving) return;
      if (entered !== undefined && entered.run !== null) open(view, entered.run, rows);
      reveal(rows[at], false);
    },
    next: (at, direction) => {
      for (let other = at + direction; other >= 0 && other < rows.length; other += direction) {
        if (rows[other]?.hidden === false) return other;
      }
      return at;
    },
    show: (at) => {
      // A reader who follows a link wants to see its event, whatever was searched before.
      if (rows[at]?.hidden === true) filters.clear();
      reveal(rows[at], true);
    },
  };
}

/**
 * @param {View} view
 * @param {readonly HTMLElement[]} rows
 */
function listOf(view, rows) {
  /** @type {Chunk[]} */
  const chunks = [];
  /** @type {Run[]} */
  const runs = [];
  /** @type {HTMLElement[]} */
  const blocks = [];
  /** @param {number} first @param {number} end @param {Run | null} run */
  const add = (first, end, run) => {
    for (let from = first; from < end; from += chunkRows) {
      const within = rows.slice(from, Math.min(from + chunkRows, end));
      const element = make('ol', { start: String(from) }, ...within);
      chunks.push({ element, first: from, rows: within, run });
      if (run === null) blocks.push(element);
      else run.body.append(element);
    }
  };
  let at = 0;
  for (const span of view.data.runs.events) {
    add(at, span.first, null);
    const run = runOf(view, span, rows);
    add(span.first, span.last + 1, run);
    runs.push(run);
    blocks.push(run.element);
    at = span.last + 1;
  }
  add(at, rows.length, null);
  return { chunks, runs, blocks };
}

/**
 * @param {View} view
 * @param {Run['span']} span
 * @param {readonly HTMLElement[]} rows
 * @returns {Run}
 */
function runOf(view, span, rows) {
  const { words, data } = view;
  const [first, last] = [data.entries[span.first], data.entries[span.last]];
  const calls = { first: span.calls.first + 1, last: span.calls.last + 1 };
  const count = calls.last - calls.first + 1;
  const events = span.last - span.first + 1;
  const answer = data.attempts[span.calls.first];
  const body = make('div', { id: `run-${span.first}`, class: 'run-body' });
  const head = button('', toggle, { class: 'run-head', 'aria-controls': body.id });
  head.append(
    make('span', { class: 'rev' }, `${first?.event.revision ?? ''}–${last?.event.revision ?? ''}`),
    make(
      'span',
      { class: 'time' },
      timeElement(view, first?.recordedAt ?? null),
      ` ${words.calls.until} `,
      timeElement(view, last?.recordedAt ?? null),
    ),
    make('span', { class: 'gap' }),
    make(
      'span',
      { class: 'what' },
      make('span', { class: 'headline' }, filled(words.calls.run, { ...calls, count })),
      ...(answer === undefined ? [] : answerNodes(view, answer)),
      make('span', { class: 'path' }, filled(words.calls.eventsFolded, { events })),
    ),
  );
  if (first !== undefined) head.append(whoPart(view, first));
  const element = make('div', { class: 'run' }, head, body);
  const run = { span, element, head, body };
  body.addEventListener('beforematch', () => {
    open(view, run, rows);
  });
  function toggle() {
    if (view.openRuns.has(span.first)) view.openRuns.delete(span.first);
    else view.openRuns.add(span.first);
    fold(view, run, rows);
  }
  return run;
}

/**
 * @param {View} view
 * @param {Run} run
 * @param {readonly HTMLElement[]} rows
 */
function open(view, run, rows) {
  if (view.openRuns.has(run.span.first)) return;
  view.openRuns.add(run.span.first);
  fold(view, run, rows);
}

/**
 * Folds a run or opens it. What a filter finds in it is shown.
 *
 * @param {View} view
 * @param {Run} run
 * @param {readonly HTMLElement[]} rows
 */
function fold(view, { span, element, head, body }, rows) {
  const isSome = rows.slice(span.first, span.last + 1).some(({ hidden }) => !hidden);
  const isOpen = view.openRuns.has(span.first) || isFiltering(view.filter);
  element.hidden = !isSome;
  head.setAttribute('aria-expanded', String(isOpen));
  // The browser's own search finds what is folded so, and opens it.
  if (isOpen) body.removeAttribute('hidden');
  else body.setAttribute('hidden', 'until-found');
}

/**
 * @param {View} view
 * @param {readonly HTMLElement[]} rows
 * @returns {number} how many are hidden
 */
function hideFiltered({ data, filter, language }, rows) {
  let hidden = 0;
  for (const [at, entry] of data.entries.entries()) {
    const row = rows[at];
    if (row === undefined) continue;
    row.hidden = !isShown(filter, entry, language);
    if (row.hidden) hidden += 1;
  }
  return hidden;
}

/**
 * Estimates the height of a chunk, so that the browser need not draw it.
 *
 * @param {Chunk} chunk
 * @param {boolean} isSmall
 */
function fit({ element, rows }, isSmall) {
  const rowHeight = isSmall ? 160 : 82;
  const shown = rows.filter(({ hidden }) => !hidden).length;
  element.hidden = shown === 0;
  element.style.setProperty('contain-intrinsic-size', `auto 100px auto ${shown * rowHeight}px`);
}

/**
 * @param {HTMLElement | undefined} row
 * @param {boolean} isFar
 */
function reveal(row, isFar) {
  if (row === undefined || row.closest('[hidden]') !== null) return;
  const chunk = row.parentElement;
  if (chunk !== drawnChunk) {
    drawnChunk?.classList.remove('drawn');
    // Where its rows are is known only when they are drawn.
    chunk?.classList.add('drawn');
    drawnChunk = chunk;
  }
  bringIntoView(row, isFar);
}

/** @type {HTMLElement | null} */
let drawnChunk = null;

/**
 * @param {readonly Chunk[]} chunks
 * @param {readonly Run[]} runs
 * @param {Chunk | undefined} left
 * @param {Chunk | undefined} entered
 * @param {number} at
 */
function markFuture(chunks, runs, left, entered, at) {
  for (const row of left?.rows ?? []) row.classList.remove('future');
  for (const { element, first } of chunks) element.classList.toggle('future', first > at);
  for (const { span, head } of runs) {
    head.classList.toggle('future', span.first > at);
    head.classList.toggle('current', span.first <= at && at <= span.last);
  }
  for (const [place, row] of (entered?.rows ?? []).entries()) {
    row.classList.toggle('future', (entered?.first ?? 0) + place > at);
  }
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
