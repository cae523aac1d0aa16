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

/**
 * Opens a folded part, and draws what it holds if that is still to do.
 *
 * @param {HTMLDetailsElement} details
 */
export function openFolded(details) {
  undrawn.get(details)?.();
  details.open = true;
}

/** @type {WeakMap<HTMLElement, { open: () => void, close: () => void }>} */
const printed = new WeakMap();

/**
 * Says how a part of another kind is opened for print, and closed after it.
 *
 * @param {HTMLElement} element
 * @param {() => void} open
 * @param {() => void} close
 */
export function openedForPrint(element, open, close) {
  element.dataset['printed'] = '';
  printed.set(element, { open, close });
}

/**
 * Gives the style sheet what stands at the top of each printed page.
 *
 * @param {string} text
 */
export function titlePages(text) {
  // A string of CSS can hold any text so, also one that would end it.
  const escaped = Array.from(text, (character) => `\\${character.codePointAt(0)?.toString(16)} `);
  document.documentElement.style.setProperty('--order-number', `"${escaped.join('')}"`);
}

/** @type {HTMLDetailsElement[]} */
let detailsOpened = [];

/** @type {Set<HTMLElement>} */
let partsOpened = new Set();

addEventListener('beforeprint', () => {
  detailsOpened = [];
  partsOpened = new Set();
  // What is drawn may hold further folded parts.
  for (let closed = closedParts(); closed.length > 0; closed = closedParts()) {
    for (const part of closed) {
      partsOpened.add(part);
      printed.get(part)?.open();
    }
  }
  for (let closed = closedDetails(); closed.length > 0; closed = closedDetails()) {
    for (const details of closed) openFolded(details);
    detailsOpened.push(...closed);
  }
});

addEventListener('afterprint', () => {
  for (const details of detailsOpened) details.open = false;
  for (const part of partsOpened) printed.get(part)?.close();
});

/** @returns {HTMLElement[]} */
function closedParts() {
  /** @type {NodeListOf<HTMLElement>} */
  const parts = document.querySelectorAll('[data-printed]');
  return [...parts].filter((part) => !partsOpened.has(part));
}

/** @returns {HTMLDetailsElement[]} */
function closedDetails() {
  return [...document.querySelectorAll('details')].filter(
    ({ open, dataset }) => !open && dataset['folded'] === '',
  );
}
