import { callsPart } from './calls.js';
import { detailPart } from './detail.js';
import { diagramPart } from './diagram.js';
import { make, section } from './dom.js';
import { factsPart } from './facts.js';
import { noFilter } from './filters.js';
import { findingsPart } from './findings.js';
import { headerPart } from './header.js';
import { checkIntegrity } from './integrity.js';
import { lanesPart } from './lanes.js';
import { checkLog, logHeadline } from './log-badge.js';
import { titlePages } from './printing.js';
import { badge, recordPart } from './record.js';
import { scrubberPart } from './scrubber.js';
import { timelinePart } from './timeline.js';
import { platformZone, sharedDate } from './times.js';
import { verdictPart } from './verdict.js';

/** @import { ReportData } from '../report-data.ts' */
/** @import { TabName } from './detail.js' */
/** @import { Filter } from './filters.js' */
/** @import { Integrity } from './integrity.js' */
/** @import { LogAnswer } from './log-badge.js' */
/**
 * Something that shows the chosen event.
 *
 * @typedef {{ element: HTMLElement, select: (at: number) => void }} Part
 */
/**
 * What the parts share.
 *
 * @typedef {object} View
 * @property {ReportData} data
 * @property {ReportData['language']} language
 * @property {ReportData['words']['en']} words
 * @property {string} zone the time zone in which times are shown
 * @property {string} sharedDate the beginning of a date that they leave out
 * @property {boolean} isSmall
 * @property {Filter} filter
 * @property {Set<number>} openRuns runs of calls alike that the reader opened, by their first place
 * @property {TabName} tab
 * @property {Integrity | null} integrity null while it is checked
 * @property {LogAnswer | null} log likewise
 * @property {boolean} isMoving false while the page is only drawn: then nothing scrolls
 * @property {(path: string) => string} stateName
 * @property {(at: number) => void} select
 * @property {(direction: 1 | -1) => void} step to the next event that is shown
 * @property {(end: 'first' | 'last') => void} jump to the first or last event that is shown
 */

const source = document.getElementById('data');
const text = source?.textContent ?? '';
// The content as `renderReport` wrote it; `checkIntegrity` finds out below whether it was altered.
/** @type {unknown} */
const parsed = JSON.parse(text);
const data = /** @type {ReportData} */ (parsed);
const svg = /** @type {SVGElement} */ (document.querySelector('svg.machine'));
const root = document.documentElement;

let at = data.entries.length - 1;
/** @type {readonly Part[]} */
let parts = [];
/** @type {(at: number, direction: 1 | -1) => number} */
let nextShown = (from) => from;
/** @type {(at: number) => void} */
let showRow = () => undefined;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let naming;
/** The address's hash as the page last read or wrote it. */
let knownHash = location.hash;

/** @type {View} */
const view = {
  data,
  language: data.language,
  words: data.words[data.language],
  zone: platformZone,
  sharedDate: '',
  isSmall: false,
  filter: noFilter(),
  openRuns: new Set(),
  tab: 'event',
  integrity: null,
  log: null,
  isMoving: false,
  stateName: (path) => data.names[view.language].states[path] ?? path,
  select: (wanted) => {
    at = Math.min(Math.max(wanted, 0), data.entries.length - 1);
    for (const part of parts) part.select(at);
    clearTimeout(naming);
    // Browsers slow down pages that change their address at every step.
    naming = setTimeout(nameChosen, 200);
  },
  step: (direction) => {
    view.select(nextShown(at, direction));
  },
  jump: (end) => {
    view.select(end === 'first' ? nextShown(-1, 1) : nextShown(data.entries.length, -1));
  },
};

function nameChosen() {
  // The reader has just followed a link, whose `hashchange` is still to come: it must not be lost.
  if (location.hash !== knownHash) return;
  knownHash = `#rev=${data.entries[at]?.event.revision ?? 0}`;
  // Unlike an assignment to `location` this fires no `hashchange`, which could undo a later step.
  if (location.hash !== knownHash) history.replaceState(null, '', knownHash);
}

/**
 * @param {string} hash
 * @returns {number} the place of the event that it names, or -1
 */
function placeNamed(hash) {
  const named = /^#rev=(\d+)$/.exec(hash)?.[1];
  return data.entries.findIndex(({ event }) => String(event.revision) === named);
}

const small = matchMedia('(max-width: 700px)');
small.addEventListener('change', render);

function render() {
  // The focused control is drawn again.
  const focused = document.activeElement?.id ?? '';
  root.lang = view.language;
  view.words = data.words[view.language];
  view.sharedDate = sharedDate(data, view.zone);
  view.isSmall = small.matches;
  const { words } = view;
  const scrubber = scrubberPart(view);
  const timeline = timelinePart(view);
  const calls = callsPart(view);
  const lanes = lanesPart(view);
  const diagram = diagramPart(view, svg);
  const detail = detailPart(view);
  parts = [scrubber, lanes, calls, diagram, detail, timeline];
  nextShown = timeline.next;
  showRow = timeline.show;
  const sides = make('div', { class: 'side' }, detail.element, diagram.element);
  const proves = words.proves.map((line) => make('li', {}, line));
  const skip = make('a', { class: 'skip', href: '#content' }, words.controls.skip);
  const main = make(
    'main',
    { id: 'content', tabindex: '-1' },
    verdictPart(view),
    factsPart(view),
    findingsPart(view),
    lanes.element,
    make('div', { class: 'replay' }, scrubber.element, timeline.element, sides),
    calls.element,
    section('about', words.headings.about, make('ul', {}, ...proves)),
  );
  document.getElementById('report')?.replaceChildren(skip, headerPart(view, change), main);
  view.isMoving = false;
  view.select(at);
  view.isMoving = true;
  if (focused !== '') document.getElementById(focused)?.focus();
}

/** What the reader can change about all that is shown. */
const change = {
  language: () => {
    view.language = view.language === 'en' ? 'zh-CN' : 'en';
    render();
  },
  zone: (/** @type {string} */ zone) => {
    view.zone = zone;
    render();
  },
};

/**
 * Shows an event to its reader, wherever the page stands.
 *
 * @param {number} place
 */
function go(place) {
  view.select(place);
  showRow(at);
}

document.addEventListener('click', ({ target }) => {
  const link = target instanceof Element ? target.closest('a') : null;
  // Where the address names the event already, the browser fires no `hashchange`.
  if (link === null || link.hash !== location.hash) return;
  const place = placeNamed(link.hash);
  if (place >= 0) go(place);
});

/** @type {ReadonlyMap<string, 1 | -1>} */
const directions = new Map([
  ['ArrowRight', 1],
  ['j', 1],
  ['ArrowLeft', -1],
  ['k', -1],
]);

document.addEventListener('keydown', (event) => {
  const { target, key, altKey, ctrlKey, metaKey } = event;
  if (altKey || ctrlKey || metaKey) return;
  const isWriting = target instanceof Element && target.matches('input[type=search], select');
  if (isWriting) return;
  const direction = directions.get(key);
  if (direction !== undefined) view.step(direction);
  else if (key === 'Home') view.jump('first');
  else if (key === 'End') view.jump('last');
  else return;
  event.preventDefault();
});

addEventListener('hashchange', () => {
  knownHash = location.hash;
  const place = placeNamed(location.hash);
  if (place >= 0) go(place);
});

titlePages(data.header.orderNo);
const named = placeNamed(location.hash);
if (named >= 0) at = named;
render();
if (named >= 0) go(named);

// Draw first: the check takes a while.
await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
view.integrity = await checkIntegrity(data, text, source?.getAttribute('data-sha256') ?? '');
showProofs();
if (data.log !== null) {
  view.log = await checkLog(data, view.integrity);
  showProofs();
}

function showProofs() {
  for (const shown of document.querySelectorAll('[data-record]')) {
    shown.replaceWith(recordPart(view));
  }
  for (const shown of document.querySelectorAll('.findings [data-integrity]')) {
    shown.replaceWith(badge(view));
  }
  for (const shown of document.querySelectorAll('.findings [data-log]')) {
    shown.replaceWith(logHeadline(view));
  }
}
