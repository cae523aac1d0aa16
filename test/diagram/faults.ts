import { header, padding } from '../../src/diagram/layout.ts';
import type { Box, Drawn, Layout, Point } from '../../src/diagram/layout.ts';
import { widthOf } from '../../src/diagram/measure.ts';
import { framesIn } from '../../src/diagram/svg.ts';

/** A place on the drawing, and what stands there. */
type Area = { readonly name: string; readonly box: Box };

const isInside = (path: string, outer: string) => path.startsWith(`${outer}.`);

/** Whether two areas share more than a rounded border. */
function isOverlapping(a: Box, b: Box): boolean {
  const width = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return width > 0.01 && height > 0.01;
}

/** The rectangles in which a route runs: where it bends, it stays between the two points. */
function areasOf(route: readonly Point[]): readonly Box[] {
  return route.slice(1).map(([x, y], index): Box => {
    const [fromX, fromY] = route[index] ?? [x, y];
    const [w, h] = [Math.abs(x - fromX), Math.abs(y - fromY)];
    // A line has some width, and may touch what it begins and ends at.
    return { x: Math.min(x, fromX) - 0.5, y: Math.min(y, fromY) + 0.01, w: w + 1, h: h - 0.02 };
  });
}

/** What is wrong with a layout, each fault in words. */
export function faultsOf(drawn: Drawn, layout: Layout): readonly string[] {
  const areas = [...layout.boxes].map(([name, box]): Area => ({ name, box }));
  return [
    ...areas.filter(({ box }) => !isOnPage(box, layout)).map(({ name }) => `${name} is cut`),
    ...areas.flatMap((area, index) => overlapsOf(area, areas.slice(index + 1))),
    ...drawn.edges.flatMap((ends, index) => {
      const route = layout.routes[index] ?? [];
      return routeFaults({ ...ends, route }, [...areas, ...labelsOf(drawn, layout)], layout);
    }),
  ];
}

function isOnPage({ x, y, w, h }: Box, { width, height }: Layout): boolean {
  return x >= 0 && y >= 0 && x + w <= width && y + h <= height;
}

function overlapsOf({ name, box }: Area, others: readonly Area[]): readonly string[] {
  return others.flatMap((other) => {
    if (!isInside(other.name, name)) {
      return isOverlapping(box, other.box) ? [`${name} overlaps ${other.name}`] : [];
    }
    const { x, y, w, h } = other.box;
    const isHeld = x >= box.x && y >= box.y + header && x + w <= box.x + box.w;
    return isHeld && y + h <= box.y + box.h ? [] : [`${other.name} leaves ${name}`];
  });
}

function labelsOf({ root, namesOf }: Drawn, { boxes }: Layout): readonly Area[] {
  return root.children.flatMap(framesIn).flatMap((frame) => {
    const box = boxes.get(frame.path);
    if (box === undefined) return [];
    const w = Math.max(...namesOf(frame).map(widthOf));
    return [
      { name: `the label of ${frame.path}`, box: { x: box.x + padding, y: box.y, w, h: header } },
    ];
  });
}

type Routed = { readonly from: string; readonly to: string; readonly route: readonly Point[] };

function routeFaults({ from, to, route }: Routed, areas: readonly Area[], layout: Layout) {
  const edge = `${from} → ${to}`;
  if (from === to) return route.length === 0 ? [] : [`${edge} needs no route`];
  const parts = areasOf(route);
  // It may run through the frames in which it begins or ends.
  const isForeign = ({ name }: Area) => !isInside(from, name) && !isInside(to, name);
  return [
    ...(reaches(from, route[0], layout) && reaches(to, route.at(-1), layout)
      ? []
      : [`${edge} ends elsewhere`]),
    ...parts.filter((part) => !isOnPage(part, layout)).map(() => `${edge} is cut`),
    ...areas
      .filter(isForeign)
      .filter(({ box }) => parts.some((part) => isOverlapping(part, box)))
      .map(({ name }) => `${edge} crosses ${name}`),
  ];
}

/** Whether a route ends at the top or the bottom of a box. */
function reaches(path: string, end: Point | undefined, { boxes }: Layout): boolean {
  const box = boxes.get(path);
  if (box === undefined || end === undefined) return false;
  const [x, y] = end;
  const isAtBorder = [box.y, box.y + box.h].some((border) => Math.abs(border - y) < 0.01);
  return isAtBorder && x >= box.x && x <= box.x + box.w;
}
