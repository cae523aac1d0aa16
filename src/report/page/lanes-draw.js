import { ticksOf } from './axis-ticks.js';
import { make } from './dom.js';
import { hitPx, reach } from './lanes-layout.js';
import { momentText, timeElement } from './times.js';
import { filled } from './words.js';

/** @import { Lane } from '../report-data.ts' */
/** @import { Axis } from './axis.js' */
/** @import { LaneItem, LaneText } from './lanes-layout.js' */
/** @import { View } from './main.js' */
/** @typedef {{ item: LaneItem, lane: Lane, button: HTMLElement }} DrawnItem */

/**
 * The times at the top of the lanes, and a faint line down from each.
 *
 * @param {View} view
 * @param {Axis} axis
 * @returns {readonly HTMLElement[]}
 */
export function drawTicks({ zone }, axis) {
  return ticksOf(axis, zone).map(({ px, time, date }) => {
    const tick = make(
      'div',
      { class: 'lane-tick', 'aria-hidden': 'true' },
      make('span', { class: 'lane-date' }, date ?? ''),
      make('span', { class: 'lane-time' }, time),
    );
    tick.style.left = `${px}px`;
    return tick;
  });
}

/**
 * The signs of folded time: lines that break, and how much time is left out.
 *
 * @param {View} view
 * @param {Axis} axis
 * @returns {readonly HTMLElement[]}
 */
export function drawFolds({ words }, { spans }) {
  return spans
    .filter(({ isFold }) => isFold)
    .map(({ fromMs, untilMs, fromPx, untilPx }) => {
      const length = make('span', {}, lengthText(untilMs - fromMs, words.lanes.units));
      const fold = make('div', { class: 'lane-fold', 'aria-hidden': 'true' }, length);
      fold.prepend(brokenLines());
      fold.style.left = `${(fromPx + untilPx) / 2}px`;
      return fold;
    });
}

function brokenLines() {
  const svgNamespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(svgNamespace, 'svg');
  const path = document.createElementNS(svgNamespace, 'path');
  const teeth = 'l4 4 l-4 4 '.repeat(20);
  const back = 'l4 -4 l-4 -4 '.repeat(20);
  path.setAttribute('d', `M1 -2 ${teeth}h6 ${back}z`);
  svg.append(path);
  return svg;
}

/**
 * @param {View} view
 * @param {Lane} lane
 * @param {readonly LaneItem[]} items
 * @returns {{ row: HTMLElement, drawn: readonly DrawnItem[] }}
 */
export function drawLane(view, lane, items) {
  const drawn = items.map((item) => ({ item, lane, button: itemButton(view, item) }));
  const children = drawn.map(({ item, button }) => {
    const line = item.recordedPx === null ? null : recordedLine(item, item.recordedPx);
    return make('li', {}, line, button);
  });
  if (children.length === 0) return { row: make('div', { class: 'lane-row' }), drawn };
  const attributes = {
    class: 'lane-row',
    role: 'list',
    'aria-label': view.words.lanes.names[lane],
  };
  return { row: make('ul', { ...attributes, 'data-lane': lane }, ...children), drawn };
}

/**
 * @param {View} view
 * @param {LaneItem} item
 */
function itemButton(view, item) {
  const { fromPx, untilPx } = reach(item);
  const shape = make('span', { class: 'mark-shape' });
  if (item.isPoint) shape.classList.add('point');
  else {
    shape.style.left = `${item.fromPx - fromPx}px`;
    shape.style.width = `${item.untilPx - item.fromPx}px`;
  }
  const kinds = [item.isMixed ? ' mixed' : '', item.isLasting ? ' lasting' : ''].join('');
  const texts = item.text === null ? [] : [textAt(item.text, fromPx)];
  const button = make(
    'button',
    {
      type: 'button',
      tabindex: '-1',
      class: `lane-mark look-${item.look}${kinds}`,
      'aria-label': itemName(view, item),
    },
    shape,
    ...texts,
  );
  button.style.left = `${fromPx}px`;
  button.style.width = `${Math.max(untilPx - fromPx, hitPx)}px`;
  return button;
}

/**
 * From when money moved to when we knew.
 *
 * @param {LaneItem} item
 * @param {number} recordedPx
 */
function recordedLine({ fromPx, recorded }, recordedPx) {
  const line = make('span', { class: 'lane-recorded', 'aria-hidden': 'true' });
  line.style.left = `${fromPx}px`;
  line.style.width = `${Math.max(recordedPx - fromPx, 1)}px`;
  if (recorded !== null) line.append(textAt(recorded, fromPx));
  return line;
}

/**
 * @param {LaneText} text
 * @param {number} leftPx of what it stands in
 */
function textAt({ text, fromPx, isInside }, leftPx) {
  const element = make('span', { class: isInside ? 'lane-text inside' : 'lane-text' }, text);
  element.style.left = `${fromPx - leftPx}px`;
  return element;
}

/**
 * What a mark says, with its times, for the line above the lanes.
 *
 * @param {View} view
 * @param {LaneItem} item
 * @returns {readonly (string | HTMLElement)[]}
 */
export function itemWords(view, item) {
  const { language, words } = view;
  const [first] = item.marks;
  if (first === undefined) return [];
  const time = (/** @type {number} */ ms) =>
    timeElement(view, new Date(ms).toISOString(), !view.isSmall && ms % 1_000 !== 0);
  const last = item.marks.at(-1) ?? first;
  if (item.marks.length > 1) {
    const count = filled(words.lanes.together, { count: item.marks.length });
    return [`${count} · `, time(first.fromMs), ' – ', time(last.untilMs ?? last.fromMs)];
  }
  const { label, fromMs, untilMs, recordedMs } = first;
  return [
    `${label[language]} · `,
    time(fromMs),
    ...(untilMs === null ? [` – ${words.lasting}`] : []),
    ...(untilMs !== null && untilMs - fromMs >= 1_000 ? [' – ', time(untilMs)] : []),
    ...(recordedMs === null ? [] : [` · ${words.lanes.recorded} `, time(recordedMs)]),
  ];
}

/**
 * The same as one text, for those who do not see it.
 *
 * @param {View} view
 * @param {LaneItem} item
 * @returns {string}
 */
function itemName({ language, words, zone }, { marks, text }) {
  const [first] = marks;
  if (first === undefined) return '';
  const label = first.label[language];
  if (marks.length === 1) {
    const known = first.recordedMs;
    const recorded = known === null ? '' : `, ${words.lanes.recorded} ${momentText(known, zone)}`;
    const lasting = first.untilMs === null ? `, ${words.lasting}` : '';
    return `${label}, ${momentText(first.fromMs, zone)}${recorded}${lasting}`;
  }
  const last = marks.at(-1) ?? first;
  const [from, until] = [first, last].map(({ fromMs }) => momentText(fromMs, zone));
  const count = `×${marks.length}`;
  // A name says what stands there to see.
  const seen = text === null || text.text === count ? `${label} …` : text.text;
  return `${count}, ${seen}, ${from} – ${until}`;
}

/**
 * A length of time in its greatest unit, with the next one where the first alone says too little.
 *
 * @param {number} ms
 * @param {readonly string[]} units days, hours, minutes, seconds
 * @returns {string}
 */
function lengthText(ms, units) {
  const lengths = [86_400, 3_600, 60, 1];
  const seconds = Math.round(ms / 1_000);
  const place = lengths.findIndex((length) => seconds >= length);
  const [length = 1, next = 1] = lengths.slice(place);
  const count = Math.floor(seconds / length);
  if (count >= 10) return `${Math.round(seconds / length)} ${units[place] ?? ''}`;
  const rest = length === next ? 0 : Math.floor((seconds % length) / next);
  return `${count} ${units[place] ?? ''}${rest === 0 ? '' : ` ${rest} ${units[place + 1] ?? ''}`}`;
}
