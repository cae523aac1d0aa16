import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readLines } from './children.ts';

describe('the lines of a child', () => {
  test('leave out what a killed child wrote of its last line', async () => {
    const lines = await linesOf(['{"kind":"inte', 'nds"}\n{"a"', ':1}\n\n{"kind":"ackno']);

    expect(lines).toEqual(['{"kind":"intends"}', '{"a":1}', '']);
  });

  test('keep a character that two pieces share', async () => {
    const bytes = Buffer.from('关单\n');

    const lines = await linesOf([bytes.subarray(0, 2), bytes.subarray(2)]);

    expect(lines).toEqual(['关单']);
  });
});

async function linesOf(pieces: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const input = new PassThrough();
  const lines: string[] = [];
  readLines(input, (line) => lines.push(line));
  const ended = new Promise((resolve) => input.once('end', resolve));
  for (const piece of pieces) input.write(piece);
  input.end();
  await ended;
  return lines;
}
