import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisOf, placeOf, ticksOf } from './axis.ts';
import type { Axis } from './axis.ts';

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const start = Date.UTC(2026, 10, 23, 2, 2, 3);
const shanghai = 'Asia/Shanghai';

const folds = ({ spans }: Axis) => spans.filter(({ isFold }) => isFold);
const foldedMs = (axis: Axis) => folds(axis).map(({ fromMs, untilMs }) => untilMs - fromMs);
const at = (...offsets: readonly number[]) => offsets.map((offset) => start + offset);
const texts = (axis: Axis, zone = shanghai) =>
  ticksOf(axis, zone).map(({ date, time }) => `${date ?? ''} ${time}`.trim());

describe('the axis', () => {
  test('shows a call of 200 ms beside a doubt of two days, by folding the doubt', () => {
    const axis = axisOf(at(0, 200, 2 * day, 2 * day + minute), 1_200);
    expect(foldedMs(axis)).toContain(2 * day - 200);
    expect(placeOf(axis, start + 200) - placeOf(axis, start)).toBeGreaterThan(20);
  });

  test('runs evenly where nothing is crowded', () => {
    const axis = axisOf(at(0, 10 * minute, 25 * minute, hour), 1_200);
    expect(axis.spans).toHaveLength(1);
    const [first, middle, last] = [0, hour / 2, hour].map((ms) => placeOf(axis, start + ms));
    expect(middle).toBeCloseTo(((first ?? 0) + (last ?? 0)) / 2, 6);
  });

  test('folds no wait of many that are alike, such as those between calls that are repeated', () => {
    const calls = Array.from({ length: 40 }, (_, call) => [call * hour, call * hour + 200]);
    expect(foldedMs(axisOf(at(...calls.flat()), 1_200))).toEqual([]);
  });

  test('folds each of a few long waits', () => {
    const bursts = [0, 3 * day, 7 * day, 8 * day].flatMap((ms) => [ms, ms + second, ms + 2_500]);
    expect(foldedMs(axisOf(at(...bursts), 1_200))).toHaveLength(3);
  });

  test('folds no wait of less than a second: it may be a call', () => {
    const axis = axisOf(at(0, 60, 130, 900, 960, 1_050, 1_120), 300);
    expect(foldedMs(axis)).toEqual([]);
  });

  test('puts a moment outside of it at its end', () => {
    const axis = axisOf(at(0, hour), 1_200);
    expect(placeOf(axis, start - day)).toBe(placeOf(axis, start));
    expect(placeOf(axis, start + day)).toBe(placeOf(axis, start + hour));
  });

  test('is drawn for no moment, for one, and for many at one time', () => {
    for (const moments of [[], [start], [start, start, start]]) {
      const axis = axisOf(moments, 1_200);
      expect(axis.widthPx).toBe(1_200);
      expect(placeOf(axis, moments[0] ?? 0)).toBeGreaterThan(0);
    }
    expect(texts(axisOf([start], 1_200))).toEqual(['2026-11-23 10:02:03']);
  });

  test('grows with the zoom, and keeps at least what was folded', () => {
    const moments = at(0, 200, 2 * day, 2 * day + minute);
    const [whole, near] = [axisOf(moments, 1_000), axisOf(moments, 1_000, 8)];
    expect(near.widthPx).toBe(8_000);
    expect(foldedMs(near)).toEqual(expect.arrayContaining(foldedMs(whole)));
  });
});

const moment = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 40 * day }),
  fc.integer({ min: -400 * 365 * day, max: 400 * 365 * day }),
  fc.constantFrom(8.64e15 - start, -8.64e15 - start),
  fc.double({ min: 0, max: 1_000, noNaN: true }),
);
const drawn = fc.record({
  moments: fc.array(moment, { maxLength: 60 }).map((offsets) => at(...offsets)),
  roomPx: fc.integer({ min: 0, max: 2_000 }),
  zoom: fc.constantFrom(1, 2, 64),
});

describe('the axis of any moments', () => {
  test('keeps their order, and keeps them inside', () => {
    fc.assert(
      fc.property(drawn, ({ moments, roomPx, zoom }) => {
        const axis = axisOf(moments, roomPx, zoom);
        const places = moments.toSorted((one, other) => one - other).map((ms) => placeOf(axis, ms));
        for (const [index, px] of places.entries()) {
          expect(px).toBeGreaterThanOrEqual(Math.max(0, (places[index - 1] ?? 0) - 1e-6));
          expect(px).toBeLessThanOrEqual(axis.widthPx);
        }
      }),
    );
  });

  test('begins and ends nothing inside a fold', () => {
    fc.assert(
      fc.property(drawn, ({ moments, roomPx, zoom }) => {
        for (const { fromMs, untilMs } of folds(axisOf(moments, roomPx, zoom))) {
          expect(moments.filter((ms) => ms > fromMs && ms < untilMs)).toEqual([]);
        }
      }),
    );
  });

  test('has labels that do not overlap, in every zone', () => {
    const zones = fc.constantFrom(shanghai, 'UTC', 'America/New_York', 'Asia/Kolkata');
    fc.assert(
      fc.property(drawn, zones, ({ moments, roomPx, zoom }, zone) => {
        let endPx = -Infinity;
        for (const { px, time, date } of ticksOf(axisOf(moments, roomPx, zoom), zone)) {
          const halfPx = Math.max(time.length, (date ?? '').length) * 3.9;
          expect(px - halfPx).toBeGreaterThanOrEqual(endPx);
          endPx = px + halfPx;
        }
      }),
    );
  });
});

describe('the labels of time', () => {
  test('stand at round times of the zone, with the date where it changes', () => {
    const axis = axisOf([Date.UTC(2026, 10, 23, 13, 10), Date.UTC(2026, 10, 23, 18, 20)], 1_000);
    expect(texts(axis).slice(0, 2)).toEqual(['2026-11-23 21:30', '22:00']);
    expect(texts(axis)).toContain('11-24 00:00');
    expect(texts(axis, 'UTC')[0]).toBe('2026-11-23 13:30');
  });

  test.each([
    [500, /^(2026-11-23 )?10:02:03\.\d00$/],
    [10 * second, /^(2026-11-23 )?10:02:\d\d$/],
    [hour, /^(2026-11-23 )?1[01]:[0-5]0$/],
    [9 * day, /^(2026-)?(11|12)-\d\d$/],
    [9 * 365 * day, /^20\d\d-\d\d-\d\d$/],
  ])('say as much as a stretch of %i ms needs', (length, label) => {
    const found = texts(axisOf(at(0, length), 900));
    expect(found.length).toBeGreaterThan(3);
    for (const text of found) expect(text).toMatch(label);
  });

  test('repeat the date where the axis is so wide that the last one is out of sight', () => {
    const dates = (zoom: number) =>
      ticksOf(axisOf(at(0, hour), 1_200, zoom), shanghai).flatMap(({ date }) => date ?? []);
    expect(dates(1)).toEqual(['2026-11-23']);
    expect(dates(8).length).toBeGreaterThan(5);
  });

  test('follow a zone through its change to summer time', () => {
    const axis = axisOf([Date.UTC(2026, 2, 29, 0), Date.UTC(2026, 2, 29, 3)], 600);
    const found = texts(axis, 'Europe/Berlin').map((text) => text.slice(-5));
    expect(found).toContain('01:00');
    expect(found).toContain('03:00');
    expect(found).not.toContain('02:00');
  });
});
