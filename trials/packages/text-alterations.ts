/** What a forger may do to the text of a package: the same JSON to a parser, another to a reader. */

import type { Alteration } from './of-line.ts';

type Rewrite = (text: string) => string;

const ofLine =
  (rewrite: (chance: Parameters<Alteration>[1]) => Rewrite): Alteration =>
  (draft, chance) => {
    const index = chance.below(draft.lines.length);
    draft.lineTexts.set(index, rewrite(chance));
    return true;
  };

/** The text, with one of the places that the pattern finds rewritten. */
const replaced =
  (pattern: RegExp, at: number, rewrite: (found: string) => string): Rewrite =>
  (text) => {
    const found = [...text.matchAll(pattern)];
    const match = found[at % Math.max(1, found.length)];
    if (match === undefined) return text;
    const { index } = match;
    return text.slice(0, index) + rewrite(match[0]) + text.slice(index + match[0].length);
  };

const member = /"(?:[^"\\]|\\.)+":/g;

export const textAlterations: Readonly<Record<string, Alteration>> = {
  'a name twice': ofLine((chance) =>
    replaced(
      member,
      chance.below(99),
      (found) => `${found}${chance.pick(['1', '""', '{}'])},${found}`,
    ),
  ),
  'a name twice, the last one false': ofLine((chance) =>
    replaced(/"(?:[^"\\]|\\.)+":(?:"[^"\\]*"|\d+)(?=[,}])/g, chance.below(99), (found) => {
      const name = found.slice(0, found.indexOf(':') + 1);
      return `${found},${name}${chance.pick(['1', '"x"', 'null'])}`;
    }),
  ),
  'a number in another form': ofLine((chance) =>
    replaced(/(?<=":)\d+(?=[,}])/g, chance.below(99), (found) =>
      chance.pick([`${found}.0`, `${found}e0`, `0.${found}e${found.length}`, `-${found}`]),
    ),
  ),
  'a letter escaped': ofLine((chance) =>
    replaced(/(?<=[a-zA-Z])[a-z](?=[a-zA-Z])/g, chance.below(999), (found) => {
      return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }),
  ),
  'white space in a line': ofLine((chance) =>
    replaced(/[:,{}]/g, chance.below(999), (found) => found + chance.pick([' ', '\t', '\r'])),
  ),
  'a line that is not JSON': ofLine((chance) => {
    const rewrites: readonly Rewrite[] = [
      () => '',
      (text) => text.slice(0, -1),
      (text) => `${text}x`,
      () => 'null',
      (text) => `[${text}]`,
      (text) => `\ufeff${text}`,
    ];
    return chance.pick(rewrites);
  }),
  'a position in a line': ofLine((chance) => (text) => {
    return `${text.slice(0, -1)},"position":${chance.pick(['"1"', '1'])}}`;
  }),
  'a __proto__ in a line': ofLine((chance) =>
    replaced(/\{(?=")/g, chance.below(9), () => `{"__proto__":${chance.pick(['{"a":1}', '1'])},`),
  ),
  'other ends of lines': (draft, chance) => {
    const rewrites: readonly Rewrite[] = [
      (text) => text.trimEnd(),
      (text) => `${text}\n`,
      (text) => `\n${text}`,
      (text) => text.replaceAll('\n', '\r\n'),
      (text) => `${text} `,
      (text) => `\ufeff${text}`,
      (text) => text.replaceAll('\n', '\u2028'),
      () => '',
    ];
    draft.eventsTexts.push(chance.pick(rewrites));
    return true;
  },
};
