/**
 * A signed note as c2sp.org/signed-note defines it: a text, an empty line, and one line for each
 * signature. Here it is only taken apart. Its text may be believed only after `signatureIn` has
 * checked a signature of a known key.
 */

import { invalidInput } from '../../errors.ts';
import { fromBase64, toBase64 } from './spelling.ts';

export type NoteSignature = {
  readonly name: string;
  /** Of the key, 8 hex digits. It only says which key to try: two keys can share one. */
  readonly id: string;
  readonly bytes: Buffer;
  /** As it stands in the note, without the newline. */
  readonly line: string;
};

/** `text` ends in a newline. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

export const noteBytesMax = 65_536;
const signaturesMax = 64;
const idBytes = 4;
const lineStart = '— ';

/** Those below U+0020, but for the newline. */
const control = /(?![\n\u007f-\u009f])\p{Cc}/u;

/**
 * Reads a note of up to 64 KiB with up to 64 signatures.
 *
 * @throws {PaymentOrderError} `invalid-input`
 */
export function parseNote(text: string, field = 'note'): Note {
  assertText(text, field);
  const end = text.lastIndexOf('\n\n');
  if (end === -1) throw invalidInput(field, 'must have an empty line between text and signatures');
  const lines = text.slice(end + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0) {
    throw invalidInput(field, 'must end in signatures, each on a line of its own with its newline');
  }
  if (lines.length > signaturesMax) {
    throw invalidInput(field, `must have at most ${signaturesMax} signatures`);
  }
  return { text: text.slice(0, end + 1), signatures: lines.map((line) => parseLine(line, field)) };
}

/** The note of a text, which ends in a newline, and of signature lines, which do not. */
export function noteOf(text: string, lines: readonly string[]): string {
  return `${text}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** A signature line without its newline. */
export function signatureLine(
  { name, id }: Pick<NoteSignature, 'name' | 'id'>,
  bytes: Uint8Array,
): string {
  return `${lineStart}${name} ${toBase64(Buffer.concat([Buffer.from(id, 'hex'), bytes]))}`;
}

/** Whether a key may be called so: without spaces of any kind, `+` and control characters. */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}+]+$/u.test(name) && name.isWellFormed() && !control.test(name);
}

/** @throws {PaymentOrderError} `invalid-input` where it is too long, or no text at all. */
export function assertText(text: string, field: string): void {
  // No compiler stops a caller in JavaScript.
  if (typeof (text as unknown) !== 'string') throw invalidInput(field, 'must be of type string');
  if (text.length > noteBytesMax || Buffer.byteLength(text) > noteBytesMax) {
    throw invalidInput(field, `must be at most ${noteBytesMax} bytes long`);
  }
  if (!text.isWellFormed()) throw invalidInput(field, 'must be valid Unicode');
  if (control.test(text)) {
    throw invalidInput(field, 'must have no control characters but newlines');
  }
}

function parseLine(line: string, field: string): NoteSignature {
  const [name, encoded, ...more] = line.startsWith(lineStart)
    ? line.slice(lineStart.length).split(' ')
    : [];
  const bytes = fromBase64(encoded ?? '');
  if (name === undefined || !isKeyName(name) || more.length > 0 || bytes === null) {
    throw invalidInput(field, "must have signature lines of the form '— NAME BASE64'");
  }
  if (bytes.length <= idBytes)
    throw invalidInput(field, 'must have signatures after their key ids');
  const id = bytes.toString('hex', 0, idBytes);
  return { name, id, bytes: bytes.subarray(idBytes), line };
}
