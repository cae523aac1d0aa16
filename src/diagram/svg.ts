import type { Graph, GraphState } from './graph.ts';
import { arrowAlong, loopAt } from './arrow.ts';
import type { Arrow } from './arrow.ts';
import { beginning, layoutOf, padding } from './layout.ts';
import type { Layout } from './layout.ts';
import { fontSize } from './measure.ts';
import type { Walked } from './path.ts';
import { sharedEdges } from './shared.ts';
import { colours, leavesOf, styleOf } from './style.ts';
import { escapeHtml } from '../text.ts';

/** A standalone drawing with its own colours. */
export function drawSvg(graph: Graph, walked: Walked): string {
  return `${svgOf(graph, walked, { style: `<style>${standaloneStyle}</style>` })}\n`;
}

export type SvgOptions = {
  readonly style?: string;
  /** The names that may later stand in a state's box. Default: the one that the machine gives it. */
  readonly namesOf?: (path: string) => readonly string[];
};

/**
 * The drawing as markup. States have `data-state`, edges `data-edge` (their index in
 * `drawnEdges`). Classes mark the look of a state and the edges that were taken.
 */
export function svgOf(
  graph: Graph,
  walked: Walked,
  { style = '', namesOf = () => [] }: SvgOptions = {},
): string {
  const { root } = graph;
  const edges = drawnEdges(graph);
  const begin = root.initial === null ? [] : [{ from: beginning, to: root.initial }];
  const layout = layoutOf({
    root,
    edges: [...edges, ...begin],
    namesOf: ({ path, name }) => [name, ...namesOf(path)],
  });
  const { width, height } = layout;
  const walkedPairs = new Set([...walked.edges].map(pairOf));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" class="machine">`,
    style,
    ...root.children.flatMap(framesIn).map((frame) => frameOf(frame, layout)),
    beginningOf(layout, walked.isBegun),
    ...edges.map((edge, index) => edgeOf(layout, edge, index, walkedPairs.has(pairOf(edge)))),
    ...leavesOf(graph.root).map((leaf) => leafOf(leaf, layout, leaf.path === walked.current)),
    '</svg>',
  ].join('');
}

/** The states that have states inside; each before those inside it. */
export function framesIn(state: GraphState): readonly GraphState[] {
  return state.children.length === 0 ? [] : [state, ...state.children.flatMap(framesIn)];
}

/** All transitions from one state to another, drawn as one arrow. */
export type DrawnEdge = {
  readonly from: string;
  readonly to: string;
  readonly labels: string[];
  /** Many states share all of its transitions, so it is shown only where an order took it. */
  isShared: boolean;
};

/** The arrows of a machine. A transition of the machine itself holds in every state, so it has none. */
export function drawnEdges(graph: Graph): readonly DrawnEdge[] {
  const drawn = new Map<string, DrawnEdge>();
  const shared = sharedEdges(graph);
  for (const each of graph.edges) {
    const { from, to, label } = each;
    if (from === graph.root.path) continue;
    const edge = drawn.get(pairOf(each)) ?? { from, to, labels: [], isShared: true };
    if (!edge.labels.includes(label)) edge.labels.push(label);
    edge.isShared &&= shared.has(each);
    drawn.set(pairOf(edge), edge);
  }
  return [...drawn.values()];
}

export function pairOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return JSON.stringify([from, to]);
}

function frameOf({ path, name }: GraphState, { boxes }: Layout): string {
  const box = boxes.get(path);
  if (box === undefined) return '';
  const { x, y, w, h } = box;
  const label = `<text x="${x + padding}" y="${y + 18}" data-label="${escapeHtml(path)}">`;
  return (
    `<g class="frame"><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="10"/>` +
    `${label}${escapeHtml(name)}</text></g>`
  );
}

function beginningOf({ boxes, routes }: Layout, isBegun: boolean): string {
  const box = boxes.get(beginning);
  if (box === undefined) return '';
  const r = box.h / 2;
  return (
    `<g class="edge begin${isBegun ? ' walked' : ''}">` +
    `<circle cx="${box.x + r}" cy="${box.y + r}" r="${r}"/>${drawn(arrowAlong(routes.at(-1) ?? []))}</g>`
  );
}

function edgeOf(
  { boxes, routes }: Layout,
  edge: DrawnEdge,
  index: number,
  isWalked: boolean,
): string {
  const { from, to, labels, isShared } = edge;
  const box = boxes.get(from);
  const arrow = from === to && box !== undefined ? loopAt(box) : arrowAlong(routes[index] ?? []);
  const title = escapeHtml(`${from} → ${to}: ${labels.join(', ')}`);
  const kind = `edge${isShared ? ' shared' : ''}${isWalked ? ' walked' : ''}`;
  return `<g class="${kind}" data-edge="${index}"><title>${title}</title>${drawn(arrow)}</g>`;
}

function drawn(arrow: Arrow | null): string {
  if (arrow === null) return '';
  return `<path class="line" d="${arrow.line}"/><path class="head" d="${arrow.head}"/>`;
}

function leafOf(leaf: GraphState, { boxes }: Layout, isCurrent: boolean): string {
  const box = boxes.get(leaf.path);
  if (box === undefined) return '';
  const { x, y, w, h } = box;
  const style = styleOf(leaf);
  const path = escapeHtml(leaf.path);
  const open = `<g class="state ${style}${isCurrent ? ' current' : ''}" data-state="${path}">`;
  const [cx, cy] = [x + w / 2, y + h / 2];
  if (style === 'transient') {
    const title = `<title>${escapeHtml(leaf.name)}</title>`;
    return `${open}${title}<circle cx="${cx}" cy="${cy}" r="${h / 2}"/></g>`;
  }
  return (
    `${open}<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="8"/>` +
    `<text x="${cx}" y="${cy + 5}" text-anchor="middle" data-label="${path}">` +
    `${escapeHtml(leaf.name)}</text></g>`
  );
}

const standaloneStyle = [
  `text{font:${fontSize}px sans-serif;fill:#1b2430}`,
  '.frame rect{fill:none;stroke:#bbbbbb;stroke-dasharray:5 4}',
  '.line{fill:none;stroke:#b5bcc5;stroke-width:1.2}.head{fill:#b5bcc5}',
  '.shared:not(.walked){display:none}',
  '.walked .line{stroke:#1b2430;stroke-width:2.6}.walked .head,.begin circle{fill:#1b2430}',
  '.state rect,.state circle{fill:#ffffff;stroke-width:1.5}',
  ...Object.entries(colours).map(
    ([style, { line, fill }]) =>
      `.${style} rect,.${style} circle{stroke:${line}}.${style}.current rect{fill:${fill};stroke-width:3}`,
  ),
].join('');
