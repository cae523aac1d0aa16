import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csv } from '../../src/evidence/csv.ts';

/** The cells of a table by row, as spreadsheets read them: quotes count at a cell's begin only. */
function cellsOf(table: string, separators: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  let cell = '';
  let quotes: 'none' | 'open' | 'closed' = 'none';
  const end = () => {
    rows.at(-1)?.push(cell);
    cell = '';
    quotes = 'none';
  };
  const text = table.replace(/^\ufeff/, '');
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quotes === 'open') {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[(at += 1)] ?? '';
      else quotes = 'closed';
    } else if (character === '"' && cell === '' && quotes === 'none') quotes = 'open';
    else if (separators.includes(character)) end();
    else if (character === '\n') {
      end();
      rows.push([]);
    } else if (character !== '\r') cell += character;
  }
  return rows.slice(0, -1);
}

const tableOf = (texts: readonly string[]) =>
  csv<string>(
    { revision: () => 7, text: (text) => text, gap: () => -1, more: (text) => text },
    texts,
  );

/** What stands in the file for a text. */
const written = (text: string) => cellsOf(tableOf([text]), ',')[1]?.[1] ?? '';

/** What a reader gets back, by the rule that the package's README gives. */
const readBack = (cell: string) => cell.replace(/^'/, '').replaceAll(/\\u003b/g, ';');

/** Text for cells has no line breaks and control characters: they are escaped before. */
const pieces = [
  ...['=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '﹦', '%', '|', "'", '"', ';', ',', ' '],
  ...[
    '\u3000',
    '\u00a0',
    '0',
    '1',
    '１',
    'E',
    '.',
    '/',
    'a',
    '支',
    '\\\\',
    '\\t',
    '\\n',
    ';=',
    '";"',
    ',"',
  ],
];
const hostile = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 12 });

describe('a table', () => {
  test('has no cell that a spreadsheet runs, whatever separates its cells', () => {
    let split = 0;
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (texts) => {
        const table = tableOf(texts);
        for (const separators of [',', ';', '\t', ',;\t']) {
          for (const cell of cellsOf(table, separators).flat()) {
            if (cell.includes(';') && separators === ',') split += 1;
            if (cell === '-1') continue;
            expect(cell.normalize('NFKC'), JSON.stringify(table)).not.toMatch(/^[\s"]*[=+\-−@|%]/u);
          }
        }
      }),
      { numRuns: 5_000 },
    );
    expect(split).toBeGreaterThan(1_000);
  });

  test('gives every text back to a reader who undoes what its README says', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(readBack(written(text))).toBe(text);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ...['000', '007.5', '4200002345202611240123456789', '123456789012', '1E5', '123e4567', '1-2'],
    ...['1/2', '2026-11-24', '24.11.2026', '12:30', '5%', '¥5', '(5)', '1,000', '1 1/2', '１２'],
    ...[
      '1月2日',
      'Jan 5',
      'MARCH1',
      '10:02 PM',
      '1.5e+3',
      '5-sep-2026',
      'true',
      'FALSE',
      ' 000',
      ' true',
      '2026-11-24T10:02',
    ],
    ...['=1+1', '+1', '-1', '@SUM(1)', '＝1+1', '−5', '\u3000=1', "'quoted", '|calc', '"=1"'],
  ])('marks %s as text with an apostrophe', (text) => {
    expect(written(text)).toBe(`'${text}`);
  });

  test.each([
    ...[
      '0',
      '51',
      '403001',
      '12345678901',
      'O1',
      'T1',
      'u-7',
      'customer:u-7',
      'http-500',
      'M1',
      'A1',
      'E5',
      'may',
      '',
    ],
    ...['2026-11-24T10:02:03.004Z', 'wechat.closed', '余额不足', 'a=1', 'a; b', 'attempt 1 · 2 s'],
    '0b6f1c9e-7d0f-4c55-9a5d-3f1f6b1c2d3e',
  ])('leaves %s as it is', (text) => {
    expect(written(text)).toBe(text);
  });

  test('escapes a semicolon from which a formula would begin', () => {
    expect(written('a;=1+1')).toBe('a\\u003b=1+1');
    expect(written('a; "＝1')).toBe('a\\u003b "＝1');
  });
});
