import type { Box, Point } from './layout.ts';
import { loopWidth } from './layout.ts';

/** An edge as two paths of SVG: its line, and the arrowhead at its end. */
export type Arrow = { readonly line: string; readonly head: string };

const [headLength, headWidth] = [9, 9];

/**
 * Draws a route. It bends in an S where x changes, which stays within the rectangle between the two
 * points, and ends vertically. Null for a route without points.
 */
export function arrowAlong(route: readonly Point[]): Arrow | null {
  const [start, before, tip] = [route[0], route.at(-2), route.at(-1)];
  if (start === undefined || before === undefined || tip === undefined) return null;
  const toward = Math.sign(tip[1] - start[1]);
  const base = tip[1] - toward * headLength;
  const end: Point = [tip[0], toward > 0 ? Math.min(before[1], base) : Math.max(before[1], base)];
  const steps: string[] = [];
  let last = start;
  for (const next of [...route.slice(1, -2), end, [tip[0], base] as const]) {
    steps.push(next[0] === last[0] ? `V${rounded(next[1])}` : bend(last, next));
    last = next;
  }
  return { line: `M${shown(start)}${steps.join('')}`, head: headAt(tip, [0, toward]) };
}

/** Draws the edge that leads back to its own box, at its right. */
export function loopAt({ x, y, w, h }: Box): Arrow {
  const [right, middle, far] = [x + w, y + h / 2, x + w + loopWidth];
  const tip: Point = [right, middle + 6];
  const curve: readonly Point[] = [
    [far, middle - 14],
    [far, middle + 6],
    [right + headLength, middle + 6],
  ];
  return {
    line: `M${shown([right, middle - 8])}C${curve.map(shown).join(' ')}`,
    head: headAt(tip, [-1, 0]),
  };
}

function bend([fromX, fromY]: Point, to: Point): string {
  const middle = (fromY + to[1]) / 2;
  const curve: readonly Point[] = [[fromX, middle], [to[0], middle], to];
  return `C${curve.map(shown).join(' ')}`;
}

function headAt(tip: Point, [dx, dy]: Point): string {
  const corner = (side: number): Point => [
    tip[0] - dx * headLength + (dy * side * headWidth) / 2,
    tip[1] - dy * headLength + (dx * side * headWidth) / 2,
  ];
  return `M${[tip, corner(-1), corner(1)].map(shown).join('L')}Z`;
}

function shown([x, y]: Point): string {
  return `${rounded(x)} ${rounded(y)}`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
