import type { Box, Point } from './layout.ts';
import { loopWidth } from './layout.ts';

/** An edge as two paths of SVG: its line, and the arrowhead at its end. */
export type Arrow = { readonly line: string; readonly head: string };

const [headLength, headWidth] = [9, 9];

/**
 * Draws a route. It bends in an S where x changes, which stays within the rectangle between the two
 * points, and both ends are straight for the length of an arrowhead. Null for a route without points.
 */
export function arrowAlong(route: readonly Point[]): Arrow | null {
  const [start, after, before, tip] = [route[0], route[1], route.at(-2), route.at(-1)];
  if (start === undefined || after === undefined) return null;
  if (before === undefined || tip === undefined) return null;
  const toward = Math.sign(tip[1] - start[1]);
  const [earlier, later] = toward > 0 ? [Math.min, Math.max] : [Math.max, Math.min];
  const base: Point = [tip[0], tip[1] - toward * headLength];
  const points: readonly Point[] = [
    [start[0], later(after[1], start[1] + toward * headLength)],
    ...route.slice(2, -2),
    [tip[0], earlier(before[1], base[1])],
    base,
  ];
  const steps: string[] = [];
  let last = start;
  for (const [index, next] of points.entries()) {
    if (next[0] !== last[0]) steps.push(bend(last, next));
    // A straight line is one line, however many rows it passes.
    else if (points[index + 1]?.[0] !== next[0]) steps.push(`V${rounded(next[1])}`);
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
