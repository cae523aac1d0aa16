import { callsPart } from './calls.js';
import { detailPart } from './detail.js';
import { diagramPart } from './diagram.js';
import { make, section } from './dom.js';
import { factsPart } from './facts.js';
import { noFilter } from './filters.js';
import { findingsPart } from './findings.js';
import { headerPart } from './header.js';
import { checkIntegrity } from './integrity.js';
import { keepPlace } from './keeping.js';
import { lanesPart } from './lanes.js';
import { checkLog, logHeadline } from './log-badge.js';
import { titlePages } from './printing.js';
import { badge, recordPart } from './record.js';
import { scrubberPart } from './scrubber.js';
import { readSource, whenNewer } from './source.js';
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
 * @property {boolean} isMounted whether the report is a part of another page
 * @property {ReportData['language']} language
 * @property {ReportData['words']['en']} words
 * @property {string} zone the time zone in which times are shown
 * @property {string} sharedDate the beginning of a date that they leave out
 * @property {boolean} isSmall
 * @property {Filter} filter
 * @property {Set<number>} openRuns runs of calls alike that the reader opened, by their first place
 * @property {Set<number>} openCalls the same in the list of calls
 * @property {boolean} areCallsAll whether all of that list is drawn
 * @property {number} zoom how much wider the lanes are than their place
 * @property {TabName} tab
 * @property {Integrity | null} integrity null while it is checked
 * @property {LogAnswer | null} log likewise
 * @property {boolean} isMoving false while the page is only drawn: then nothing scrolls
 * @property {(path: string) => string} stateName
 * @property {(at: number) => void} select
 * @property {(direction: 1 | -1) => void} step to the next event that is shown
 * @property {(end: 'first' | 'last') => void} jump to the first or last event that is shown
 */

const mount = document.getElementById('report');
let source = readSource();
const svg = /** @type {SVGElement} */ (document.querySelector('svg.machine'));
const root = document.documentElement;

let at = source.data.entries.length - 1;
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
  data: source.data,
  isMounted: mount?.hasAttribute('data-mounted') === true,
  language: source.data.language,
  words: source.data.words[source.data.language],
  zone: platformZone,
  sharedDate: '',
  isSmall: false,
  filter: noFilter(),
  openRuns: new Set(),
  openCalls: new Set(),
  areCallsAll: false,
  zoom: 1,
  tab: 'event',
  integrity: null,
  log: null,
  isMoving: false,
  stateName: (path) => view.data.names[view.language].states[path] ?? path,
  select: (wanted) => {
    at = Math.min(Math.max(wanted, 0), view.data.entries.length - 1);
    for (const part of parts) part.select(at);
    clearTimeout(naming);
    // Browsers slow down pages that change their address at every step.
    naming = setTimeout(nameChosen, 200);
  },
  step: (direction) => {
    view.select(nextShown(at, direction));
  },
  jump: (end) => {
    view.select(end === 'first' ? nextShown(-1, 1) : nextShown(view.data.entries.length, -1));
  },
};

function nameChosen() {
  // The reader has just followed a link, whose `hashchange` is still to come: it must not be lost.
  if (location.hash !== knownHash) return;
  // Who comes back to a page that lives on wants its last event, whichever that is by then.
  const isNone = view.isMounted && at === view.data.entries.length - 1;
  knownHash = isNone ? '' : `#rev=${view.data.entries[at]?.event.revision ?? 0}`;
  if (location.hash === knownHash) return;
  // Unlike an assignment to `location` this fires no `hashchange`, which could undo a later step.
  history.replaceState(history.state, '', isNone ? location.pathname + location.search : knownHash);
}

/**
 * @param {string} hash
 * @returns {number} the place of the event that it names, or -1
 */
function placeNamed(hash) {
  const named = /^#rev=(\d+)$/.exec(hash)?.[1];
  return view.data.entries.findIndex(({ event }) => String(event.revision) === named);
}

const small = matchMedia('(max-width: 700px)');
small.addEventListener('change', render);

function render() {
  // The focused control is drawn again.
  const focused = document.activeElement?.id ?? '';
  root.lang = view.language;
  view.words = view.data.words[view.language];
  view.sharedDate = sharedDate(view.data, view.zone);
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
  const { isMounted } = view;
  const skip = make('a', { class: 'skip', href: '#content' }, words.controls.skip);
  const main = make(
    isMounted ? 'div' : 'main',
    { class: 'content', ...(isMounted ? {} : { id: 'content', tabindex: '-1' }) },
    verdictPart(view),
    factsPart(view),
    findingsPart(view),
    lanes.element,
    make('div', { class: 'replay' }, scrubber.element, timeline.element, sides),
    calls.element,
    section('about', words.headings.about, make('ul', {}, ...proves)),
  );
  // The page around it has its own way past its header.
  mount?.replaceChildren(...(isMounted ? [] : [skip]), headerPart(view, change), main);
  lanes.fit();
  view.isMoving = false;
  view.select(at);
  view.isMoving = true;
  if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
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
  if (link?.getAttribute('href') !== location.hash) return;
  const place = placeNamed(location.hash);
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
  if (!(target instanceof Element) || target.matches('input[type=search], select')) return;
  // Another part of the page has keys of its own.
  if (target !== document.body && target !== root && mount?.contains(target) !== true) return;
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

titlePages(view.data.header.orderNo);
const named = placeNamed(location.hash);
if (named >= 0) at = named;
render();
if (named >= 0) go(named);
whenNewer(redraw);

// Draw first: the check takes a while.
await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
await check();

/** Shows newer data where the reader is: at the last event, or at the same one. */
function redraw() {
  const newer = readSource();
  if (mount === null || newer.text === source.text) return;
  const { entries } = view.data;
  const revision = at === entries.length - 1 ? null : entries[at]?.event.revision;
  source = newer;
  view.data = newer.data;
  const place = view.data.entries.findIndex(({ event }) => event.revision === revision);
  at = place < 0 ? view.data.entries.length - 1 : place;
  view.integrity = null;
  view.log = null;
  const putBack = keepPlace(mount);
  render();
  putBack();
  void check();
}

async function check() {
  const checked = source;
  const integrity = await checkIntegrity(checked.data, checked.text, checked.digest);
  // What was checked is not shown any more.
  if (checked !== source) return;
  view.integrity = integrity;
  showProofs();
  if (checked.data.log === null) return;
  const log = await checkLog(checked.data, integrity);
  if (checked !== source) return;
  view.log = log;
  showProofs();
}

function showProofs() {
  for (const shown of document.querySelectorAll('[data-record]')) {
    const isOpen = shown.querySelector(':scope > details[open]') !== null;
    shown.replaceWith(recordPart(view, isOpen));
  }
  for (const shown of document.querySelectorAll('.findings [data-integrity]')) {
    shown.replaceWith(badge(view));
  }
  for (const shown of document.querySelectorAll('.findings [data-log]')) {
    shown.replaceWith(logHeadline(view));
  }
}
