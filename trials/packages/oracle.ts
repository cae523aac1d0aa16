/**
 * Says whether a package shows nothing but what the true history holds. It knows that history with all
 * its salts, and asks no code that is tried.
 */

import { listed, sumsOf, textOf, withheldNames } from './draft.ts';
import type { Files } from './draft.ts';
import { coveredFields, sealOf, sha256, valueAt, without } from './hashes.ts';
import type { PartName } from './hashes.ts';
import type { Fields, Json } from './json.ts';
import { fieldsIn, isFields } from './json.ts';
import { lieInProof, revisionOf, trueLog } from './proofs.ts';

export type Truth = {
  /** The whole history, as it was stored. */
  readonly lines: readonly Fields[];
  readonly witness: { readonly revision: number; readonly hash: string };
};

export type Asked = {
  readonly files: Files;
  readonly honest: ReadonlyMap<string, string | Uint8Array>;
  readonly truth: Truth;
  /** Whether the verifier was given the true witness. */
  readonly knowsWitness: boolean;
  /** What the verifier said that it did not check. */
  readonly unchecked: readonly string[];
};

/** Null where all that is shown is true; else what is not. */
export function lieIn(asked: Asked): string | null {
  return lieInEvents(asked) ?? lieInManifest(asked) ?? lieInFiles(asked);
}

/** Null where the events alone show nothing but the truth. */
export function lieInEvents({
  files,
  truth,
  knowsWitness,
}: Omit<Asked, 'unchecked'>): string | null {
  const text = textOf(files, 'events.ndjson');
  const texts = text.split('\n');
  if (texts.at(-1) === '') texts.pop();
  const lines: Fields[] = [];
  for (const [index, one] of texts.entries()) {
    const line = parsed(one);
    if (line === null || JSON.stringify(line) !== one) return `line ${index} is not as written`;
    const lie = lieInLine(line, truth.lines[index]);
    if (lie !== null) return `line ${index}: ${lie}`;
    lines.push(line);
  }
  const isWhole = lines.length === truth.lines.length;
  if (lines.length === 0) return 'there are no events';
  return isWhole || !knowsWitness ? null : 'it ends before the witness';
}

function parsed(text: string): Fields | null {
  try {
    const value = JSON.parse(text) as Json;
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** A witness vouches for no event after it, and a package may well have been made later. */
export const afterWitness = 'it comes after the witness';

const lineNames = ['stream', 'revision', 'id', 'type', 'data', 'metadata'];
const linkNames = ['prevHash', 'dataHash', 'metadataHash', 'hash', 'format'];

function lieInLine(line: Fields, truth: Fields | undefined): string | null {
  if (truth === undefined) return afterWitness;
  const unknown = Object.keys(line).filter((name) => ![...lineNames, 'withheld'].includes(name));
  if (unknown.length > 0) return `it shows ${unknown.join()}`;
  for (const name of ['stream', 'revision', 'id', 'type']) {
    if (line[name] !== truth[name]) return `its ${name} is false`;
  }
  const [metadata, trueMetadata] = [fieldsIn(line, 'metadata'), fieldsIn(truth, 'metadata')];
  for (const name of linkNames) {
    if (metadata[name] !== trueMetadata[name]) return `its ${name} is false`;
  }
  const isOfFormat2 = trueMetadata['format'] === 2;
  const odd = oddMarks(line['withheld'], isOfFormat2);
  if (odd !== null) return odd;
  return isOfFormat2
    ? (lieInSalts(line, truth) ??
        lieInPart(line, truth, 'data') ??
        lieInPart(line, truth, 'metadata'))
    : (lieInOldPart(line, truth, 'data') ?? lieInOldPart(line, truth, 'metadata'));
}

function oddMarks(withheld: Json | undefined, isOfFormat2: boolean): string | null {
  if (withheld === undefined) return null;
  if (!isFields(withheld)) return 'its marks are of another shape';
  for (const [part, marks] of Object.entries(withheld)) {
    if (part !== 'data' && part !== 'metadata') return `it marks ${part}`;
    const isRight = isOfFormat2 ? isFields(marks) : typeof marks === 'string' || isNothing(marks);
    if (!isRight) return `its marks of ${part} are of another shape`;
  }
  return null;
}

const isNothing = (marks: Json) => isFields(marks) && Object.keys(marks).length === 0;

/** Each value is shown with its salt, or withheld with its seal; everything else is shown. */
function lieInPart(line: Fields, truth: Fields, part: PartName): string | null {
  const trueSalts = saltsOf(truth, part);
  const salts = saltsOf(line, part);
  const seals = fieldsIn(fieldsIn(line, 'withheld'), part);
  let rest = coveredFields(truth, part);
  for (const [name, salt] of Object.entries(trueSalts)) {
    const value = valueAt(coveredFields(truth, part), name) ?? null;
    const isShown = Object.hasOwn(salts, name);
    if (isShown === Object.hasOwn(seals, name)) return `${part}.${name} is neither or both`;
    if (isShown && salts[name] !== salt) return `the salt of ${part}.${name} is false`;
    if (isShown) continue;
    if (seals[name] !== sealOf(salt, value)) return `the seal of ${part}.${name} is false`;
    rest = without(rest, name);
  }
  const unknown = [...Object.keys(salts), ...Object.keys(seals)].filter(
    (name) => !(name in trueSalts),
  );
  if (unknown.length > 0) return `${part}: nothing true has the name ${unknown.join()}`;
  return isSame(coveredFields(line, part), rest) && isFields(line[part])
    ? null
    : `its ${part} is false`;
}

function lieInSalts(line: Fields, truth: Fields): string | null {
  const metadata = fieldsIn(line, 'metadata');
  if (metadata['salt'] !== fieldsIn(truth, 'metadata')['salt']) return 'its salt is false';
  const { salts } = metadata;
  if (!isFields(salts)) return 'its salts are of another shape';
  const isOdd = ([part, of]: [string, Json]) =>
    (part !== 'data' && part !== 'metadata') || !isFields(of);
  return Object.entries(salts).some(isOdd) ? 'its salts are of another shape' : null;
}

function saltsOf(line: Fields, part: PartName): Fields {
  return fieldsIn(fieldsIn(fieldsIn(line, 'metadata'), 'salts'), part);
}

function lieInOldPart(line: Fields, truth: Fields, part: PartName): string | null {
  const mark = fieldsIn(line, 'withheld')[part];
  const [metadata, trueMetadata] = [fieldsIn(line, 'metadata'), fieldsIn(truth, 'metadata')];
  const isWithheld = typeof mark === 'string';
  if (isWithheld && mark !== trueMetadata[`${part}Hash`]) return `the digest of ${part} is false`;
  if (!isFields(line[part])) return `its ${part} is of another shape`;
  // A salt of format 1 belongs to the data.
  const salt = part === 'data' && isWithheld ? undefined : trueMetadata['salt'];
  if (part === 'data' && metadata['salt'] !== salt) return 'its salt is false';
  const expected = isWithheld ? {} : coveredFields(truth, part);
  return isSame(coveredFields(line, part), expected) ? null : `its ${part} is false`;
}

/** The same JSON, whatever the order of the names. */
function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) || Array.isArray(other)) {
    return JSON.stringify(one) === JSON.stringify(other);
  }
  if (!isFields(one) || !isFields(other)) return Object.is(one, other);
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}

/** What follows from the files and events; all else is what the exporter states. */
function lieInManifest({ files, honest }: Asked): string | null {
  const text = textOf(files, 'manifest.json');
  const manifest = parsed(text);
  const before = JSON.parse(textOf(honest, 'manifest.json')) as Fields;
  if (manifest === null) return 'the manifest is not JSON';
  if (`${JSON.stringify(manifest, null, 2)}\n` !== text) return 'the manifest is not as written';
  const lines = textOf(files, 'events.ndjson').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Fields);
  const last = events.at(-1) ?? {};
  const scope = {
    ...fieldsIn(before, 'scope'),
    ...{ toRevision: last['revision'] ?? null, events: events.length },
  };
  const head = { revision: last['revision'] ?? null, hash: valueAt(last, 'metadata.hash') ?? null };
  if (!isSame(manifest['scope'], scope)) return 'the scope is false';
  if (!isSame(manifest['head'], head)) return 'the head is false';
  const withheld = events.flatMap((line): Fields[] => {
    const names = withheldNames(line);
    return names.length === 0 ? [] : [{ revision: line['revision'] ?? null, names }];
  });
  // The version of the package only says how marks are written.
  const isOfVersion = manifest['formatVersion'] === before['formatVersion'];
  if (!isOfVersion && withheld.length > 0) return 'it is of another version';
  const isListed = isSame(fieldsIn(manifest, 'redaction')['withheld'], withheld);
  return isListed ? null : 'the marks in the manifest are false';
}

function lieInFiles({ files, honest, truth, unchecked }: Asked): string | null {
  const manifest = JSON.parse(textOf(files, 'manifest.json')) as Fields;
  const list = Array.isArray(manifest['files']) ? manifest['files'] : [];
  const names = new Set(['manifest.json', 'SHA256SUMS']);
  for (const entry of list) {
    const name = isFields(entry) ? entry['name'] : null;
    if (typeof name !== 'string' || !files.has(name)) return 'a file is listed and not there';
    if (!isSame(entry, listed(name, files))) return `${name} is not as listed`;
    names.add(name);
  }
  for (const name of files.keys()) {
    const revision = revisionOf(name);
    if (revision !== null && !unchecked.includes(name)) {
      const lie = lieInProof(textOf(files, name), revision, trueLog(truth.lines));
      if (lie !== null) return `${name}: ${lie}`;
      continue;
    }
    if (!names.has(name) && !unchecked.includes(name)) return `${name} is not listed`;
    if (names.has(name) && !isTrue(name)) return `${name} is not what it was`;
  }
  const read = new Map([...files].filter(([name]) => names.has(name)));
  return textOf(files, 'SHA256SUMS') === sumsOf(read) ? null : 'the sums are false';

  function isTrue(name: string): boolean {
    if (['manifest.json', 'SHA256SUMS', 'events.ndjson'].includes(name)) return true;
    const content = Buffer.from(files.get(name) ?? '');
    const notice = /^notice-([0-9a-f]{64})\.txt$/.exec(name)?.[1];
    if (notice !== undefined) return sha256(content) === notice && honest.has(name);
    const before = honest.get(name);
    const isAsBefore = before !== undefined && Buffer.from(before).equals(content);
    return isAsBefore || unchecked.includes(name);
  }
}
