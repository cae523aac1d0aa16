import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { graphOf } from '../../src/diagram/graph.ts';
import { beginning, header, layoutOf, padding } from '../../src/diagram/layout.ts';
import type { Box, Drawn, Layout, Point } from '../../src/diagram/layout.ts';
import { widthOf } from '../../src/diagram/measure.ts';
import { drawnEdges, framesIn } from '../../src/diagram/svg.ts';
import { machines } from './machines.ts';

function ofPaymentOrders(): Drawn {
  const graph = graphOf(paymentOrderMachine);
  const begin = { from: beginning, to: graph.root.initial ?? '' };
  return {
    root: graph.root,
    edges: [...drawnEdges(graph), begin],
    namesOf: ({ name }) => [name],
  };
}

const boxOf = ({ boxes }: Layout, path: string): Box => {
  const box = boxes.get(path);
  if (box === undefined) throw new Error(`no box of ${path}`);
  return box;
};

const isInside = (path: string, outer: string) => path.startsWith(`${outer}.`);

const framesOf = ({ root }: Drawn) => root.children.flatMap(framesIn);

/** Rounding of coordinates aside, whether two boxes share a place. */
function isOverlapping(a: Box, b: Box): boolean {
  const [inX, inY] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  return Math.min(a.x + a.w, b.x + b.w) - inX > 0.01 && Math.min(a.y + a.h, b.y + b.h) - inY > 0.01;
}

/** The rectangles in which a route runs: its S between two points does not leave theirs. */
function cornersOf(route: readonly Point[]): readonly Box[] {
  return route.slice(1).map((to, index): Box => {
    const from = route[index] ?? to;
    const [x, y] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
    // A line without width would overlap nothing.
    return {
      x: x - 0.5,
      y: y + 0.02,
      w: Math.abs(from[0] - to[0]) + 1,
      h: Math.abs(from[1] - to[1]) - 0.04,
    };
  });
}

/** The faults of a layout, each in words. */
function faultsOf(drawn: Drawn, layout: Layout): readonly string[] {
  const faults: string[] = [];
  const frames = framesOf(drawn);
  const boxes = [...layout.boxes];
  for (const [index, [path, box]] of boxes.entries()) {
    const { x, y, w, h } = box;
    if (x < 0 || y < 0 || x + w > layout.width || y + h > layout.height) faults.push(`${path} out`);
    for (const [other, otherBox] of boxes.slice(index + 1)) {
      const isNested = isInside(other, path) || isInside(path, other);
      if (!isNested && isOverlapping(box, otherBox)) faults.push(`${path} on ${other}`);
      if (isInside(other, path) && otherBox.y < y + header) faults.push(`${other} on a label`);
    }
  }
  for (const [index, { from, to }] of drawn.edges.entries()) {
    const route = layout.routes[index] ?? [];
    if (from !== to && route.length < 2) faults.push(`no route from ${from} to ${to}`);
    for (const corner of cornersOf(route)) {
      const { x, y, w, h } = corner;
      if (x < 0 || y < 0 || x + w > layout.width || y + h > layout.height) faults.push('route out');
      for (const [path, box] of boxes) {
        const isOwn =
          [from, to].some((end) => isInside(end, path)) || (from === path && isInside(to, from));
        if (!isOwn && isOverlapping(corner, box)) faults.push(`${from} → ${to} crosses ${path}`);
      }
      for (const frame of frames) {
        const { x, y } = boxOf(layout, frame.path);
        const w = Math.max(...drawn.namesOf(frame).map(widthOf));
        if (isOverlapping(corner, { x: x + padding, y, w, h: header })) {
          faults.push(`${from} → ${to} crosses the label of ${frame.path}`);
        }
      }
    }
  }
  return faults;
}

describe('the layout of a machine', () => {
  test('keeps every edge off the boxes and labels of other states, whatever the machine', () => {
    fc.assert(
      fc.property(machines, (drawn) => {
        expect(faultsOf(drawn, layoutOf(drawn))).toEqual([]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150), seed: 20 },
    );
  });
});
