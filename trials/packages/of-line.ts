/** What a forger may do to one line of a package, and where its salts and marks stand. */

import type { Draft } from './draft.ts';
import type { PartName } from './hashes.ts';
import type { Chance, Fields, Json } from './json.ts';
import { fieldsIn, isFields } from './json.ts';

/**
 * Alters a draft. The lines of the true history stand in the same places as those of the draft at
 * first. False: this draft has no place for it.
 */
export type Alteration = (draft: Draft, chance: Chance, truth: readonly Fields[]) => boolean;

/** Values that are not true anywhere. */
export const lies: readonly Json[] = ['0.01', 'withheld', '', '张三', 1, null, true, { a: 1 }, []];

export const parts = ['data', 'metadata'] as const;

export function ofLine(
  change: (line: Fields, chance: Chance, truth: Fields, draft: Draft) => boolean,
): Alteration {
  return (draft, chance, truth) => {
    const index = chance.below(draft.lines.length);
    const line = draft.lines[index];
    return line !== undefined && change(line, chance, truth[index] ?? {}, draft);
  };
}

export function saltsOf(line: Fields, part: PartName): Fields {
  return fieldsIn(fieldsIn(fieldsIn(line, 'metadata'), 'salts'), part);
}

export function setSalts(line: Fields, part: PartName, salts: Fields): void {
  const metadata = fieldsIn(line, 'metadata');
  const ofParts = { ...fieldsIn(metadata, 'salts'), [part]: salts };
  line['metadata'] = { ...metadata, salts: ofParts };
}

export function sealsOf(line: Fields, part: PartName): Fields {
  return fieldsIn(fieldsIn(line, 'withheld'), part);
}

export function setSeals(line: Fields, part: PartName, seals: Json | undefined): void {
  const others = Object.entries(fieldsIn(line, 'withheld')).filter(([own]) => own !== part);
  const isEmpty = seals === undefined || (isFields(seals) && Object.keys(seals).length === 0);
  const ofParts = Object.fromEntries(isEmpty ? others : [...others, [part, seals]]);
  if (Object.keys(ofParts).length > 0) line['withheld'] = ofParts;
  else delete line['withheld'];
}

/** A name that a part of the line withholds, or null. */
export function withheldName(line: Fields, chance: Chance) {
  const names = parts.flatMap((part) =>
    Object.keys(sealsOf(line, part)).map((name) => ({ part, name })),
  );
  return names.length === 0 ? null : chance.pick(names);
}

export function shownName(line: Fields, chance: Chance) {
  const names = parts.flatMap((part) =>
    Object.keys(saltsOf(line, part)).map((name) => ({ part, name })),
  );
  return names.length === 0 ? null : chance.pick(names);
}

export function withoutName(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([own]) => own !== name));
}
