/**
 * A file that proves by itself that an event is in a log, as c2sp.org/tlog-proof defines it. It has
 * the place of the event, the hashes from there to the root, and a checkpoint of that root.
 */

import { invalidInput } from '../../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Hash } from './merkle.ts';
import { parseBeforeCheckpoint, parseHashes, textBeforeCheckpoint } from './proof-lines.ts';
import { fromBase64, parseDecimal } from './spelling.ts';

const header = 'c2sp.org/tlog-proof@v1';

export type ProofFile = {
  /** Of the leaf in the log, from 0. */
  readonly index: number;
  readonly proof: readonly Hash[];
  readonly checkpoint: Checkpoint;
  /** The checkpoint as it stands in the file, signatures and all. */
  readonly checkpointText: string;
};

/** @throws {PaymentOrderError} `invalid-input` where the checkpoint is none. */
export function proofText({
  index,
  proof,
  checkpoint,
}: Pick<ProofFile, 'index' | 'proof'> & { readonly checkpoint: string }): string {
  return textBeforeCheckpoint([header, `index ${index}`], proof, checkpoint);
}

/**
 * Reads a proof of up to 64 KiB. It is taken apart, and not checked: see `isIncluded` and
 * `standingOf`. Extra data, which nobody signs, is read over.
 *
 * @throws {PaymentOrderError} `invalid-input`
 */
export function parseProof(text: string, field = 'proof'): ProofFile {
  const { lines, checkpoint, checkpointText } = parseBeforeCheckpoint(text, field);
  const [first, ...others] = lines;
  if (first !== header) throw invalidInput(field, `must begin with the line '${header}'`);
  const [indexLine = '', ...hashes] = withoutExtra(others, field);
  if (!indexLine.startsWith('index ')) throw invalidInput(field, "must have a line 'index NUMBER'");
  const index = parseDecimal(indexLine.slice('index '.length), 'its index', field);
  if (index >= checkpoint.size) {
    throw invalidInput(field, 'must have an index below the size of its checkpoint');
  }
  return { index, proof: parseHashes(hashes, field), checkpoint, checkpointText };
}

function withoutExtra(lines: readonly string[], field: string): readonly string[] {
  const [extra, ...others] = lines;
  if (extra?.startsWith('extra ') !== true) return lines;
  const encoded = extra.slice('extra '.length);
  if (encoded !== '' && fromBase64(encoded) !== null) return others;
  throw invalidInput(field, 'must have its extra data as base64');
}
