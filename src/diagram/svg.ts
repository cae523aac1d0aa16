import type { Graph, GraphState } from './graph.ts';
import { curve, layoutOf } from './layout.ts';
import type { Box, Layout } from './layout.ts';
import type { Walked } from './path.ts';
import { sharedEdges } from './shared.ts';
import { colours, leavesOf, styleOf } from './style.ts';
import { escapeHtml } from '../text.ts';

/** A standalone drawing with its own colours. */
export function drawSvg(graph: Graph, walked: Walked): string {
  return `${svgOf(graph, walked, `<style>${standaloneStyle}</style>`)}\n`;
}

/**
 * The drawing as markup. States have `data-state`, edges `data-edge` (their index in
 * `drawnEdges`). Classes mark the look of a state and the edges that were taken.
 */
export function svgOf(graph: Graph, walked: Walked, style = ''): string {
  const layout = layoutOf(graph);
  const { width, height } = layout;
  const leaves = leavesOf(graph.root);
  const walkedPairs = new Set([...walked.edges].map(pairOf));
  const frames = graph.root.children.filter(({ children }) => children.length > 0);
  const initial = graph.root.initial;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" class="machine">`,
    style,
    ...frames.map((frame) => frameOf(frame, layout)),
    ...(initial === null ? [] : [beginning(layout.boxes.get(initial), walked.isBegun)]),
    ...drawnEdges(graph).map((edge, index) =>
      edgeOf(layout, edge, index, walkedPairs.has(pairOf(edge))),
    ),
    ...leaves.map((leaf) => leafOf(leaf, layout, leaf.path === walked.current)),
    '</svg>',
  ].join('');
}

/** All transitions from one state to another, drawn as one arrow. */
export type DrawnEdge = {
  readonly from: string;
  readonly to: string;
  readonly labels: string[];
  /** Many states share all of its transitions, so it is shown only where an order took it. */
  isShared: boolean;
};

export function drawnEdges(graph: Graph): readonly DrawnEdge[] {
  const drawn = new Map<string, DrawnEdge>();
  const shared = sharedEdges(graph);
  for (const each of graph.edges) {
    const { from, to, label } = each;
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
  const label = `<text x="${x + 14}" y="${y + 22}" data-label="${escapeHtml(path)}">`;
  return (
    `<g class="frame"><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="10"/>` +
    `${label}${escapeHtml(name)}</text></g>`
  );
}

function beginning(box: Box | undefined, isBegun: boolean): string {
  if (box === undefined) return '';
  const [x, y] = [box.x, box.y + box.h / 2];
  const walked = isBegun ? ' walked' : '';
  return (
    `<g class="edge begin${walked}"><circle cx="${x - 26}" cy="${y}" r="5"/>` +
    `<path class="line" d="M${x - 21} ${y}H${x - 5}"/>` +
    `<path class="head" d="M${x - 1} ${y}l-7 -3.5v7Z"/></g>`
  );
}

function edgeOf(layout: Layout, edge: DrawnEdge, index: number, isWalked: boolean): string {
  const drawn = curve(layout, edge.from, edge.to);
  if (drawn === null) return '';
  const title = escapeHtml(`${edge.from} → ${edge.to}: ${edge.labels.join(', ')}`);
  const kind = `edge${edge.isShared ? ' shared' : ''}${isWalked ? ' walked' : ''}`;
  return (
    `<g class="${kind}" data-edge="${index}"><title>${title}</title>` +
    `<path class="line" d="${drawn.line}"/><path class="head" d="${drawn.head}"/></g>`
  );
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
  'text{font:14px sans-serif;fill:#1b2430}',
  '.frame rect{fill:none;stroke:#bbbbbb;stroke-dasharray:5 4}',
  '.line{fill:none;stroke:#cccccc;stroke-width:1.2}.head{fill:#cccccc}',
  '.shared:not(.walked){display:none}',
  '.walked .line{stroke:#1b2430;stroke-width:2.6}.walked .head,.begin circle{fill:#1b2430}',
  '.state rect,.state circle{fill:#ffffff;stroke-width:1.5}',
  ...Object.entries(colours).map(
    ([style, { line, fill }]) =>
      `.${style} rect,.${style} circle{stroke:${line}}.${style}.current rect{fill:${fill};stroke-width:3}`,
  ),
].join('');
