import { createHash, sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Runtime } from '../runtime.ts';

/** The envelope's own fields that are signed. */
export type SignedFields = {
  readonly appId: string;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly apiCode: string;
};

/**
 * The text that is signed: envelope fields and business parameters as `name=value`, joined by
 * `&`, values as they are. Objects, arrays, null and absent parameters are not signed.
 *
 * Names stand in order of their UTF-16 code units: what a Java `TreeMap<String, …>` does, and
 * independent of any locale (`apiCode` before `appId`, upper case before lower case).
 */
export function signingString(
  fields: SignedFields,
  params: Readonly<Record<string, unknown>>,
): string {
  const pairs: [string, string][] = [
    ['apiCode', fields.apiCode],
    ['appId', fields.appId],
    ['nonce', fields.nonce],
    ['timestamp', String(fields.timestamp)],
  ];
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') pairs.push([name, value]);
    else if (typeof value === 'number' || typeof value === 'boolean') {
      pairs.push([name, String(value)]);
    }
  }
  return pairs
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const signInThreadPool = promisify<string, Buffer, KeyObject, Buffer>(cryptoSign);
const verifyInThreadPool = promisify<string, Buffer, KeyObject, Buffer, boolean>(cryptoVerify);

/** SHA1withRSA over the text in UTF-8, as base64. Computed off the main thread. */
export async function sign(text: string, privateKey: KeyObject): Promise<string> {
  return (await signInThreadPool('sha1', Buffer.from(text), privateKey)).toString('base64');
}

/** Whether `signature` (base64) is SHA1withRSA over the text. False for garbage. */
export async function verify(
  text: string,
  signature: string,
  publicKey: KeyObject,
): Promise<boolean> {
  return verifyInThreadPool('sha1', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}

const nonceAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const nonceCharacters = 6;
/** The largest multiple of 62 in a byte: bytes from here on would favour the first letters. */
const fairBytes = 248;

/**
 * Six characters of A-Z, a-z, 0-9, each equally likely: a byte of 248 and more is thrown away
 * rather than folded by the remainder. Some 5.7e10 values; the platform remembers one for 60 s.
 */
export function newNonce(runtime: Pick<Runtime, 'randomHex'>): string {
  let nonce = '';
  // Each round fails to finish with chance 1e-8; 64 in a row mean a broken source.
  for (let round = 0; round < 64; round += 1) {
    for (const byte of Buffer.from(runtime.randomHex(16), 'hex')) {
      if (byte < fairBytes) nonce += nonceAlphabet.charAt(byte % nonceAlphabet.length);
      if (nonce.length === nonceCharacters) return nonce;
    }
  }
  throw new Error('host.randomHex gives nothing random: no nonce could be drawn');
}

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
