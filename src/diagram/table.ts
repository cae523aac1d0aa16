import type { AnyStateMachine } from 'xstate';
import { graphOf } from './graph.ts';

/**
 * Every transition of a machine as a row of a Markdown table, in the machine's own order. The same
 * machine gives the same text.
 */
export function transitionTable(machine: AnyStateMachine): string {
  const rows = graphOf(machine).transitions.map(({ state, cause, guard, to, raised }) => [
    state === '' ? 'in every state' : coded(state),
    // Among several `always` transitions, the first whose guard holds is taken.
    cause ?? 'at once',
    guard === '' ? '' : coded(guard),
    to === null ? staying(raised) : coded(to),
  ]);
  const header = ['state', 'event', 'guard', 'leads to'];
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((cells) => (cells[column] ?? '').length)),
  );
  const ruler = widths.map((width) => '-'.repeat(width));
  return [header, ruler, ...rows].map((cells) => rowLine(cells, widths)).join('');
}

function staying(raised: string): string {
  return raised === '' ? 'stays' : `stays, ${raised.replaceAll('→', 'raises')}`;
}

function coded(name: string): string {
  return `\`${name}\``;
}

function rowLine(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return `| ${padded.join(' | ')} |\n`;
}
