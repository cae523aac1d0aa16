/** What a forger may do to the values of a package, its salts, digests and formats. */

import { coveredFields, valueAt, withValue } from './hashes.ts';
import { another, fieldsIn, placesIn } from './json.ts';
import type { Json } from './json.ts';
import type { Alteration } from './of-line.ts';
import { lies, ofLine, parts, saltsOf, setSalts, shownName } from './of-line.ts';

export const valueAlterations: Readonly<Record<string, Alteration>> = {
  'a value altered': ofLine((line, chance) => {
    const place = chance.pick(placesIn(line));
    place.holder[place.name] = another(place.holder[place.name] ?? null, chance);
    return true;
  }),
  'an amount altered': (draft, chance) => {
    const places = draft.lines.flatMap((line) => placesIn(fieldsIn(line, 'data')));
    const amounts = places.filter(({ name }) => /^(?:amount|currency)/.test(name));
    if (amounts.length === 0) return false;
    const { holder, name } = chance.pick(amounts);
    holder[name] = typeof holder[name] === 'number' ? 1 : 'XXX';
    return true;
  },
  'a value left out': ofLine((line, chance) => {
    const { holder, name } = chance.pick(placesIn(line));
    return Reflect.deleteProperty(holder, name);
  }),
  'a value added': ofLine((line, chance) => {
    const holders = [line, ...placesIn(line).map(({ holder }) => holder)];
    const names = ['note', 'reason', 'by', 'amountMinor', 'actor', 'toString', '', '行'];
    const [holder, name] = [chance.pick(holders), chance.pick(names)];
    if (Object.hasOwn(holder, name)) return false;
    holder[name] = chance.pick(lies);
    return true;
  }),
  'a value replaced by one of another event': (draft, chance) => {
    const [one, other] = [chance.pick(draft.lines), chance.pick(draft.lines)];
    const part = chance.pick(parts);
    const [mine, theirs] = [fieldsIn(one, part), fieldsIn(other, part)];
    const names = Object.keys(mine).filter(
      (name) => name in theirs && JSON.stringify(mine[name]) !== JSON.stringify(theirs[name]),
    );
    if (names.length === 0) return false;
    const name = chance.pick(names);
    mine[name] = theirs[name] ?? null;
    return true;
  },
  'a salt altered': ofLine((line, chance) => {
    const metadata = fieldsIn(line, 'metadata');
    const salts = placesIn(fieldsIn(metadata, 'salts')).filter(
      ({ holder, name }) => typeof holder[name] === 'string',
    );
    const { holder, name } = chance.pick([...salts, { holder: metadata, name: 'salt' }]);
    const how = chance.pick(['other', 'gone', 'odd']);
    if (how === 'gone') return Reflect.deleteProperty(holder, name);
    holder[name] = how === 'odd' ? chance.pick(lies) : chance.hex(16);
    return true;
  }),
  'a salt added': ofLine((line, chance) => {
    const metadata = fieldsIn(line, 'metadata');
    const part = chance.pick(parts);
    const names = Object.keys(coveredFields(line, part));
    const name = chance.pick([...names, 'nothing', 'actor.kind', 'actor', 'machine.version', '']);
    if (Object.hasOwn(saltsOf(line, part), name)) return false;
    if (chance.below(8) === 0) metadata['salts'] = { ...fieldsIn(metadata, 'salts'), other: {} };
    else setSalts(line, part, { ...saltsOf(line, part), [name]: chance.hex(16) });
    return true;
  }),
  'two salts swapped with their values': ofLine((line, chance) => {
    const [one, other] = [shownName(line, chance), shownName(line, chance)];
    if (one === null || other === null || one.part !== other.part || one.name === other.name)
      return false;
    const fields = fieldsIn(line, one.part);
    const salts = saltsOf(line, one.part);
    const [mine, theirs] = [valueAt(fields, one.name), valueAt(fields, other.name)];
    line[one.part] = withValue(
      withValue(fields, one.name, theirs ?? null),
      other.name,
      mine ?? null,
    );
    setSalts(line, one.part, {
      ...salts,
      [one.name]: salts[other.name] ?? null,
      [other.name]: salts[one.name] ?? null,
    });
    return true;
  }),
  'a digest altered': ofLine((line, chance) => {
    const metadata = fieldsIn(line, 'metadata');
    const name = chance.pick(['dataHash', 'metadataHash', 'prevHash', 'hash']);
    metadata[name] = chance.pick<Json>([chance.hex(32), '0'.repeat(64), null, 0]);
    return true;
  }),
  'another format': ofLine((line, chance) => {
    const metadata = fieldsIn(line, 'metadata');
    const formats: readonly Json[] = [1, 2, 3, '2', null, 2.5];
    const how = chance.pick(['without', 'with', 'bare']);
    if (how === 'with') metadata['format'] = chance.pick(formats);
    else delete metadata['format'];
    if (how === 'bare') delete metadata['salts'];
    if (how === 'with' && !('salts' in metadata)) metadata['salts'] = { data: {}, metadata: {} };
    return true;
  }),
};
