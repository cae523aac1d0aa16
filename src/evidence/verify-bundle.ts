import { z } from 'zod';
import { digest } from '../history/chain.ts';
import { textIn, witnessSchema } from '../history/event.ts';
import type { FoundEvent, Witness } from '../history/event.ts';
import { parseInput, valueThat } from '../parse.ts';
import { sha256 } from '../text.ts';
import { claimsOf, contentOf } from './bundle.ts';
import type { BundleContent, BundleFiles, Digested } from './content.ts';
import { FileReader, isContent } from './content.ts';
import { fault, shortened } from './faults.ts';
import { ExaminedEvents } from './examined-events.ts';
import type { BundleFault, Manifest } from './manifest.ts';
import {
  eventsName,
  filesMax,
  manifestBytesMax,
  manifestName,
  manifestSchema,
  sumsBytesMax,
  sumsName,
  sumsOf,
} from './manifest.ts';
import { noticeIdIn, provenNotices } from './notices.ts';
import { provenBy } from './originals.ts';

export type BundleVerification = {
  readonly ok: boolean;
  readonly events: number;
  readonly head: Witness | null;
  readonly faults: readonly BundleFault[];
  /** Events of which parts are withheld; the chain still verifies. */
  readonly withheld: readonly { readonly revision: number; readonly parts: readonly string[] }[];
  /** Revisions whose withheld parts were proven by their originals. */
  readonly proven: readonly number[];
  /** Notices whose raw bodies the package holds: each digest is the `noticeId` of an event. */
  readonly notices: readonly string[];
  /** The version of this module that made the package, as the manifest says; null without one. */
  readonly madeBy: string | null;
  /**
   * Files that were compared with the manifest, but not derived again from the events: another
   * version of this module made the package, or its events have more than 32 MiB.
   */
  readonly unchecked: readonly string[];
};

export type BundleExpectations = {
  /** A head that was kept outside the package. */
  readonly witness?: Witness | undefined;
  /** SHA-256 of the manifest, kept outside the package. */
  readonly seal?: string | undefined;
  /** The original events whose parts are withheld, one JSON document per line. */
  readonly originals?: string | BundleContent | undefined;
  /** The version of this module. The same version derives the same files from the same events. */
  readonly moduleVersion: string;
};

const expectationsSchema = z.strictObject({
  witness: witnessSchema.optional(),
  seal: z.string().optional(),
  originals: valueThat<string | BundleContent>((given) =>
    typeof given === 'string' || isContent(given) ? null : 'must be text or bytes',
  ).optional(),
  moduleVersion: z.string(),
} satisfies Record<keyof BundleExpectations, z.ZodType>);

const filesSchema = valueThat<BundleFiles>((given) =>
  given instanceof Map &&
  [...given].every(([name, content]) => typeof name === 'string' && isContent(content))
    ? null
    : 'must be a Map of names to bytes',
);

type Digests = ReadonlyMap<string, Digested>;

/**
 * Verifies an evidence package without the store.
 *
 * Compares every file with the manifest, and verifies the events' hashes, chain and path as
 * `PaymentOrders.verify()` does. If the same version of this module exported the package, it also
 * derives all other files from the events again. Faults are returned, never thrown: the first
 * 1,000 of them.
 *
 * Each file is read once, in parts, and files that the manifest does not list are not read. What
 * goes beyond the limits is a fault: 1,000 files, 512 MiB of all files, 16 MiB of the manifest,
 * 10,000 events, 1 MiB of one event.
 *
 * @throws {PaymentOrderError} `invalid-input` with the name of the argument, before it looks.
 * @param files - The package's files by name, as `readBundle` gives them.
 * @example
 * const { ok, faults } = await verifyBundle(readBundle('evidence'), { moduleVersion: '0.6.0' });
 */
export async function verifyBundle(
  given: BundleFiles,
  expectations: BundleExpectations,
): Promise<BundleVerification> {
  const files = parseInput(filesSchema, given, 'files');
  const expected = parseInput(expectationsSchema, expectations);
  const faults: BundleFault[] = [];
  const events = new ExaminedEvents(expected.witness);
  const { manifest, sums, digests } = await readFiles(files, expected.seal, events, faults);
  if (manifest !== null) compareFiles(files, digests, manifest, faults);
  if (sums !== null) compareSums(sums, digests, faults);
  const head = events.finish();
  faults.push(...events.faults);
  if (manifest !== null) compareScope(events, manifest, faults);
  const notices =
    manifest === null ? [] : provenNotices(manifest, digests, events.noticeIds, faults);
  const madeBy = manifest?.module.version ?? null;
  const derivable = madeBy === expected.moduleVersion ? events.kept : null;
  if (manifest !== null && derivable !== null) {
    await compareDerived(manifest, digests, derivable, faults);
  }
  const proven = await provenOf(expected.originals, events, faults);
  return {
    ok: faults.length === 0,
    events: events.count,
    head,
    faults: shortened(faults),
    withheld: events.withheld,
    proven,
    notices,
    madeBy,
    unchecked: derivable === null ? derivedNames(manifest) : [],
  };
}

type ReadFiles = {
  readonly manifest: Manifest | null;
  readonly sums: string | null;
  /** Of every file that could be read whole. */
  readonly digests: Digests;
};

/** Reads manifest and sums, then what the manifest lists, or everything where there is none. */
async function readFiles(
  files: BundleFiles,
  seal: string | undefined,
  events: ExaminedEvents,
  faults: BundleFault[],
): Promise<ReadFiles> {
  if (files.size > filesMax) {
    const message = `the package has more than ${filesMax} files; none was read`;
    faults.push({ file: '.', revision: null, code: 'too-many-files', message });
    return { manifest: null, sums: null, digests: new Map() };
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
  const listed = new Map(manifest?.files.map(({ name, bytes }) => [name, bytes]));
  const names = new Set(manifest === null ? files.keys() : [eventsName, ...listed.keys()]);
  for (const name of [manifestName, sumsName]) names.delete(name);
  for (const name of names) {
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
  return { manifest, sums: sumsFile?.content.toString('utf8') ?? null, digests };
}

const altered = { code: 'file-altered', problem: 'does not match its digest in the manifest' };

function manifestIn(bytes: Uint8Array, faults: BundleFault[]): Manifest | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const parsed = manifestSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.').slice(0, 100) ?? '';
    const problem = `is not a manifest of this format (field '${field}')`;
    faults.push(fault(manifestName, 'file-altered', problem));
  } catch {
    faults.push(fault(manifestName, 'file-altered', 'is not JSON'));
  }
  return null;
}

/** A file that is missing or could not be read has a fault already. */
function compareFiles(
  files: BundleFiles,
  digests: Digests,
  manifest: Manifest,
  faults: BundleFault[],
): void {
  const names = new Set([manifestName, sumsName, ...manifest.files.map(({ name }) => name)]);
  for (const { name, bytes, sha256: listed } of manifest.files) {
    const found = digests.get(name);
    if (found === undefined || (found.sha256 === listed && found.bytes === bytes)) continue;
    faults.push(fault(name, altered.code, altered.problem));
  }
  for (const name of files.keys()) {
    if (!names.has(name)) faults.push(fault(name, 'file-added', 'is not listed in the manifest'));
  }
}

/** Names the files whose digest differs, unless a fault names them already. */
function compareSums(found: string, digests: Digests, faults: BundleFault[]): void {
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

function compareScope(
  events: ExaminedEvents,
  { scope, head, redaction }: Manifest,
  faults: BundleFault[],
): void {
  const { first, last } = events;
  const isInScope =
    events.count === scope.events &&
    first?.revision === scope.fromRevision &&
    last?.revision === scope.toRevision &&
    events.isOneStream &&
    first.stream === scope.stream;
  if (!isInScope)
    faults.push(fault(eventsName, 'scope-differs', 'does not hold the range in the manifest'));
  const hash = textIn(last?.metadata ?? {}, 'hash');
  if (last?.revision !== head.revision || hash !== head.hash) {
    faults.push(fault(eventsName, 'head-differs', 'does not end at the head in the manifest'));
  }
  if (JSON.stringify(redaction.withheld) !== JSON.stringify(events.withheld)) {
    const problem = 'withholds other parts than the manifest lists';
    faults.push(fault(eventsName, 'withheld-differs', problem));
  }
}

/** Catches a package that was made again with digests to match: all of it follows from the events. */
async function compareDerived(
  { files, scope, writtenBy, machine }: Manifest,
  digests: Digests,
  events: readonly FoundEvent[],
  faults: BundleFault[],
): Promise<void> {
  if (events.length === 0) return;
  const content = await contentOf(events);
  const claims = { orderNo: scope.orderNo, writtenBy, machine };
  if (digest(claims) !== digest(await claimsOf(events))) {
    faults.push(fault(manifestName, ...notDerived));
  }
  for (const name of new Set([...content.keys(), ...files.map((file) => file.name)])) {
    if (noticeIdIn(name) !== null || faults.some(({ file }) => file === name)) continue;
    const derived = content.get(name);
    const isSame = derived !== undefined && digests.get(name)?.sha256 === sha256(derived);
    if (!isSame) faults.push(fault(name, ...notDerived));
  }
}

const notDerived = ['not-derived', 'does not follow from the events'] as const;

function derivedNames(manifest: Manifest | null): readonly string[] {
  const names = manifest?.files.map(({ name }) => name) ?? [];
  return names.filter((name) => name !== eventsName && noticeIdIn(name) === null);
}

async function provenOf(
  originals: BundleExpectations['originals'],
  { kept }: ExaminedEvents,
  faults: BundleFault[],
): Promise<readonly number[]> {
  if (originals === undefined) return [];
  const content = typeof originals === 'string' ? Buffer.from(originals) : originals;
  if (kept !== null) return provenBy(content, kept, faults);
  const message = 'originals: the events of the package are too large to be compared';
  faults.push({ file: 'originals', revision: null, code: 'originals-unchecked', message });
  return [];
}
