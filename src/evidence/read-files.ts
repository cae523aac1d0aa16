import type { Witness } from '../history/event.ts';
import { fault } from './faults.ts';
import type { BundleFiles, Digested } from './content.ts';
import { FileReader } from './content.ts';
import { ExaminedEvents } from './examined-events.ts';
import type { AnyManifest, BundleFault } from './manifest.ts';
import {
  eventsName,
  filesMax,
  jsonFile,
  manifestBytesMax,
  manifestName,
  parseManifest,
  sumsBytesMax,
  sumsName,
  sumsOf,
} from './manifest.ts';
import { proofBytesMax, proofsMax, provenRevisionIn } from './proof-names.ts';

export type Digests = ReadonlyMap<string, Digested>;

export type ReadFiles = {
  readonly manifest: AnyManifest | null;
  readonly sums: string | null;
  /** Of every file that could be read whole. */
  readonly digests: Digests;
  readonly events: ExaminedEvents;
  /** Proofs from the log, listed or not. */
  readonly proofs: ReadonlyMap<string, Uint8Array>;
};

/** Reads manifest and sums, then what the manifest lists, or everything where there is none. */
export async function readFiles(
  files: BundleFiles,
  kept: { readonly seal?: string | undefined; readonly witness?: Witness | undefined },
  faults: BundleFault[],
): Promise<ReadFiles> {
  const { seal, witness } = kept;
  if (files.size > filesMax) {
    const message = `the package has more than ${filesMax} files; none was read`;
    faults.push({ file: '.', revision: null, code: 'too-many-files', message });
    const events = new ExaminedEvents('package', witness);
    return { manifest: null, sums: null, digests: new Map(), events, proofs: new Map() };
  }
  const reader = new FileReader(files, faults);
  const digests = new Map<string, Digested>();
  const manifestFile = await reader.whole(manifestName, manifestBytesMax);
  const manifest = manifestFile === null ? null : manifestIn(manifestFile.content, faults);
  if (seal !== undefined && manifestFile !== null && manifestFile.sha256 !== seal) {
    faults.push(fault(manifestName, 'seal-differs', 'does not match the seal'));
  }
  const sumsFile = await reader.whole(sumsName, sumsBytesMax);
  if (manifestFile !== null) digests.set(manifestName, manifestFile);
  if (sumsFile !== null) digests.set(sumsName, sumsFile);
  const kind = manifest?.formatVersion === 1 ? 'package-1' : 'package';
  const events = new ExaminedEvents(kind, witness);
  const listed = new Map(manifest?.files.map(({ name, bytes }) => [name, bytes]));
  const names = new Set(manifest === null ? files.keys() : [eventsName, ...listed.keys()]);
  for (const name of [manifestName, sumsName]) names.delete(name);
  const proofs = await readProofs(reader, [...files.keys(), ...names], faults);
  for (const [name, proof] of proofs) if (names.has(name)) digests.set(name, proof);
  for (const name of names) {
    if (provenRevisionIn(name) !== null) continue;
    const isEvents = name === eventsName;
    // Of events, what follows is examined too, to name the revision where the history differs.
    const bytesMax = isEvents ? Infinity : (listed.get(name) ?? Infinity);
    const see = isEvents
      ? (part: Uint8Array) => {
          events.see(part);
        }
      : undefined;
    const digested = await reader.digest(name, { bytesMax, beyond: altered }, see);
    if (digested !== null) digests.set(name, digested);
  }
  return {
    ...{ manifest, sums: sumsFile?.content.toString('utf8') ?? null, digests, events },
    proofs: new Map([...proofs].map(([name, { content }]) => [name, content])),
  };
}

/** A proof may have come after the manifest, and is read all the same. */
async function readProofs(reader: FileReader, names: readonly string[], faults: BundleFault[]) {
  const proofs = new Map<string, Digested & { readonly content: Buffer }>();
  const found = new Set(names.filter((name) => provenRevisionIn(name) !== null));
  if (found.size > proofsMax) {
    const message = `the package has more than ${proofsMax} proofs; none was read`;
    faults.push({ file: '.', revision: null, code: 'too-many-proofs', message });
    return proofs;
  }
  for (const name of found) {
    const proof = await reader.whole(name, proofBytesMax);
    if (proof !== null) proofs.set(name, proof);
  }
  return proofs;
}

const altered = { code: 'file-altered', problem: 'does not match its digest in the manifest' };

function manifestIn(bytes: Uint8Array, faults: BundleFault[]): AnyManifest | null {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    faults.push(fault(manifestName, 'file-altered', 'is not JSON'));
    return null;
  }
  const parsed = parseManifest(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.').slice(0, 100) ?? '';
    const problem = `is not a manifest of a format that this version reads (field '${field}')`;
    faults.push(fault(manifestName, 'file-altered', problem));
    return null;
  }
  // A name that stands twice would show a reader what was not compared.
  if (text !== jsonFile(value)) {
    faults.push(fault(manifestName, 'file-altered', 'is not written as this module writes it'));
  }
  return parsed.data;
}

/** A file that is missing or could not be read has a fault already. */
export function compareFiles(
  files: BundleFiles,
  digests: Digests,
  manifest: AnyManifest,
  faults: BundleFault[],
): void {
  const names = new Set([manifestName, sumsName, ...manifest.files.map(({ name }) => name)]);
  for (const { name, bytes, sha256: listed } of manifest.files) {
    const found = digests.get(name);
    if (found === undefined || (found.sha256 === listed && found.bytes === bytes)) continue;
    faults.push(fault(name, altered.code, altered.problem));
  }
  for (const name of files.keys()) {
    if (names.has(name) || isLater(name)) continue;
    faults.push(fault(name, 'file-added', 'is not listed in the manifest'));
  }
}

/** Names the files whose digest differs, unless a fault names them already. */
export function compareSums(found: string, digests: Digests, faults: BundleFault[]): void {
  const read = [...digests].filter(([name]) => name !== sumsName);
  const wanted = sumsOf(new Map(read.map(([name, digested]) => [name, digested.sha256])));
  if (wanted === found) return;
  const named = new Set(faults.map(({ file }) => file));
  const unnamed = (lines: string, others: string) => {
    const known = new Set(others.split('\n'));
    const differing = lines.split('\n').filter((line) => line !== '' && !known.has(line));
    return differing.map((line) => line.slice(66)).filter((name) => !named.has(name));
  };
  const missing = unnamed(wanted, found);
  // Either the manifest or the list of digests was altered; only a seal can tell which.
  if (missing.includes(manifestName)) {
    faults.push(fault(manifestName, 'file-altered', `does not match its digest in ${sumsName}`));
  }
  const isOtherwise = named.size === 0 || missing.length > 0 || unnamed(found, wanted).length > 0;
  if (isOtherwise) faults.push(fault(sumsName, 'file-altered', 'does not match the files'));
}

/** A file that may have come after the manifest: a proof from the log, or a time-stamp token. */
export function isLater(name: string): boolean {
  return isToken(name) || provenRevisionIn(name) !== null;
}

/**
 * A time-stamp token (RFC 3161) that somebody asked for and added. It is for other tools, so it is not
 * read.
 */
function isToken(name: string): boolean {
  return /^[\w-]{1,64}\.tsr$/.test(name);
}
