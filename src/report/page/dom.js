/** @typedef {string | Node | null} Child */

/**
 * Makes an element. Strings become text nodes: nothing in this page parses markup.
 *
 * @param {string} tag
 * @param {Readonly<Record<string, string>>} attributes
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/**
 * A part of the page under its own heading.
 *
 * @param {string} id
 * @param {string} heading
 * @param {...Child} children
 */
export function section(id, heading, ...children) {
  const attributes = { class: id, 'aria-labelledby': id };
  return make('section', attributes, make('h2', { id }, heading), ...children);
}

/**
 * @param {readonly string[]} headings
 * @param {HTMLElement} body
 */
export function table(headings, body) {
  const cells = headings.map((text) => make('th', { scope: 'col' }, text));
  return make('table', {}, make('thead', {}, make('tr', {}, ...cells)), body);
}

/**
 * @param {string} label
 * @param {() => void} run
 * @param {Readonly<Record<string, string>>} attributes
 * @returns {HTMLElement}
 */
export function button(label, run, attributes = {}) {
  const element = make('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', run);
  return element;
}

/**
 * A link to an event of this report, by its `#rev=`.
 *
 * @param {number} revision
 * @returns {HTMLElement}
 */
export function revisionLink(revision) {
  return make('a', { href: `#rev=${revision}`, class: 'revision' }, `#${revision}`);
}
