/**
 * Time from left to right. Where nothing happens for long, time is folded: a call of 200 ms is then
 * visible beside a doubt of two days.
 *
 * @typedef {object} Axis
 * @property {number} widthPx
 * @property {readonly Span[]} spans one after another, oldest first; never empty
 */
/**
 * Time runs evenly in it; in a fold nothing begins or ends.
 *
 * @typedef {object} Span
 * @property {boolean} isFold
 * @property {number} fromMs
 * @property {number} untilMs
 * @property {number} fromPx
 * @property {number} untilPx
 */

/** More than half of a date, so that none is cut at the ends. */
const axisPadPx = 42;
/** The least width of a fold: a label of time fits between two, and its own length in it. */
const foldPx = 80;
/** Moments closer than this are one to a reader. */
const togetherMs = 50;
/** A shorter wait is never folded: it may be a call. */
const foldedMsMin = 1_000;
/** Waits of which neither is this many times as long are alike; so many of them may be folded. */
const [alikeFactor, alikeMax] = [4, 4];
/** How much room a moment needs, and how much it is given at most. */
const [neededPx, givenPx] = [56, 200];

/**
 * Lays moments out on an axis.
 *
 * @param {readonly number[]} moments in milliseconds since the epoch, in any order
 * @param {number} roomPx the width without zoom
 * @param {number} zoom 1 or more
 * @returns {Axis}
 */
export function axisOf(moments, roomPx, zoom = 1) {
  const widthPx = Math.max(roomPx, 4 * axisPadPx) * zoom;
  const distinct = [...new Set(moments)].sort((one, other) => one - other);
  const insidePx = widthPx - 2 * axisPadPx;
  const foldsMax = Math.floor((0.6 * insidePx) / foldPx);
  /** @type {readonly (readonly number[])[]} */
  let runs = [distinct.length === 0 ? [0] : distinct];
  for (let folds = 0; folds < foldsMax; folds += 1) {
    const next = foldedOnce(runs, insidePx - folds * foldPx, zoom);
    if (next === null) break;
    runs = next;
  }
  return { widthPx, spans: spansOf(runs, insidePx, zoom) };
}

/**
 * @param {Axis} axis
 * @param {number} ms a moment outside of the axis stands at its end
 * @returns {number}
 */
export function placeOf({ spans }, ms) {
  let [low, high] = [0, spans.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((spans[middle]?.untilMs ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  const span = spans[low];
  if (span === undefined) return axisPadPx;
  const { fromMs, untilMs, fromPx, untilPx } = span;
  if (untilMs === fromMs) return fromPx;
  const share = (Math.min(Math.max(ms, fromMs), untilMs) - fromMs) / (untilMs - fromMs);
  return fromPx + share * (untilPx - fromPx);
}

/**
 * Folds the widest wait that leaves the moments around it too little room; null if there is none.
 *
 * @param {readonly (readonly number[])[]} runs
 * @param {number} insidePx
 * @param {number} zoom
 */
function foldedOnce(runs, insidePx, zoom) {
  const widths = widthsOf(runs, insidePx, zoom);
  let widestPx = 0;
  /** @type {readonly [run: number, gap: number] | null} */
  let found = null;
  for (const [place, run] of runs.entries()) {
    const gap = widestGap(run);
    const [gapMs, lengthMs] = [gapAt(run, gap), runMs(run)];
    const perMs = (widths[place] ?? 0) / lengthMs;
    const roomPx = (lengthMs - gapMs) * perMs;
    const counted = countedIn(run);
    const isCrowded = roomPx < (counted.length - 1) * neededPx * zoom;
    if (gapMs < foldedMsMin || !isCrowded || gapMs * perMs <= widestPx) continue;
    if (!isUnusual(gapMs, counted)) continue;
    widestPx = gapMs * perMs;
    found = [place, gap];
  }
  if (found === null) return null;
  const [place, gap] = found;
  const run = runs[place] ?? [];
  return runs.toSpliced(place, 1, run.slice(0, gap + 1), run.slice(gap + 1));
}

/**
 * How wide each run is: half by its length and half by how much there is to tell apart. Where time is
 * folded, a run gets no more than it can use, and the folds take the rest.
 *
 * @param {readonly (readonly number[])[]} runs
 * @param {number} insidePx
 * @param {number} zoom
 * @returns {readonly number[]}
 */
function widthsOf(runs, insidePx, zoom) {
  const counts = runs.map((run) => countedIn(run).length);
  const total = (/** @type {readonly number[]} */ all) => all.reduce((sum, one) => sum + one, 0);
  const [lengthMs, count] = [total(runs.map(runMs)), total(counts)];
  return runs.map((run, place) => {
    const counted = counts[place] ?? 0;
    const byLength = lengthMs === 0 ? 0 : runMs(run) / lengthMs;
    const byCount = count === 0 ? byLength : counted / count;
    const sharePx = (insidePx * (byLength + byCount)) / 2;
    return runs.length === 1 ? sharePx : Math.min(sharePx, givenPx * zoom * Math.max(counted, 0.1));
  });
}

/**
 * @param {readonly (readonly number[])[]} runs
 * @param {number} insidePx
 * @param {number} zoom
 * @returns {readonly Span[]}
 */
function spansOf(runs, insidePx, zoom) {
  const folds = runs.length - 1;
  const widths = widthsOf(runs, insidePx - folds * foldPx, zoom);
  const usedPx = widths.reduce((sum, width) => sum + width, 0);
  const eachFoldPx = folds === 0 ? 0 : (insidePx - usedPx) / folds;
  /** @type {Span[]} */
  const spans = [];
  // A single moment stands a third in, so that there is room for its label.
  let px = usedPx === 0 && folds === 0 ? axisPadPx + insidePx / 3 : axisPadPx;
  for (const [place, run] of runs.entries()) {
    const [fromMs, untilMs] = [run[0] ?? 0, run.at(-1) ?? 0];
    const before = spans.at(-1);
    if (before !== undefined) {
      const untilPx = px + eachFoldPx;
      spans.push({ isFold: true, fromMs: before.untilMs, untilMs: fromMs, fromPx: px, untilPx });
      px = untilPx;
    }
    const untilPx = px + (widths[place] ?? 0);
    spans.push({ isFold: false, fromMs, untilMs, fromPx: px, untilPx });
    px = untilPx;
  }
  return spans;
}

/** @param {readonly number[]} run */
function runMs(run) {
  return (run.at(-1) ?? 0) - (run[0] ?? 0);
}

/**
 * @param {readonly number[]} run
 * @param {number} gap
 */
function gapAt(run, gap) {
  return (run[gap + 1] ?? 0) - (run[gap] ?? 0);
}

/** @param {readonly number[]} run */
function widestGap(run) {
  let widest = 0;
  for (let gap = 1; gap < run.length - 1; gap += 1) {
    if (gapAt(run, gap) > gapAt(run, widest)) widest = gap;
  }
  return widest;
}

/**
 * The waits that people tell apart.
 *
 * @param {readonly number[]} run
 * @returns {readonly number[]}
 */
function countedIn(run) {
  const counted = [];
  for (let gap = 0; gap < run.length - 1; gap += 1) {
    const gapMs = gapAt(run, gap);
    if (gapMs >= togetherMs) counted.push(gapMs);
  }
  return counted;
}

/**
 * Calls that are repeated every ten minutes are ten minutes apart: where most waits are alike, none of
 * them is folded.
 *
 * @param {number} gapMs
 * @param {readonly number[]} counted
 */
function isUnusual(gapMs, counted) {
  const alike = counted.filter((other) => other * alikeFactor >= gapMs).length;
  return alike <= alikeMax || alike * 3 < counted.length;
}
