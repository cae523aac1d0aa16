import { make } from './dom.js';

/** @import { Child } from './dom.js' */

/**
 * What each folded part still has to draw.
 *
 * @type {WeakMap<HTMLDetailsElement, () => void>}
 */
const undrawn = new WeakMap();

/**
 * A part that its reader can open. It is drawn when it first opens, and printing opens it.
 *
 * @param {Child} summary
 * @param {() => readonly Child[]} draw
 * @param {Readonly<Record<string, string>>} attributes
 * @returns {HTMLDetailsElement}
 */
export function foldedPart(summary, draw, attributes = {}) {
  const element = make('details', attributes, make('summary', {}, summary));
  // `make` returns an element of the given tag.
  const details = /** @type {HTMLDetailsElement} */ (element);
  undrawn.set(details, () => {
    undrawn.delete(details);
    details.append(...draw().filter((child) => child !== null));
  });
  details.addEventListener('toggle', () => undrawn.get(details)?.());
  details.dataset['folded'] = '';
  return details;
}

/** @type {HTMLDetailsElement[]} */
let openedForPrint = [];

addEventListener('beforeprint', () => {
  openedForPrint = [];
  // What is drawn may hold further folded parts.
  for (let closed = closedParts(); closed.length > 0; closed = closedParts()) {
    for (const details of closed) {
      undrawn.get(details)?.();
      details.open = true;
    }
    openedForPrint.push(...closed);
  }
});

addEventListener('afterprint', () => {
  for (const details of openedForPrint) details.open = false;
});

/** @returns {HTMLDetailsElement[]} */
function closedParts() {
  return [...document.querySelectorAll('details')].filter(
    ({ open, dataset }) => !open && dataset['folded'] === '',
  );
}
