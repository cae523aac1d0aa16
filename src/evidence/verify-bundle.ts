import { z } from 'zod';
import { digest } from '../history/chain.ts';
import { orderNoOf, textIn, witnessSchema } from '../history/event.ts';
import type { FoundEvent, Witness } from '../history/event.ts';
import { parseInput, valueThat } from '../parse.ts';
import { sha256 } from '../text.ts';
import type { Trust } from '../tlog/c2sp/trust.ts';
import { claimsOf, contentOf } from './bundle.ts';
import type { BundleContent, BundleFiles } from './content.ts';
import { isContent } from './content.ts';
import type { ExaminedEvents } from './examined-events.ts';
import { fault, shortened } from './faults.ts';
import type { AnyManifest, BundleFault } from './manifest.ts';
import { bundleFormatVersion, eventsName, manifestName } from './manifest.ts';
import { noticeIdIn, provenNotices } from './notices.ts';
import { provenBy } from './originals.ts';
import type { LogStanding } from './proof-names.ts';
import type { LogAnswer } from './proofs.ts';
import type { Digests, ReadFiles } from './read-files.ts';
import { compareFiles, compareSums, isLater, readFiles } from './read-files.ts';

export type BundleVerification = {
  /** Whether no fault was found. */
  readonly ok: boolean;
  /**
   * Whether the hashes cover all that the events show, up to the head. Only a witness or a seal that
   * was kept outside the package vouches for the head itself.
   */
  readonly standing: 'proven' | 'proven-but-withheld' | 'not-proven';
  /** The order of the events; null without any. */
  readonly orderNo: string | null;
  readonly events: number;
  readonly head: Witness | null;
  readonly faults: readonly BundleFault[];
  /** What is withheld, by name such as `data.reason`; `data` alone is all data of an older event. */
  readonly withheld: readonly { readonly revision: number; readonly names: readonly string[] }[];
  /** How many single fields are withheld. */
  readonly withheldFields: number;
  /** How many parts are withheld as a whole, of events that were stored in hash format 1. */
  readonly withheldParts: number;
  /** Revisions whose withheld content was proven by their originals. */
  readonly proven: readonly number[];
  /** Notices whose raw bodies the package holds: each digest is the `noticeId` of an event. */
  readonly notices: readonly string[];
  /** The version of this module that made the package, as the manifest says; null without one. */
  readonly madeBy: string | null;
  /**
   * Files that nothing proves. They were not derived again from the events, because another version
   * of this module made the package, or its events have more than 32 MiB. Time-stamp tokens are not
   * read at all. Of proofs from the log nobody checked enough signatures.
   */
  readonly unchecked: readonly string[];
  /**
   * What the log over all orders says: by the proof that covers the most events and that enough have
   * signed, or by the best of the others. Null without a proof.
   */
  readonly log: LogStanding | null;
  /**
   * The last revision for which a seal, a witness or the log speaks, by what the reader kept and whom
   * the reader trusts. Null if nothing does, or if there is a fault.
   */
  readonly vouchedTo: number | null;
};

export type BundleExpectations = {
  /** A head that was kept outside the package. */
  readonly witness?: Witness | undefined;
  /** SHA-256 of the manifest, kept outside the package. */
  readonly seal?: string | undefined;
  /** The original events whose parts are withheld, one JSON document per line. */
  readonly originals?: string | BundleContent | undefined;
  /**
   * A trust file: whose signatures count under a proof from the log, and how many of them. Keys that
   * the package names are never trusted.
   */
  readonly trust?: string | undefined;
  /** The version of this module. The same version derives the same files from the same events. */
  readonly moduleVersion: string;
};

const expectationsSchema = z.strictObject({
  witness: witnessSchema.optional(),
  seal: z.string().optional(),
  originals: valueThat<string | BundleContent>((given) =>
    typeof given === 'string' || isContent(given) ? null : 'must be text or bytes',
  ).optional(),
  trust: z.string().optional(),
  moduleVersion: z.string(),
} satisfies Record<keyof BundleExpectations, z.ZodType>);

const filesSchema = valueThat<BundleFiles>((given) =>
  given instanceof Map &&
  [...given].every(([name, content]) => typeof name === 'string' && isContent(content))
    ? null
    : 'must be a Map of names to bytes',
);

/**
 * Verifies an evidence package without the store.
 *
 * Compares every file with the manifest, and verifies the events' hashes, chain and path as
 * `PaymentOrders.verify()` does. If the same version of this module exported the package, it also
 * derives all other files from the events again. Faults are returned, never thrown: the first
 * 1,000 of them.
 *
 * With `trust` it is a fault if no proof from the log over all orders has the signatures that the
 * trust file asks for. Without it, proofs are compared with the events, and signatures with nothing.
 *
 * Each file is read once, in parts, and files that the manifest does not list are not read, except
 * proofs. What goes beyond the limits is a fault: 1,000 files, 512 MiB of all files, 16 MiB of the
 * manifest, 10,000 events, 1 MiB of one event, 16 proofs, 64 KiB of one proof.
 *
 * @throws {PaymentOrderError} `invalid-input` with the name of the argument, before it looks.
 * @param files - The package's files by name, as `readBundle` gives them.
 * @example
 * const { ok, faults, log } = await verifyBundle(readBundle('evidence'), {
 *   moduleVersion: '0.10.0',
 *   trust: await readFile('trust.txt', 'utf8'),
 * });
 */
export async function verifyBundle(
  given: BundleFiles,
  expectations: BundleExpectations,
): Promise<BundleVerification> {
  const files = parseInput(filesSchema, given, 'files');
  const expected = parseInput(expectationsSchema, expectations);
  const trust = await trustOf(expected.trust);
  const faults: BundleFault[] = [];
  const { manifest, sums, digests, events, proofs } = await readFiles(files, expected, faults);
  if (manifest !== null) compareFiles(files, digests, manifest, faults);
  if (sums !== null) compareSums(sums, digests, faults);
  const head = events.finish();
  faults.push(...events.faults);
  if (manifest !== null) compareScope(events, manifest, faults);
  const notices =
    manifest === null ? [] : provenNotices(manifest, digests, events.noticeIds, faults);
  const madeBy = manifest?.module.version ?? null;
  const isOurs =
    madeBy === expected.moduleVersion && manifest?.formatVersion === bundleFormatVersion;
  const derivable = isOurs ? events.kept : null;
  if (manifest !== null && derivable !== null) {
    await compareDerived(manifest, digests, derivable, faults);
  }
  const proven = await provenOf(expected.originals, events, faults);
  const { log, signed } = await logAnswerOf(proofs, events, trust, faults);
  const names = events.withheld.flatMap((event) => event.names);
  const withheldFields = names.filter((name) => name.includes('.')).length;
  const isProven = faults.length === 0;
  return {
    ok: isProven,
    standing: !isProven ? 'not-proven' : names.length > 0 ? 'proven-but-withheld' : 'proven',
    orderNo: events.first === null ? null : orderNoOf(events.first.stream),
    events: events.count,
    head,
    faults: shortened(faults),
    withheld: events.withheld,
    withheldFields,
    withheldParts: names.length - withheldFields,
    proven,
    notices,
    madeBy,
    unchecked: [
      ...(derivable === null ? derivedNames(manifest) : []),
      ...[...files.keys()].filter((name) => isLater(name) && !signed.has(name)),
    ],
    log,
    vouchedTo: isProven ? vouchedToBy(expected, head, log) : null,
  };
}

/** Loads what reads proofs only for those who have some. */
async function trustOf(text: string | undefined): Promise<Trust | null> {
  if (text === undefined) return null;
  const { parseTrust } = await import('../tlog/c2sp/trust.ts');
  return parseTrust(text);
}

async function logAnswerOf(
  proofs: ReadFiles['proofs'],
  { hashes }: ExaminedEvents,
  trust: Trust | null,
  faults: BundleFault[],
): Promise<LogAnswer> {
  if (proofs.size === 0 && trust === null) return { log: null, signed: new Set() };
  const { logAnswer } = await import('./proofs.ts');
  return logAnswer(proofs, hashes, trust, faults);
}

/** A seal covers all of the package, a witness and the log what they saw. */
function vouchedToBy(
  { seal, witness }: BundleExpectations,
  head: Witness | null,
  log: LogStanding | null,
): number | null {
  if (seal !== undefined) return head?.revision ?? null;
  const seen = [witness?.revision, log?.isEnough === true ? log.revision : undefined];
  const last = Math.max(...seen.map((revision) => revision ?? -1));
  return last === -1 ? null : last;
}

function compareScope(
  events: ExaminedEvents,
  { scope, head, redaction }: AnyManifest,
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
  if (scope.orderNo !== orderNoOf(scope.stream)) {
    faults.push(fault(manifestName, 'scope-differs', 'names an order of another stream'));
  }
  const hash = textIn(last?.metadata ?? {}, 'hash');
  if (last?.revision !== head.revision || hash !== head.hash) {
    faults.push(fault(eventsName, 'head-differs', 'does not end at the head in the manifest'));
  }
  if (JSON.stringify(redaction.withheld) !== JSON.stringify(events.withheld)) {
    const problem = 'withholds something else than the manifest lists';
    faults.push(fault(eventsName, 'withheld-differs', problem));
  }
}

/** Catches a package that was made again with digests to match: all of it follows from the events. */
async function compareDerived(
  { files, writtenBy, machine }: AnyManifest,
  digests: Digests,
  events: readonly FoundEvent[],
  faults: BundleFault[],
): Promise<void> {
  if (events.length === 0) return;
  const content = await contentOf(events);
  const claims = { writtenBy, machine };
  if (digest(claims) !== digest(await claimsOf(events))) {
    faults.push(fault(manifestName, ...notDerived));
  }
  for (const name of new Set([...content.keys(), ...files.map((file) => file.name)])) {
    const isOther = isLater(name) || noticeIdIn(name) !== null;
    if (isOther || faults.some(({ file }) => file === name)) continue;
    const derived = content.get(name);
    const isSame = derived !== undefined && digests.get(name)?.sha256 === sha256(derived);
    if (!isSame) faults.push(fault(name, ...notDerived));
  }
}

const notDerived = ['not-derived', 'does not follow from the events'] as const;

function derivedNames(manifest: AnyManifest | null): readonly string[] {
  const names = manifest?.files.map(({ name }) => name) ?? [];
  return names.filter((name) => name !== eventsName && noticeIdIn(name) === null && !isLater(name));
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
