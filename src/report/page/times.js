import { make } from './dom.js';

/** @import { Prose } from '../../words/prose.ts' */
/** @import { View } from './main.js' */

/** The zone of the platform and its merchants; a reader can choose another one. */
export const platformZone = 'Asia/Shanghai';

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * A moment in a time zone, such as `2026-11-23 10:02:03`.
 *
 * @param {number} ms
 * @param {string} zone
 * @param {boolean} isExact with milliseconds
 * @returns {string}
 */
export function momentText(ms, zone, isExact = false) {
  const format = formats.get(zone) ?? formatIn(zone);
  formats.set(zone, format);
  // Swedish writes dates as ISO 8601 does.
  const text = format.format(ms);
  return isExact ? `${text}.${String(((ms % 1_000) + 1_000) % 1_000).padStart(3, '0')}` : text;
}

/** @param {string} timeZone */
function formatIn(timeZone) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
}

/**
 * A stored instant in the reader's zone, with UTC on hover and in print; text that is not an instant
 * is shown as it is.
 *
 * @param {View} view
 * @param {string | null} instant
 * @param {boolean} isExact with milliseconds
 * @returns {HTMLElement}
 */
export function timeElement({ zone, words }, instant, isExact = false) {
  const ms = instant === null ? NaN : Date.parse(instant);
  if (instant === null || Number.isNaN(ms)) return make('span', {}, instant || words.none);
  const utc = `${momentText(ms, 'UTC', true)} UTC`;
  const shown = momentText(ms, zone, isExact);
  return make('time', { datetime: instant, title: utc, 'data-utc': utc }, shown);
}

/**
 * A sentence, with its moments in the reader's zone.
 *
 * @param {View} view
 * @param {Prose} prose
 * @returns {(string | HTMLElement)[]}
 */
export function proseNodes(view, prose) {
  return prose.map((piece) =>
    typeof piece === 'string' ? piece : timeElement(view, piece.at, piece.isExact === true),
  );
}
