/**
 * The body with which a log asks a witness for a cosignature, as c2sp.org/tlog-witness defines it. It
 * has the size that the witness knows, the proof that the log only grew since, and the checkpoint.
 */

import { invalidInput } from '../../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Hash } from './merkle.ts';
import { parseBeforeCheckpoint, parseHashes, textBeforeCheckpoint } from './proof-lines.ts';
import { parseDecimal } from './spelling.ts';

export type AddCheckpoint = {
  readonly oldSize: number;
  /** Not checked yet: see `isConsistent`. */
  readonly proof: readonly Hash[];
  readonly checkpoint: Checkpoint;
};

/** @throws {PaymentOrderError} `invalid-input` where the checkpoint, a note's text, is none. */
export function addCheckpointBody({
  oldSize,
  proof,
  checkpoint,
}: Omit<AddCheckpoint, 'checkpoint'> & { readonly checkpoint: string }): string {
  return textBeforeCheckpoint([`old ${oldSize}`], proof, checkpoint);
}

/**
 * Reads a body of up to 64 KiB with up to 63 hashes.
 *
 * @throws {PaymentOrderError} `invalid-input`, also where the checkpoint is of a smaller size.
 */
export function parseAddCheckpoint(body: string, field = 'body'): AddCheckpoint {
  const { lines, checkpoint } = parseBeforeCheckpoint(body, field);
  const [oldLine = '', ...hashes] = lines;
  if (!oldLine.startsWith('old ')) throw invalidInput(field, "must begin with a line 'old SIZE'");
  const oldSize = parseDecimal(oldLine.slice('old '.length), 'its old size', field);
  if (oldSize > checkpoint.size) {
    throw invalidInput(field, 'must have an old size up to the size of its checkpoint');
  }
  return { oldSize, proof: parseHashes(hashes, field), checkpoint };
}
