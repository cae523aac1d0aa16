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

/** The columns of one figure. A cell is empty where the figure has nothing to say there. */
export function columnsOf(figure: Figure): Readonly<Record<string, string>> {
  const { growth, unit, alternative, latency, remark = '' } = figure;
  const amount = (value: number) =>
    `${shownNumber(value)}${/^[a-z]/i.test(unit) ? ' ' : ''}${unit}`;
  return {
    ...(growth === undefined
      ? { figure: figure.name }
      : { [growth.by]: growth.at.toLocaleString('en-US') }),
    ours: amount(figure.ours),
    limit: `${amount(figure.against)} ${alternative}`,
    ratio: shownSpread(figure.ratio),
    'at least': `${figure.atLeast}${isMet(figure) ? '' : ' (not met)'}`,
    p50: latency === undefined ? '' : `${shownNumber(latency.p50Ms)} ms`,
    p99: latency === undefined ? '' : `${shownNumber(latency.p99Ms)} ms`,
    remark,
  };
}

export function comparisonColumns(comparison: Comparison): Readonly<Record<string, string>> {
  const { name, verdict, then, now } = comparison;
  return {
    figure: name,
    then: then === null ? '' : shownSpread(then),
    now: now === null ? '' : shownSpread(now),
    verdict: verdict === 'worse' ? 'WORSE' : verdict,
  };
}

/** A Markdown table; columns that no row fills are left out. */
export function markdownTable(rows: readonly Readonly<Record<string, string>>[]): string {
  const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => row[name] !== ''));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = rows.map((row) =>
    line(names.map((name) => row[name]?.replaceAll('|', '\\|') ?? '')),
  );
  return [line(names), line(names.map(() => '---')), ...body].join('\n');
}
