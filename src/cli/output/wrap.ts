export type WidthOf = (text: string) => number;

/** What is never parted, and the spaces that stand before it where both are on one line. */
export type Word = { readonly before: string; readonly text: string };

/** Chinese, Japanese and Korean break after each character, but for punctuation at either side. */
const [wide, opening, closing] = [
  String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}`,
  '「『（《〈【“‘',
  '」』）》〉】”’，。；：、！？…',
];
const word = new RegExp(
  `( *)([${opening}]*(?:[${wide}]|[^ ${wide}${opening}${closing}]+)[${closing}]*|[^ ])`,
  'gu',
);

export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(word)].map(([, before = '', found = '']) => ({ before, text: found }));
}

/**
 * Fills lines of at most `columns` with words. The lines after the first are indented, but for a
 * word that fits without the indent alone. A word wider than a line stands on one of its own.
 */
export function filled(
  words: readonly Word[],
  { columns, indent }: { readonly columns: number; readonly indent: number },
  widthOf: WidthOf,
): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { before, text } of words) {
    const wordWidth = widthOf(text);
    if (line === '') {
      line = text;
      width = wordWidth;
    } else if (width + before.length + wordWidth <= columns) {
      line += before + text;
      width += before.length + wordWidth;
    } else {
      lines.push(line);
      const margin = indent + wordWidth <= columns ? indent : 0;
      line = ' '.repeat(margin) + text;
      width = margin + wordWidth;
    }
  }
  return line === '' ? lines : [...lines, line];
}
