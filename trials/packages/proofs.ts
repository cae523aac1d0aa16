/** The honest log over the orders of these trials, and whether a proof is one that it gave. */

import type { BundleVerification } from '../../src/dispute.ts';
import type { LogVerdict } from '../../src/evidence/verifier/types.ts';
import { signatureLine, strangeLog } from '../../test/evidence/log-of-strangers.ts';
import { bodyOf, pathOf } from '../../test/evidence/log-of-strangers.ts';
import type { Fields } from './json.ts';
import { fieldsIn } from './json.ts';

export type TrueLog = ReturnType<typeof strangeLog>;

/** How many of the three witnesses must have signed. */
const enough = 2;

const known = new WeakMap<readonly Fields[], TrueLog>();

/** The log that holds a true history, with its keys. */
export function trueLog(lines: readonly Fields[]): TrueLog {
  const found = known.get(lines) ?? strangeLog(lines.map(hashOf));
  known.set(lines, found);
  return found;
}

function hashOf(line: Fields): string {
  const { hash } = fieldsIn(line, 'metadata');
  return typeof hash === 'string' ? hash : '';
}

/** The event that the honest proof of a package proves: two more came after it. */
export function provenRevision(lines: readonly Fields[]): number {
  return lines.length - 3;
}

export function proofName(revision: number): string {
  return `revision-${revision}.tlog-proof`;
}

export function revisionOf(name: string): number | null {
  const revision = /^revision-(\d+)\.tlog-proof$/.exec(name)?.[1];
  return revision === undefined ? null : Number(revision);
}

/**
 * Null where the log gave this proof of this event, and enough of its witnesses signed. Signatures by
 * Ed25519 are always the same, so those that count are known by their very bytes.
 */
export function lieInProof(text: string, revision: number, log: TrueLog): string | null {
  const at = text.indexOf('\n\n');
  const note = text.slice(at + 2);
  const end = note.indexOf('\n\n');
  const [body, lines] = [note.slice(0, end + 1), note.slice(end + 2).split('\n')];
  const sizes = log.leaves.map((_, index) => index + 1);
  const size = sizes.find((one) => bodyOf(log.origin, log.leaves.slice(0, one)) === body);
  if (size === undefined) return 'the log never had this root';
  const index = log.indexOf(revision);
  if (index >= size) return 'the log did not hold the event then';
  const path = pathOf(log.leaves.slice(0, size), index).map((hash) => hash.toString('base64'));
  const proof = ['c2sp.org/tlog-proof@v1', `index ${index}`, ...path].join('\n');
  if (text.slice(0, at) !== proof) return 'it is not the path of the event';
  const hasSigned = (key: TrueLog['log']) => lines.includes(signatureLine(body, key).trimEnd());
  if (!hasSigned(log.log)) return 'the log did not sign it';
  return log.witnesses.filter(hasSigned).length >= enough ? null : 'too few witnesses signed it';
}

/** Null where what a verifier says of the log is true of the keys that its reader trusts. */
export function lieInStanding(
  { log, vouchedTo, unchecked }: Pick<BundleVerification, 'log' | 'vouchedTo' | 'unchecked'>,
  { log: key, witnesses }: TrueLog,
  { knowsTrust, witnessed }: { readonly knowsTrust: boolean; readonly witnessed: number | null },
): string | null {
  if (!knowsTrust) {
    const isClaimed =
      log !== null && (log.isEnough || log.log !== null || log.witnesses.length > 0);
    return isClaimed || vouchedTo !== witnessed ? 'nobody vouches for the log' : null;
  }
  if (log?.isEnough !== true || log.log !== key.vkey) return 'nothing of the log was needed';
  const trusted = new Set(witnesses.map(({ vkey }) => vkey));
  const signed = new Set(log.witnesses.map(({ vkey }) => vkey));
  if (signed.size !== log.witnesses.length) return 'a witness counts twice';
  if (signed.size < enough || [...signed].some((vkey) => !trusted.has(vkey)))
    return 'too few witnesses that it says';
  if (unchecked.includes(proofName(log.revision))) return 'the proof was not checked';
  return vouchedTo !== null && vouchedTo >= log.revision ? null : 'it is vouched for to less';
}

/** Null where the other verifier of logs vouches for true events alone, and finds what ours finds. */
export function lieOfOther(
  { faults, places }: LogVerdict,
  ours: BundleVerification,
  lines: readonly Fields[],
): string | null {
  const vouched = places.filter(({ standing }) => standing?.isEnough === true);
  const isFalse = vouched.some(({ revision, hash }) => hashOf(lines[revision] ?? {}) !== hash);
  if (isFalse) return 'the other verifier of logs vouches for a false event';
  const isFound = vouched.some(({ revision }) => revision === ours.log?.revision);
  if (ours.ok && (faults.length > 0 || !isFound)) {
    return `ours finds no fault, the other verifier of logs says ${faults.join()}`;
  }
  const has = (name: string) => ours.faults.some(({ code }) => code === name);
  // It reads one line for its hash, also from a file that holds no event as it should be written.
  const isNot = has('not-vouched') && !has('not-included');
  return isNot && vouched.length > 0 ? 'the other verifier of logs vouches, ours does not' : null;
}
