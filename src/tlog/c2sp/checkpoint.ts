/**
 * A checkpoint as c2sp.org/tlog-checkpoint defines it: a note that says which root a log has at
 * which size. Two checkpoints of one log that no proof connects are evidence against its owner.
 */

import { invalidInput } from '../../errors.ts';
import type { SigningKey } from './keys.ts';
import type { Hash } from './merkle.ts';
import type { Note } from './note.ts';
import { noteOf, parseNote, signatureLine } from './note.ts';
import { parseDecimal, parseHash, toBase64 } from './spelling.ts';

export type Checkpoint = {
  /** Which log it is of. */
  readonly origin: string;
  /** How many leaves the log has. */
  readonly size: number;
  readonly root: Hash;
  readonly note: Note;
};

/**
 * Reads a checkpoint. Its signatures are not checked here. Extension lines are read over.
 *
 * @throws {PaymentOrderError} `invalid-input`
 */
export function parseCheckpoint(text: string, field = 'checkpoint'): Checkpoint {
  const note = parseNote(text, field);
  const [origin = '', size, root, ...extensions] = note.text.slice(0, -1).split('\n');
  if (origin === '') throw invalidInput(field, 'must name its log on the first line');
  if (extensions.includes('')) throw invalidInput(field, 'must have no empty line in its text');
  return {
    origin,
    size: parseDecimal(size, 'its size on the second line', field),
    root: parseHash(root, 'its root on the third line', field),
    note,
  };
}

/**
 * The checkpoint as a note that its log has signed.
 *
 * @throws {PaymentOrderError} `invalid-input` where the key is not that log's.
 */
export function signedCheckpoint(
  { origin, size, root }: Omit<Checkpoint, 'note'>,
  key: SigningKey,
): string {
  if (key.kind !== 'log' || key.name !== origin) {
    throw invalidInput('key', 'must be the key of the log that the checkpoint is of');
  }
  const text = `${origin}\n${size}\n${toBase64(root)}\n`;
  return noteOf(text, [signatureLine(key, key.sign(Buffer.from(text)))]);
}
