import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { figure } from './figure.ts';
import { blocksOf, filled } from './page.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'performance.md'), 'utf8');

/** The rows of a block's tables, by column. */
function rowsOf(text: string): readonly Readonly<Record<string, string>>[] {
  let names: readonly string[] = [];
  return text.split('\n').flatMap((line, at, lines) => {
    if (!line.startsWith('|')) return [];
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (!(lines[at - 1] ?? '').startsWith('|')) {
      names = cells;
      return [];
    }
    if (/^:?-+/.test(cells[0] ?? '')) return [];
    return [Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']))];
  });
}

describe('docs/performance.md', () => {
  test('has one block for each bench', () => {
    const source = readFileSync(join(import.meta.dirname, 'bench.ts'), 'utf8');
    const table = /const benches[^{]*\{\n([\s\S]*?)\n\};/.exec(source)?.[1] ?? '';
    const benches = [...table.matchAll(/^ {2}'?([a-z-]+)'?: /gm)].map(([, name = '']) => name);
    expect(benches.length).toBeGreaterThan(10);
    const blocks = blocksOf(page).map(({ bench }) => bench);
    expect(blocks.toSorted()).toEqual(benches.toSorted());
  });

  test.each(blocksOf(page))(
    'gives $bench with its command, limits and spreads',
    ({ bench, text }) => {
      expect(text).toContain(`npm run bench -- --only ${bench}\``);
      const rows = rowsOf(text);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(row['ratio']).toMatch(/^[\d.,]+ \([\d.,]+ to [\d.,]+\)$/);
        expect(row['ours']).toMatch(/^[\d.,]+/);
        expect(row['limit']).toMatch(/^[\d.,]+\S* \S/);
      }
    },
  );

  test('is filled by a run, and keeps what was not run', () => {
    const before =
      '# Page\n\n<!-- bench: one -->\n<!-- /bench -->\n\n<!-- bench: two -->\nold\n<!-- /bench -->\n';
    const rounds = Array.from({ length: 7 }, () => ({ ours: 5, against: 10 }));
    const given = { unit: '/s', alternative: 'bare commits', atLeast: 0.4, rounds };
    const step = (at: number) =>
      figure({ ...given, name: `load, ${at}`, growth: { of: 'load', by: 'events', at } });
    const figures = [figure({ ...given, name: 'appends' }), step(10), step(1_000)];
    const after = filled(before, {
      day: '2026-11-30',
      machine: {
        ...{ processor: 'made up', cores: 2, memoryGb: 8, platform: 'linux x64', node: 'v24.0.0' },
        loadBefore: 0.1,
      },
      figures: figures.map((each) => ({ bench: 'one', ...each })),
    });
    const [one, two] = blocksOf(after);
    expect(two?.text).toBe('old\n');
    expect(one?.text).toContain('`npm run bench -- --only one`, on 2026-11-30: 2 cores (made up)');
    expect(rowsOf(one?.text ?? '')).toEqual([
      {
        ...{ figure: 'appends', ours: '5.00/s', limit: '10/s bare commits' },
        ...{ ratio: '0.50 (0.50 to 0.50)', 'at least': '0.4' },
      },
      { events: '10', ours: '5.00/s', limit: '10/s bare commits', ratio: '0.50 (0.50 to 0.50)' },
      { events: '1,000', ours: '5.00/s', limit: '10/s bare commits', ratio: '0.50 (0.50 to 0.50)' },
    ]);
  });
});
