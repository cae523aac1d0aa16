import { join } from 'node:path';

export type Span = {
  readonly isFold: boolean;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly fromPx: number;
  readonly untilPx: number;
};

export type Axis = { readonly widthPx: number; readonly spans: readonly Span[] };

export type Tick = { readonly px: number; readonly time: string; readonly date: string | null };

export type LaneMarkGiven = {
  readonly at: number;
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly recordedMs: number | null;
  readonly look: string;
};

export type LaneText = {
  readonly text: string;
  readonly fromPx: number;
  readonly untilPx: number;
  readonly isInside: boolean;
};

export type LaneItem = {
  readonly marks: readonly LaneMarkGiven[];
  readonly look: string;
  readonly isMixed: boolean;
  readonly isLasting: boolean;
  readonly isPoint: boolean;
  readonly fromPx: number;
  readonly untilPx: number;
  readonly recordedPx: number | null;
  readonly text: LaneText | null;
  readonly recorded: LaneText | null;
};

const page = join(import.meta.dirname, '..', '..', 'src', 'report', 'page');

// These are JavaScript, of whose types only the compiler's check of their directory knows.
export const { axisOf, placeOf } = (await import(join(page, 'axis.js'))) as {
  readonly axisOf: (moments: readonly number[], roomPx: number, zoom?: number) => Axis;
  readonly placeOf: (axis: Axis, ms: number) => number;
};
export const { ticksOf } = (await import(join(page, 'axis-ticks.js'))) as {
  readonly ticksOf: (axis: Axis, zone: string) => readonly Tick[];
};
export const { laneItems, reach } = (await import(join(page, 'lanes-layout.js'))) as {
  readonly laneItems: (
    marks: readonly LaneMarkGiven[],
    axis: Axis,
    labels: { readonly label: (mark: LaneMarkGiven) => string; readonly recorded: string },
  ) => readonly LaneItem[];
  readonly reach: (item: LaneItem) => { readonly fromPx: number; readonly untilPx: number };
};
