/** What a forger may do to the order of a package's lines. */

import type { Fields, Json } from './json.ts';
import type { Alteration } from './of-line.ts';
import { ofLine } from './of-line.ts';

export const lineAlterations: Readonly<Record<string, Alteration>> = {
  'a revision altered': ofLine((line, chance, _, { lines }) => {
    line['revision'] = chance.pick<Json>([-1, 0, 1, 1.5, lines.length, '0', null, 2 ** 53]);
    return true;
  }),
  'the stream of all altered': ({ lines }) => {
    for (const line of lines) line['stream'] = 'paymentOrder-O2';
    return true;
  },
  'a line removed': ({ lines }, chance) => {
    const at = chance.below(lines.length);
    lines.splice(at, 1);
    if (chance.below(2) === 0) renumber(lines);
    return lines.length > 0;
  },
  'the end removed': ({ lines }, chance) => {
    lines.splice(1 + chance.below(lines.length - 1));
    return true;
  },
  'a line twice': ({ lines }, chance) => {
    const copy = structuredClone(chance.pick(lines));
    lines.splice(chance.below(lines.length + 1), 0, copy);
    if (chance.below(2) === 0) renumber(lines);
    return true;
  },
  'a line after the end': ({ lines }, chance) => {
    lines.push({ ...structuredClone(chance.pick(lines)), revision: lines.length });
    return true;
  },
  'two lines swapped': ({ lines }, chance) => {
    const [one, other] = [chance.below(lines.length), chance.below(lines.length)];
    const [first, second] = [lines[one], lines[other]];
    if (one === other || first === undefined || second === undefined) return false;
    lines[one] = second;
    lines[other] = first;
    if (chance.below(2) === 0) renumber(lines);
    return true;
  },
};

function renumber(lines: readonly Fields[]): void {
  for (const [revision, line] of lines.entries()) line['revision'] = revision;
}
