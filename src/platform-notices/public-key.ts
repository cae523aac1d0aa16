import { KeyObject, createPublicKey } from 'node:crypto';
import { invalidInput } from '../errors.ts';
import { sha256 } from '../text.ts';

/** A key, and what to call it where it vouches for a notice. */
export type PlatformKey = { readonly key: KeyObject; readonly name: string };

/** @throws {PaymentOrderError} `invalid-input`, field `publicKey`, without what was given. */
export function parsePublicKey(given: unknown): PlatformKey {
  const key = keyIn(given);
  if (key.type !== 'public') throw invalid('is not a public key');
  if (key.asymmetricKeyType !== 'rsa') throw invalid('is not an RSA key');
  const digest = sha256(key.export({ type: 'spki', format: 'der' }));
  return { key, name: `SHA1withRSA by the platform's key ${digest.slice(0, 16)}` };
}

function keyIn(given: unknown): KeyObject {
  if (given instanceof KeyObject) return given;
  if (typeof given !== 'string') throw invalid('must be text or a KeyObject');
  // Node would make the public half of it, and a private key must not lie where this is read.
  if (given.includes('PRIVATE KEY')) throw invalid('is a private key');
  try {
    if (given.includes('-----BEGIN')) return createPublicKey(given);
    const der = Buffer.from(given, 'base64');
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    // No cause: it may quote what was given.
    throw invalid('is not readable; expected: PEM, or base64 of its DER (SPKI)');
  }
}

const invalid = (problem: string) => invalidInput('publicKey', problem);
