/** A package in the hands of a forger: what he changes, and what he computes again to hide it. */

import { rechain, sha256 } from './hashes.ts';
import type { Fields, Json } from './json.ts';
import { fieldsIn, isFields } from './json.ts';

export type Files = Map<string, string | Uint8Array>;

/**
 * What a forger computes again: nothing, the digests of files and what the manifest says of the
 * events, or the whole chain too. The last one leaves nothing but the witness to tell.
 */
export type Forgery = 'nothing' | 'digests' | 'chain';

type Rewrite = (text: string) => string;

export type Draft = {
  readonly lines: Fields[];
  /** Applied to the text of single lines, by index. */
  readonly lineTexts: Map<number, Rewrite>;
  readonly eventsTexts: Rewrite[];
  /** Changes of the other files. */
  readonly fileSteps: ((files: Files) => void)[];
  readonly manifestSteps: ((manifest: Fields) => void)[];
  readonly manifestTexts: Rewrite[];
  readonly sumsTexts: Rewrite[];
};

const [eventsName, manifestName, sumsName] = ['events.ndjson', 'manifest.json', 'SHA256SUMS'];

export function textOf(files: ReadonlyMap<string, string | Uint8Array>, name: string): string {
  return Buffer.from(files.get(name) ?? '').toString('utf8');
}

export function linesOf(files: ReadonlyMap<string, string | Uint8Array>): Fields[] {
  const texts = textOf(files, eventsName).trimEnd().split('\n');
  return texts.map((text) => JSON.parse(text) as Fields);
}

export function draftOf(files: ReadonlyMap<string, string | Uint8Array>): Draft {
  return {
    ...{ lines: linesOf(files), lineTexts: new Map(), eventsTexts: [], fileSteps: [] },
    ...{ manifestSteps: [], manifestTexts: [], sumsTexts: [] },
  };
}

/** The files as the forger hands them on. */
export function forged(
  honest: ReadonlyMap<string, string | Uint8Array>,
  draft: Draft,
  forgery: Forgery,
): Files {
  const { lines } = draft;
  if (forgery === 'chain') rechain(lines);
  const texts = lines.map((line, index) =>
    (draft.lineTexts.get(index) ?? same)(JSON.stringify(line)),
  );
  const files: Files = new Map(honest);
  files.set(eventsName, applied(draft.eventsTexts, texts.map((text) => `${text}\n`).join('')));
  for (const step of draft.fileSteps) step(files);
  const manifest = JSON.parse(textOf(honest, manifestName)) as Fields;
  if (forgery !== 'nothing') describeAgain(manifest, lines, files);
  for (const step of draft.manifestSteps) step(manifest);
  const isOfFiles = forgery !== 'nothing' || draft.manifestSteps.length > 0;
  const manifestText = isOfFiles
    ? `${JSON.stringify(manifest, null, 2)}\n`
    : textOf(honest, manifestName);
  files.set(manifestName, applied(draft.manifestTexts, manifestText));
  const sums = forgery === 'nothing' ? textOf(honest, sumsName) : sumsOf(files);
  return files.set(sumsName, applied(draft.sumsTexts, sums));
}

const same: Rewrite = (text) => text;

function applied(rewrites: readonly Rewrite[], text: string): string {
  return rewrites.reduce((before, rewrite) => rewrite(before), text);
}

/** What the manifest says of the events and files, of those that are there now. */
function describeAgain(manifest: Fields, lines: readonly Fields[], files: Files): void {
  const [first, last] = [lines[0] ?? {}, lines.at(-1) ?? {}];
  const metadata = fieldsIn(last, 'metadata');
  manifest['scope'] = {
    ...fieldsIn(manifest, 'scope'),
    fromRevision: first['revision'] ?? 0,
    toRevision: last['revision'] ?? 0,
    events: lines.length,
  };
  manifest['head'] = { revision: last['revision'] ?? 0, hash: metadata['hash'] ?? '' };
  const isOld = manifest['formatVersion'] === 1;
  const withheld = lines.flatMap((line): Fields[] => {
    const names = isOld ? line['withheld'] : withheldNames(line);
    const revision = line['revision'] ?? 0;
    if (!Array.isArray(names) || names.length === 0) return [];
    return [isOld ? { revision, parts: names } : { revision, names }];
  });
  manifest['redaction'] = { ...fieldsIn(manifest, 'redaction'), withheld };
  manifest['files'] = [...files.keys()]
    .filter((name) => name !== manifestName && name !== sumsName)
    .map((name) => listed(name, files));
}

export function listed(name: string, files: ReadonlyMap<string, string | Uint8Array>): Fields {
  const bytes = Buffer.from(files.get(name) ?? '');
  return { name, bytes: bytes.length, sha256: sha256(bytes) };
}

export function withheldNames(line: Fields): Json[] {
  return (['data', 'metadata'] as const).flatMap((part): string[] => {
    const withheld = fieldsIn(line, 'withheld')[part];
    if (typeof withheld === 'string') return [part];
    return isFields(withheld) ? Object.keys(withheld).map((name) => `${part}.${name}`) : [];
  });
}

/** As `sha256sum` writes it, by name. */
export function sumsOf(files: ReadonlyMap<string, string | Uint8Array>): string {
  const names = [...files.keys()].filter((name) => name !== sumsName).toSorted();
  return names.map((name) => `${sha256(Buffer.from(files.get(name) ?? ''))}  ${name}\n`).join('');
}
