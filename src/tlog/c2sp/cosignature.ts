/**
 * What a witness adds to a checkpoint, as c2sp.org/tlog-cosignature defines it for Ed25519: that it
 * has seen no larger tree of this log at that time, and that the tree before it only grew.
 */

import { invalidInput } from '../../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { SigningKey, VerifierKey } from './keys.ts';
import type { Note } from './note.ts';
import { signatureLine } from './note.ts';

/** `wrong`: the key is known, and what stands in its name is not its signature. */
export type FoundSignature =
  /** `atSeconds`: since 1970, by the clock of a witness; null for a log, which says no time. */
  | { readonly kind: 'valid'; readonly atSeconds: number | null }
  | { readonly kind: 'absent' }
  | { readonly kind: 'wrong' };

const timeBytes = 8;

/** The end of the year 9999: a later time could be shown to nobody as it is. */
const secondsMax = 253_402_300_799;

function cosigned(text: string, atSeconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${atSeconds}\n${text}`);
}

/**
 * The signature line of a witness, without its newline.
 *
 * @throws {PaymentOrderError} `invalid-input`
 */
export function cosign(checkpoint: Checkpoint, key: SigningKey, atSeconds: number): string {
  if (key.kind !== 'witness') throw invalidInput('key', 'must be the key of a witness');
  if (!Number.isInteger(atSeconds) || atSeconds < 0 || atSeconds > secondsMax) {
    throw invalidInput('atSeconds', 'must be whole seconds since 1970, up to the year 9999');
  }
  const time = Buffer.alloc(timeBytes);
  time.writeBigUInt64BE(BigInt(atSeconds));
  const signature = key.sign(cosigned(checkpoint.note.text, atSeconds));
  return signatureLine(key, Buffer.concat([time, signature]));
}

/**
 * What a note has from a key. Of several valid signatures of a witness the earliest counts. Where one
 * of several is wrong, all are.
 */
export function signatureIn({ text, signatures }: Note, key: VerifierKey): FoundSignature {
  const times: (number | null)[] = [];
  for (const { name, id, bytes } of signatures) {
    if (name !== key.name || id !== key.id) continue;
    const atSeconds = key.kind === 'log' ? null : timeOf(bytes);
    const isValid =
      atSeconds === null
        ? key.kind === 'log' && key.verify(Buffer.from(text), bytes)
        : key.verify(cosigned(text, atSeconds), bytes.subarray(timeBytes));
    if (!isValid) return { kind: 'wrong' };
    times.push(atSeconds);
  }
  if (times.length === 0) return { kind: 'absent' };
  const known = times.filter((time) => time !== null);
  return { kind: 'valid', atSeconds: known.length === 0 ? null : Math.min(...known) };
}

/** Null where the bytes are not a cosignature. */
function timeOf(bytes: Buffer): number | null {
  if (bytes.length < timeBytes) return null;
  const seconds = Number(bytes.readBigUInt64BE());
  return seconds <= secondsMax ? seconds : null;
}
