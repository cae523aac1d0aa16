/** What a forger may do to what a package withholds. */

import { coveredFields, sealOf, valueAt, withValue, without } from './hashes.ts';
import type { PartName } from './hashes.ts';
import { another, fieldsIn } from './json.ts';
import type { Fields, Json } from './json.ts';
import type { Alteration } from './of-line.ts';
import {
  lies,
  ofLine,
  parts,
  saltsOf,
  sealsOf,
  setSalts,
  setSeals,
  shownName,
  withheldName,
  withoutName,
} from './of-line.ts';

export const markAlterations: Readonly<Record<string, Alteration>> = {
  'a seal altered': ofLine((line, chance) => {
    const found = withheldName(line, chance);
    if (found === null) return false;
    const { part, name } = found;
    const seals = sealsOf(line, part);
    setSeals(line, part, { ...seals, [name]: another(seals[name] ?? null, chance) });
    return true;
  }),
  'two seals swapped': (draft, chance) => {
    const [one, other] = [chance.pick(draft.lines), chance.pick(draft.lines)];
    const [mine, theirs] = [withheldName(one, chance), withheldName(other, chance)];
    if (mine === null || theirs === null) return false;
    const [first, second] = [sealsOf(one, mine.part), sealsOf(other, theirs.part)];
    const [seal, otherSeal] = [first[mine.name] ?? null, second[theirs.name] ?? null];
    if (seal === otherSeal) return false;
    first[mine.name] = otherSeal;
    second[theirs.name] = seal;
    return true;
  },
  'a mark removed': ofLine((line, chance) => {
    if (!('withheld' in line)) return false;
    const part = chance.pick(parts);
    const seals = sealsOf(line, part);
    if (Object.keys(seals).length === 0) return delete line['withheld'];
    setSeals(line, part, withoutName(seals, chance.pick(Object.keys(seals))));
    return true;
  }),
  'a mark added to a value that stays': ofLine((line, chance, truth) => {
    const found = shownName(line, chance);
    if (found === null) return false;
    const { part, name } = found;
    const value = valueAt(fieldsIn(truth, part), name) ?? null;
    const seal = sealOf(saltsOf(line, part)[name] ?? null, value);
    const keepsSalt = chance.below(2) === 0;
    const salts = saltsOf(line, part);
    hide(line, found, seal, true);
    if (keepsSalt) setSalts(line, part, salts);
    return true;
  }),
  'a mark of something that is not there': ofLine((line, chance) => {
    const part = chance.pick(parts);
    const name = chance.pick(['note', 'evidence', 'by', 'actor', 'machine.hash', 'a.b', 'x', '']);
    if (Object.hasOwn(sealsOf(line, part), name)) return false;
    setSeals(line, part, { ...sealsOf(line, part), [name]: chance.hex(32) });
    return true;
  }),
  'a mark of another shape': ofLine((line, chance, truth) => {
    const part = chance.pick(parts);
    const digest = fieldsIn(truth, 'metadata')[`${part}Hash`] ?? null;
    const shapes: readonly Json[] = [digest, [], [part], {}, null, 'data', { [part]: digest }];
    if (chance.below(3) === 0) line['withheld'] = chance.pick<Json>([...shapes, ['data']]);
    else line['withheld'] = { ...fieldsIn(line, 'withheld'), [part]: chance.pick(shapes) };
    return true;
  }),
  'a value withheld with its true seal': ofLine((line, chance) => {
    const found = shownName(line, chance);
    if (found === null) return false;
    const { part, name } = found;
    const value = valueAt(fieldsIn(line, part), name) ?? null;
    hide(line, found, sealOf(saltsOf(line, part)[name] ?? null, value), false);
    return true;
  }),
  'a value withheld with a false seal': ofLine((line, chance) => {
    const found = shownName(line, chance);
    if (found === null) return false;
    hide(line, found, chance.hex(32), false);
    return true;
  }),
  'a withheld value shown as it is': ofLine((line, chance, truth) => {
    const found = withheldName(line, chance);
    if (found === null) return false;
    const { part, name } = found;
    const value = valueAt(fieldsIn(truth, part), name) ?? null;
    show(line, found, { value, salt: saltsOf(truth, part)[name] ?? null, keepsSeal: false });
    return true;
  }),
  'a false value shown in the place of a withheld one': ofLine((line, chance, truth) => {
    const found = withheldName(line, chance);
    if (found === null) return false;
    const salts = [null, chance.hex(16), saltsOf(truth, found.part)[found.name] ?? null];
    const keepsSeal = chance.below(2) === 0;
    show(line, found, { value: chance.pick(lies), salt: chance.pick(salts), keepsSeal });
    return true;
  }),
  'a value shown in a withheld part': ofLine((line, chance, truth) => {
    const withheld = fieldsIn(line, 'withheld');
    const whole = parts.filter((part) => typeof withheld[part] === 'string');
    if (whole.length === 0) return false;
    const part = chance.pick(whole);
    const [name, value] = chance.pick(
      Object.entries(coveredFields(truth, part)).concat([['a', 1]]),
    );
    const shown = chance.below(2) === 0 ? value : chance.pick(lies);
    line[part] = { ...fieldsIn(line, part), [name]: shown };
    return true;
  }),
  'a withheld part shown as it is': ofLine((line, chance, truth) => {
    const withheld = fieldsIn(line, 'withheld');
    const whole = parts.filter((part) => typeof withheld[part] === 'string');
    if (whole.length === 0) return false;
    const part = chance.pick(whole);
    setSeals(line, part, undefined);
    if (part === 'data') line['data'] = fieldsIn(truth, 'data');
    const metadata = fieldsIn(line, 'metadata');
    const { salt = null } = fieldsIn(truth, 'metadata');
    line['metadata'] =
      part === 'data' ? { ...metadata, salt } : { ...coveredFields(truth, part), ...metadata };
    return true;
  }),
  'an event shown as one of format 1 that withholds all': ofLine((line) => {
    const metadata = fieldsIn(line, 'metadata');
    const { dataHash = null, metadataHash = null, prevHash = null, hash = null } = metadata;
    if (metadata['format'] !== 2) return false;
    line['data'] = {};
    line['metadata'] = { dataHash, metadataHash, prevHash, hash };
    line['withheld'] = { data: dataHash, metadata: metadataHash };
    return true;
  }),
  'a part withheld as a whole': ofLine((line, chance) => {
    const part = chance.pick(parts);
    const metadata = fieldsIn(line, 'metadata');
    const digest = metadata[`${part}Hash`] ?? null;
    if (part === 'data') {
      line['data'] = {};
      line['metadata'] = withoutName(metadata, 'salt');
    } else {
      const covered = new Set(Object.keys(coveredFields(line, 'metadata')));
      const link = Object.entries(metadata).filter(([name]) => !covered.has(name));
      line['metadata'] = Object.fromEntries(link);
    }
    setSeals(line, part, digest);
    return true;
  }),
};

/** Takes the mark away, and shows a value in its place. */
function show(
  line: Fields,
  { part, name }: { readonly part: PartName; readonly name: string },
  { value, salt, keepsSeal }: { value: Json; salt: Json | null; keepsSeal: boolean },
): void {
  line[part] = withValue(fieldsIn(line, part), name, value);
  if (salt !== null) setSalts(line, part, { ...saltsOf(line, part), [name]: salt });
  if (!keepsSeal) setSeals(line, part, withoutName(sealsOf(line, part), name));
}

/** Withholds a value that is shown, with this seal. */
function hide(
  line: Fields,
  { part, name }: { readonly part: PartName; readonly name: string },
  seal: string,
  keepsValue: boolean,
): void {
  if (!keepsValue) line[part] = without(fieldsIn(line, part), name);
  setSalts(line, part, withoutName(saltsOf(line, part), name));
  setSeals(line, part, { ...sealsOf(line, part), [name]: seal });
}
