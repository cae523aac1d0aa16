/**
 * What proofs from the log over all orders say of a package's events. The leaf of a proof is the hash
 * of an event here, and never a value that the proof names: else any log could be shown for any event.
 */

import { invalidInput, PaymentOrderError } from '../errors.ts';
import type { FoundEvent } from '../history/event.ts';
import { sha256Hex, textIn } from '../history/event.ts';
import { instantOf } from '../runtime.ts';
import type { TransparencyLog } from '../tlog/log.ts';
import { isIncluded } from '../tlog/c2sp/merkle.ts';
import type { ProofFile } from '../tlog/c2sp/proof-file.ts';
import { parseProof } from '../tlog/c2sp/proof-file.ts';
import type { Standing, Trust } from '../tlog/c2sp/trust.ts';
import { standingOf } from '../tlog/c2sp/trust.ts';
import { fault } from './faults.ts';
import type { BundleFault } from './manifest.ts';
import type { LogStanding } from './proof-names.ts';
import { proofBytesMax, proofFile, proofsMax, provenRevisionIn } from './proof-names.ts';

/** @throws {PaymentOrderError} `invalid-input` for a proof of something else than one of the events */
export function proofFiles(
  proofs: readonly string[],
  events: readonly FoundEvent[],
): ReadonlyMap<string, string> {
  if (proofs.length > proofsMax) throw invalidInput('proofs', `must be at most ${proofsMax}`);
  const files = new Map<string, string>();
  for (const [index, text] of proofs.entries()) {
    if (Buffer.byteLength(text) > proofBytesMax) {
      throw invalidInput(`proofs.${index}`, `must have at most ${proofBytesMax} bytes`);
    }
    const event = eventOf(parseProof(text, `proofs.${index}`), events);
    if (event === undefined) {
      throw invalidInput(`proofs.${index}`, 'must prove one of the events that the package shows');
    }
    const name = proofFile(event.revision);
    if (files.has(name)) {
      throw invalidInput(`proofs.${index}`, 'must prove another event than the proofs before it');
    }
    files.set(name, text);
  }
  return files;
}

/**
 * The proof of the last of an order's events that a checkpoint covers, by default a stored one, as
 * `TransparencyLog.proof` chooses it. Null where it covers none of them, or only such as cannot be proven.
 *
 * @throws {PaymentOrderError} `order-not-found`, `log-contradicted`, or `invalid-input` for the checkpoint
 */
export async function proofFor(
  log: Pick<TransparencyLog, 'proof'>,
  orderNo: string,
  events: readonly FoundEvent[],
  checkpoint?: string,
): Promise<string | null> {
  const last = events.at(-1)?.revision;
  try {
    const newest = await log.proof(orderNo, { checkpoint });
    if (eventOf(parseProof(newest), events) !== undefined) return newest;
    // It proves an event after those that are shown.
    const ofLast = await log.proof(orderNo, { revision: last, checkpoint });
    return eventOf(parseProof(ofLast), events) === undefined ? null : ofLast;
  } catch (error) {
    if (error instanceof PaymentOrderError && error.code === 'checkpoint-not-found') return null;
    throw error;
  }
}

/** The event that the proof proves, if it is one of these. */
function eventOf(proof: ProofFile, events: readonly FoundEvent[]): FoundEvent | undefined {
  return events.findLast(({ metadata }) => isOf(textIn(metadata, 'hash'), proof));
}

/** Whether the log holds an event of this hash where the proof says. */
function isOf(hash: string | null | undefined, { index, proof, checkpoint }: ProofFile): boolean {
  if (!sha256Hex.safeParse(hash).success) return false;
  const leaf = Buffer.from(String(hash), 'hex');
  return isIncluded({ leaf, index, size: checkpoint.size, root: checkpoint.root, proof });
}

export type LogAnswer = {
  readonly log: LogStanding | null;
  /** The files of proofs that enough have signed. */
  readonly signed: ReadonlySet<string>;
};

/**
 * @param proofs - Bytes of each proof's file by name.
 * @param hashes - Of the package's events, by revision.
 * @param trust - Null where nobody said whose signatures count.
 */
export function logAnswer(
  proofs: ReadonlyMap<string, Uint8Array>,
  hashes: ReadonlyMap<number, string | null>,
  trust: Trust | null,
  faults: BundleFault[],
): LogAnswer {
  const signed = new Set<string>();
  const missing: BundleFault[] = [];
  let log: LogStanding | null = null;
  for (const [file, bytes] of proofs) {
    const proof = soundProof(file, bytes, hashes, faults);
    if (proof === null) continue;
    const standing = trust === null ? null : standingOf(proof.checkpoint, trust);
    const problem = standing?.problem ?? null;
    if (standing?.isEnough === true) signed.add(file);
    else if (problem !== null) missing.push(fault(file, 'not-vouched', problem));
    const found = logStanding(file, proof, standing, hashes);
    if (log === null || isBetter(found, log)) log = found;
  }
  if (trust !== null && signed.size === 0) {
    const message = 'the package has no proof that the log holds one of its events';
    const none = { file: '.', revision: null, code: 'not-vouched', message };
    faults.push(...(missing.length === 0 ? [none] : missing));
  }
  return { log, signed };
}

/** Null after a fault. */
function soundProof(
  file: string,
  bytes: Uint8Array,
  hashes: ReadonlyMap<number, string | null>,
  faults: BundleFault[],
): ProofFile | null {
  const proof = proofIn(bytes);
  if (proof === null) {
    faults.push(fault(file, 'proof-unreadable', 'is not a proof in the form of C2SP tlog-proof'));
    return null;
  }
  const revision = revisionOf(file);
  if (isOf(hashes.get(revision), proof)) return proof;
  const problem = 'does not prove that the log holds the event of its revision';
  faults.push(fault(file, 'not-included', problem, revision));
  return null;
}

function logStanding(
  file: string,
  { checkpoint: { origin, size, note } }: ProofFile,
  standing: Standing | null,
  hashes: ReadonlyMap<number, string | null>,
): LogStanding {
  const revision = revisionOf(file);
  return {
    ...{ revision, size, origin },
    unwitnessed: [...hashes.keys()].filter((later) => later > revision).length,
    log: standing?.log?.vkey ?? null,
    witnesses: (standing?.witnesses ?? []).map(({ name, vkey, atSeconds }) => {
      return { name, vkey, at: instantOf(atSeconds * 1_000) };
    }),
    claimedBy: [...new Set(note.signatures.map(({ name }) => name))],
    isEnough: standing?.isEnough ?? false,
  };
}

/** Only files of such names come here. */
function revisionOf(file: string): number {
  return provenRevisionIn(file) ?? -1;
}

function proofIn(bytes: Uint8Array): ProofFile | null {
  try {
    return parseProof(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError || error instanceof PaymentOrderError) return null;
    throw error;
  }
}

/** Signed by enough first, then by what it covers. */
function isBetter(one: LogStanding, other: LogStanding): boolean {
  if (one.isEnough !== other.isEnough) return one.isEnough;
  return one.revision > other.revision;
}
