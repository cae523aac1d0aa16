import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisOf, laneItems, placeOf, reach } from './axis.ts';
import type { LaneItem, LaneMarkGiven } from './axis.ts';

const start = Date.UTC(2026, 10, 23, 2, 2, 3);
const labels = { label: ({ at }: LaneMarkGiven) => `mark ${at}`, recorded: 'recorded' };

const mark = (at: number, fromMs: number, more: Partial<LaneMarkGiven> = {}): LaneMarkGiven => ({
  ...{ at, fromMs: start + fromMs, untilMs: start + fromMs, recordedMs: null, look: 'plain' },
  ...more,
});

/** An hour, in which time runs evenly. */
const axisOfWidth = (widthPx: number) => axisOf([start, start + 3_600_000], widthPx);

function itemsOf(marks: readonly LaneMarkGiven[], widthPx = 1_000): readonly LaneItem[] {
  return laneItems(marks, axisOfWidth(widthPx), labels);
}

describe('a lane', () => {
  test('joins marks that would overlap, and counts them where their labels do not fit', () => {
    const many = Array.from({ length: 9 }, (_, at) => mark(at, at * 1_000));
    const items = itemsOf([...many, mark(9, 3_000_000)]);
    expect(items.map(({ marks }) => marks.length)).toEqual([9, 1]);
    expect(items.map(({ text }) => text?.text)).toEqual(['×9', 'mark 9']);
    expect(itemsOf(many.slice(0, 2))[0]?.text?.text).toBe('mark 0 · mark 1');
  });

  test('shows the gravest of joined marks, and that they differ', () => {
    const [item] = itemsOf([mark(0, 0), mark(1, 1_000, { look: 'bad' }), mark(2, 2_000)]);
    expect(item).toMatchObject({ look: 'bad', isMixed: true });
  });

  test('draws a mark that has not ended up to the end', () => {
    const [item] = itemsOf([mark(0, 1_000_000, { untilMs: null })]);
    expect(item).toMatchObject({ isLasting: true, isPoint: false, untilPx: 1_000 });
  });

  test('leads from when money moved to when it was recorded, and names both', () => {
    const [item] = itemsOf([mark(0, 0, { recordedMs: start + 3_000_000 })]);
    expect(item?.recordedPx).toBe(placeOf(axisOfWidth(1_000), start + 3_000_000));
    expect([item?.text?.text, item?.recorded?.text]).toEqual(['mark 0', 'recorded']);
  });

  test('writes the gravest label first where there is room for one alone', () => {
    const both = [mark(0, 0), mark(1, 3_600_000)];
    const graver = [mark(0, 0), mark(1, 3_600_000, { look: 'bad' })];
    const textsOf = (marks: readonly LaneMarkGiven[]) =>
      itemsOf(marks, 168).map(({ text }) => text?.text ?? null);
    expect(textsOf(both)).toEqual(['mark 0', null]);
    expect(textsOf(graver)).toEqual([null, 'mark 1']);
  });
});

const given = fc
  .array(
    fc.record({
      fromMs: fc.integer({ min: 0, max: 3_600_000 }),
      lengthMs: fc.constantFrom(0, 0, 200, 60_000, null),
      lateMs: fc.constantFrom(null, null, 1_000, 600_000),
      look: fc.constantFrom('plain', 'good', 'bad', 'doubt', 'retracted'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((drawn) =>
    drawn
      .toSorted((one, other) => one.fromMs - other.fromMs)
      .map(({ fromMs, lengthMs, lateMs, look }, at) =>
        mark(at, fromMs, {
          untilMs: lengthMs === null ? null : start + fromMs + lengthMs,
          recordedMs: lateMs === null ? null : start + fromMs + lateMs,
          look,
        }),
      ),
  );

describe('a lane of any marks', () => {
  test('holds every mark once, and nothing that a pointer hits overlaps', () => {
    fc.assert(
      fc.property(given, fc.integer({ min: 200, max: 2_000 }), (marks, widthPx) => {
        const items = itemsOf(marks, widthPx);
        expect(items.flatMap((item) => item.marks)).toEqual(marks);
        for (const [place, item] of items.entries()) {
          const before = items[place - 1];
          expect(reach(item).untilPx - reach(item).fromPx).toBeGreaterThanOrEqual(12 - 1e-6);
          if (before === undefined) continue;
          expect(reach(item).fromPx).toBeGreaterThanOrEqual(reach(before).untilPx - 1e-6);
        }
      }),
    );
  });

  test('writes no text over another one, or over another mark', () => {
    fc.assert(
      fc.property(given, fc.integer({ min: 200, max: 2_000 }), (marks, widthPx) => {
        const items = itemsOf(marks, widthPx);
        const written = items.flatMap(({ text, recorded }) =>
          [text, recorded].flatMap((one) => (one === null || one.isInside ? [] : [one])),
        );
        const sorted = [...written, ...items.map(reach)].toSorted((a, b) => a.fromPx - b.fromPx);
        for (const [place, { fromPx }] of sorted.entries()) {
          expect(fromPx).toBeGreaterThanOrEqual((sorted[place - 1]?.untilPx ?? -Infinity) - 1e-6);
        }
        for (const { fromPx, untilPx } of written) {
          expect(fromPx).toBeGreaterThanOrEqual(0);
          expect(untilPx).toBeLessThanOrEqual(Math.max(widthPx, 168));
        }
      }),
    );
  });
});
