/**
 * The shape that a proof file and a request to a witness share: some lines, the hashes of a proof, an
 * empty line, and a checkpoint.
 */

import { invalidInput } from '../../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { Hash } from './merkle.ts';
import { assertText } from './note.ts';
import { parseHash, toBase64 } from './spelling.ts';

/** No proof of a tree of fewer than 2^63 leaves is longer. */
const hashesMax = 63;

/** @throws {PaymentOrderError} `invalid-input` */
export function parseBeforeCheckpoint(
  text: string,
  field: string,
): {
  readonly lines: readonly string[];
  readonly checkpoint: Checkpoint;
  readonly checkpointText: string;
} {
  assertText(text, field);
  const end = text.indexOf('\n\n');
  if (end === -1) throw invalidInput(field, 'must have an empty line before its checkpoint');
  const checkpointText = text.slice(end + 2);
  const checkpoint = parseCheckpoint(checkpointText, `${field}.checkpoint`);
  return { lines: text.slice(0, end).split('\n'), checkpoint, checkpointText };
}

/** @throws {PaymentOrderError} `invalid-input` */
export function parseHashes(lines: readonly string[], field: string): readonly Hash[] {
  if (lines.length > hashesMax) throw invalidInput(field, `must have at most ${hashesMax} hashes`);
  return lines.map((line) => parseHash(line, 'each hash', field));
}

/** @throws {PaymentOrderError} `invalid-input` where the checkpoint is none. */
export function textBeforeCheckpoint(
  lines: readonly string[],
  proof: readonly Hash[],
  checkpoint: string,
): string {
  parseCheckpoint(checkpoint);
  return `${[...lines, ...proof.map(toBase64)].join('\n')}\n\n${checkpoint}`;
}
