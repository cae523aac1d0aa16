/** Figures as people read them: columns of text, for the terminal and for docs/performance.md. */

import type { Figure, Spread } from './figure.ts';
import type { Comparison } from './run-file.ts';

export function shownNumber(value: number): string {
  if (value < 10) return value.toFixed(2);
  return Math.round(value).toLocaleString('en-US');
}

export function shownSpread({ median, low, high }: Spread): string {
  return `${shownNumber(median)} (${shownNumber(low)} to ${shownNumber(high)})`;
}

export const isMet = ({ ratio, atLeast }: Figure): boolean => ratio.median >= atLeast;

type Columns = Readonly<Record<string, string>>;

/** The columns of one figure. A cell is empty where the figure has nothing to say there. */
export function columnsOf(figure: Figure): Columns {
  const { name, unit, alternative, atLeast, latency, remark = '' } = figure;
  const amount = (value: number) =>
    `${shownNumber(value)}${/^[a-z]/i.test(unit) ? ' ' : ''}${unit}`;
  return {
    figure: name,
    ours: amount(figure.ours),
    limit: `${amount(figure.against)} ${alternative}`,
    ratio: shownSpread(figure.ratio),
    'at least': `${atLeast}${isMet(figure) ? '' : ' (not met)'}`,
    p50: latency === undefined ? '' : `${shownNumber(latency.p50Ms)} ms`,
    p99: latency === undefined ? '' : `${shownNumber(latency.p99Ms)} ms`,
    remark,
  };
}

/** A step of a growth stands under the name of what grows; no ratio of its own is promised. */
function stepColumns(figure: Figure, { by, at }: NonNullable<Figure['growth']>): Columns {
  const { ours, limit, ratio, p50 = '', p99 = '' } = columnsOf(figure);
  return {
    [by]: at.toLocaleString('en-US'),
    ours: ours ?? '',
    limit: limit ?? '',
    ratio: ratio ?? '',
    p50,
    p99,
  };
}

export function comparisonColumns(comparison: Comparison): Columns {
  const { name, verdict, then, now } = comparison;
  return {
    figure: name,
    then: then === null ? '' : shownSpread(then),
    now: now === null ? '' : shownSpread(now),
    verdict: verdict === 'worse' ? 'WORSE' : verdict,
  };
}

/** A Markdown table; columns that no row fills are left out. */
export function markdownTable(rows: readonly Columns[]): string {
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) =>
    line(names.map((name) => row[name]?.replaceAll('|', '\\|') ?? '')),
  );
  return [line(names), line(names.map(() => '---')), ...body].join('\n');
}

/** The figures of one bench: what is compared in one table, and a table for each thing that grows. */
export function markdownOf(figures: readonly Figure[]): string {
  const single = figures.filter(({ growth }) => growth === undefined);
  const grown = Map.groupBy(figures, ({ growth }) => growth?.of);
  const tables = single.length === 0 ? [] : [markdownTable(single.map(columnsOf))];
  for (const [of, steps] of grown) {
    if (of === undefined) continue;
    const rows = steps.map((step) => (step.growth ? stepColumns(step, step.growth) : {}));
    tables.push(`${of.charAt(0).toUpperCase()}${of.slice(1)}:\n\n${markdownTable(rows)}`);
  }
  return tables.join('\n\n');
}
