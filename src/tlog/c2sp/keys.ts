/**
 * Keys of logs and of witnesses: Ed25519, written as Go's `sumdb/note` writes them, so that other
 * tools read them too. The type byte in a key keeps the two apart, for a log signs a note as it is,
 * and a witness signs it with a time before it.
 */

import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, hash, randomBytes, sign, verify } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { invalidInput } from '../../errors.ts';
import { modeProblem } from '../../private-files.ts';
import { isKeyName } from './note.ts';
import { fromBase64, toBase64 } from './spelling.ts';

export type KeyKind = 'log' | 'witness';

export type VerifierKey = {
  readonly name: string;
  /** 8 hex digits. Another key with the same id is easily found: the vkey alone names a key. */
  readonly id: string;
  readonly kind: KeyKind;
  /** The whole public key as one word. */
  readonly vkey: string;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
};

export type SigningKey = VerifierKey & { sign(message: Uint8Array): Buffer };

/** `text` is what a key file holds: one line with its newline. It is secret. */
export type SigningKeyFile = { readonly text: string; readonly key: SigningKey };

const typeBytes = { log: 1, witness: 4 } as const satisfies Record<KeyKind, number>;
const seedBytes = 32;
const keyFileBytesMax = 4_096;
const privateStart = 'PRIVATE+KEY+';

/** What DER puts before the 32 bytes of a public key, and before those of a seed. */
const publicDer = Buffer.from('302a300506032b6570032100', 'hex');
const seedDer = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Reads a verifier key, `NAME+ID+BASE64`.
 *
 * @throws {PaymentOrderError} `invalid-input`
 */
export function parseVerifierKey(vkey: string, field = 'key'): VerifierKey {
  if (typeof (vkey as unknown) !== 'string') throw invalidInput(field, 'must be of type string');
  if (vkey.startsWith(privateStart)) {
    throw invalidInput(field, 'is a private key; give the verifier key that belongs to it');
  }
  const { name, id, kind, bytes } = parseParts(vkey, 'a verifier key', field);
  const key = verifierKey(kind, name, bytes);
  if (key.id !== id) throw invalidInput(field, 'must have the id that belongs to its name and key');
  return key;
}

/** The public key alone, by which two verifier keys are the same whatever their names are. */
export function publicKeyOf({ vkey }: VerifierKey): string {
  const [, , ...encoded] = vkey.split('+');
  return Buffer.from(encoded.join('+'), 'base64').toString('hex', 1);
}

/**
 * Makes a key that nobody else has.
 *
 * @param seed - 32 secret random bytes, for tests that want the same key again.
 * @throws {PaymentOrderError} `invalid-input`
 */
export function newSigningKey(
  kind: KeyKind,
  name: string,
  seed: Uint8Array = randomBytes(seedBytes),
): SigningKeyFile {
  if (!isKeyName(name)) {
    throw invalidInput('name', "must be without spaces, '+' and control characters");
  }
  if (seed.length !== seedBytes) throw invalidInput('seed', `must have ${seedBytes} bytes`);
  const key = signingKey(kind, name, seed);
  const encoded = toBase64(Buffer.concat([Buffer.of(typeBytes[kind]), seed]));
  return { text: `${privateStart}${name}+${key.id}+${encoded}\n`, key };
}

/**
 * Reads the text of a key file, `PRIVATE+KEY+NAME+ID+BASE64`. No message repeats any of it.
 *
 * @throws {PaymentOrderError} `invalid-input`
 */
export function parseSigningKey(text: string, kind: KeyKind, field = 'key'): SigningKey {
  if (typeof (text as unknown) !== 'string') throw invalidInput(field, 'must be of type string');
  if (!text.startsWith(privateStart)) {
    throw invalidInput(field, "must be a private key, which begins with 'PRIVATE+KEY+'");
  }
  const line = text.slice(privateStart.length).replace(/\r?\n$/, '');
  const parts = parseParts(line, 'a private key', field);
  if (parts.kind !== kind) {
    throw invalidInput(field, `is the key of a ${parts.kind}; give the key of a ${kind}`);
  }
  const key = signingKey(kind, parts.name, parts.bytes);
  if (key.id !== parts.id) {
    throw invalidInput(field, 'must have the id that belongs to its name and key');
  }
  return key;
}

/**
 * Reads a key file of up to 4 KiB, which must be closed to everybody else (mode 600 or stricter).
 *
 * @throws {PaymentOrderError} `invalid-input`
 */
export function readSigningKeyFile(path: string, kind: KeyKind, field = 'keyFile'): SigningKeyFile {
  if (typeof (path as unknown) !== 'string' || path.includes(privateStart)) {
    throw invalidInput(field, 'must be the path of a key file, not the key');
  }
  const text = readOwnFile(path, field);
  return { text, key: parseSigningKey(text, kind, field) };
}

function readOwnFile(path: string, field: string): string {
  let file: number;
  try {
    // Non-blocking, or a named pipe that nobody writes to would hold the process.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    // node:fs throws nothing without a code.
    const { code } = error as NodeJS.ErrnoException;
    throw invalidInput(field, `cannot be opened (${String(code)})`);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw invalidInput(field, 'must be a file');
    if (status.size > keyFileBytesMax) {
      throw invalidInput(field, `must be at most ${keyFileBytesMax} bytes long`);
    }
    // Windows knows no user id.
    const userId = process.geteuid?.();
    const problem = userId === undefined ? null : modeProblem(status, userId);
    if (problem !== null) throw invalidInput(field, problem);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

type Parts = {
  readonly name: string;
  readonly id: string;
  readonly kind: KeyKind;
  readonly bytes: Buffer;
};

function parseParts(text: string, what: string, field: string): Parts {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const bytes = fromBase64(encoded);
  if (!isKeyName(name) || bytes === null || bytes.length === 0) {
    throw invalidInput(field, `must be ${what} of the form NAME+ID+BASE64`);
  }
  const kinds = ['log', 'witness'] as const;
  const kind = kinds.find((one) => typeBytes[one] === bytes[0]);
  if (kind === undefined || bytes.length !== 1 + seedBytes) {
    throw invalidInput(field, 'must be an Ed25519 key of type 0x01 (log) or 0x04 (witness)');
  }
  return { name, id, kind, bytes: bytes.subarray(1) };
}

function verifierKey(kind: KeyKind, name: string, publicBytes: Buffer): VerifierKey {
  const typed = Buffer.concat([Buffer.of(typeBytes[kind]), publicBytes]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed])).slice(0, 8);
  const publicKey = createPublicKey({
    key: Buffer.concat([publicDer, publicBytes]),
    format: 'der',
    type: 'spki',
  });
  return {
    ...{ name, id, kind, vkey: `${name}+${id}+${toBase64(typed)}` },
    verify: (message, signature) => verify(null, message, publicKey, signature),
  };
}

function signingKey(kind: KeyKind, name: string, seed: Uint8Array): SigningKey {
  const privateKey = privateKeyOf(seed);
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    ...verifierKey(kind, name, der.subarray(publicDer.length)),
    sign: (message) => sign(null, message, privateKey),
  };
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([seedDer, seed]);
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } finally {
    key.fill(0);
  }
}
