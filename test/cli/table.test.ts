import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { paragraphs, table } from '../../src/cli/output/table.ts';

const terminals = [60, 80, 120, 200];

/** What a line may not be wider than: the terminal, or its widest word. */
function widthsOf(lines: readonly string[]): readonly number[] {
  return lines.map((line) => stringWidth(line));
}

const bare = (text: string) => text.replaceAll(' ', '');

const cell = fc
  .array(
    fc.constantFrom('order', 'cancelling.inDoubt', '取消中', '款项已到账；请等待通知', 'a', '→'),
    {
      maxLength: 12,
    },
  )
  .map((words) => words.join(' '));

const event = (detail: string) => [
  ...['3', '2026-11-23T10:02:03.123Z', 'CancelOutcomeUnknown'],
  ...['cancelling.requesting → cancelling.inDoubt', 'operator:li.wei', detail],
];

describe('a table in a terminal', () => {
  test.each(terminals)('has no line wider than %i columns, and loses no text', async (columns) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const lines = await table(rows, columns);

          // The widest word here has 22 columns.
          expect(Math.max(...widthsOf(lines))).toBeLessThanOrEqual(columns);
          expect(bare(lines.join(''))).toBe(bare(rows.flat().join('')));
        },
      ),
    );
  });

  test('gives each row one line where it fits', async () => {
    const rows = [event('short'), event('also short')];

    const wide = await table(rows, 200);

    expect(wide).toEqual(await table(rows));
    expect(wide).toHaveLength(2);
  });

  test('continues the last cell below its column', async () => {
    const rows = [event('the answer was lost on the way, and nobody knows whether the call ran')];

    const [first = '', ...more] = await table(rows, 150);

    const at = first.indexOf('the answer');
    expect(more.length).toBeGreaterThan(0);
    for (const line of more) expect(line.search(/\S/)).toBe(at);
  });

  test('puts the last cell below its row where its column would be narrow', async () => {
    const rows = [event('the answer was lost on the way'), event('short')];

    expect(await table(rows, 120)).toEqual([
      '3  2026-11-23T10:02:03.123Z  CancelOutcomeUnknown  cancelling.requesting → cancelling.inDoubt  operator:li.wei',
      '   the answer was lost on the way',
      '3  2026-11-23T10:02:03.123Z  CancelOutcomeUnknown  cancelling.requesting → cancelling.inDoubt  operator:li.wei  short',
    ]);
  });

  test('becomes running text where even the other cells do not fit', async () => {
    expect(await table([event('the answer was lost on the way')], 60)).toEqual([
      '3  2026-11-23T10:02:03.123Z  CancelOutcomeUnknown',
      '   cancelling.requesting → cancelling.inDoubt',
      '   operator:li.wei  the answer was lost on the way',
    ]);
  });

  test('parts no cell of running text that fits on a line', async () => {
    const row = ['1', 'created → paying', 'service:orders', '–', ''];

    expect(await table([row], 24)).toEqual(['1  created → paying', '   service:orders  –']);
  });

  test('breaks Chinese by characters, and begins no line with its punctuation', async () => {
    const lines = await table([['1', '款项已到账；请等待支付通知，再用记录。'.repeat(4)]], 60);

    expect(Math.max(...widthsOf(lines))).toBeLessThanOrEqual(60);
    expect(lines.length).toBe(3);
    for (const line of lines) expect(line.trimStart()).not.toMatch(/^[；，。]/);
  });

  test('is not wrapped without a terminal', async () => {
    expect(await table([event('long '.repeat(100).trim())])).toHaveLength(1);
  });

  test('keeps a word that is wider than the terminal whole', async () => {
    const hash = 'f'.repeat(64);

    expect(await table([['a', `hash ${hash} end`]], 60)).toEqual(['a', '   hash', hash, '   end']);
  });
});

describe('the lines of a detailed log', () => {
  test.each(terminals)('fit into %i columns, and lose no text', async (columns) => {
    const text = `    data.reason: ${'临时决定关单取消支付 because '.repeat(20)}`.trimEnd();

    const lines = await paragraphs(['0  created', text], columns);

    expect(Math.max(...widthsOf(lines))).toBeLessThanOrEqual(columns);
    expect(bare(lines.join(''))).toBe(bare(`0  created${text}`));
    expect(lines[1]).toMatch(/^ {4}data/);
    expect(lines[2]).toMatch(/^ {6}\S/);
  });
});

describe('a table', () => {
  test('aligns columns whatever width their characters have', async () => {
    expect(
      await table([
        ['状态', 'x', '末'],
        ['a', '取消中', 'b'],
      ]),
    ).toEqual(['状态  x       末', 'a     取消中  b']);
  });

  test('pads nothing after the last column', async () => {
    expect(
      await table([
        ['a', ''],
        ['bbb', 'c'],
      ]),
    ).toEqual(['a', 'bbb  c']);
  });
});

describe('a plain text', () => {
  const painted = fc
    .tuple(fc.constantFrom(...Array.from('az09 ~–→−·…’')), fc.boolean())
    .map(([character, isBold]) => (isBold ? `\u{1b}[1m${character}\u{1b}[22m` : character));

  test('is as wide as the measure says that knows every script', async () => {
    const text = fc.array(painted, { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, async (one, other) => {
        const [first = '', second = ''] = await table([
          [one, '|'],
          [other, '|'],
        ]);

        const columns = Math.max(stringWidth(one), stringWidth(other)) + 3;
        expect([first, second].map((line) => stringWidth(line))).toEqual([columns, columns]);
      }),
    );
  });
});
