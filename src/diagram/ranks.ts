import { Graph, layout } from './dagre.ts';
import type { RankEdge, RankGraph, RankPoint } from './dagre.ts';

/** Something of this size among others. */
export type Sized = { readonly id: string; readonly w: number; readonly h: number };

/** A downward edge between two boxes; null stands for the border around all of them. */
export type Wire = {
  readonly edge: number;
  readonly upper: string | null;
  readonly lower: string | null;
  /** How much it matters that it is straight, from 1. */
  readonly weight: number;
};

/** What stands in one row lies between its top and its bottom. Nothing stands between rows. */
export type Row = { readonly y: number; readonly top: number; readonly bottom: number };

/** A box by its middle, or the place where an edge passes a row. */
export type Stop = { readonly x: number; readonly row: Row };

/** The room above and below, and on both sides. */
export type Margin = { readonly top: number; readonly side: number };

export type Ranks = {
  readonly width: number;
  readonly height: number;
  readonly stops: ReadonlyMap<string, Stop>;
  /** By edge, where it passes the rows between its ends. */
  readonly passes: ReadonlyMap<number, readonly Stop[]>;
};

/** Between edges that run side by side. */
export const lineGap = 8;

const [rowGap, boxGap] = [32, 12];

const [above, below] = ['above', 'below'];
const idOf = (id: string) => `box ${id}`;

/** Places boxes in rows by dagre, each edge leading down. */
export function ranksOf(
  boxes: readonly Sized[],
  wires: readonly Wire[],
  { top, side }: Margin,
): Ranks {
  const graph = graphOf(boxes, wires);
  layout(graph);
  const nodes = boxes.map((box) => {
    const { x, y } = graph.node(idOf(box.id));
    return { ...box, x, y };
  });
  const halves = new Map<number, number>();
  for (const { y, h } of nodes) halves.set(y, Math.max(halves.get(y) ?? 0, h / 2));
  // Dagre also bends edges between rows, and begins and ends them at the borders of boxes.
  const passed = wires.map((wire) => {
    const { points } = graph.edge(endsOf(wire));
    return { edge: wire.edge, points: points.slice(1, -1).filter(({ y }) => halves.has(y)) };
  });
  // Dagre counts the boxes alone as the graph's width.
  const all = [
    ...nodes.map(({ x, w }) => [x - w / 2, x + w / 2] as const),
    ...passed.flatMap(({ points }) => points.map(({ x }) => [x, x] as const)),
  ];
  const left = Math.min(...all.map(([from]) => from), Infinity);
  const stopAt = ({ x, y }: RankPoint): Stop => {
    const [middle, half] = [y + top, halves.get(y) ?? 0];
    return { x: x - left + side, row: { y: middle, top: middle - half, bottom: middle + half } };
  };
  return {
    width: Math.max(0, ...all.map(([, to]) => to - left)) + 2 * side,
    height: (graph.graph().height ?? 0) + top,
    stops: new Map(nodes.map((node) => [node.id, stopAt(node)])),
    passes: new Map(passed.map(({ edge, points }) => [edge, points.map(stopAt)])),
  };
}

function graphOf(boxes: readonly Sized[], wires: readonly Wire[]): RankGraph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ ranksep: rowGap, nodesep: boxGap, edgesep: lineGap });
  const isEntered = wires.some(({ upper }) => upper === null);
  const isLeft = wires.some(({ lower }) => lower === null);
  if (isEntered) graph.setNode(above, { width: 0, height: 0 });
  for (const { id, w, h } of boxes) graph.setNode(idOf(id), { width: w, height: h });
  if (isLeft) graph.setNode(below, { width: 0, height: 0 });
  for (const wire of wires) graph.setEdge(endsOf(wire), { labelpos: 'c', weight: wire.weight });
  // No box stands beside the border, whether an edge leads there or not.
  for (const { id } of boxes) {
    const isFirst = wires.every(({ lower }) => lower !== id);
    const isLast = wires.every(({ upper }) => upper !== id);
    const loose = { labelpos: 'c', weight: 0 } as const;
    if (isEntered && isFirst) graph.setEdge({ v: above, w: idOf(id), name: 'loose' }, loose);
    if (isLeft && isLast) graph.setEdge({ v: idOf(id), w: below, name: 'loose' }, loose);
  }
  return graph;
}

function endsOf({ edge, upper, lower }: Wire): RankEdge {
  return {
    v: upper === null ? above : idOf(upper),
    w: lower === null ? below : idOf(lower),
    name: String(edge),
  };
}
