import type { GraphState } from './graph.ts';
import { levelOf } from './level.ts';
import type { Block, Border, Level, Point } from './level.ts';
import { widthOf } from './measure.ts';
import type { Wire } from './ranks.ts';

export type { Point } from './level.ts';

export type Box = {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
};

export type Ends = { readonly from: string; readonly to: string };

/** What is laid out. */
export type Drawn = {
  readonly root: GraphState;
  /** Each leads from a leaf, a frame or the beginning to a leaf. */
  readonly edges: readonly Ends[];
  /** The names that may stand in a state's box. */
  readonly namesOf: (state: GraphState) => readonly string[];
};

/** Where a machine is drawn, in px. */
export type Layout = {
  readonly width: number;
  readonly height: number;
  /** Boxes by state; a box comes before the boxes inside it. */
  readonly boxes: ReadonlyMap<string, Box>;
  /**
   * The route of each edge, in its direction; empty for one that leads back to its own box. Where x
   * changes between two points, no box stands in the rectangle between them.
   */
  readonly routes: readonly (readonly Point[])[];
};

/** The dot in which the machine begins is not a state, so it has an empty path. */
export const beginning = '';

/** Of a frame, above what is inside; its label stands there. */
export const header = 26;
/** Beside a box, for the edge that leads back to it. */
export const loopWidth = 26;

/** Of a frame, beside what is inside. */
export const padding = 10;

const margin = 4;
const none: Border = { top: margin, side: margin, labelWidth: 0 };

/** Whether an edge crosses a frame's border at its top or at its bottom. */
type Side = 'top' | 'bottom';

/** What stands inside a block or on a level, from its top left corner. */
type Inside = {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly pieces: readonly Piece[];
};
/** A part of an edge's route, downwards. */
type Piece = { readonly edge: number; readonly points: readonly Point[] };

/**
 * Lays a machine out from top to bottom. An edge leads up where it goes to a state that the machine
 * lists earlier, since machines list states in the order in which they are passed.
 *
 * Every frame is laid out by itself and then is one block among those around it. Edges run straight
 * down beside blocks, and turn only between two rows. So no edge crosses a box, whatever the machine.
 */
export function layoutOf(drawn: Drawn): Layout {
  const { root, edges } = drawn;
  const dot: GraphState = { ...root, path: beginning, children: [] };
  const children = root.initial === null ? root.children : [dot, ...root.children];
  const { level, inside } = insideOf(drawn, { ...root, children }, none, new Map());
  const { boxes, pieces } = inside;
  const routes = edges.map(({ to }, edge) => {
    const points = pieces
      .filter((piece) => piece.edge === edge)
      .toSorted((a, b) => (a.points[0]?.[1] ?? 0) - (b.points[0]?.[1] ?? 0))
      .flatMap((piece) => piece.points);
    const isDown = points.at(-1)?.[1] === boxes.get(to)?.y;
    return isDown ? points : points.toReversed();
  });
  return { width: level.w, height: level.h, boxes, routes };
}

/** The children of a state, laid out, with the edges among them and across the state's border. */
function insideOf(
  drawn: Drawn,
  state: GraphState,
  border: Border,
  crossing: ReadonlyMap<number, Side>,
): { readonly level: Level; readonly inside: Inside } {
  const wires = drawn.edges.flatMap((ends, edge) => wireOf(state, ends, edge, crossing) ?? []);
  const blocks = state.children.map((child) => blockOf(drawn, child, wires));
  const level = levelOf(
    blocks.map(({ block }) => block),
    wires,
    border,
  );
  const boxes = new Map<string, Box>();
  const pieces: Piece[] = [...level.routes].map(([edge, points]) => ({ edge, points }));
  for (const { block, inside } of blocks) {
    const [left, top] = level.corners.get(block.id) ?? [0, 0];
    for (const [path, box] of inside.boxes) {
      boxes.set(path, { ...box, x: left + box.x, y: top + box.y });
    }
    for (const { edge, points } of inside.pieces) {
      pieces.push({ edge, points: points.map(([x, y]) => [left + x, top + y]) });
    }
  }
  return { level, inside: { boxes, pieces } };
}

/** An edge as one level sees it; null if it does not. */
function wireOf(
  { path, children }: GraphState,
  { from, to }: Ends,
  edge: number,
  crossing: ReadonlyMap<number, Side>,
): Wire | null {
  const placeOf = (end: string) => children.findIndex((child) => isWithin(end, child.path));
  const [start, end] = [placeOf(from), placeOf(to)];
  if (start === end) return null;
  const upper = children[Math.min(start, end)]?.path ?? null;
  const lower = children[Math.max(start, end)]?.path ?? null;
  // Of the outermost states, the way from each to the next is the one to see first.
  const weight = path === '' && Math.abs(start - end) === 1 ? 3 : 1;
  const leavesBelow = upper === null && crossing.get(edge) === 'bottom';
  return leavesBelow ? { edge, upper: lower, lower: null, weight } : { edge, upper, lower, weight };
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || (outer !== beginning && path.startsWith(`${outer}.`));
}

function blockOf(
  drawn: Drawn,
  state: GraphState,
  wires: readonly Wire[],
): { readonly block: Block; readonly inside: Inside } {
  const { path: id, children } = state;
  if (children.length === 0) {
    const { w, h, inset } = leafSize(drawn, state);
    const isLooping = drawn.edges.some(({ from, to }) => from === id && to === id);
    const beside = isLooping ? loopWidth : 0;
    const block = { id, w: w + 2 * beside, h, inset: inset + beside, ports: new Map() };
    return { block, inside: { boxes: new Map([[id, { x: beside, y: 0, w, h }]]), pieces: [] } };
  }
  const crossing = new Map<number, Side>();
  for (const { edge, upper, lower } of wires) {
    if (upper === id) crossing.set(edge, 'bottom');
    if (lower === id) crossing.set(edge, 'top');
  }
  const labelWidth = Math.max(...drawn.namesOf(state).map(widthOf));
  const border = { top: header, side: padding, labelWidth };
  const { level, inside } = insideOf(drawn, state, border, crossing);
  const { w, h, ports } = level;
  const frame: [string, Box] = [id, { x: 0, y: 0, w, h }];
  return {
    block: { id, w, h, inset: padding, ports },
    inside: { boxes: new Map([frame, ...inside.boxes]), pieces: inside.pieces },
  };
}

/** A junction and the dot are round, so edges meet them in their middle. */
function leafSize({ namesOf }: Drawn, state: GraphState) {
  if (state.path === beginning) return { w: 10, h: 10, inset: 5 };
  if (state.isTransient) return { w: 14, h: 14, inset: 7 };
  const w = Math.max(52, ...namesOf(state).map((name) => widthOf(name) + 12));
  return { w, h: 30, inset: 8 };
}
