import type { Ranks, Row, Sized, Stop, Wire } from './ranks.ts';
import { lineGap, ranksOf } from './ranks.ts';
import { spread } from './spread.ts';

export type Point = readonly [x: number, y: number];

/** A box among its neighbours, with what it knows of the edges that cross its border. */
export type Block = Sized & {
  /** How far from its corners edges stay. */
  readonly inset: number;
  /** Where an edge crosses its border, from its left, as far as what is inside decides it. */
  readonly ports: ReadonlyMap<number, number>;
};

/** The room between the blocks and the border around them, and the label in its top left corner. */
export type Border = {
  readonly top: number;
  readonly side: number;
  readonly labelWidth: number;
};

/** Blocks and edges within their border, from its top left corner. */
export type Level = {
  readonly w: number;
  readonly h: number;
  /** The top left corners of the blocks. */
  readonly corners: ReadonlyMap<string, Point>;
  readonly routes: ReadonlyMap<number, readonly Point[]>;
  /** Where edges cross the border, from its left. */
  readonly ports: ReadonlyMap<number, number>;
};

/** Where edges begin or end: a block, or the border around all. */
type Place = {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly row: Row;
  /** Between these its edges begin and end, except for those whose place is known. */
  readonly min: number;
  readonly max: number;
  readonly ports: ReadonlyMap<number, number>;
};

/** An edge between two places, and where it passes the rows between them. */
type Line = {
  readonly edge: number;
  readonly from: Place;
  readonly to: Place;
  readonly passes: readonly Stop[];
};

/** Lays out one level: rows of blocks, and edges that run straight through the rows. */
export function levelOf(blocks: readonly Block[], wires: readonly Wire[], border: Border): Level {
  const ranks = ranksOf(blocks, wires, border);
  const { w, h, entry, exit } = borderOf(ranks, wires, border);
  const places = new Map(blocks.flatMap((block) => placeOf(block, ranks)));
  const lines = wires.flatMap(({ edge, upper, lower }): Line[] => {
    const from = upper === null ? entry : places.get(upper);
    const to = lower === null ? exit : places.get(lower);
    if (from === undefined || to === undefined) return [];
    return [{ edge, from, to, passes: ranks.passes.get(edge) ?? [] }];
  });
  const starts = endsOf(lines, ({ from }) => from, startOf);
  const ends = endsOf(
    lines,
    ({ to }) => to,
    ({ edge, to, passes }) => passes.at(-1)?.x ?? starts.get(edge) ?? to.x,
  );
  const routes = new Map(
    lines.map((line) => [
      line.edge,
      routeOf(line, starts.get(line.edge) ?? line.from.x, ends.get(line.edge) ?? line.to.x),
    ]),
  );
  const ports = new Map<number, number>();
  for (const { edge, from, to } of lines) {
    const x = from === entry ? starts.get(edge) : to === exit ? ends.get(edge) : undefined;
    if (x !== undefined) ports.set(edge, x);
  }
  const corners = new Map(
    blocks.map(({ id, w: width }): [string, Point] => {
      const { x = 0, top = 0 } = places.get(id) ?? {};
      return [id, [x - width / 2, top]];
    }),
  );
  return { w, h, corners, routes, ports };
}

/** The size of all, and the border as the place of the edges that cross it. */
function borderOf({ width, height }: Ranks, wires: readonly Wire[], border: Border) {
  const entering = wires.filter(({ upper }) => upper === null).length;
  const leaving = wires.filter(({ lower }) => lower === null).length;
  const { top, side, labelWidth } = border;
  const label = labelWidth === 0 ? 0 : labelWidth + lineGap;
  const lines = Math.max(label + entering * lineGap, leaving * lineGap);
  const w = Math.max(width, lines + 2 * side);
  const h = height + (leaving > 0 ? 0 : side);
  const both = { x: w / 2, max: w - side, ports: new Map<number, number>() };
  const placeAt = (y: number, under: number, min: number): Place => ({
    ...both,
    ...{ top: y, bottom: y, row: { y, top: y, bottom: under }, min },
  });
  return { w, h, entry: placeAt(0, top, side + label), exit: placeAt(h, h, side) };
}

function placeOf({ id, w, h, inset, ports }: Block, { stops }: Ranks): readonly [string, Place][] {
  const stop = stops.get(id);
  if (stop === undefined) return [];
  const { x, row } = stop;
  const left = x - w / 2;
  const fixed = new Map([...ports].map(([edge, port]) => [edge, left + port]));
  const [top, bottom] = [row.y - h / 2, row.y + h / 2];
  const [min, max] = [left + inset, left + w - inset];
  return [[id, { x, top, bottom, row, min, max, ports: fixed }]];
}

/** Where an edge wants to begin: straight above where it goes. */
function startOf({ edge, from, to, passes }: Line): number {
  const pass = passes[0];
  if (pass !== undefined) return pass.x;
  return to.ports.get(edge) ?? (from.x + to.x) / 2;
}

/** Where edges end at their places: each where it wants to, as far as the others let it. */
function endsOf(
  lines: readonly Line[],
  placeOfLine: (line: Line) => Place,
  wantedOf: (line: Line) => number,
): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  for (const [{ min, max, ports }, here] of Map.groupBy(lines, placeOfLine)) {
    for (const { edge } of here) {
      const x = ports.get(edge);
      if (x !== undefined) ends.set(edge, x);
    }
    const free = here
      .filter(({ edge }) => !ports.has(edge))
      .map((line) => ({ edge: line.edge, wanted: wantedOf(line) }))
      .toSorted((a, b) => a.wanted - b.wanted || a.edge - b.edge);
    const places = spread(
      free.map(({ wanted }) => wanted),
      { min, max, gap: lineGap },
    );
    for (const [index, x] of places.entries()) {
      const end = free[index];
      if (end !== undefined) ends.set(end.edge, x);
    }
  }
  return ends;
}

function routeOf({ from, to, passes }: Line, start: number, end: number): readonly Point[] {
  return [
    [start, from.bottom],
    [start, from.row.bottom],
    ...passes.flatMap(({ x, row }): Point[] => [
      [x, row.top],
      [x, row.bottom],
    ]),
    [end, to.row.top],
    [end, to.top],
  ];
}
