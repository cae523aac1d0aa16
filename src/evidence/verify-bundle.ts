import { Examiner } from '../history/verify.ts';
import { compileMachine } from '../history/machine.ts';
import type { FoundEvent, WithheldPart, Witness } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import type { BundleFault } from './bundle-fault.ts';
import { contentOf } from './bundle.ts';
import type { EventLine } from './event-lines.ts';
import { eventsIn } from './event-lines.ts';
import type { Manifest } from './manifest.ts';
import {
  eventsName,
  manifestName,
  manifestSchema,
  sha256Of,
  sumsName,
  sumsOf,
} from './manifest.ts';
import { provenBy } from './originals.ts';

export type BundleVerification = {
  readonly ok: boolean;
  readonly events: number;
  readonly head: Witness | null;
  readonly faults: readonly BundleFault[];
  /** Linked, content withheld. */
  readonly withheld: readonly { readonly revision: number; readonly parts: readonly string[] }[];
  /** Revisions whose withheld original was shown and is what was hashed. */
  readonly proven: readonly number[];
};

export type BundleExpectations = {
  /** A head that was seen before, kept elsewhere. */
  readonly witness?: Witness | undefined;
  /** SHA-256 of the manifest, kept elsewhere. */
  readonly seal?: string | undefined;
  /** Originals of withheld events, one JSON document a line. */
  readonly originals?: string | undefined;
  /** The version of this module: the same version makes the same files of the same events. */
  readonly moduleVersion: string;
};

/**
 * Checks a package without the store: every file against the manifest, the events against their
 * hashes and the machine, and, where the same version of the module made it, that all other
 * files follow from the events.
 */
export async function verifyBundle(
  files: ReadonlyMap<string, Uint8Array>,
  expected: BundleExpectations,
): Promise<BundleVerification> {
  const faults: BundleFault[] = [];
  const manifest = manifestIn(files, faults);
  if (manifest !== null) compareFiles(files, manifest, faults);
  compareSums(files, faults);
  const { seal } = expected;
  const manifestBytes = files.get(manifestName);
  if (seal !== undefined && manifestBytes !== undefined && sha256Of(manifestBytes) !== seal) {
    faults.push(fault(manifestName, 'seal-differs', 'is not the manifest that the seal saw'));
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
    ...{ ok: faults.length === 0, events: events.length, head, faults },
    ...{ withheld: withheldIn(events), proven },
  };
}

function manifestIn(
  files: ReadonlyMap<string, Uint8Array>,
  faults: BundleFault[],
): Manifest | null {
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
    faults.push(fault(manifestName, 'file-altered', `is no manifest of ours: ${field}`));
  } catch {
    faults.push(fault(manifestName, 'file-altered', 'is not JSON'));
  }
  return null;
}

function compareFiles(
  files: ReadonlyMap<string, Uint8Array>,
  manifest: Manifest,
  faults: BundleFault[],
): void {
  const names = new Set([manifestName, sumsName, ...manifest.files.map(({ name }) => name)]);
  for (const { name, sha256 } of manifest.files) {
    const content = files.get(name);
    if (content === undefined) faults.push(fault(name, 'file-missing', 'is missing'));
    else if (sha256Of(content) !== sha256) {
      faults.push(fault(name, 'file-altered', 'is not the file that the manifest lists'));
    }
  }
  for (const name of files.keys()) {
    if (!names.has(name)) faults.push(fault(name, 'file-added', 'does not belong to the package'));
  }
}

/** Says which line differs: a changed manifest differs from its sum as any other file does. */
function compareSums(files: ReadonlyMap<string, Uint8Array>, faults: BundleFault[]): void {
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
  // One of the two was altered; which, only a seal kept elsewhere can tell.
  if (unnamed.includes(manifestName)) {
    faults.push(fault(manifestName, 'file-altered', `is not the file that ${sumsName} lists`));
  }
  if (unnamed.length > 0 || differing.length === 0 || isLonger) {
    faults.push(fault(sumsName, 'file-altered', 'does not list these files'));
  }
}

/** Hashes, chain, contiguity, path and witness, as `verify` checks them in a store. */
function examine(
  lines: readonly EventLine[],
  witness: Witness | undefined,
  faults: BundleFault[],
): Witness | null {
  const stream = lines.find(({ event }) => event !== null)?.event?.stream ?? '';
  const examiner = new Examiner(compileMachine(), stream, witness);
  for (const [index, { event, problem }] of lines.entries()) {
    if (event === null) {
      faults.push(fault(eventsName, 'invalid-event', `line ${index + 1} ${problem}`, index));
    } else examiner.see(event);
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
  if (!isInScope) faults.push(fault(eventsName, 'scope-differs', 'is not the range it should be'));
  const hash = textIn(last?.metadata ?? {}, 'hash');
  if (last?.revision !== head.revision || hash !== head.hash) {
    faults.push(fault(eventsName, 'head-differs', "does not end at the manifest's head"));
  }
  const [told, found] = [redaction.withheld, withheldIn(events)].map((list) =>
    JSON.stringify(list),
  );
  if (told !== found) {
    const message = 'withholds other parts than the manifest says';
    faults.push(fault(eventsName, 'withheld-differs', message));
  }
}

/** A package whose digests were all made anew is caught where its files tell another story. */
async function compareDerived(
  files: ReadonlyMap<string, Uint8Array>,
  events: readonly FoundEvent[],
  faults: BundleFault[],
): Promise<void> {
  if (events.length === 0) return;
  for (const [name, content] of await contentOf(events)) {
    const found = files.get(name);
    const isNamed = faults.some(({ file }) => file === name);
    if (isNamed || found === undefined || Buffer.from(content).equals(found)) continue;
    faults.push(fault(name, 'not-derived', 'is not what the events give'));
  }
}

function withheldIn(
  events: readonly FoundEvent[],
): { readonly revision: number; readonly parts: WithheldPart[] }[] {
  return events.flatMap(({ revision, withheld = [] }) =>
    withheld.length === 0 ? [] : [{ revision, parts: [...withheld] }],
  );
}

function fault(
  file: string,
  code: string,
  problem: string,
  revision: number | null = null,
): BundleFault {
  return { file, revision, code, message: `${file} ${problem}` };
}
