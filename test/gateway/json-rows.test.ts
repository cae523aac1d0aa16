import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RowCutter } from '../../src/gateway/json-rows.ts';
import { billFrameCharactersMax, billRowCharactersMax } from '../../src/gateway/limits.ts';

/** Cuts the text given in pieces of these lengths, the last one as often as needed. */
function cut(text: string, lengths: readonly number[] = [text.length]) {
  const cutter = new RowCutter();
  const rows: (string | null)[] = [];
  let at = 0;
  for (let piece = 0; at < text.length; piece += 1) {
    const length = Math.max(1, lengths[Math.min(piece, lengths.length - 1)] ?? 1);
    rows.push(...cutter.push(text.slice(at, at + length)));
    at += length;
  }
  return { rows, frame: cutter.end() };
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });
const rows = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 8 });
const spaces = fc.constantFrom('', ' ', '\n', '\t ');

describe('cutting a bill into rows', () => {
  test('gives every row of an array, and what stood around them, in pieces of any length', () => {
    fc.assert(
      fc.property(rows, lengths, spaces, (values, pieces, space) => {
        const text = `${space}[${space}${values.map((row) => JSON.stringify(row)).join(`${space},${space}`)}${space}]`;
        const found = cut(text, pieces);
        expect(found.rows.map((row) => JSON.parse(String(row)) as unknown)).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
        expect(JSON.parse(String(found.frame))).toEqual([]);
      }),
    );
  });

  test('gives the rows of the member data alone, wherever it stands', () => {
    const member = fc.tuple(fc.string(), fc.jsonValue({ maxDepth: 2 }));
    const members = fc.array(member, { maxLength: 4 });
    fc.assert(
      fc.property(members, rows, members, lengths, (before, values, after, pieces) => {
        const others = [...before, ...after].map(([name]) => name);
        fc.pre(!others.includes('data'));
        const written = (list: typeof before) =>
          list.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
        const body = `{${[...written(before), `"data" : ${JSON.stringify(values)}`, ...written(after)].join(',')}}`;
        const found = cut(body, pieces);
        expect(found.rows.map((row) => JSON.parse(String(row)) as unknown)).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
        const whole = JSON.parse(body) as Record<string, unknown>;
        expect(JSON.parse(String(found.frame))).toEqual({ ...whole, data: [] });
      }),
    );
  });

  test.each([
    ['[]', []],
    ['[ ]', []],
    ['[1,]', ['1', '']],
    ['[,1]', ['', '1']],
    ['[,]', ['', '']],
    ['[1,,2]', ['1', '', '2']],
    ['[{"a":"]},["}]', ['{"a":"]},["}']],
    ['["\\\\",1]', ['"\\\\"', '1']],
    ['["\\",",1]', ['"\\","', '1']],
    ['{"x\\"data":[1,2]}', []],
    ['{"a":{"data":[1]}}', []],
    ['{"data":[1', []],
  ])('cuts %s', (text, expected) => {
    for (const length of [1, 2, 3, 1000]) expect(cut(text, [length]).rows).toEqual(expected);
  });

  test('leaves text that is no JSON as something that JSON.parse refuses', () => {
    for (const text of ['[1][2]', 'x[1]', '[1]x', '{"data":[1]', '[1}', '{"data":[1]]']) {
      expect(() => JSON.parse(String(cut(text).frame)) as unknown, text).toThrow();
    }
  });

  test('gives null for a row that is too long, and goes on with the next', () => {
    const longest = `"${'x'.repeat(billRowCharactersMax - 2)}"`;
    const { rows: found } = cut(`[${longest},"x${longest.slice(1)},3]`, [1000]);
    expect(found.map((row) => row?.length)).toEqual([billRowCharactersMax, undefined, 1]);
    expect(found[1]).toBeNull();
  });

  test('gives no frame that is too long', () => {
    const frame = (characters: number) => `{"m":"${'x'.repeat(characters - 8)}"}`;
    expect(cut(frame(billFrameCharactersMax), [999]).frame).toHaveLength(billFrameCharactersMax);
    expect(cut(frame(billFrameCharactersMax + 1), [999]).frame).toBeNull();
  });
});
