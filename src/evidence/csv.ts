import { escapeForTerminal } from '../text.ts';

export type Cell = string | number | boolean | null;

/** CSV (RFC 4180) that spreadsheets open as UTF-8, and in which no cell is a formula. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) => row.map(cell).join(','));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = escapeForTerminal(value);
  // Also as wide characters: spreadsheets of East Asia take them for the same.
  const isFormula = /^[\s'"]*[=+\-@＝＋－＠|%]/u.test(text);
  return `"${`${isFormula ? "'" : ''}${text}`.replaceAll('"', '""')}"`;
}
