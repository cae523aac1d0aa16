/** @import { DrawnItem } from './lanes-draw.js' */

/** The lanes from top to bottom, as the marks come. */
export const laneOrder = /** @type {const} */ ([
  ...['people', 'calls', 'doubts', 'questions', 'money', 'notices'],
]);

/**
 * @param {string} key
 * @param {number} zoom
 * @returns {number | null} the zoom that a key asks for
 */
export function zoomBy(key, zoom) {
  if (key === '+' || key === '=') return zoom * 2;
  if (key === '-') return zoom / 2;
  return key === '0' ? 1 : null;
}

/**
 * Where a key leads from a mark: within its lane, or to the nearest mark of the next lane that has one.
 *
 * @param {string} key
 * @param {DrawnItem} from
 * @param {readonly DrawnItem[]} drawn
 * @returns {DrawnItem | undefined} undefined for a key that leads nowhere
 */
export function reachedBy(key, from, drawn) {
  const within = drawn.filter(({ lane }) => lane === from.lane);
  const place = within.indexOf(from);
  if (key === 'ArrowLeft') return within[place - 1] ?? from;
  if (key === 'ArrowRight') return within[place + 1] ?? from;
  if (key === 'Home') return within[0];
  if (key === 'End') return within.at(-1);
  const step = key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : 0;
  if (step === 0) return undefined;
  for (let other = laneOrder.indexOf(from.lane) + step; other in laneOrder; other += step) {
    const there = drawn.filter(({ lane }) => lane === laneOrder[other]);
    const apart = (/** @type {DrawnItem} */ { item }) => Math.abs(item.fromPx - from.item.fromPx);
    const [nearest] = there.toSorted((one, two) => apart(one) - apart(two));
    if (nearest !== undefined) return nearest;
  }
  return from;
}
