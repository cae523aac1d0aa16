import { describe, expect, test } from 'vitest';
import { figure, inRounds, quantile } from './figure.ts';
import { compared, runSchema } from './run-file.ts';
import { columnsOf, markdownTable } from './shown.ts';

const rounds = (ratios: readonly number[]) =>
  ratios.map((ratio) => ({ ours: 100 * ratio, against: 100 }));
const seven = [0.5, 0.51, 0.52, 0.53, 0.54, 0.55, 0.9];
const given = { name: 'appends', unit: '/s', alternative: 'bare commits', atLeast: 0.5 };

describe('a figure', () => {
  test('is the median of the ratios of its rounds, with their spread', () => {
    const uneven = [
      { ours: 10, against: 100 },
      ...Array.from({ length: 6 }, (_, index) => ({ ours: 60 + index, against: 100 })),
    ];
    const { ratio, ours, against } = figure({ ...given, rounds: uneven });
    expect(ratio).toMatchObject({ min: 0.1, median: 0.62, max: 0.65 });
    expect([ours, against]).toEqual([62, 100]);
  });

  test('turns the ratio round where less is better', () => {
    const slower = seven.map(() => ({ ours: 200, against: 100 }));
    for (const unit of ['ms', 'MB for 100,000 orders', 'bytes']) {
      expect(figure({ ...given, unit, rounds: slower }).ratio.median).toBe(0.5);
    }
    expect(figure({ ...given, unit: '/s', rounds: slower }).ratio.median).toBe(2);
  });

  test.each([
    ['no rounds', { rounds: [] }, 'at least 7 rounds'],
    ['six rounds', { rounds: rounds(seven.slice(1)) }, 'at least 7 rounds'],
    ['counted bytes of no round', { rounds: [], isCounted: true }, 'at least 7 rounds'],
    ['no limit', { alternative: '' }, 'alternative'],
    ['a round that measured nothing', { rounds: rounds([...seven, Number.NaN]) }, 'rounds'],
    ['nothing to reach', { atLeast: 0 }, 'atLeast'],
  ])('is refused with %s', (_, wrong, message) => {
    expect(() => figure({ ...given, rounds: rounds(seven), ...wrong })).toThrow(message);
  });

  test('shows its limit, spread and latency in its row', () => {
    const latency = { p50Ms: 8.123, p99Ms: 31.4 };
    expect(columnsOf(figure({ ...given, rounds: rounds(seven), latency }))).toEqual({
      figure: 'appends',
      ours: '53/s',
      limit: '100/s bare commits',
      ratio: '0.53 (0.52 to 0.55)',
      'at least': '0.5',
      p50: '8.12 ms',
      p99: '31 ms',
      remark: '',
    });
    const missed = figure({ ...given, rounds: rounds(seven), atLeast: 0.6 });
    expect(columnsOf(missed)['at least']).toBe('0.6 (not met)');
  });
});

describe('rounds', () => {
  test('measure both ways in turn, each of them first in every other round', async () => {
    const order: string[] = [];
    const measured = await inRounds(
      (round) => order.push(`ours${round}`),
      (round) => order.push(`other${round}`),
      7,
      1,
    );
    expect(order.slice(0, 4)).toEqual(['other0', 'ours0', 'ours1', 'other1']);
    expect(measured.rounds).toHaveLength(7);
    expect(measured.rounds[0]).toEqual({ ours: 3, against: 4 });
  });

  test('have quantiles between their values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('a comparison of two runs', () => {
  const run = (ratios: Readonly<Record<string, readonly number[]>>) =>
    runSchema.parse({
      day: '2026-11-30',
      machine: {
        ...{ processor: 'made up', cores: 2, memoryGb: 8, platform: 'linux x64', node: 'v24.0.0' },
        loadBefore: 0.1,
      },
      figures: Object.entries(ratios).map(([name, values]) => ({
        bench: 'made-up',
        ...figure({ ...given, name, rounds: rounds(values) }),
      })),
    }).figures;
  const times = (factor: number) => seven.map((ratio) => ratio * factor);

  test('calls worse only what fell out of the spread of before', () => {
    const then = run({ slower: seven, faster: seven, same: seven, gone: seven });
    const now = run({ slower: times(0.8), faster: times(1.2), same: times(0.98), added: seven });
    const verdicts = compared(then, now).map(({ name, verdict }) => [name, verdict]);
    expect(Object.fromEntries(verdicts)).toEqual({
      slower: 'worse',
      faster: 'better',
      same: 'within the spread',
      added: 'new',
      gone: 'not measured now',
    });
  });

  test('has the ratio of both runs', () => {
    const [first] = compared(run({ it: seven }), run({ it: times(2) }));
    expect(first?.then?.median).toBeCloseTo(0.53);
    expect(first?.now?.median).toBeCloseTo(1.06);
  });

  test('reads no file that holds a figure without rounds or without a limit', () => {
    const [whole] = run({ it: seven });
    for (const wrong of [{ rounds: [] }, { alternative: '' }]) {
      const figures = [{ ...whole, ...wrong }];
      expect(runSchema.shape.figures.safeParse(figures).success).toBe(false);
    }
    expect(runSchema.shape.figures.safeParse([whole]).success).toBe(true);
  });
});

test('a table leaves out columns that no row fills', () => {
  const table = markdownTable([
    { figure: 'a|b', p50: '', ratio: '1' },
    { figure: 'c', p50: '', ratio: '' },
  ]);
  expect(table).toBe('| figure | ratio |\n| --- | --- |\n| a\\|b | 1 |\n| c |  |');
});
