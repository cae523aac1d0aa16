/** Frames without a move after which the page counts as drawn. */
const stillFrames = 4;

/** The browser draws what was only estimated within a few frames; a slow one may take more. */
const framesMax = 60;

/** A search that ends when another one begins, or when the reader moves the page. */
let current = 0;

for (const moved of ['wheel', 'touchstart', 'pointerdown']) {
  addEventListener(moved, () => (current += 1), { passive: true });
}

/**
 * Brings an element into the reader's view, under what stays at the top. The browser only estimates
 * the height of rows that it has not drawn, so it looks again until nothing moves any more.
 *
 * @param {HTMLElement} element
 * @param {boolean} isFar puts it into the middle, with what stands around it; otherwise the page moves
 * as little as possible
 */
export function bringIntoView(element, isFar) {
  place(element, isFar);
  untilStill(element, () => place(element, false));
}

/**
 * Keeps the beginning of an element at a height of the window, however the page around it changes.
 *
 * @param {Element} element
 * @param {number} wanted
 */
export function holdAt(element, wanted) {
  const hold = () => {
    const before = scrollY;
    const { top } = element.getBoundingClientRect();
    if (Math.abs(top - wanted) >= 1) scrollBy({ top: top - wanted, behavior: 'instant' });
    return scrollY !== before;
  };
  hold();
  untilStill(element, hold);
}

/**
 * @param {Element} element
 * @param {() => boolean} move says whether the page had to move
 */
function untilStill(element, move) {
  const mine = (current += 1);
  let still = 0;
  let frames = 0;
  const again = () => {
    if (mine !== current || !element.isConnected) return;
    still = move() ? 0 : still + 1;
    frames += 1;
    if (still < stillFrames && frames < framesMax) requestAnimationFrame(again);
  };
  requestAnimationFrame(again);
}

/**
 * @param {HTMLElement} element
 * @param {boolean} isFar
 * @returns {boolean} whether the page had to move
 */
function place(element, isFar) {
  const { top, bottom, height } = element.getBoundingClientRect();
  const first = coveredAtTop() + margin;
  const last = innerHeight - margin;
  const isInView = top >= first && bottom <= last;
  if (isInView || (height > last - first && Math.abs(top - first) < 2)) return false;
  const middle = first + Math.max((last - first - height) / 3, 0);
  const isAbove = top < first || height > last - first;
  const wanted = isFar ? middle : isAbove ? first : last - height;
  const before = scrollY;
  scrollBy({ top: top - wanted, behavior: 'instant' });
  return scrollY !== before;
}

/** Room for the frame of a row. */
const margin = 8;

/** The height of the bar that stays at the top. */
function coveredAtTop() {
  const bar = document.querySelector('.scrubber');
  if (bar === null || getComputedStyle(bar).position !== 'sticky') return 0;
  return bar.getBoundingClientRect().height;
}
