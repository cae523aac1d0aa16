/** What a forger may do to the files of a package around its events. */

import type { Alteration } from './of-line.ts';
import { textOf } from './draft.ts';
import type { Files } from './draft.ts';
import type { Chance, Fields, Json } from './json.ts';
import { another, fieldsIn, placesIn } from './json.ts';

const ofFiles =
  (change: (files: Files, chance: Chance) => void): Alteration =>
  (draft, chance) => {
    draft.fileSteps.push((files) => {
      change(files, chance);
    });
    return true;
  };

const ofManifest =
  (change: (manifest: Fields, chance: Chance) => void): Alteration =>
  (draft, chance) => {
    draft.manifestSteps.push((manifest) => {
      change(manifest, chance);
    });
    return true;
  };

const fixed: ReadonlySet<string> = new Set(['manifest.json', 'SHA256SUMS']);

function derived(files: Files, chance: Chance): string {
  return chance.pick([...files.keys()].filter((name) => !fixed.has(name)));
}

function entries(manifest: Fields): Fields[] {
  const { files } = manifest;
  // A manifest lists its files, and nothing changes what it lists before this does.
  return Array.isArray(files) ? (files as Fields[]) : [];
}

const rewrites: readonly ((text: string) => string)[] = [
  (text) => `${text} `,
  (text) => text.replace('12', '1'),
  (text) => text.slice(1),
  () => '',
  (text) => `${text}<script>0</script>`,
];

export const fileAlterations: Readonly<Record<string, Alteration>> = {
  'a file altered': ofFiles((files, chance) => {
    const name = derived(files, chance);
    files.set(name, chance.pick(rewrites)(textOf(files, name)));
  }),
  'a file removed': ofFiles((files, chance) => {
    files.delete(derived(files, chance));
  }),
  'a file added': ofFiles((files, chance) => {
    const names = ['extra.txt', 'events.ndjson.bak', 'manifest.JSON', 'token.tsr', '../up.txt'];
    const name = chance.pick([...names, `notice-${'a'.repeat(64)}.txt`]);
    files.set(name, 'paid 0.01');
  }),
  'a file renamed': ofFiles((files, chance) => {
    const name = derived(files, chance);
    const content = files.get(name) ?? '';
    files.delete(name);
    files.set(chance.pick([`${name}.old`, name.toUpperCase(), `x-${name}`]), content);
  }),
  'two files exchanged': ofFiles((files, chance) => {
    const [one, other] = [derived(files, chance), derived(files, chance)];
    const [first, second] = [files.get(one) ?? '', files.get(other) ?? ''];
    files.set(one, second).set(other, first);
  }),
  'a file unlisted': ofManifest((manifest, chance) => {
    const listed = entries(manifest);
    listed.splice(chance.below(listed.length), 1);
  }),
  'a file listed otherwise': ofManifest((manifest, chance) => {
    const entry = chance.pick(entries(manifest));
    const name = chance.pick(['name', 'bytes', 'sha256']);
    entry[name] = another(entry[name] ?? null, chance);
  }),
  'a file listed twice': ofManifest((manifest, chance) => {
    const listed = entries(manifest);
    listed.push({ ...chance.pick(listed), ...chance.pick<Fields>([{}, { bytes: 1 }]) });
  }),
  'the manifest altered': ofManifest((manifest, chance) => {
    const places = placesIn(manifest).filter(({ name }) => name !== 'files');
    const { holder, name } = chance.pick(places);
    holder[name] = another(holder[name] ?? null, chance);
  }),
  'a statement of the exporter altered': ofManifest((manifest, chance) => {
    const { holder, name } = chance.pick([
      ...placesIn(fieldsIn(manifest, 'export')),
      ...placesIn(fieldsIn(manifest, 'verification')),
      ...placesIn(fieldsIn(manifest, 'machine')),
    ]);
    holder[name] = another(holder[name] ?? null, chance);
  }),
  'the marks listed otherwise': ofManifest((manifest, chance) => {
    const redaction = fieldsIn(manifest, 'redaction');
    const { withheld } = redaction;
    const listed = Array.isArray(withheld) ? withheld : [];
    const more: Json = { revision: 0, names: ['data.reason'] };
    redaction['withheld'] = chance.pick<Json>([[], listed.slice(1), [...listed, more]]);
    manifest['redaction'] = redaction;
  }),
  'another version of the module': ofManifest((manifest, chance) => {
    const version = chance.pick(['9.9.9', '0.6.0', '1', '']);
    manifest['module'] = { ...fieldsIn(manifest, 'module'), version };
  }),
  'another version of the package': ofManifest((manifest, chance) => {
    manifest['formatVersion'] = chance.pick<Json>([1, 2, 3, '1', null]);
  }),
  'a package shown as version 1': (draft, chance) => {
    for (const line of draft.lines) {
      if (!('withheld' in line)) continue;
      line['withheld'] = chance.pick<Json>([['data'], ['metadata'], ['data', 'metadata']]);
    }
    draft.manifestSteps.push((manifest) => {
      const withheld = draft.lines.flatMap(({ revision = 0, withheld: parts }): Fields[] =>
        parts === undefined ? [] : [{ revision, parts }],
      );
      manifest['formatVersion'] = 1;
      manifest['redaction'] = { ...fieldsIn(manifest, 'redaction'), withheld };
    });
    return true;
  },
  'a name twice in the manifest': (draft, chance) => {
    const name = chance.pick(['orderNo', 'hash', 'version', 'ok', 'events', 'exporter']);
    draft.manifestTexts.push((text) => text.replace(`"${name}":`, `"${name}": "x",\n"${name}":`));
    return true;
  },
  'other white space in the manifest': (draft, chance) => {
    const rewrites: readonly ((text: string) => string)[] = [
      (text) => JSON.stringify(JSON.parse(text)),
      (text) => text.trimEnd(),
      (text) => `${text}\n`,
      (text) => text.replaceAll('\n', '\r\n'),
      (text) => `\ufeff${text}`,
      (text) => text.replace('"events"', String.raw`"\u0065vents"`),
    ];
    draft.manifestTexts.push(chance.pick(rewrites));
    return true;
  },
  'the sums altered': (draft, chance) => {
    const rewrites: readonly ((text: string) => string)[] = [
      (text) => text.split('\n').toSpliced(chance.below(9), 1).join('\n'),
      (text) => text.split('\n').toReversed().join('\n').trimStart(),
      (text) => text.replace(/[0-9a-f]/, (sign) => (sign === '0' ? '1' : '0')),
      (text) => `${text}${'0'.repeat(64)}  extra.txt\n`,
      (text) => text.replaceAll('  ', ' *'),
      () => '',
    ];
    draft.sumsTexts.push(chance.pick(rewrites));
    return true;
  },
};
