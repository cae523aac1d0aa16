import { button, make } from './dom.js';
import { timeElement } from './times.js';
import { filled } from './words.js';

/** @import { Part, View } from './main.js' */

/**
 * Moves through the history by revision and by time. Both sliders always show the same event.
 *
 * @param {View} view
 * @returns {Part}
 */
export function scrubberPart(view) {
  const { data, words } = view;
  const { controls } = words;
  const lastAt = data.entries.length - 1;
  const moments = momentsOf(data.entries.map(({ ms }) => ms));
  const [firstMs = 0, lastMs = 0] = [moments[0], moments.at(-1)];
  const byRevision = slider(controls.byRevision, lastAt);
  const byTime = slider(controls.byTime, lastMs - firstMs);
  const position = make('output', { class: 'position' });
  const time = make('output', { class: 'time' });
  byRevision.addEventListener('input', () => {
    view.select(Number(byRevision.value));
  });
  byTime.addEventListener('input', () => {
    view.select(lastAtOrBefore(moments, firstMs + Number(byTime.value)));
  });
  const element = make(
    'div',
    { class: 'scrubber', role: 'group', 'aria-label': controls.keys },
    steps(view),
    make('label', {}, make('span', {}, controls.byRevision), byRevision, position),
    make('label', {}, make('span', {}, controls.byTime), byTime, time),
    make('small', { class: 'keys' }, controls.keys),
  );
  return {
    element,
    select: (at) => {
      const entry = data.entries[at];
      if (entry === undefined) return;
      const revision = entry.event.revision;
      byRevision.value = String(at);
      // If the reader chose a time between two events, the slider stays there.
      const isThere = lastAtOrBefore(moments, firstMs + Number(byTime.value)) === at;
      if (!isThere) byTime.value = String((moments[at] ?? firstMs) - firstMs);
      const last = data.entries[lastAt]?.event.revision ?? 0;
      position.textContent = filled(controls.position, { revision, last });
      time.replaceChildren(timeElement(view, entry.recordedAt, true));
    },
  };
}

/** @param {View} view */
function steps(view) {
  const { first, previous, next, last } = view.words.controls;
  /** @type {readonly (readonly [string, string, () => void])[]} */
  const moves = [
    ['|◀', first, view.jump.bind(view, 'first')],
    ['◀', previous, view.step.bind(view, -1)],
    ['▶', next, view.step.bind(view, 1)],
    ['▶|', last, view.jump.bind(view, 'last')],
  ];
  return make(
    'div',
    { class: 'steps' },
    ...moves.map(([sign, name, move]) => button(sign, move, { 'aria-label': name, title: name })),
  );
}

/**
 * @param {string} label
 * @param {number} max
 */
function slider(label, max) {
  const attributes = { type: 'range', min: '0', max: String(max), step: '1', 'aria-label': label };
  // `make` returns an element of the given tag.
  return /** @type {HTMLInputElement} */ (make('input', attributes));
}

/**
 * Times that never go back, even if the clock did: the order follows revisions.
 *
 * @param {readonly (number | null)[]} times
 * @returns {number[]}
 */
function momentsOf(times) {
  let latest = times.find((ms) => ms !== null) ?? 0;
  return times.map((ms) => (latest = Math.max(latest, ms ?? latest)));
}

/**
 * @param {readonly number[]} moments
 * @param {number} ms
 * @returns {number}
 */
function lastAtOrBefore(moments, ms) {
  let [low, high] = [0, moments.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((moments[middle] ?? 0) <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}
