import { make } from './dom.js';

/** @import { Prose } from '../../words/prose.ts' */
/** @import { ReportData } from '../report-data.ts' */
/** @import { View } from './main.js' */

/** The zone of the platform and its merchants; a reader can choose another one. */
export const platformZone = 'Asia/Shanghai';

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * The time zones that a reader can choose: the platform's, UTC, and the reader's own.
 *
 * @returns {readonly string[]}
 */
export function zonesOffered() {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([platformZone, 'UTC', ...(isZone(own) ? [own] : [])])];
}

/**
 * Some browsers name a zone that they do not know themselves.
 *
 * @param {string} name
 */
function isZone(name) {
  try {
    return momentText(0, name) !== momentText(0, 'UTC') || !/^(Etc\/)?(UTC|GMT|UCT)/.test(name);
  } catch {
    return false;
  }
}

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

const instantPattern = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Milliseconds since the epoch; NaN if the text is not an instant of ISO 8601. Browsers make dates
 * of other texts too.
 *
 * @param {string | null} instant
 */
function msOf(instant) {
  return instant !== null && instantPattern.test(instant) ? Date.parse(instant) : NaN;
}

/** @param {string} timeZone */
function formatIn(timeZone) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
}

/**
 * What the times of an order have in common, and so need not say each: `2026-11-23 ` if all events
 * were recorded on one day of the zone, `2026-` if in one year, otherwise nothing.
 *
 * @param {ReportData} data
 * @param {string} zone
 * @returns {string}
 */
export function sharedDate({ entries }, zone) {
  let [first, last] = [Infinity, -Infinity];
  for (const { ms } of entries) {
    if (ms === null) continue;
    first = Math.min(first, ms);
    last = Math.max(last, ms);
  }
  if (first > last) return '';
  const [from, to] = [momentText(first, zone), momentText(last, zone)];
  const parts = [from.slice(0, 11), from.slice(0, 5)];
  return parts.find((part) => to.startsWith(part)) ?? '';
}

/**
 * A stored instant in the reader's zone, without what all times of the order share. UTC is shown on
 * hover, and beside it in print. Text that is not an instant is shown as it is.
 *
 * @param {View} view
 * @param {string | null} instant
 * @param {boolean} isExact with milliseconds
 * @returns {HTMLElement}
 */
export function timeElement(view, instant, isExact = false) {
  return momentElement(view, instant, isExact, view.sharedDate);
}

/**
 * The same with its whole date, or without it where it stands after another moment of that day.
 *
 * @param {View} view
 * @param {string | null} instant
 * @param {string | null} before
 * @returns {HTMLElement}
 */
export function datedTimeElement(view, instant, before = null) {
  const ms = msOf(before);
  const day = Number.isNaN(ms) ? '' : momentText(ms, view.zone).slice(0, 11);
  return momentElement(view, instant, false, day);
}

/**
 * @param {View} view
 * @param {string | null} instant
 * @param {boolean} isExact
 * @param {string} shared
 */
function momentElement({ zone, words }, instant, isExact, shared) {
  const ms = msOf(instant);
  if (instant === null || Number.isNaN(ms)) return make('span', {}, instant || words.none);
  const utc = new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
  const attributes = { datetime: instant, title: `${utc} UTC` };
  const text = withoutShared(momentText(ms, zone, isExact), shared);
  if (zone === 'UTC') return make('time', attributes, text);
  const short = withoutShared(isExact ? utc : utc.replace(/\.\d+$/, ''), shared);
  return make('time', { ...attributes, 'data-utc': `${short} UTC` }, text);
}

/**
 * @param {string} text
 * @param {string} shared
 */
function withoutShared(text, shared) {
  return text.startsWith(shared) ? text.slice(shared.length) : text;
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
