import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const page = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'operations.md'),
  'utf8',
);

/** A line of a block of shell, with the heading that it stands under. */
export type PageCommand = {
  readonly section: string;
  readonly command: string;
};

const blockPattern = /```sh\n([\s\S]*?)```/g;
const headingPattern = /^#{2,3} (.+)$/gm;

/** Every command of the page, in its order. */
export function commandsOf(text: string): readonly PageCommand[] {
  return [...text.matchAll(blockPattern)].flatMap(({ 1: block = '', index }) => {
    const section = headingBefore(text, index);
    const lines = block.split('\n').map(withoutRemark);
    return lines.flatMap((command) => (command === '' ? [] : [{ section, command }]));
  });
}

function headingBefore(text: string, index: number): string {
  const headings = [...text.slice(0, index).matchAll(headingPattern)];
  return headings.at(-1)?.[1] ?? '';
}

/** As the shell reads it: a remark begins with the line, or after a space. */
function withoutRemark(line: string): string {
  return line.replace(/(^|\s+)# .*$/, '').trimEnd();
}

/** What a link to a heading ends with, as GitHub makes it. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
