import { placeOf } from './axis.js';

/** @import { LaneMark } from '../report-data.ts' */
/** @import { Axis } from './axis.js' */
/**
 * One mark, or several that would overlap, and where it stands in its lane.
 *
 * @typedef {object} LaneItem
 * @property {readonly LaneMark[]} marks never empty, oldest first
 * @property {LaneMark['look']} look the gravest of its marks
 * @property {boolean} isPoint whether it has no length
 * @property {boolean} isMixed whether its marks look different
 * @property {boolean} isLasting whether one of them has not ended
 * @property {number} fromPx
 * @property {number} untilPx
 * @property {number | null} recordedPx where it became known, if that was later
 * @property {LaneText | null} text null where there is no room for it
 * @property {LaneText | null} recorded likewise, beside `recordedPx`
 */
/**
 * @typedef {{ text: string, fromPx: number, untilPx: number, isInside: boolean }} LaneText
 */
/** @typedef {Omit<LaneItem, 'text' | 'recorded'>} Box */
/** @typedef {{ label: (mark: LaneMark) => string, recorded: string }} LaneLabels */

/** The least width of what a pointer can hit. */
export const hitPx = 12;
/** The most labels that stand together. */
const joinedMax = 3;
const [barPxMin, textGapPx] = [3, 6];
/** A shorter line from when money moved to when it was recorded says nothing new. */
const lineSeenPx = 30;
const looksByGravity = /** @type {const} */ (['bad', 'doubt', 'good', 'plain', 'retracted']);

/**
 * Lays the marks of one lane out.
 *
 * @param {readonly LaneMark[]} marks by `fromMs`
 * @param {Axis} axis
 * @param {LaneLabels} labels
 * @returns {readonly LaneItem[]}
 */
export function laneItems(marks, axis, labels) {
  /** @type {LaneMark[][]} */
  const groups = [];
  let endPx = -Infinity;
  for (const mark of marks) {
    const { fromPx, untilPx } = reach(boxOf([mark], axis));
    const last = groups.at(-1);
    if (last !== undefined && fromPx < endPx) last.push(mark);
    else groups.push([mark]);
    endPx = Math.max(endPx, untilPx);
  }
  const items = groups.map((group) => ({ ...boxOf(group, axis), marks: group }));
  const taken = new TakenPlaces();
  for (const item of items) {
    const { recordedPx } = item;
    taken.add(reach(item));
    if (recordedPx !== null) taken.add({ fromPx: recordedPx - 1, untilPx: recordedPx + 1 });
  }
  const isFree = (/** @type {LaneText} */ text) =>
    text.fromPx >= 0 && text.untilPx <= axis.widthPx && taken.isFree(text);
  /**
   * @param {readonly LaneText[]} wanted
   * @returns {LaneText | null} the first that may stand; its place is then taken
   */
  const written = (wanted) => {
    const found = wanted.find((text) => text.isInside || isFree(text)) ?? null;
    if (found !== null && !found.isInside) taken.add(found);
    return found;
  };
  const texts = new Map(
    items
      .toSorted(byWeight)
      .map((item) => [
        item,
        written(textsFor(item.marks, labels).flatMap((text) => placesFor(text, item))),
      ]),
  );
  return items.map((item) => {
    const places = recordedPlaces(labels.recorded, item);
    return { ...item, text: texts.get(item) ?? null, recorded: written(places) };
  });
}

/** What is taken in a lane. A lane may hold thousands of marks, so only those near by are compared. */
class TakenPlaces {
  /** @type {Map<number, { fromPx: number, untilPx: number }[]>} */
  #near = new Map();

  /** @param {{ fromPx: number, untilPx: number }} place */
  add(place) {
    for (const cell of cellsOf(place)) {
      const others = this.#near.get(cell);
      if (others === undefined) this.#near.set(cell, [place]);
      else others.push(place);
    }
  }

  /** @param {{ fromPx: number, untilPx: number }} place */
  isFree(place) {
    const near = cellsOf(place).flatMap((cell) => this.#near.get(cell) ?? []);
    return !near.some(({ fromPx, untilPx }) => place.fromPx < untilPx && place.untilPx > fromPx);
  }
}

/** @param {{ fromPx: number, untilPx: number }} place */
function cellsOf({ fromPx, untilPx }) {
  const cellPx = 128;
  const first = Math.floor(fromPx / cellPx);
  return Array.from(
    { length: Math.floor(untilPx / cellPx) - first + 1 },
    (_, cell) => first + cell,
  );
}

/**
 * The gravest first, and one mark before many: theirs are the texts that must stand.
 *
 * @param {Box} one
 * @param {Box} other
 */
function byWeight(one, other) {
  const gravity = (/** @type {Box} */ { look }) => looksByGravity.indexOf(look);
  const isMany = (/** @type {Box} */ { marks }) => Number(marks.length > 1);
  return isMany(one) - isMany(other) || gravity(one) - gravity(other);
}

/**
 * What may be written beside some marks, the fullest first.
 *
 * @param {readonly LaneMark[]} marks
 * @param {LaneLabels} labels
 */
function textsFor(marks, labels) {
  const all = [...new Set(marks.map(labels.label))];
  const whole = all.length <= joinedMax ? [all.join(' · ')] : [];
  return marks.length === 1 ? whole : [...whole, `×${marks.length}`];
}

/**
 * The width of a text at 12 px in the widest of usual fonts.
 *
 * @param {string} text
 */
function laneTextPx(text) {
  return Array.from(text).reduce((sum, sign) => sum + signPx(sign), 2);
}

/** @param {string} sign */
function signPx(sign) {
  if (/[\u2e80-\uffff]/.test(sign)) return 12;
  if (/[A-Zmw…×]/.test(sign)) return 9;
  return /\d/.test(sign) ? 7.7 : 6.8;
}

/**
 * @param {readonly LaneMark[]} marks
 * @param {Axis} axis
 */
function boxOf(marks, axis) {
  const isLasting = marks.some(({ untilMs }) => untilMs === null);
  const [first] = marks;
  const fromPx = placeOf(axis, first?.fromMs ?? 0);
  const ends = marks.map(({ fromMs, untilMs }) => placeOf(axis, untilMs ?? fromMs));
  const endPx = isLasting ? axis.widthPx : ends.reduce((one, other) => Math.max(one, other), 0);
  const known = marks.flatMap(({ recordedMs }) => recordedMs ?? []);
  return {
    look: looksByGravity.find((look) => marks.some((mark) => mark.look === look)) ?? 'plain',
    isMixed: marks.some(({ look }) => look !== first?.look),
    isPoint: marks.length === 1 && first?.untilMs === first?.fromMs,
    isLasting,
    fromPx,
    untilPx: Math.max(endPx, fromPx + barPxMin),
    recordedPx:
      known.length === 0
        ? null
        : placeOf(
            axis,
            known.reduce((a, b) => Math.max(a, b)),
          ),
  };
}

/**
 * What a pointer can hit; it is centred on what is drawn.
 *
 * @param {Pick<LaneItem, 'fromPx' | 'untilPx' | 'isPoint'>} item
 * @returns {{ fromPx: number, untilPx: number }}
 */
export function reach({ fromPx, untilPx, isPoint }) {
  if (isPoint) return { fromPx: fromPx - hitPx / 2, untilPx: fromPx + hitPx / 2 };
  const besidePx = Math.max(0, (hitPx - (untilPx - fromPx)) / 2);
  return { fromPx: fromPx - besidePx, untilPx: untilPx + besidePx };
}

/**
 * Where a text may stand: in a bar that is wide enough, else after the mark, else before it.
 *
 * @param {string} text
 * @param {Box} item
 * @returns {readonly LaneText[]}
 */
function placesFor(text, item) {
  const { fromPx, untilPx, isPoint, recordedPx } = item;
  const widthPx = laneTextPx(text);
  if (!isPoint && untilPx - fromPx >= widthPx + 2 * textGapPx) {
    return [textFrom(text, fromPx + textGapPx, widthPx, true)];
  }
  const box = reach(item);
  const linePx = recordedPx === null ? 0 : recordedPx - fromPx;
  const isShort = linePx < lineSeenPx;
  const endPx = isShort ? Math.max(box.untilPx, fromPx + linePx) : box.untilPx;
  const after = textFrom(text, endPx + textGapPx / 3, widthPx);
  const before = textFrom(text, box.fromPx - widthPx - textGapPx / 3, widthPx);
  // The line to when it was recorded begins after the mark.
  return !isShort && widthPx > linePx ? [before, after] : [after, before];
}

/**
 * Where it may be written that money became known there; nowhere if that is close to the mark.
 *
 * @param {string} text
 * @param {Box} item
 * @returns {readonly LaneText[]}
 */
function recordedPlaces(text, { fromPx, recordedPx }) {
  if (recordedPx === null || recordedPx - fromPx < lineSeenPx) return [];
  const widthPx = laneTextPx(text);
  const besidePx = [textGapPx / 2, -widthPx - textGapPx / 2];
  return besidePx.map((px) => textFrom(text, recordedPx + px, widthPx));
}

/**
 * @param {string} text
 * @param {number} fromPx
 * @param {number} widthPx
 * @param {boolean} isInside
 * @returns {LaneText}
 */
function textFrom(text, fromPx, widthPx, isInside = false) {
  return { text, fromPx, untilPx: fromPx + widthPx, isInside };
}
