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
 * @typedef {{ text: string, fromPx: number, isInside: boolean }} LaneText
 */
/** @typedef {{ label: (mark: LaneMark) => string, recorded: string }} LaneLabels */

/** The least width of what a pointer can hit. */
export const hitPx = 12;
/** The most labels that stand together. */
const joinedMax = 3;
const [barPxMin, pointPx, textGapPx] = [3, 11, 6];
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
  let takenPx = 0;
  return items.map((item, place) => {
    const next = items[place + 1];
    const freePx = next === undefined ? axis.widthPx : reach(next).fromPx;
    const texts = textsFor(item.marks, labels);
    const text =
      texts.map((wanted) => textFor(wanted, item, takenPx, freePx)).find(Boolean) ?? null;
    const recorded = recordedText(labels.recorded, item, text, freePx);
    const ends = [reach(item).untilPx, item.recordedPx ?? 0, endOf(text), endOf(recorded)];
    takenPx = Math.max(...ends);
    return { ...item, text, recorded };
  });
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
export function laneTextPx(text) {
  return Array.from(text).reduce((sum, sign) => sum + (/[\u2e80-\uffff]/.test(sign) ? 12 : 7), 2);
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
 * In a bar that is wide enough, else after the mark, else before it.
 *
 * @param {string} text
 * @param {Omit<LaneItem, 'text' | 'recorded'>} item
 * @param {number} takenPx up to where the lane is taken
 * @param {number} freePx from where on it is taken again
 * @returns {LaneText | null}
 */
function textFor(text, item, takenPx, freePx) {
  const widthPx = laneTextPx(text) + textGapPx;
  const { fromPx, untilPx, isPoint } = item;
  if (!isPoint && untilPx - fromPx >= widthPx + textGapPx) {
    return { text, fromPx: fromPx + textGapPx, isInside: true };
  }
  const after = { text, fromPx: reach(item).untilPx + textGapPx / 2, isInside: false };
  const before = { text, fromPx: reach(item).fromPx - widthPx, isInside: false };
  const isRoomAfter = after.fromPx + widthPx <= freePx;
  const isRoomBefore = before.fromPx >= takenPx + textGapPx;
  // The line to when it was recorded begins after the mark.
  const isLineAfter = item.recordedPx !== null && after.fromPx + widthPx > item.recordedPx;
  if (isRoomAfter && !(isLineAfter && isRoomBefore)) return after;
  return isRoomBefore ? before : null;
}

/**
 * @param {string} text
 * @param {Omit<LaneItem, 'text' | 'recorded'>} item
 * @param {LaneText | null} label
 * @param {number} freePx
 * @returns {LaneText | null}
 */
function recordedText(text, { recordedPx }, label, freePx) {
  if (recordedPx === null || endOf(label) > recordedPx) return null;
  const fromPx = recordedPx + pointPx / 2;
  return fromPx + laneTextPx(text) <= freePx ? { text, fromPx, isInside: false } : null;
}

/** @param {LaneText | null} text */
function endOf(text) {
  return text === null ? 0 : text.fromPx + laneTextPx(text.text);
}
