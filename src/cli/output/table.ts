import type { WidthOf, Word } from './wrap.ts';
import { filled, wordsOf } from './wrap.ts';

type Row = readonly string[];

const gap = '  ';

/** A last column narrower than this is put below its row instead. */
const lastColumnMin = 24;

/**
 * Lays rows of escaped cells out in columns. The last column is not padded.
 *
 * Where `columns` says how wide the terminal is, a row that does not fit is wrapped by words: its
 * last cell below itself, or below the row where the column is too narrow. A terminal too narrow
 * for the other cells gets each row as running text. Without `columns` nothing is wrapped.
 */
export async function table(rows: readonly Row[], columns?: number): Promise<readonly string[]> {
  const widthOf = await measure(rows);
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    }
  }
  const padded = (cells: Row) =>
    cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)));
  const whole = rows.map((row) =>
    [...padded(row.slice(0, -1)), ...row.slice(-1)].join(gap).trimEnd(),
  );
  if (columns === undefined || whole.every((line) => widthOf(line) <= columns)) return whole;
  const wrap = layoutFor(rows, widths, { columns, widthOf });
  return whole.flatMap((line, index) =>
    widthOf(line) <= columns && wrap !== flowing
      ? [line]
      : wrap(rows[index] ?? [], { columns, widthOf, widths, padded }),
  );
}

/** Wraps lines of text by words; what continues a line is indented two further than it is. */
export async function paragraphs(
  lines: readonly string[],
  columns?: number,
): Promise<readonly string[]> {
  if (columns === undefined) return lines;
  const widthOf = await measure([lines]);
  return lines.flatMap((line) => {
    if (widthOf(line) <= columns) return [line];
    const indent = line.length - line.trimStart().length;
    const [first, ...words] = wordsOf(line.trimStart());
    if (first === undefined) return [line];
    const start = { before: '', text: ' '.repeat(indent) + first.text };
    return filled([start, ...words], { columns, indent: indent + gap.length }, widthOf);
  });
}

type Terminal = { readonly columns: number; readonly widthOf: WidthOf };

type Layout = (
  row: Row,
  at: Terminal & { readonly widths: readonly number[]; readonly padded: (cells: Row) => Row },
) => readonly string[];

/** One layout for all rows, so that they stay aligned. */
function layoutFor(
  rows: readonly Row[],
  widths: readonly number[],
  { columns, widthOf }: Terminal,
): Layout {
  const start = startOfLast(widths);
  const last = rows.map((row) => row.at(-1) ?? '');
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));
  const longestWord = Math.max(0, ...last.map((cell) => widest(wordsOf(cell).map(textOf))));
  const needed = Math.min(widest(last), Math.max(longestWord, lastColumnMin));
  if (start + needed <= columns) return beside;
  return start - gap.length <= columns ? below : flowing;
}

/** The last cell is wrapped in its own column. */
const beside: Layout = (row, { columns, widthOf, widths, padded }) => {
  const indent = startOfLast(widths);
  const lines = filled(
    wordsOf(row.at(-1) ?? ''),
    { columns: columns - indent, indent: 0 },
    widthOf,
  );
  const [first = '', ...more] = lines;
  const head = [...padded(row.slice(0, -1)), first].join(gap).trimEnd();
  return [head, ...more.map((line) => ' '.repeat(indent) + line)];
};

/** The last cell is wrapped below the row, from the second column on. */
const below: Layout = (row, { columns, widthOf, widths, padded }) => {
  const indent = (widths[0] ?? 0) + gap.length;
  const head: Word = { before: '', text: padded(row.slice(0, -1)).join(gap).trimEnd() };
  const [first, ...words] = wordsOf(row.at(-1) ?? '');
  if (first === undefined) return [head.text];
  // Too wide for anything to follow on the same line, so the cell begins a line of its own.
  const start: Word = { before: ' '.repeat(columns), text: first.text };
  return filled([head, start, ...words], { columns, indent }, widthOf);
};

/** All cells as running text. One that fits on a line is not parted. */
const flowing: Layout = (row, { columns, widthOf, widths }) => {
  const indent = (widths[0] ?? 0) + gap.length;
  const words = row.flatMap((cell) => {
    if (cell === '') return [];
    const parts = indent + widthOf(cell) <= columns ? [{ before: '', text: cell }] : wordsOf(cell);
    return parts.map((word, index) => (index === 0 ? { ...word, before: gap } : word));
  });
  return filled(words, { columns, indent }, widthOf);
};

function startOfLast(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap.length, 0);
}

function textOf({ text }: Word): string {
  return text;
}

/** Each takes one column, whatever stands beside it: ASCII, and what our own lines are made of. */
const plain = /^[\x20-\x7e–→−·…’]*$/;

/** As `Screen.paint` begins and ends a style. */
// eslint-disable-next-line no-control-regex
const styles = /\x1b\[\d+m/g;

/** A Chinese character takes two columns. The module that knows is not loaded for plain text. */
async function measure(rows: readonly Row[]): Promise<WidthOf> {
  const bare = (text: string) => text.replaceAll(styles, '');
  const isPlain = rows.every((row) => row.every((cell) => plain.test(bare(cell))));
  if (isPlain) return (text) => bare(text).length;
  const { default: stringWidth } = await import('string-width');
  // A column of a thousand states has few different cells.
  const known = new Map<string, number>();
  return (text) => {
    const width = known.get(text) ?? stringWidth(text);
    known.set(text, width);
    return width;
  };
}
