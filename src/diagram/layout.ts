import type { Graph, GraphState } from './graph.ts';
import { leavesOf } from './style.ts';

export type Box = {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
};
type Point = readonly [x: number, y: number];

/** Where a machine's states are drawn, in the units of the drawing. */
export type Layout = {
  readonly width: number;
  readonly height: number;
  /** Boxes by state; a box comes before the boxes inside it. */
  readonly boxes: ReadonlyMap<string, Box>;
};

const [width, height] = [816, 470];
const state = (x: number, y: number): Box => ({ x: x - 62, y: y - 19, w: 124, h: 38 });
const junction = (x: number, y: number): Box => ({ x: x - 7, y: y - 7, w: 14, h: 14 });

/** Placed by hand: payment above, the cancel in its own frame, closed states on the right. */
const placed: Readonly<Record<string, Box>> = {
  cancelling: { x: 24, y: 128, w: 560, h: 326 },
  created: state(100, 52),
  paying: state(300, 52),
  'cancelling.requesting': state(160, 210),
  'cancelling.backingOff': state(440, 210),
  'cancelling.weighing': junction(300, 305),
  'cancelling.inDoubt': state(160, 400),
  'cancelling.needsReview': state(440, 400),
  'cancelling.settling': junction(556, 305),
  paid: state(710, 52),
  failed: state(710, 200),
  cancelled: state(710, 400),
};

/** How far an edge bends to its left, seen in its direction. All others are straight. */
const bends: Readonly<Record<string, number>> = {
  'created>paid': 44,
  'created>failed': -40,
  'created>cancelled': 150,
  'paying>cancelled': 130,
  'paying>failed': 20,
  'cancelling.needsReview>cancelling.requesting': 46,
  'cancelling.inDoubt>cancelling.weighing': 26,
  'cancelling.inDoubt>cancelling.settling': -34,
  'cancelling.settling>created': -60,
  'cancelling.settling>paying': -70,
  'cancelling.settling>paid': -30,
  'cancelling.settling>cancelling.needsReview': 26,
  'failed>cancelling.requesting': -46,
  'cancelled>paid': -88,
};

/** Lays a machine out. States without a place stand in rows of their own below. */
export function layoutOf({ root }: Graph): Layout {
  const boxes = new Map<string, Box>();
  const strangers: GraphState[] = [];
  const place = (node: GraphState) => {
    const box = Object.hasOwn(placed, node.path) ? placed[node.path] : undefined;
    if (box !== undefined) boxes.set(node.path, box);
    for (const child of node.children) place(child);
  };
  place(root);
  for (const leaf of leavesOf(root)) if (!boxes.has(leaf.path)) strangers.push(leaf);
  for (const [index, { path }] of strangers.entries()) {
    boxes.set(path, state(100 + (index % 5) * 150, height + 40 + Math.floor(index / 5) * 60));
  }
  const rows = Math.ceil(strangers.length / 5);
  return { width, height: height + rows * 60 + (rows > 0 ? 20 : 0), boxes };
}

/** A curve between two boxes, cut at their borders, with the arrowhead at its end. */
export function curve(
  layout: Layout,
  from: string,
  to: string,
): { readonly line: string; readonly head: string } | null {
  const [start, end] = [layout.boxes.get(from), layout.boxes.get(to)];
  if (start === undefined || end === undefined || from === to) return null;
  const [a, b] = [centre(start), centre(end)];
  const bend = bends[`${from}>${to}`] ?? 0;
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const control: Point = [
    (a[0] + b[0]) / 2 + (2 * bend * (b[1] - a[1])) / length,
    (a[1] + b[1]) / 2 - (2 * bend * (b[0] - a[0])) / length,
  ];
  const at = (t: number): Point => [
    (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * control[0] + t ** 2 * b[0],
    (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * control[1] + t ** 2 * b[1],
  ];
  const steps = Array.from({ length: 101 }, (_, index) => at(index / 100));
  const outside = steps.filter((point) => !isIn(point, start, 1) && !isIn(point, end, 5));
  const [first, last, before] = [outside[0], outside.at(-1), outside.at(-4)];
  if (first === undefined || last === undefined || before === undefined) return null;
  const middle = outside.filter((_, index) => index % 4 === 0).slice(1);
  const line = [first, ...middle, last].map(shown).join('L');
  return { line: `M${line}`, head: headAt(before, last) };
}

function headAt(before: Point, tip: Point): string {
  const angle = Math.atan2(tip[1] - before[1], tip[0] - before[0]);
  const corner = (turn: number): Point => [
    tip[0] + 8 * Math.cos(angle + turn),
    tip[1] + 8 * Math.sin(angle + turn),
  ];
  const point: Point = [tip[0] + 4 * Math.cos(angle), tip[1] + 4 * Math.sin(angle)];
  return `M${[point, corner(Math.PI - 0.45), corner(Math.PI + 0.45)].map(shown).join('L')}Z`;
}

function centre({ x, y, w, h }: Box): Point {
  return [x + w / 2, y + h / 2];
}

function isIn([px, py]: Point, { x, y, w, h }: Box, margin: number): boolean {
  const isInX = px > x - margin && px < x + w + margin;
  return isInX && py > y - margin && py < y + h + margin;
}

function shown([x, y]: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
