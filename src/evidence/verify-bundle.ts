import { z } from 'zod';
import { digest } from '../history/chain.ts';
import { Examiner } from '../history/verify.ts';
import { compileMachine } from '../history/machine.ts';
import type { FoundEvent, WithheldPart, Witness } from '../history/event.ts';
import { textIn, witnessSchema } from '../history/event.ts';
import { parseInput, valueThat } from '../parse.ts';
import { contentOf } from './bundle.ts';
import type { EventLine } from './event-lines.ts';
import { eventsIn } from './event-lines.ts';
import type { BundleFault, Manifest } from './manifest.ts';
import { eventsName, manifestName, manifestSchema, sumsName, sumsOf } from './manifest.ts';
import { withheldParts } from './redaction.ts';
import { sha256 } from '../text.ts';

export type BundleVerification = {
  readonly ok: boolean;
  readonly events: number;
  readonly head: Witness | null;
  readonly faults: readonly BundleFault[];
  /** Events of which parts are withheld; the chain still verifies. */
  readonly withheld: readonly { readonly revision: number; readonly parts: readonly string[] }[];
  /** Revisions whose withheld parts were proven by their originals. */
  readonly proven: readonly number[];
};

export type BundleExpectations = {
  /** A head that was kept outside the package. */
  readonly witness?: Witness | undefined;
  /** SHA-256 of the manifest, kept outside the package. */
  readonly seal?: string | undefined;
  /** The original events whose parts are withheld, one JSON document per line. */
  readonly originals?: string | undefined;
  /** The version of this module. The same version derives the same files from the same events. */
  readonly moduleVersion: string;
};

const expectationsSchema = z.strictObject({
  witness: witnessSchema.optional(),
  seal: z.string().optional(),
  originals: z.string().optional(),
  moduleVersion: z.string(),
} satisfies Record<keyof BundleExpectations, z.ZodType>);

const filesSchema = valueThat<Files>((given) =>
  given instanceof Map &&
  [...given].every(([name, bytes]) => typeof name === 'string' && bytes instanceof Uint8Array)
    ? null
    : 'must be a Map of names to bytes',
);

type Files = ReadonlyMap<string, Uint8Array>;

/**
 * Verifies an evidence package without the store.
 *
 * Compares every file with the manifest, and verifies the events' hashes, chain and path as
 * `PaymentOrders.verify()` does. If the same version of this module exported the package, it also
 * derives all other files from the events again. Faults are returned, never thrown.
 *
 * @throws {PaymentOrderError} `invalid-input` with the name of the argument, before it looks.
 * @param files - The package's files by name.
 * @example
 * const names = await readdir('evidence');
 * const files = new Map<string, Uint8Array>();
 * for (const name of names) files.set(name, await readFile(join('evidence', name)));
 * const { ok, faults } = await verifyBundle(files, { moduleVersion: '0.1.0' });
 */
export async function verifyBundle(
  given: Files,
  expectations: BundleExpectations,
): Promise<BundleVerification> {
  const files = parseInput(filesSchema, given, 'files');
  const expected = parseInput(expectationsSchema, expectations);
  const faults: BundleFault[] = [];
  const manifest = manifestIn(files, faults);
  if (manifest !== null) compareFiles(files, manifest, faults);
  compareSums(files, faults);
  const { seal } = expected;
  const manifestBytes = files.get(manifestName);
  if (seal !== undefined && manifestBytes !== undefined && sha256(manifestBytes) !== seal) {
    faults.push(fault(manifestName, 'seal-differs', 'does not match the seal'));
  }
  const bytes = files.get(eventsName);
  const lines = bytes === undefined ? [] : eventsIn(bytes);
  const events = lines.flatMap(({ event }) => (event === null ? [] : [event]));
  const head = examine(lines, expected.witness, faults);
  if (manifest !== null) compareScope(events, manifest, faults);
  if (manifest?.module.version === expected.moduleVersion) {
    await compareDerived(files, events, faults);
  }
  const { originals } = expected;
  const proven = originals === undefined ? [] : provenBy(originals, events, faults);
  return {
    ok: faults.length === 0,
    events: events.length,
    head,
    faults,
    withheld: withheldParts(events),
    proven,
  };
}

function manifestIn(files: Files, faults: BundleFault[]): Manifest | null {
  const bytes = files.get(manifestName);
  if (bytes === undefined) {
    faults.push(fault(manifestName, 'file-missing', 'is missing'));
    return null;
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const parsed = manifestSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.') ?? '';
    faults.push(
      fault(manifestName, 'file-altered', `is not a manifest of this format (field '${field}')`),
    );
  } catch {
    faults.push(fault(manifestName, 'file-altered', 'is not JSON'));
  }
  return null;
}

function compareFiles(files: Files, manifest: Manifest, faults: BundleFault[]): void {
  const names = new Set([manifestName, sumsName, ...manifest.files.map(({ name }) => name)]);
  for (const { name, sha256: listed } of manifest.files) {
    const content = files.get(name);
    if (content === undefined) faults.push(fault(name, 'file-missing', 'is missing'));
    else if (sha256(content) !== listed) {
      faults.push(fault(name, 'file-altered', 'does not match its digest in the manifest'));
    }
  }
  for (const name of files.keys()) {
    if (!names.has(name)) faults.push(fault(name, 'file-added', 'is not listed in the manifest'));
  }
}

/** Names the files whose digest differs, unless a fault names them already. */
function compareSums(files: Files, faults: BundleFault[]): void {
  const sums = files.get(sumsName);
  if (sums === undefined) {
    faults.push(fault(sumsName, 'file-missing', 'is missing'));
    return;
  }
  const listed = new Map([...files].filter(([name]) => name !== sumsName));
  const wanted = sumsOf(listed);
  const found = Buffer.from(sums).toString('utf8');
  if (wanted === found) return;
  const lines = new Set(found.split('\n'));
  const named = new Set(faults.map(({ file }) => file));
  const differing = wanted.split('\n').filter((line) => !lines.has(line));
  const unnamed = differing.map((line) => line.slice(66)).filter((name) => !named.has(name));
  const isLonger = found.length > wanted.length && named.size === 0;
  // Either the manifest or the list of digests was altered; only a seal can tell which.
  if (unnamed.includes(manifestName)) {
    faults.push(fault(manifestName, 'file-altered', `does not match its digest in ${sumsName}`));
  }
  if (unnamed.length > 0 || differing.length === 0 || isLonger) {
    faults.push(fault(sumsName, 'file-altered', 'does not match the files'));
  }
}

/** Verifies hashes, chain, contiguity, path and witness, as in a store. */
function examine(
  lines: readonly EventLine[],
  witness: Witness | undefined,
  faults: BundleFault[],
): Witness | null {
  const stream = lines.find(({ event }) => event !== null)?.event?.stream ?? '';
  const examiner = new Examiner(compileMachine(), stream, witness);
  for (const [index, { event, problem }] of lines.entries()) {
    if (event !== null) examiner.see(event);
    else faults.push(fault(eventsName, 'invalid-event', problem, index));
  }
  const { faults: found, witness: head } = examiner.finish();
  for (const { code, message, revision } of found) {
    faults.push({ file: eventsName, revision, code, message });
  }
  return head;
}

function compareScope(
  events: readonly FoundEvent[],
  { scope, head, redaction }: Manifest,
  faults: BundleFault[],
): void {
  const [first, last] = [events[0], events.at(-1)];
  const isInScope =
    events.length === scope.events &&
    first?.revision === scope.fromRevision &&
    last?.revision === scope.toRevision &&
    events.every(({ stream }) => stream === scope.stream);
  if (!isInScope)
    faults.push(fault(eventsName, 'scope-differs', 'does not hold the range in the manifest'));
  const hash = textIn(last?.metadata ?? {}, 'hash');
  if (last?.revision !== head.revision || hash !== head.hash) {
    faults.push(fault(eventsName, 'head-differs', 'does not end at the head in the manifest'));
  }
  if (JSON.stringify(redaction.withheld) !== JSON.stringify(withheldParts(events))) {
    const problem = 'withholds other parts than the manifest lists';
    faults.push(fault(eventsName, 'withheld-differs', problem));
  }
}

/** Catches a forged file whose digests were recomputed, since it does not follow from the events. */
async function compareDerived(
  files: Files,
  events: readonly FoundEvent[],
  faults: BundleFault[],
): Promise<void> {
  if (events.length === 0) return;
  for (const [name, content] of await contentOf(events)) {
    const found = files.get(name);
    const isNamed = faults.some(({ file }) => file === name);
    if (isNamed || found === undefined || Buffer.from(content).equals(found)) continue;
    faults.push(fault(name, 'not-derived', 'does not follow from the events'));
  }
}

/** The revisions of withheld events whose originals, with their salts, match the digests. */
function provenBy(
  originals: string,
  events: readonly FoundEvent[],
  faults: BundleFault[],
): readonly number[] {
  const proven: number[] = [];
  const file = 'originals';
  for (const { event: original, problem } of eventsIn(Buffer.from(originals))) {
    if (original === null) {
      const message = `originals: ${problem}`;
      faults.push({ file, revision: null, code: 'invalid-event', message });
      continue;
    }
    const { revision, id } = original;
    const event = events.find((one) => one.revision === revision && one.id === id);
    const parts = event?.withheld ?? [];
    if (event !== undefined && parts.every((part) => isOriginal(part, original, event))) {
      if (parts.length > 0) proven.push(revision);
      continue;
    }
    const message = `originals: revision ${revision} is not the event that the package withholds`;
    faults.push({ file, revision, code: 'not-the-original', message });
  }
  return proven;
}

function isOriginal(part: WithheldPart, original: FoundEvent, event: FoundEvent): boolean {
  const { salt, dataHash, metadataHash, prevHash, hash, ...metadata } = original.metadata;
  const links = { dataHash, metadataHash, prevHash, hash };
  const isSameLink = Object.entries(links).every(([name, of]) => of === event.metadata[name]);
  if (!isSameLink) return false;
  try {
    return part === 'data'
      ? digest({ salt, data: original.data }) === dataHash
      : digest(metadata) === metadataHash;
  } catch {
    return false;
  }
}

function fault(
  file: string,
  code: string,
  problem: string,
  revision: number | null = null,
): BundleFault {
  return { file, revision, code, message: `${file} ${problem}` };
}
