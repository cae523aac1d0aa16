import { make, section } from './dom.js';
import { filled } from './words.js';

/** @import { Part, View } from './main.js' */

/** Its texts are drawn at 13 px. */
const smallest = 12 / 13;

/**
 * The machine, with the path up to the chosen event.
 *
 * @param {View} view
 * @param {SVGElement} svg
 * @returns {Part}
 */
export function diagramPart(view, svg) {
  const { data, words } = view;
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', words.headings.diagram);
  // Where it is smaller than this, its texts would be too small to read: it scrolls instead.
  svg.style.minWidth = `${Math.ceil(Number(svg.getAttribute('width')) * smallest)}px`;
  for (const label of svg.querySelectorAll('[data-label]')) {
    const path = label.getAttribute('data-label') ?? '';
    label.textContent = data.names[view.language].boxes[path] ?? path;
  }
  const edges = [...svg.querySelectorAll('[data-edge]')];
  const states = [...svg.querySelectorAll('[data-state]')];
  const firstWalked = firstWalks(data.entries.map(({ walked }) => walked));
  const note = make('p', { class: 'note' });
  const { legend } = words;
  /** @type {readonly (keyof typeof legend)[]} */
  const kinds = ['walked', 'last', 'current', 'doubt'];
  const keys = make(
    'p',
    { class: 'legend' },
    ...kinds.map((kind) => make('span', { class: `key ${kind}` }, legend[kind])),
  );
  const chart = make('div', {
    ...{ class: 'chart', tabindex: '0', role: 'group', 'aria-labelledby': 'diagram' },
  });
  chart.append(svg);
  chart.addEventListener('keydown', (event) => {
    const isScrolled = chart.scrollWidth > chart.clientWidth;
    // Elsewhere these keys step through the events.
    if (isScrolled && /^Arrow(?:Left|Right)$/.test(event.key)) event.stopPropagation();
  });
  return {
    element: section('diagram', words.headings.diagram, chart, keys, note),
    select: (at) => {
      const entry = data.entries[at];
      if (entry === undefined) return;
      for (const edge of edges) {
        const place = Number(edge.getAttribute('data-edge'));
        edge.classList.toggle('walked', (firstWalked.get(place) ?? Infinity) <= at);
        edge.classList.toggle('last', entry.walked.includes(place));
      }
      // Of what crosses, the later one is seen whole.
      for (const mark of ['.walked', '.last']) {
        for (const edge of svg.querySelectorAll(`.edge${mark}`)) edge.parentNode?.append(edge);
      }
      svg.querySelector('.begin')?.classList.add('walked');
      let isFound = false;
      for (const state of states) {
        const isCurrent = state.getAttribute('data-state') === entry.to;
        state.classList.toggle('current', isCurrent);
        if (isCurrent) isFound = true;
      }
      note.textContent = isFound
        ? ''
        : filled(words.notInDiagram, { state: entry.to ?? words.none });
    },
  };
}

/**
 * @param {readonly (readonly number[])[]} walks
 * @returns {Map<number, number>}
 */
function firstWalks(walks) {
  /** @type {Map<number, number>} */
  const first = new Map();
  for (const [at, walked] of walks.entries()) {
    for (const edge of walked) if (!first.has(edge)) first.set(edge, at);
  }
  return first;
}
