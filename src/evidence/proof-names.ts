/**
 * Proofs from the log over all orders, as files of a package. Each proves that the log holds one
 * event, whose hash covers all events before it. A proof may come later than its package, as a
 * time-stamp token may, because a witness signs when it is asked.
 */

import type { Cosigner } from '../tlog/types.ts';

/** Checkpoints that somebody keeps are few: one a year for as long as evidence is kept. */
export const proofsMax = 16;
/** Even of a log with 2^63 leaves and a hundred witnesses. */
export const proofBytesMax = 64 * 1024;

export function proofFile(revision: number): string {
  return `revision-${revision}.tlog-proof`;
}

/** The event whose proof a file should hold; null for any other file. */
export function provenRevisionIn(name: string): number | null {
  const revision = /^revision-(0|[1-9]\d{0,8})\.tlog-proof$/.exec(name)?.[1];
  return revision === undefined ? null : Number(revision);
}

/** What the log over all orders says of a package. */
export type LogStanding = {
  /** Of the event that the log holds. The chain proves the events before it. */
  readonly revision: number;
  /** How many events of the package come after that one: nothing in the log speaks for them. */
  readonly unwitnessed: number;
  /** How many events of all orders the checkpoint covers. */
  readonly size: number;
  readonly origin: string;
  /**
   * Verifier key of the log that signed the checkpoint, from the trust file. It is its owner's claim,
   * and never a witness or a time. Null if no log of the trust file signed it.
   */
  readonly log: string | null;
  /** The witnesses of the trust file that signed the checkpoint, and when each says that it did. */
  readonly witnesses: readonly Cosigner[];
  /** The names under the checkpoint, as they stand there. Anybody can write any name. */
  readonly claimedBy: readonly string[];
  /** Whether as many have signed as the trust file asks for; false without one. */
  readonly isEnough: boolean;
};
