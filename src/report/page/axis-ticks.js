import { momentText } from './times.js';

/** @import { Axis, Span } from './axis.js' */
/**
 * A label at a round time.
 *
 * @typedef {object} Tick
 * @property {number} px
 * @property {string} time empty where the date says all
 * @property {string | null} date where it changes, and now and then
 */

const unitMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const tickStepsMs = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * unitMs.second),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * unitMs.minute),
  ...[1, 2, 3, 6, 12].map((hours) => hours * unitMs.hour),
  ...[1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000].flatMap((days) =>
    [1, 2, 5].map((times) => times * days * unitMs.day),
  ),
];
const betweenTicksPx = 24;
/** So far from its last label a date is written again: where the axis is wide, that is out of sight. */
const redatedPx = 1_300;

/**
 * Round times of a zone, as many as fit. Every unfolded stretch has one where there is room.
 *
 * @param {Axis} axis
 * @param {string} zone
 * @returns {readonly Tick[]}
 */
export function ticksOf({ spans }, zone) {
  /** @type {Tick[]} */
  const ticks = [];
  let [endPx, datePx, lastDate] = [-Infinity, -Infinity, ''];
  for (const span of spans) {
    if (span.isFold) continue;
    const stepMs = stepIn(span);
    const round = roundTimes(span, stepMs, zone);
    const isRound = round.length > 0;
    for (const ms of isRound ? round : [span.fromMs]) {
      const [date = '', time = ''] = momentText(ms, zone, isRound && stepMs < unitMs.second).split(
        ' ',
      );
      const px = pxOf(span, ms);
      const isDated = date !== lastDate || px - datePx > redatedPx;
      const tick = {
        px,
        time: shortTime(time, isRound ? stepMs : unitMs.second),
        date: isDated ? shortDate(date, lastDate) : null,
      };
      const halfPx = Math.max(tickTextPx(tick.time), tickTextPx(tick.date ?? '')) / 2;
      if (tick.px - halfPx < endPx || (tick.time === '' && tick.date === null)) continue;
      endPx = tick.px + halfPx + betweenTicksPx / 6;
      lastDate = date;
      if (isDated) datePx = px;
      ticks.push(tick);
    }
  }
  return ticks;
}

/**
 * The width of bold digits and signs at 12 px in the widest of usual fonts.
 *
 * @param {string} text
 */
function tickTextPx(text) {
  return Array.from(text).reduce((sum, sign) => sum + (/\d/.test(sign) ? 8.3 : 5), 0);
}

/** @param {Span} span */
function stepIn({ fromMs, untilMs, fromPx, untilPx }) {
  const perMs = untilMs === fromMs ? 0 : (untilPx - fromPx) / (untilMs - fromMs);
  const isWide = (/** @type {number} */ stepMs) =>
    stepMs * perMs >= tickLabelPx(stepMs) + betweenTicksPx;
  return tickStepsMs.find(isWide) ?? Infinity;
}

/** @param {number} stepMs */
function tickLabelPx(stepMs) {
  const widest =
    stepMs < unitMs.second ? '00:00:00.000' : stepMs < unitMs.day ? '00:00:00' : '0000-00-00';
  return tickTextPx(widest);
}

/**
 * @param {Span} span
 * @param {number} stepMs
 * @param {string} zone
 * @returns {readonly number[]}
 */
function roundTimes({ fromMs, untilMs }, stepMs, zone) {
  if (stepMs === Infinity) return [];
  const times = [];
  const offsetMs = offsetAt(fromMs, zone);
  let localMs = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs;
  for (; localMs - offsetMs <= untilMs; localMs += stepMs) {
    // A zone may change its offset in between, as it does in spring.
    const ms = localMs - offsetAt(localMs - offsetMs, zone);
    if (ms >= fromMs && ms <= untilMs && ms > (times.at(-1) ?? -Infinity)) times.push(ms);
  }
  return times;
}

/**
 * @param {number} ms
 * @param {string} zone
 * @returns {number} what to add to UTC; 0 for years that are not written with four digits
 */
function offsetAt(ms, zone) {
  const localMs = Date.parse(`${momentText(ms, zone).replace(' ', 'T')}Z`);
  return Number.isNaN(localMs) ? 0 : localMs - Math.floor(ms / unitMs.second) * unitMs.second;
}

/**
 * @param {Span} span
 * @param {number} ms
 */
function pxOf({ fromMs, untilMs, fromPx, untilPx }, ms) {
  return untilMs === fromMs
    ? fromPx
    : fromPx + ((ms - fromMs) / (untilMs - fromMs)) * (untilPx - fromPx);
}

/**
 * @param {string} time
 * @param {number} stepMs
 */
function shortTime(time, stepMs) {
  if (stepMs >= unitMs.day) return '';
  return stepMs >= unitMs.minute ? time.slice(0, 5) : time;
}

/**
 * @param {string} date
 * @param {string} lastDate
 */
function shortDate(date, lastDate) {
  return date.slice(0, 5) === lastDate.slice(0, 5) ? date.slice(5) : date;
}
